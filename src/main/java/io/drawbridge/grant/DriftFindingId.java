package io.drawbridge.grant;

import java.util.UUID;

/** Key of a finding. */
public record DriftFindingId(String value) {
    public DriftFindingId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("The id of a finding must not be blank.");
        }
    }

    public static DriftFindingId random() {
        return new DriftFindingId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
