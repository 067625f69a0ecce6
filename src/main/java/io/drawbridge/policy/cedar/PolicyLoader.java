package io.drawbridge.policy.cedar;

import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.schema.Schema;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.DecisionQuestion;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.InvalidPolicyException.Problem;
import io.drawbridge.policy.cedar.PolicySources.PolicyFile;
import io.drawbridge.policy.cedar.PolicyText.Piece;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes books from sources, all of them or none. */
final class PolicyLoader {
    private final CedarEngine engine;
    private final PolicyCompiler compiler = new PolicyCompiler();
    private final Clock clock;

    PolicyLoader(CedarEngine engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    /**
     * Reads, guards and validates everything.
     *
     * @throws InvalidPolicyException with everything that is wrong, in all tenants
     */
    Books load(PolicySources sources) {
        List<Problem> problems = new ArrayList<>();
        PolicyText.checkSchema(PolicySources.SCHEMA_FILE, sources.schema(), problems);
        Map<TenantId, List<Piece>> pieces = new HashMap<>();
        sources.tenants().forEach((tenant, files) -> pieces.put(tenant, cut(files, problems)));
        refuseIfAny(problems);

        // First alone, so that a wrong schema is reported once and not by every tenant.
        engine.deeply(() -> compiler.compile(List.of(), PolicySources.SCHEMA_FILE, sources.schema()));
        Schema schema = parsed(sources.schema());
        Instant now = clock.instant();
        Map<TenantId, PolicyBook> books = new HashMap<>();
        pieces.forEach((tenant, tenantPieces) -> {
            try {
                books.put(
                        tenant,
                        new PolicyBook(
                                engine.deeply(() ->
                                        compiler.compile(tenantPieces, PolicySources.SCHEMA_FILE, sources.schema())),
                                sources.schema(),
                                schema,
                                sources.hash(tenant),
                                now));
            } catch (InvalidPolicyException invalid) {
                problems.addAll(invalid.problems());
            }
        });
        PolicyBook none = new PolicyBook(
                List.of(), sources.schema(), schema, PolicySources.hash(sources.schema(), List.of()), now);
        if (problems.isEmpty()) {
            rehearse(none, problems);
        }
        refuseIfAny(problems);
        return new Books(Map.copyOf(books), none);
    }

    private Schema parsed(String text) {
        return engine.deeply(() -> {
            try {
                return CedarEngine.parsedSchema(text);
            } catch (CacheException unreadable) {
                throw new InvalidPolicyException(List.of(new Problem(
                        PolicySources.SCHEMA_FILE, "", 0, 0, PolicyCompiler.text(unreadable.getMessage()))));
            }
        });
    }

    private static List<Piece> cut(List<PolicyFile> files, List<Problem> problems) {
        List<Piece> pieces = new ArrayList<>();
        files.forEach(file -> pieces.addAll(PolicyText.cut(file.name(), file.text(), problems)));
        return pieces;
    }

    private static void refuseIfAny(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidPolicyException(problems);
        }
    }

    /**
     * Asks what Drawbridge asks, once: a schema that does not know our questions would deny every one of them later.
     * It also loads what Cedar loads at its first answer.
     */
    private void rehearse(PolicyBook none, List<Problem> problems) {
        TenantId tenant = new TenantId("rehearsal");
        ScopePath path = new ScopePath(List.of(
                new Scope(new ScopeId("000000000000"), tenant, new ScopeId("ou"), Scope.Kind.ACCOUNT, "a", "", null),
                new Scope(new ScopeId("ou"), tenant, new ScopeId("r"), Scope.Kind.ORGANIZATIONAL_UNIT, "ou", "", null),
                new Scope(new ScopeId("r"), tenant, null, Scope.Kind.ORGANIZATION, "r", "", null)));
        PersonId somebody = new PersonId("somebody");
        PermissionName permission = new PermissionName("s3", "DeleteBucket");
        Instant now = Instant.parse("2026-01-15T12:00:00Z");
        try {
            engine.ask(
                    none,
                    List.of(),
                    Question.of(new AccessQuestion(
                            tenant,
                            somebody,
                            Set.of("group"),
                            path,
                            permission,
                            Control.PROTECTED,
                            AccessDuration.FOREVER,
                            now,
                            "justification",
                            "ticket",
                            true,
                            true,
                            "192.0.2.1")));
            engine.ask(
                    none,
                    List.of(),
                    Question.of(new DecisionQuestion(
                            tenant,
                            new Person(somebody, tenant, "", "", Set.of("group"), Set.of(), true, ""),
                            "request",
                            somebody,
                            path,
                            permission,
                            Control.PROTECTED,
                            now,
                            true)));
        } catch (CedarEngine.CedarFailure failed) {
            failed.messages()
                    .forEach(message -> problems.add(new Problem(
                            PolicySources.SCHEMA_FILE,
                            "",
                            0,
                            0,
                            "The schema does not fit what Drawbridge asks: " + message)));
        }
    }

    /**
     * The books of an installation.
     *
     * @param none for a tenant without policies: it denies everything
     */
    record Books(Map<TenantId, PolicyBook> byTenant, PolicyBook none) {
        PolicyBook of(TenantId tenant) {
            return byTenant.getOrDefault(tenant, none);
        }
    }
}
