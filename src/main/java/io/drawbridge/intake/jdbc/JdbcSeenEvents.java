package io.drawbridge.intake.jdbc;

import io.drawbridge.identity.TenantId;
import io.drawbridge.intake.SeenEvents;
import io.drawbridge.request.RequestId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

@Repository
class JdbcSeenEvents implements SeenEvents {
    /** Stands in the row only until the transaction that took the event ends. */
    private static final String TAKEN = "taken";

    private final JdbcClient database;
    private final Savepoints savepoints;

    JdbcSeenEvents(JdbcClient database, Savepoints savepoints) {
        this.database = database;
        this.savepoints = savepoints;
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean take(TenantId tenant, String eventId, Instant now) {
        boolean there = !database.sql("select outcome from intake_event where tenant_id = ? and event_id = ?")
                .params(tenant.value(), eventId)
                .query()
                .listOfRows()
                .isEmpty();
        return !there
                && savepoints.insert(() -> database.sql(
                                "insert into intake_event (tenant_id, event_id, received_at, outcome) values (?, ?, ?, ?)")
                        .params(tenant.value(), eventId, now.atOffset(ZoneOffset.UTC), TAKEN)
                        .update());
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void settle(TenantId tenant, String eventId, String outcome, @Nullable RequestId request) {
        database.sql("update intake_event set outcome = ?, request_id = ? where tenant_id = ? and event_id = ?")
                .param(outcome)
                .param(request == null ? null : request.value())
                .param(tenant.value())
                .param(eventId)
                .update();
    }

    @Override
    public Optional<RequestId> requestOf(TenantId tenant, String eventId) {
        return database.sql(
                        "select request_id from intake_event where tenant_id = ? and event_id = ? and request_id is not null")
                .params(tenant.value(), eventId)
                .query((row, number) -> new RequestId(row.getString(1)))
                .optional();
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void lockIdentity(TenantId tenant, String identityKey) {
        if (!locked(tenant, identityKey)
                && !savepoints.insert(
                        () -> database.sql("insert into intake_identity (tenant_id, identity_key) values (?, ?)")
                                .params(tenant.value(), identityKey)
                                .update())) {
            locked(tenant, identityKey);
        }
    }

    private boolean locked(TenantId tenant, String identityKey) {
        return !database.sql(
                        "select identity_key from intake_identity where tenant_id = ? and identity_key = ? for update")
                .params(tenant.value(), identityKey)
                .query()
                .listOfRows()
                .isEmpty();
    }
}
