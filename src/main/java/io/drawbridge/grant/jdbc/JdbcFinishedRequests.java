package io.drawbridge.grant.jdbc;

import io.drawbridge.identity.Retained;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestWorkflow;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
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
            select r.id from access_request r
            where r.tenant_id = :tenant and r.created_at < :before and r.status_since < :before
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
        OffsetDateTime at = before.atOffset(ZoneOffset.UTC);
        List<RequestId> finished = database.sql(FINISHED)
                .param("tenant", tenant.value())
                .param("before", at)
                .param("most", most)
                .query((row, number) -> new RequestId(row.getString(1)))
                .list();
        Set<RequestId> running = workflow.running(finished);
        List<RequestId> gone =
                finished.stream().filter(id -> !running.contains(id)).toList();
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
}
