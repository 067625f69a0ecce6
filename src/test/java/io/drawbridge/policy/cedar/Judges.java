package io.drawbridge.policy.cedar;

import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.TenantScopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Judges over given policies, and the questions that tests put to them. */
final class Judges {
    static final TenantId ACME = new TenantId("acme");
    static final Instant NOW = Instant.parse("2026-01-15T12:00:00.123Z");
    static final Path POLICIES = Path.of("policies");
    static final PersonId ALICE = new PersonId("alice@acme.example");

    private Judges() {}

    /** The judge over a folder as it stands. */
    static CedarAccessPolicies over(Path folder) {
        return new CedarAccessPolicies(
                new PathMatchingResourcePatternResolver(),
                folder.toUri().toString(),
                Clock.fixed(NOW, ZoneOffset.UTC),
                new AcmePeople(),
                new AcmeScopes());
    }

    static People people() {
        return new AcmePeople();
    }

    static TenantScopes scopes() {
        return new AcmeScopes();
    }

    /** Writes acme's policies, and our schema unless there is one, into a folder. */
    static Path write(Path folder, String policies) {
        try {
            Files.createDirectories(folder.resolve("acme"));
            if (!Files.exists(folder.resolve(PolicySources.SCHEMA_FILE))) {
                Files.copy(POLICIES.resolve(PolicySources.SCHEMA_FILE), folder.resolve(PolicySources.SCHEMA_FILE));
            }
            Files.writeString(folder.resolve("acme/rules.cedar"), policies);
            return folder;
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** Alice, engineer and on call, asks for an hour of s3:DeleteBucket in payments-prod. */
    static AccessQuestion question() {
        return question(PermissionName.parse("s3:DeleteBucket"), false, null);
    }

    /** The same as an emergency with a ticket. */
    static AccessQuestion emergency() {
        return question(PermissionName.parse("s3:DeleteBucket"), true, "INC-4711");
    }

    static AccessQuestion question(PermissionName permission, boolean breakGlass, @Nullable String ticket) {
        return new AccessQuestion(
                ACME,
                ALICE,
                Set.of("engineers", "on-call"),
                production(),
                permission,
                Control.PROTECTED,
                AccessDuration.parse("PT1H"),
                NOW,
                "The bucket \"old\" is full.",
                ticket,
                breakGlass,
                true,
                "192.0.2.7");
    }

    static ScopePath production() {
        return path(ACME, "111122223333", List.of("ou-production", "ou-workloads", "r-acme"));
    }

    /** An account below units, the organization last. */
    static ScopePath path(TenantId tenant, String account, List<String> above) {
        java.util.ArrayList<Scope> scopes = new java.util.ArrayList<>();
        scopes.add(new Scope(
                new ScopeId(account),
                tenant,
                new ScopeId(above.get(0)),
                Scope.Kind.ACCOUNT,
                "payments",
                "production",
                null));
        for (int i = 0; i < above.size(); i++) {
            boolean root = i + 1 == above.size();
            scopes.add(new Scope(
                    new ScopeId(above.get(i)),
                    tenant,
                    root ? null : new ScopeId(above.get(i + 1)),
                    root ? Scope.Kind.ORGANIZATION : Scope.Kind.ORGANIZATIONAL_UNIT,
                    above.get(i),
                    "",
                    null));
        }
        return new ScopePath(scopes);
    }

    private static final class AcmePeople implements People {
        private final Person alice = new Person(
                ALICE, ACME, "Alice", ALICE.value(), Set.of("engineers", "on-call"), Set.of(Role.REQUESTER), true, "");

        @Override
        public Optional<Person> find(PersonId id) {
            return id.equals(ALICE) ? Optional.of(alice) : Optional.empty();
        }

        @Override
        public List<Person> of(TenantId tenant) {
            return tenant.equals(ACME) ? List.of(alice) : List.of();
        }

        @Override
        public Optional<String> passwordHash(PersonId id) {
            return Optional.empty();
        }

        @Override
        public List<TenantId> tenants() {
            return List.of(ACME);
        }
    }

    private static final class AcmeScopes implements TenantScopes {
        @Override
        public List<Scope> scopes(TenantId tenant) {
            if (!tenant.equals(ACME)) {
                return List.of();
            }
            List<Scope> scopes = new java.util.ArrayList<>(production().fromAccount());
            scopes.add(path(ACME, "444455556666", List.of("ou-workloads", "r-acme"))
                    .account());
            return scopes;
        }

        @Override
        public Control control(TenantId tenant, ScopeId account, String service) {
            return service.equals("gamelift") ? Control.DISABLED : Control.PROTECTED;
        }
    }
}
