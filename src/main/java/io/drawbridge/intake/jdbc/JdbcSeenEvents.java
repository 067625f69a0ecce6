package io.drawbridge.intake.jdbc;

import io.drawbridge.identity.TenantId;
import io.drawbridge.intake.SeenEvents;
import io.drawbridge.request.RequestId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

@Repository
class JdbcSeenEvents implements SeenEvents {
    private final JdbcClient database;
    private final Savepoints savepoints;

    JdbcSeenEvents(JdbcClient database, Savepoints savepoints) {
        this.database = database;
        this.savepoints = savepoints;
    }

    /** NB. Pairs, because H2 uses only the first column of the key where the second is compared with a list. */
    @Override
    public Map<String, Optional<RequestId>> known(TenantId tenant, Collection<String> eventIds) {
        Map<String, Optional<RequestId>> known = new HashMap<>();
        if (eventIds.isEmpty()) {
            return known;
        }
        List<String> values = new ArrayList<>();
        eventIds.forEach(event -> values.addAll(List.of(tenant.value(), event)));
        database.sql("select event_id, request_id from intake_event where (tenant_id, event_id) in ("
                        + String.join(", ", Collections.nCopies(eventIds.size(), "(?, ?)")) + ")")
                .params(values)
                .query(row -> {
                    known.put(
                            row.getString(1),
                            Optional.ofNullable(row.getString(2)).map(RequestId::new));
                });
        return known;
    }

    /** NB. In one order, so that two who write the same events wait for each other instead of both for ever. */
    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void settle(TenantId tenant, Instant now, Collection<Settled> events) {
        if (events.isEmpty()) {
            return;
        }
        List<@Nullable Object> values = new ArrayList<>();
        events.stream().sorted(Comparator.comparing(Settled::eventId)).forEach(event -> {
            RequestId request = event.request();
            values.addAll(Arrays.asList(
                    tenant.value(),
                    event.eventId(),
                    now.atOffset(ZoneOffset.UTC),
                    event.outcome(),
                    request == null ? null : request.value()));
        });
        try {
            database.sql("insert into intake_event (tenant_id, event_id, received_at, outcome, request_id) values "
                            + String.join(", ", Collections.nCopies(events.size(), "(?, ?, ?, ?, ?)")))
                    .params(values)
                    .update();
        } catch (DuplicateKeyException other) {
            throw new ConcurrencyFailureException("An event came to somebody else at the same moment.", other);
        }
    }

    @Override
    public void ping() {
        database.sql("select outcome from intake_event where tenant_id = '' and event_id = ''")
                .query()
                .listOfRows();
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
