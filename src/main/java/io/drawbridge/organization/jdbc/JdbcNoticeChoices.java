package io.drawbridge.organization.jdbc;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.NoticeChoices;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcNoticeChoices implements NoticeChoices {
    private final JdbcClient database;

    JdbcNoticeChoices(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Set<Mute> mutes(PersonId person) {
        return new LinkedHashSet<>(database.sql(
                        "select kind, name from notice_mute where person_id = ? order by kind, name")
                .param(person.value())
                .query((row, number) -> new Mute(Mute.Kind.valueOf(row.getString("kind")), row.getString("name")))
                .list());
    }

    @Override
    public void mute(PersonId person, Mute mute) {
        unmute(person, mute);
        database.sql("insert into notice_mute (person_id, kind, name) values (?, ?, ?)")
                .params(person.value(), mute.kind().name(), mute.name())
                .update();
    }

    @Override
    public void unmute(PersonId person, Mute mute) {
        database.sql("delete from notice_mute where person_id = ? and kind = ? and name = ?")
                .params(person.value(), mute.kind().name(), mute.name())
                .update();
    }

    @Override
    public Optional<String> addendum(TenantId tenant) {
        return database.sql("select words from chat_addendum where tenant_id = ?")
                .param(tenant.value())
                .query(String.class)
                .optional();
    }

    @Override
    public void setAddendum(TenantId tenant, String words) {
        database.sql("delete from chat_addendum where tenant_id = ?")
                .param(tenant.value())
                .update();
        if (!words.isEmpty()) {
            database.sql("insert into chat_addendum (tenant_id, words) values (?, ?)")
                    .params(tenant.value(), words)
                    .update();
        }
    }
}
