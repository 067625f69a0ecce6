package io.drawbridge.request;

import java.util.UUID;

/** Key of a request; the business key of its process instance. */
public record RequestId(String value) implements Comparable<RequestId> {
    public RequestId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("A request id must not be blank.");
        }
    }

    public static RequestId random() {
        return new RequestId(UUID.randomUUID().toString());
    }

    @Override
    public int compareTo(RequestId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
