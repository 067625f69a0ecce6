package io.drawbridge.organization.jdbc;

import io.drawbridge.identity.Reading;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.TenantSettings;
import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcSettings implements Settings {
    private static final String FOREVER = "forever";

    private final JdbcClient database;

    JdbcSettings(JdbcClient database) {
        this.database = database;
    }

    @Override
    public TenantSettings of(TenantId tenant) {
        return Reading.once(new Whole(tenant), () -> read(tenant));
    }

    /** The settings of a tenant, as one read. */
    private record Whole(TenantId tenant) {}

    private TenantSettings read(TenantId tenant) {
        return database.sql("select * from tenant_setting where tenant_id = ?")
                .param(tenant.value())
                .query((row, number) -> new TenantSettings(
                        row.getBoolean("request_user_justification"),
                        Duration.parse(row.getString("min_duration")),
                        limited(row.getString("max_duration")),
                        limited(row.getString("preset_duration")),
                        Duration.parse(row.getString("cool_down")),
                        Duration.parse(row.getString("propagation")),
                        row.getInt("max_requests_per_identity_and_hour"),
                        ZoneId.of(row.getString("time_zone")),
                        row.getInt("removal_guard_percent"),
                        row.getInt("removal_guard_count")))
                .optional()
                .orElse(TenantSettings.DEFAULT);
    }

    @Override
    public void replace(TenantId tenant, TenantSettings settings) {
        Reading.forget();
        database.sql("delete from tenant_setting where tenant_id = ?")
                .param(tenant.value())
                .update();
        database.sql(
                        """
                        insert into tenant_setting (tenant_id, request_user_justification, min_duration, max_duration,
                                preset_duration, cool_down, propagation, max_requests_per_identity_and_hour, time_zone,
                                removal_guard_percent, removal_guard_count)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        tenant.value(),
                        settings.requestUserJustification(),
                        settings.minDuration().toString(),
                        text(settings.maxDuration()),
                        text(settings.presetDuration()),
                        settings.coolDown().toString(),
                        settings.propagation().toString(),
                        settings.maxRequestsPerIdentityAndHour(),
                        settings.timeZone().getId(),
                        settings.removalGuardPercent(),
                        settings.removalGuardCount())
                .update();
    }

    private static @Nullable Duration limited(String text) {
        return text.equals(FOREVER) ? null : Duration.parse(text);
    }

    private static String text(@Nullable Duration duration) {
        return duration == null ? FOREVER : duration.toString();
    }
}
