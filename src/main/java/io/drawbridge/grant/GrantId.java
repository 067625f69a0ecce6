package io.drawbridge.grant;

import java.util.UUID;

/** Key of a grant; every cloud object that Drawbridge makes carries it where the cloud has room. */
public record GrantId(String value) {
    public GrantId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("A grant id must not be blank.");
        }
    }

    public static GrantId random() {
        return new GrantId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
