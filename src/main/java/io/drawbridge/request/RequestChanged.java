package io.drawbridge.request;

/** A request was saved, in the transaction that is under way; told also when nothing but its attempts has changed. */
public record RequestChanged(AccessRequest request) {}
