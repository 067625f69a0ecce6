package io.drawbridge.grant.jdbc;

import io.drawbridge.identity.Retained;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestWorkflow;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Old requests with their grants.
 *
 * <p>Kept whatever their age: a request that is not final; one that was approved and whose grant the cloud has not confirmed
 * closed; broken glass that nobody has reviewed; one that a younger request names; one that the engine still runs.
 */
@Repository
class JdbcFinishedRequests implements Retained {
    private static final String FINISHED =
            """
            select r.id, r.created_at from access_request r
            where r.tenant_id = :tenant and r.created_at < :before and r.status_since < :before
                and (r.created_at > :createdAt or r.created_at = :createdAt and r.id > :id)
                and r.status in ('APPROVED', 'DENIED', 'EXPIRED', 'ABANDONED', 'ABANDONED_EXPIRED', 'CANCELLED')
                and (r.review_due_at is null or r.reviewed_at < :before)
                and (r.status <> 'APPROVED'
                    or exists (select 1 from access_grant g where g.request_id = r.id))
                and not exists (select 1 from access_grant g where g.request_id = r.id
                    and (g.state not in ('REVOKED', 'PROVISION_FAILED') or g.state_since >= :before))
                and not exists (select 1 from access_grant g join lease l on l.grant_id = g.id
                    where g.request_id = r.id and l.living = true)
                and not exists (select 1 from access_request later where later.previous_id = r.id)
            order by r.created_at, r.id
            limit :most""";

    private final JdbcClient database;
    private final AccessRequests requests;
    private final RequestWorkflow workflow;

    JdbcFinishedRequests(JdbcClient database, AccessRequests requests, RequestWorkflow workflow) {
        this.database = database;
        this.requests = requests;
        this.workflow = workflow;
    }

    @Override
    public Kind kind() {
        return Kind.REQUESTS;
    }

    @Override
    @Transactional
    public int forget(TenantId tenant, Instant before, int most) {
        List<RequestId> gone = new ArrayList<>();
        Place place = Place.FIRST;
        while (gone.size() < most) {
            List<Place> finished = finished(tenant, before, place, most);
            if (finished.isEmpty()) {
                break;
            }
            Set<RequestId> running =
                    workflow.running(finished.stream().map(Place::id).toList());
            finished.stream()
                    .map(Place::id)
                    .filter(id -> !running.contains(id))
                    .limit(most - gone.size())
                    .forEach(gone::add);
            place = finished.get(finished.size() - 1);
        }
        if (gone.isEmpty()) {
            return 0;
        }
        List<String> ids = gone.stream().map(RequestId::value).toList();
        database.sql("delete from lease where grant_id in (select id from access_grant where request_id in (:ids))")
                .param("ids", ids)
                .update();
        database.sql("delete from access_grant where request_id in (:ids)")
                .param("ids", ids)
                .update();
        requests.remove(gone);
        return gone.size();
    }

    /** Those after that place, in the order in which they go. */
    private List<Place> finished(TenantId tenant, Instant before, Place place, int most) {
        return database.sql(FINISHED)
                .param("tenant", tenant.value())
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("createdAt", place.createdAt())
                .param("id", place.id().value())
                .param("most", most)
                .query((row, number) ->
                        new Place(new RequestId(row.getString(1)), row.getObject(2, OffsetDateTime.class)))
                .list();
    }

    /** Where one stands in the order; the engine is asked about those that follow, so that it holds up no other. */
    private record Place(RequestId id, OffsetDateTime createdAt) {
        /** Before all of them: no request is older than this program. */
        static final Place FIRST = new Place(new RequestId("-"), Instant.EPOCH.atOffset(ZoneOffset.UTC));
    }
}
