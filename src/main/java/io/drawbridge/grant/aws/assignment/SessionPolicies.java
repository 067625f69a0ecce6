package io.drawbridge.grant.aws.assignment;

import io.drawbridge.grant.Cloud.Foreign;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.aws.assignment.SessionDeny.Document;
import io.drawbridge.grant.aws.assignment.SessionDeny.Ended;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.aws.AwsBusyException;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.AwsConnections;
import io.drawbridge.organization.aws.AwsProperties;
import io.drawbridge.organization.aws.Urgency;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.organizations.model.DuplicatePolicyAttachmentException;
import software.amazon.awssdk.services.organizations.model.DuplicatePolicyException;
import software.amazon.awssdk.services.organizations.model.ListPoliciesResponse;
import software.amazon.awssdk.services.organizations.model.ListTargetsForPolicyResponse;
import software.amazon.awssdk.services.organizations.model.Policy;
import software.amazon.awssdk.services.organizations.model.PolicyNotAttachedException;
import software.amazon.awssdk.services.organizations.model.PolicyNotFoundException;
import software.amazon.awssdk.services.organizations.model.PolicySummary;
import software.amazon.awssdk.services.organizations.model.PolicyTargetSummary;
import software.amazon.awssdk.services.organizations.model.PolicyType;
import software.amazon.awssdk.services.organizations.model.Tag;

/**
 * Writes the policies that close sessions: one for each account where any are to be closed, and none where none are.
 *
 * <p>AWS has no revision to compare, so each is read before it is written and again after it. What is there must be what we
 * wrote last; else somebody changed it, and nothing is written until an administrator chooses so. Service control policies do
 * not bind the management account, which gets none.
 */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class SessionPolicies {
    private static final Logger LOG = LoggerFactory.getLogger(SessionPolicies.class);

    /** What an administrator may choose about a policy that is not as we left it. */
    static final String RESTORE = "restore";

    static final String SUBJECT = "session-policy/";

    private static final String DESCRIPTION = "Drawbridge closes sessions of grants that have ended. ";

    /** So long a removal waits for its sessions to be closed before it is called done with sessions that may go on. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final Duration MUCH_LATER = Duration.ofMinutes(5);

    private final AssignmentBook book;
    private final AwsConnections connections;
    private final JdbcClient database;
    private final TransactionTemplate apart;
    private final AssignmentProperties properties;
    private final Clock clock;

    SessionPolicies(
            AssignmentBook book,
            AwsConnections connections,
            JdbcClient database,
            PlatformTransactionManager transactions,
            AssignmentProperties properties,
            Clock clock) {
        this.book = book;
        this.connections = connections;
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.properties = properties;
        this.clock = clock;
    }

    /** What we know of the policy of one account. */
    private record State(
            ScopeId account,
            @Nullable String policyId,
            long generation,
            String hash,
            boolean attached,
            boolean confirmed,
            Instant nextAttemptAt,
            @Nullable String failure,
            @Nullable String finding,
            boolean restores) {

        State trouble(@Nullable String why, Instant again) {
            return new State(account, policyId, generation, hash, attached, confirmed, again, why, finding, restores);
        }

        State found(String what) {
            return new State(account, policyId, generation, hash, attached, false, nextAttemptAt, null, what, false);
        }

        State known(@Nullable String id) {
            return new State(account, id, generation, hash, attached, false, nextAttemptAt, failure, finding, restores);
        }

        State written(String newHash) {
            return new State(
                    account,
                    policyId,
                    generation + 1,
                    newHash,
                    attached,
                    false,
                    nextAttemptAt,
                    failure,
                    finding,
                    restores);
        }

        State inForce() {
            return new State(account, policyId, generation, hash, true, true, nextAttemptAt, null, null, false);
        }
    }

    /**
     * Writes what has changed, one account after the other.
     *
     * @param stillOurs whether the fence is still held
     */
    void round(TenantId tenant, BooleanSupplier stillOurs) {
        Optional<AwsConnection> aws = connections.of(tenant);
        if (aws.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        Map<ScopeId, List<Ended>> wanted = new TreeMap<>();
        List<Assignment> closing = book.withSessions(tenant, now).stream()
                .filter(row -> row.wantsSessionsClosed(now))
                .filter(row -> !isManagement(aws.get(), row.target.account()))
                .toList();
        for (Assignment row : closing) {
            wanted.computeIfAbsent(row.target.account(), account -> new ArrayList<>())
                    .add(new Ended(
                            row.target.objectKey(),
                            row.target.permissionSet().name(),
                            row.target.principalId(),
                            Objects.requireNonNull(row.removedAt),
                            Objects.requireNonNull(row.sessionsUntil)));
        }
        Map<ScopeId, State> states = new TreeMap<>();
        states(tenant).forEach(state -> states.put(state.account(), state));
        wanted.keySet().forEach(account -> states.computeIfAbsent(account, this::fresh));
        for (State state : states.values()) {
            boolean isStopped = state.finding() != null && !state.restores();
            if (isStopped || state.nextAttemptAt().isAfter(now)) {
                continue;
            }
            List<Ended> ended = wanted.getOrDefault(state.account(), List.of());
            Document document = SessionDeny.compile(
                    state.account(), ended, exempt(aws.get().settings()), properties.sessionPolicyLimit());
            if (isDone(state, ended, document)) {
                note(tenant, state, document, closing);
                continue;
            }
            if (!stillOurs.getAsBoolean()) {
                return;
            }
            try {
                write(tenant, aws.get(), state, document, closing);
            } catch (AwsBusyException busy) {
                return;
            }
        }
    }

    /** Whether a removal is still to wait for its sessions to be closed. */
    boolean isClosing(Assignment row) {
        Instant now = clock.instant();
        return row.wantsSessionsClosed(now)
                && row.sessionsDeniedAt == null
                && row.removedAt != null
                && row.removedAt.plus(PATIENCE).isAfter(now)
                && connections
                        .of(row.target.tenant())
                        .filter(aws -> !isManagement(aws, row.target.account()))
                        .isPresent()
                && states(row.target.tenant()).stream()
                        .filter(state -> state.account().equals(row.target.account()))
                        .allMatch(state -> state.failure() == null && state.finding() == null);
    }

    /** What is not as we left it, read from AWS. */
    List<Foreign> foreign(TenantId tenant) {
        Optional<AwsConnection> aws = connections.of(tenant);
        List<Foreign> found = new ArrayList<>();
        for (State state : states(tenant)) {
            String finding = state.finding();
            if (finding == null && aws.isPresent() && state.confirmed() && state.policyId() != null) {
                finding = compare(aws.get(), state, state.policyId(), Urgency.ORDINARY)
                        .orElse(null);
                if (finding != null) {
                    save(tenant, state.found(finding));
                }
            }
            if (finding != null) {
                found.add(new Foreign(SUBJECT + state.account(), finding, List.of(RESTORE)));
            }
        }
        return found;
    }

    /** Has the policy written again as we want it. */
    void restore(TenantId tenant, ScopeId account) {
        int changed = change(
                "update session_policy set restores = true, confirmed = false, next_attempt_at = ?"
                        + " where tenant_id = ? and account_id = ?",
                at(clock.instant()),
                tenant.value(),
                account.value());
        if (changed == 0) {
            throw new IllegalArgumentException("There is no policy that closes sessions in account " + account + ".");
        }
    }

    private static boolean isDone(State state, List<Ended> ended, Document document) {
        boolean hasNoRoomAtAll = !ended.isEmpty() && document.content().isEmpty();
        boolean isWritten =
                !ended.isEmpty() && state.confirmed() && state.hash().equals(sha256(document.content()));
        return hasNoRoomAtAll || isWritten;
    }

    /** Remembers for whom the policy is in force, and says for whom it is not. */
    private void note(TenantId tenant, State state, Document document, List<Assignment> closing) {
        closing.stream()
                .filter(row -> row.sessionsDeniedAt == null && document.closed().contains(row.target.objectKey()))
                .forEach(row -> book.change(row.target.objectKey(), found -> {
                    if (found.revision == row.revision && found.removedAt != null) {
                        found.sessionsDeniedAt = clock.instant();
                    }
                }));
        String full = document.leftOut().isEmpty()
                ? null
                : "There is no room in the policy that closes sessions in account " + state.account() + ": "
                        + document.leftOut().size() + " of "
                        + (document.leftOut().size() + document.closed().size())
                        + " are left out, and end with their credentials.";
        if (!Objects.equals(full, state.failure())) {
            if (full != null) {
                LOG.warn("{}", full);
            }
            save(tenant, state.trouble(full, state.nextAttemptAt()));
        }
    }

    private void write(TenantId tenant, AwsConnection aws, State before, Document document, List<Assignment> closing) {
        State state = before;
        try {
            if (document.content().isEmpty()) {
                remove(tenant, aws, state);
                return;
            }
            String hash = sha256(document.content());
            String id = state.policyId();
            if (id == null) {
                // Written down first, so that a policy whose creation nobody heard of is found and tidied away.
                save(tenant, state);
                id = find(aws, state.account()).orElseGet(() -> create(aws, before, document.content()));
                state = save(tenant, state.known(id));
            }
            String policyId = id;
            Optional<Policy> there = describe(aws, policyId, Urgency.REVOCATION);
            Optional<String> finding = there.map(policy -> compare(state(tenant, before.account()), policy, hash))
                    .orElse(Optional.of("was deleted"));
            if (finding.isPresent() && !state.restores()) {
                String what = "The policy " + policyId + " that closes sessions in account " + state.account() + " "
                        + finding.get() + ".";
                LOG.warn("{} Nothing is written until an administrator chooses to restore it.", what);
                save(tenant, state.found(what));
                return;
            }
            if (there.isEmpty()) {
                save(tenant, state.known(null));
                return;
            }
            if (!there.get().content().equals(document.content())) {
                String description = description(state.generation() + 1, hash);
                aws.call("organizations:UpdatePolicy", Urgency.REVOCATION, () -> aws.organizations()
                        .updatePolicy(request -> request.policyId(policyId)
                                .content(document.content())
                                .description(description)));
            }
            state = save(tenant, state.written(hash));
            if (!isAttached(aws, policyId, state.account(), Urgency.REVOCATION)) {
                if (state.attached() && !state.restores()) {
                    save(
                            tenant,
                            state.found("The policy " + policyId + " that closes sessions in account " + state.account()
                                    + " was detached from it."));
                    return;
                }
                attach(aws, policyId, state.account());
            }
            boolean inForce = describe(aws, policyId, Urgency.REVOCATION)
                    .filter(policy -> policy.content().equals(document.content()))
                    .isPresent();
            if (inForce) {
                state = save(tenant, state.inForce());
                LOG.info(
                        "Sessions of {} removed assignments are closed in account {}.",
                        document.closed().size(),
                        state.account());
                note(tenant, state, document, closing);
            }
        } catch (SdkException failed) {
            String why =
                    Complaint.sentence("write the policy that closes sessions in account " + before.account(), failed);
            boolean passing = !Complaint.isRefusal(failed)
                    || Complaint.code(failed).startsWith("ConcurrentModification")
                    || Complaint.code(failed).startsWith("PolicyChangesInProgress");
            LOG.warn("{}", why);
            save(
                    tenant,
                    state(tenant, before.account())
                            .trouble(passing ? null : why, clock.instant().plus(passing ? AGAIN : MUCH_LATER)));
        }
    }

    /** The last session has aged out, or a lease lives again. */
    private void remove(TenantId tenant, AwsConnection aws, State state) {
        Optional<String> id = Optional.ofNullable(state.policyId()).or(() -> find(aws, state.account()));
        if (id.isPresent()) {
            try {
                if (isAttached(aws, id.get(), state.account(), Urgency.ORDINARY)) {
                    aws.call("organizations:DetachPolicy", Urgency.ORDINARY, () -> aws.organizations()
                            .detachPolicy(request -> request.policyId(id.get())
                                    .targetId(state.account().value())));
                }
            } catch (PolicyNotAttachedException | PolicyNotFoundException gone) {
                LOG.info("Policy {} is not attached to account {} any more.", id.get(), state.account());
            }
            try {
                aws.call("organizations:DeletePolicy", Urgency.ORDINARY, () -> aws.organizations()
                        .deletePolicy(request -> request.policyId(id.get())));
            } catch (PolicyNotFoundException gone) {
                LOG.info("Policy {} is gone already.", id.get());
            }
        }
        change(
                "delete from session_policy where tenant_id = ? and account_id = ?",
                tenant.value(),
                state.account().value());
        LOG.info("No session is to be closed in account {} any more.", state.account());
    }

    /** What differs from what we wrote last; empty if nothing. */
    private Optional<String> compare(AwsConnection aws, State state, String id, Urgency urgency) {
        Optional<Policy> policy = describe(aws, id, urgency);
        String of = "The policy " + id + " that closes sessions in account " + state.account() + " ";
        if (policy.isEmpty()) {
            return Optional.of(of + "was deleted.");
        }
        if (!sha256(policy.get().content()).equals(state.hash())) {
            return Optional.of(of + "was changed.");
        }
        return isAttached(aws, id, state.account(), urgency)
                ? Optional.empty()
                : Optional.of(of + "was detached from it.");
    }

    /** A write of ours whose answer was lost names its own hash; whoever edits by hand leaves it wrong. */
    private static Optional<String> compare(State state, Policy there, String wanted) {
        String hash = sha256(there.content());
        String description = there.policySummary().description();
        boolean ours = hash.equals(state.hash())
                || hash.equals(wanted)
                || (description != null && description.endsWith("sha256=" + hash));
        return ours ? Optional.empty() : Optional.of("was changed");
    }

    private static Optional<String> find(AwsConnection aws, ScopeId account) {
        String next = null;
        do {
            String token = next;
            ListPoliciesResponse page = aws.call("organizations:List", Urgency.REVOCATION, () -> aws.organizations()
                    .listPolicies(request ->
                            request.filter(PolicyType.SERVICE_CONTROL_POLICY).nextToken(token)));
            Optional<String> found = page.policies().stream()
                    .filter(policy -> name(account).equals(policy.name()))
                    .map(PolicySummary::id)
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
            next = page.nextToken();
        } while (next != null);
        return Optional.empty();
    }

    private static String create(AwsConnection aws, State state, String content) {
        try {
            return aws.call("organizations:CreatePolicy", Urgency.REVOCATION, () -> aws.organizations()
                    .createPolicy(request -> request.name(name(state.account()))
                            .type(PolicyType.SERVICE_CONTROL_POLICY)
                            .description(description(state.generation() + 1, sha256(content)))
                            .content(content)
                            .tags(
                                    tag("drawbridge:tenant", aws.tenant().value()),
                                    tag("drawbridge:account", state.account().value())))
                    .policy()
                    .policySummary()
                    .id());
        } catch (DuplicatePolicyException there) {
            return find(aws, state.account()).orElseThrow(() -> there);
        }
    }

    /** Drawbridge's role may write policies with the tag of its tenant only, and only as they are made does it tag them. */
    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    private static void attach(AwsConnection aws, String id, ScopeId account) {
        try {
            aws.call("organizations:AttachPolicy", Urgency.REVOCATION, () -> aws.organizations()
                    .attachPolicy(request -> request.policyId(id).targetId(account.value())));
        } catch (DuplicatePolicyAttachmentException already) {
            LOG.info("Policy {} is attached to account {} already.", id, account);
        }
    }

    private static Optional<Policy> describe(AwsConnection aws, String id, Urgency urgency) {
        try {
            return Optional.of(aws.call("organizations:DescribePolicy", urgency, () -> aws.organizations()
                    .describePolicy(request -> request.policyId(id))
                    .policy()));
        } catch (PolicyNotFoundException gone) {
            return Optional.empty();
        }
    }

    private static boolean isAttached(AwsConnection aws, String id, ScopeId account, Urgency urgency) {
        String next = null;
        do {
            String token = next;
            ListTargetsForPolicyResponse page = aws.call("organizations:List", urgency, () -> aws.organizations()
                    .listTargetsForPolicy(request -> request.policyId(id).nextToken(token)));
            if (page.targets().stream().map(PolicyTargetSummary::targetId).anyMatch(account.value()::equals)) {
                return true;
            }
            next = page.nextToken();
        } while (next != null);
        return false;
    }

    private static String name(ScopeId account) {
        return "drawbridge-" + account + "-sessions";
    }

    private static String description(long generation, String hash) {
        return DESCRIPTION + "gen=" + generation + " sha256=" + hash;
    }

    private static Collection<String> exempt(AwsProperties.Tenant settings) {
        List<String> exempt = new ArrayList<>(settings.ownRoles());
        exempt.addAll(settings.breakGlassRoles());
        return exempt;
    }

    private static boolean isManagement(AwsConnection aws, ScopeId account) {
        return account.value().equals(aws.settings().managementAccountId());
    }

    private State fresh(ScopeId account) {
        return new State(account, null, 0, "", false, false, clock.instant(), null, null, false);
    }

    private State state(TenantId tenant, ScopeId account) {
        return states(tenant).stream()
                .filter(state -> state.account().equals(account))
                .findFirst()
                .orElseGet(() -> fresh(account));
    }

    private List<State> states(TenantId tenant) {
        return database.sql(
                        """
                        select account_id, policy_id, generation, content_hash, attached, confirmed, next_attempt_at, failure,
                            finding, restores
                        from session_policy where tenant_id = ? order by account_id""")
                .param(tenant.value())
                .query(SessionPolicies::state)
                .list();
    }

    private static State state(ResultSet row, int number) throws SQLException {
        return new State(
                new ScopeId(row.getString(1)),
                row.getString(2),
                row.getLong(3),
                row.getString(4),
                row.getBoolean(5),
                row.getBoolean(6),
                row.getObject(7, OffsetDateTime.class).toInstant(),
                row.getString(8),
                row.getString(9),
                row.getBoolean(10));
    }

    private State save(TenantId tenant, State state) {
        String update =
                """
                update session_policy set policy_id = :policy, generation = :generation, content_hash = :hash,
                    attached = :attached, confirmed = :confirmed, next_attempt_at = :next, failure = :failure,
                    finding = :finding, restores = :restores
                where tenant_id = :tenant and account_id = :account""";
        String insert =
                """
                insert into session_policy (tenant_id, account_id, policy_id, generation, content_hash, attached, confirmed,
                    next_attempt_at, failure, finding, restores)
                values (:tenant, :account, :policy, :generation, :hash, :attached, :confirmed, :next, :failure, :finding,
                    :restores)""";
        // NB. Only the holder of the fence adds rows, so none is added twice.
        apart.executeWithoutResult(transaction -> {
            if (bind(tenant, update, state) == 0) {
                bind(tenant, insert, state);
            }
        });
        return state;
    }

    private int bind(TenantId tenant, String sql, State state) {
        return database.sql(sql)
                .param("tenant", tenant.value())
                .param("account", state.account().value())
                .param("policy", state.policyId(), Types.VARCHAR)
                .param("generation", state.generation())
                .param("hash", state.hash())
                .param("attached", state.attached())
                .param("confirmed", state.confirmed())
                .param("next", at(state.nextAttemptAt()))
                .param("failure", state.failure(), Types.VARCHAR)
                .param("finding", state.finding(), Types.VARCHAR)
                .param("restores", state.restores())
                .update();
    }

    private int change(String sql, Object... parameters) {
        Integer changed = apart.execute(
                transaction -> database.sql(sql).params(parameters).update());
        return changed == null ? 0 : changed;
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static String sha256(String content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new CloudException("This Java has no SHA-256.", impossible);
        }
    }
}
