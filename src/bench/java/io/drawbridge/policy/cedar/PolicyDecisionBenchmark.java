package io.drawbridge.policy.cedar;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.model.exception.AuthException;
import com.cedarpolicy.model.policy.PolicySet;
import com.cedarpolicy.model.schema.Schema;
import com.cedarpolicy.value.EntityUID;
import io.drawbridge.identity.People;
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
import io.drawbridge.policy.Judgement;
import io.drawbridge.policy.TenantScopes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * What a decision costs, against the number of policies and against the size of the organisation.
 *
 * <p>A decision here is everything from the account's id and the person's to the judgement with its evidence. Beside it
 * stands Cedar called in the plain way: parse the policies, send every entity, ask once, without priority groups.
 */
public final class PolicyDecisionBenchmark {
    private static final int BATCHES = 41;
    private static final int BATCH = 50;
    private static final int PLAIN_CALLS = 3;
    private static final double TARGET_MICROS = 2_000;
    private static final TenantId TENANT = new TenantId("acme");
    private static final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    private PolicyDecisionBenchmark() {}

    /** Prints two tables and a verdict. */
    public static void main(String[] arguments) throws IOException, AuthException {
        System.out.printf(
                Locale.ROOT,
                "%s, Java %s, %d cores; median of %d batches of %d decisions, CPU of the asking thread%n%n",
                System.getProperty("os.arch"),
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                BATCHES,
                BATCH);
        if (LoggerFactory.getLogger("io.drawbridge") instanceof Logger logger) {
            logger.setLevel(Level.WARN);
        }
        // For nothing, so that the first row is not the one that pays for compiling.
        for (int i = 0; i < 4; i++) {
            measure(100, 10, true, false);
        }

        System.out.println(
                "| policies (3 groups) | entities | decisions/s | CPU µs | plain cedar-java CPU µs | ratio |");
        System.out.println("| ---: | ---: | ---: | ---: | ---: | ---: |");
        List<Row> policies = new ArrayList<>();
        for (int count : new int[] {10, 100, 1_000, 5_000}) {
            policies.add(measure(count, 10, true, true).print());
        }
        System.out.println();
        System.out.println(
                "| policies (3 groups) | entities | decisions/s | CPU µs | plain cedar-java CPU µs | ratio |");
        System.out.println("| ---: | ---: | ---: | ---: | ---: | ---: |");
        List<Row> entities = new ArrayList<>();
        for (int count : new int[] {10, 100, 1_000, 10_000}) {
            entities.add(measure(100, count, true, true).print());
        }
        System.out.println();
        verdict("100 to 5,000 policies", policies.subList(1, policies.size()));
        verdict("10 to 10,000 entities", entities);
        System.out.println("Policies without a scope cannot be told apart before they are evaluated; 1,000 of them:");
        measure(1_000, 10, false, false).print();
    }

    private static void verdict(String range, List<Row> rows) {
        double lowest = rows.stream().mapToDouble(Row::cpu).min().orElse(0);
        double highest = rows.stream().mapToDouble(Row::cpu).max().orElse(0);
        System.out.printf(
                Locale.ROOT,
                "%s: highest/lowest %.2f (%s factor 2), at most %.0f µs (%s 2 ms)%n",
                range,
                highest / lowest,
                highest <= 2 * lowest ? "within" : "NOT within",
                highest,
                highest <= TARGET_MICROS ? "within" : "NOT within");
    }

    private static Row measure(int policies, int entities, boolean scoped, boolean compare)
            throws IOException, AuthException {
        World world = new World(entities);
        String text = policies(policies, scoped);
        Path folder = Files.createTempDirectory("policies");
        Files.createDirectories(folder.resolve("acme"));
        Path schema = Path.of("policies", PolicySources.SCHEMA_FILE);
        Path schemaCopy = folder.resolve(PolicySources.SCHEMA_FILE);
        Path rules = folder.resolve("acme/rules.cedar");
        Files.copy(schema, schemaCopy);
        Files.writeString(rules, text);
        try (CedarAccessPolicies judge = new CedarAccessPolicies(
                new PathMatchingResourcePatternResolver(),
                folder.toUri().toString(),
                Clock.systemUTC(),
                world,
                world)) {
            Random random = new Random(7);
            double[] cpu = new double[BATCHES];
            double[] wall = new double[BATCHES];
            IntConsumer batch = ignored -> {
                for (int i = 0; i < BATCH; i++) {
                    Judgement judgement = judge.judge(world.question(random));
                    if (!judgement.allowed() || !judgement.errors().isEmpty()) {
                        throw new IllegalStateException("Not the answer that was expected: " + judgement);
                    }
                }
            };
            for (int i = 0; i < 10; i++) {
                batch.accept(i);
            }
            for (int i = 0; i < BATCHES; i++) {
                long cpuStart = threads.getCurrentThreadCpuTime();
                long wallStart = System.nanoTime();
                batch.accept(i);
                wall[i] = (System.nanoTime() - wallStart) / 1_000.0 / BATCH;
                cpu[i] = (threads.getCurrentThreadCpuTime() - cpuStart) / 1_000.0 / BATCH;
            }
            double plain = compare ? plain(text, Files.readString(schema), world, random) : Double.NaN;
            return new Row(policies, entities, 1_000_000 / median(wall), median(cpu), plain);
        } finally {
            Files.delete(rules);
            Files.delete(schemaCopy);
            Files.delete(folder.resolve("acme"));
            Files.delete(folder);
        }
    }

    /** Cedar as its examples call it. */
    private static double plain(String text, String schema, World world, Random random) throws AuthException {
        Set<Entity> all = world.entities();
        double[] cpu = new double[PLAIN_CALLS];
        for (int i = 0; i < PLAIN_CALLS; i++) {
            Question question = Question.of(world.question(random));
            Set<Entity> sent = new LinkedHashSet<>(all);
            question.entities().stream()
                    .filter(entity -> entity.getEUID().getType().equals(Vocabulary.PERMISSION_TYPE))
                    .forEach(sent::add);
            long start = threads.getCurrentThreadCpuTime();
            var response = new BasicAuthorizationEngine()
                    .isAuthorized(
                            new AuthorizationRequest(
                                    question.principal(),
                                    question.action(),
                                    question.resource(),
                                    Optional.of(question.context()),
                                    Optional.of(new Schema(schema)),
                                    true),
                            PolicySet.parsePolicies(text),
                            sent);
            cpu[i] = (threads.getCurrentThreadCpuTime() - start) / 1_000.0;
            if (response.success.isEmpty() || !response.success.get().isAllowed()) {
                throw new IllegalStateException("Not the answer that was expected: " + response);
            }
        }
        return median(cpu);
    }

    /** Two policies a group for everybody in the first team, a guard-rail, and the rest for other teams and accounts. */
    private static String policies(int count, boolean scoped) {
        StringBuilder text = new StringBuilder(
                """
                @id("guard-rail")
                forbid(principal, action == Drawbridge::Action::"request_access", resource)
                when { context.permission == Drawbridge::Permission::"cloudtrail:StopLogging" };
                """);
        String[] groups = {
            "@priority(\"200\") @approval_mode(\"break_glass\") @max_duration(\"PT1H\")",
            "@priority(\"100\") @approval_mode(\"auto\")",
            "@approval_mode(\"require\") @max_duration(\"PT8H\")"
        };
        for (int i = 1; i < count; i++) {
            boolean fits = i <= 6;
            String team = fits ? "team-0" : "team-" + (1_000 + i);
            String resource = scoped && !fits ? "resource == Drawbridge::Account::\"" + i + "\"" : "resource";
            String principal = scoped ? "principal in Drawbridge::Group::\"" + team + "\"" : "principal";
            text.append("@id(\"p")
                    .append(i)
                    .append("\") ")
                    .append(groups[i % 3])
                    .append("\npermit(")
                    .append(principal)
                    .append(", action == Drawbridge::Action::\"request_access\", ")
                    .append(resource)
                    .append(
                            ")\nwhen { context.permission.control == \"protected\" && context.duration <= duration(\"8h\") };\n");
        }
        return text.toString();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private record Row(int policies, int entities, double perSecond, double cpu, double plain) {
        Row print() {
            System.out.printf(
                    Locale.ROOT,
                    "| %,d | %,d | %,.0f | %,.0f | %s | %s |%n",
                    policies,
                    entities,
                    perSecond,
                    cpu,
                    Double.isNaN(plain) ? "–" : String.format(Locale.ROOT, "%,.0f", plain),
                    Double.isNaN(plain) ? "–" : String.format(Locale.ROOT, "%,.0f", plain / cpu));
            return this;
        }
    }

    /** An organisation of about so many entities, half of them people, half of them scopes four levels deep. */
    private static final class World implements People, TenantScopes {
        private final Map<ScopeId, Scope> scopes = new HashMap<>();
        private final List<ScopeId> accounts = new ArrayList<>();
        private final Map<PersonId, Person> people = new HashMap<>();
        private final List<PersonId> names = new ArrayList<>();

        World(int size) {
            add("r", null, Scope.Kind.ORGANIZATION);
            add("ou", "r", Scope.Kind.ORGANIZATIONAL_UNIT);
            for (int i = 0; i < Math.max(1, size / 2 - 3); i++) {
                String unit = "ou-" + i / 50;
                if (i % 50 == 0) {
                    add(unit, "ou", Scope.Kind.ORGANIZATIONAL_UNIT);
                }
                accounts.add(add("account-" + i, unit, Scope.Kind.ACCOUNT));
            }
            for (int i = 0; i < Math.max(1, size / 2); i++) {
                PersonId id = new PersonId("person-" + i + "@acme.example");
                names.add(id);
                people.put(id, new Person(id, TENANT, "", "", Set.of("team-0", "guild-" + i % 10), Set.of(), true, ""));
            }
        }

        private ScopeId add(String id, @org.jspecify.annotations.Nullable String parent, Scope.Kind kind) {
            ScopeId key = new ScopeId(id);
            scopes.put(
                    key,
                    new Scope(key, TENANT, parent == null ? null : new ScopeId(parent), kind, id, "production", null));
            return key;
        }

        AccessQuestion question(Random random) {
            Person person = find(names.get(random.nextInt(names.size()))).orElseThrow();
            return new AccessQuestion(
                    TENANT,
                    person.id(),
                    person.groups(),
                    path(accounts.get(random.nextInt(accounts.size()))),
                    new PermissionName("s3", "DeleteBucket"),
                    Control.PROTECTED,
                    AccessDuration.parse("PT1H"),
                    Instant.parse("2026-01-15T12:00:00Z"),
                    "The bucket is full.",
                    "INC-4711",
                    true,
                    true,
                    "192.0.2.7");
        }

        private ScopePath path(ScopeId account) {
            List<Scope> path = new ArrayList<>();
            Scope next = scopes.get(account);
            while (next != null) {
                path.add(next);
                ScopeId parent = next.parent();
                next = parent == null ? null : scopes.get(parent);
            }
            return new ScopePath(path);
        }

        Set<Entity> entities() {
            Set<Entity> all = new LinkedHashSet<>();
            people.values().forEach(person -> {
                EntityUID unused = Question.addUser(person.id(), person.groups(), all);
            });
            for (Scope scope : scopes.values()) {
                Scope parent = scope.parent() == null ? null : scopes.get(scope.parent());
                Question.addScope(scope, parent == null ? null : Vocabulary.uid(parent), all);
            }
            return all;
        }

        @Override
        public Optional<Person> find(PersonId id) {
            return Optional.ofNullable(people.get(id));
        }

        @Override
        public List<Person> of(TenantId tenant) {
            return List.copyOf(people.values());
        }

        @Override
        public Optional<String> passwordHash(PersonId id) {
            return Optional.empty();
        }

        @Override
        public List<TenantId> tenants() {
            return List.of(TENANT);
        }

        @Override
        public List<Scope> scopes(TenantId tenant) {
            return List.copyOf(scopes.values());
        }

        @Override
        public Control control(TenantId tenant, ScopeId account, String service) {
            return Control.PROTECTED;
        }
    }
}
