package io.drawbridge.identity;

/** One customer organisation; no row of one tenant is ever visible to another. */
public record TenantId(String value) {
    public TenantId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("A tenant id must not be blank.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
