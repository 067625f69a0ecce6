package io.drawbridge.notification.chat;

/**
 * Where a message stands, so that it can be replaced.
 *
 * @param conversation the platform's id of the conversation, at most 512 characters
 * @param message the platform's id of the message in it, at most 255 characters
 */
public record ChatPlace(String conversation, String message) {}
