package io.drawbridge.organization;

/** Key of a scope within its tenant: {@code r-acme}, {@code ou-production}, {@code 111122223333}. */
public record ScopeId(String value) implements Comparable<ScopeId> {
    public ScopeId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("A scope id must not be blank.");
        }
    }

    @Override
    public int compareTo(ScopeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
