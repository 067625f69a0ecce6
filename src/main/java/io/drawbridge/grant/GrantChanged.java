package io.drawbridge.grant;

/** A grant was saved, in the transaction that is under way. */
public record GrantChanged(Grant grant) {}
