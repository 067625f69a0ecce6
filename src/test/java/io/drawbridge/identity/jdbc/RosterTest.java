package io.drawbridge.identity.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.identity.ApiKey;
import io.drawbridge.identity.GroupRoles;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Everybody, on each database that Drawbridge runs on. */
@DisplayName("The roster")
class RosterTest {
    private static final TenantId ACME = new TenantId("acme");

    @Test
    @DisplayName("R12 keeps people as they were saved, on H2")
    void keepsPeopleOnH2() {
        keepsPeople(new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
    }

    @Test
    @DisplayName("R12 keeps people as they were saved, on PostgreSQL")
    void keepsPeopleOnPostgres() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            keepsPeople(postgres.getPostgresDatabase());
        }
    }

    private static void keepsPeople(DataSource dataSource) {
        Flyway.configure().dataSource(dataSource).load().migrate();
        JdbcClient database = JdbcClient.create(dataSource);
        database.sql("insert into tenant (id, name) values ('acme', 'Acme'), ('globex', 'Globex')")
                .update();
        JdbcPeople roster = new JdbcPeople(database, new GroupRoles(Map.of("auditors", Set.of(Role.OPERATIONS))));
        Person nora = person("nora", ACME, Set.of("engineers"), Set.of(Role.REQUESTER, Role.ADMINISTRATOR), true);
        Person left = person("nora", ACME, Set.of("auditors"), Set.of(Role.REQUESTER), false);
        Person gina = person("gina", new TenantId("globex"), Set.of(), Set.of(Role.REQUESTER), true);

        roster.save(nora);
        roster.save(gina);
        assertThat(roster.of(ACME)).containsExactly(nora);
        assertThat(roster.elsewhere(ACME)).containsExactly(gina.id());

        roster.save(left);
        assertThat(roster.of(ACME)).isEmpty();
        assertThat(roster.everybody(ACME))
                .containsExactly(person("nora", ACME, Set.of("auditors"), nora.roles(), false));

        bringsRolesByIssuersOnly(roster);
        keepsWhatIssuersSay(roster, gina);
        keepsKeys(new JdbcApiKeys(database));
    }

    /** Nora is an auditor by the directory, which says nothing of roles; and so is Otto by his issuer. */
    private static void bringsRolesByIssuersOnly(JdbcPeople roster) {
        Person otto = person("otto", ACME, Set.of("auditors"), Set.of(Role.REQUESTER), true);
        roster.save(otto);
        assertThat(roster.find(otto.id()).orElseThrow().roles()).containsExactly(Role.REQUESTER);
        assertThat(roster.withGroupsOfAnIssuer(ACME)).isEmpty();

        roster.replaceGroups(otto, Set.of("auditors"), Instant.parse("2026-01-15T09:00:00Z"));
        assertThat(roster.find(otto.id()).orElseThrow().roles())
                .containsExactlyInAnyOrder(Role.REQUESTER, Role.OPERATIONS);
        assertThat(roster.withGroupsOfAnIssuer(ACME)).containsExactly(otto.id());

        roster.save(person("otto", ACME, Set.of("engineers"), Set.of(Role.REQUESTER), true));
        assertThat(roster.find(otto.id()).orElseThrow().groups()).containsExactly("auditors");
    }

    private static void keepsWhatIssuersSay(JdbcPeople roster, Person gina) {
        Instant at = Instant.parse("2026-01-15T09:00:00Z");
        assertThat(roster.groupsAsOf(gina.id())).isEmpty();
        assertThat(roster.replaceGroups(gina, Set.of("engineers"), at)).isTrue();
        assertThat(roster.replaceGroups(gina, Set.of("auditors"), at)).isFalse();
        assertThat(roster.replaceGroups(gina, Set.of("auditors"), at.minusSeconds(1)))
                .isFalse();
        assertThat(roster.groupsAsOf(gina.id())).hasValue(at);
        assertThat(roster.find(gina.id()).orElseThrow().groups()).containsExactly("engineers");

        roster.addTenant(new TenantId("initech"), "Initech");
        roster.addTenant(new TenantId("initech"), "Another name");
        assertThat(roster.tenants()).containsExactly(ACME, new TenantId("globex"), new TenantId("initech"));
    }

    private static void keepsKeys(JdbcApiKeys keys) {
        Instant made = Instant.parse("2026-01-15T09:00:00Z");
        PersonId erin = new PersonId("erin@acme.example");
        ApiKey key = new ApiKey(
                "1",
                ACME,
                "Forwarder",
                Set.of(Role.INTAKE, Role.OPERATIONS),
                erin,
                made,
                made.plusSeconds(60),
                null,
                null);

        keys.add(key, "a".repeat(64));

        assertThat(keys.find("1")).hasValue(key);
        assertThat(keys.secretHash("1")).hasValue("a".repeat(64));
        assertThat(keys.of(ACME)).containsExactly(key);
        assertThat(keys.of(new TenantId("globex"))).isEmpty();
        assertThat(key.opens(made.plusSeconds(59))).isTrue();
        assertThat(key.opens(made.plusSeconds(60))).isFalse();
        assertThat(keys.revoke("1", erin, made.plusSeconds(1))).isTrue();
        assertThat(keys.revoke("1", erin, made.plusSeconds(2))).isFalse();
        assertThat(keys.find("1").orElseThrow().revokedAt()).isEqualTo(made.plusSeconds(1));
        assertThat(keys.find("1").orElseThrow().opens(made.plusSeconds(2))).isFalse();
    }

    private static Person person(String id, TenantId tenant, Set<String> groups, Set<Role> roles, boolean active) {
        return new Person(
                new PersonId(id),
                tenant,
                "Name of " + id,
                id + "@example.org",
                groups,
                roles,
                active,
                "90670000-" + id);
    }
}
