package io.drawbridge.notification;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Backlog;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Notices that have not arrived and are still tried; what a stopped channel keeps is its administrators' matter. */
@Component
class OutboxBacklog implements Backlog {
    private final JdbcClient database;

    OutboxBacklog(JdbcClient database) {
        this.database = database;
    }

    @Override
    public String name() {
        return "outbox";
    }

    @Override
    public String title() {
        return "Notices that have not been sent";
    }

    @Override
    public String advice() {
        return "People are not told what they have to decide or what has become of their requests. Nothing is lost: sending"
                + " is tried on, and the Notices page shows it all. See that the mail server is up and takes our mail.";
    }

    @Override
    public List<Waiting> waiting() {
        return database.sql("select tenant_id, count(*), min(created_at) from notice where sent_at is null"
                        + " and given_up_at is null and (channel_id is null or channel_id in"
                        + " (select id from notification_channel where enabled and stopped_at is null))"
                        + " group by tenant_id order by tenant_id")
                .query((row, number) -> new Waiting(
                        new TenantId(row.getString(1)),
                        row.getLong(2),
                        row.getObject(3, OffsetDateTime.class).toInstant()))
                .list();
    }
}
