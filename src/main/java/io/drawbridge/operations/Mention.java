package io.drawbridge.operations;

import io.drawbridge.grant.GrantId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.RequestId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the lines of the log are about while it is open, on this thread: keys, so that all lines of one request can be
 * found, whichever node wrote them.
 *
 * <p>Closing it puts back what was there before. The engine names request and tenant by itself in all that it executes.
 */
public final class Mention implements AutoCloseable {
    /** Key of the request's id; in the removal of drift, which no request is behind, that of its business key. */
    public static final String REQUEST = "request";

    public static final String TENANT = "tenant";
    public static final String GRANT = "grant";

    private final Map<String, @Nullable String> before = new LinkedHashMap<>();

    private Mention() {}

    /** Nothing yet. */
    public static Mention open() {
        return new Mention();
    }

    public Mention of(@Nullable TenantId tenant) {
        return tenant == null ? this : put(TENANT, tenant.value());
    }

    public Mention of(@Nullable RequestId request) {
        return request == null ? this : put(REQUEST, request.value());
    }

    public Mention of(@Nullable GrantId grant) {
        return grant == null ? this : put(GRANT, grant.value());
    }

    private Mention put(String key, String value) {
        before.putIfAbsent(key, MDC.get(key));
        MDC.put(key, value);
        return this;
    }

    @Override
    public void close() {
        before.forEach((key, value) -> {
            if (value == null) {
                MDC.remove(key);
            } else {
                MDC.put(key, value);
            }
        });
    }
}
