package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.aws.AwsFailures;
import io.drawbridge.grant.aws.scp.AccountClosure;
import io.drawbridge.grant.aws.scp.AlwaysExempt;
import io.drawbridge.grant.aws.scp.CompiledPolicies;
import io.drawbridge.grant.aws.scp.NoRoomException;
import io.drawbridge.grant.aws.scp.PolicyContent;
import io.drawbridge.grant.aws.scp.PolicyDescription;
import io.drawbridge.grant.aws.scp.PolicyDocument;
import io.drawbridge.grant.aws.scp.PolicyLease;
import io.drawbridge.grant.aws.scp.ScpCompiler;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ControlSet;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.aws.AwsBusyException;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.AwsConnections;
import io.drawbridge.organization.aws.Fences;
import io.drawbridge.organization.aws.Urgency;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Writes the service control policies: one writer a tenant on all nodes, many changes of an account at once, early ends
 * first.
 *
 * <p>AWS Organizations has no revision to compare. So a document is read before it is written, and what is found there
 * has to be what we wrote last, or what a write of ours that was cut short may have left; it is read again afterwards, and
 * counts as written only if it says what was meant. Source: AWS Organizations API Reference, "UpdatePolicy".
 */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class ScpWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ScpWriter.class);

    private static final String HELD = " Nothing is written over it until an administrator chooses; see GET /v1/drift.";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration KEPT_AFTER_ITS_END = Duration.ofHours(1);

    /** Errors that no repetition of the same document mends. */
    private static final Set<String> FINAL = Set.of(
            "MalformedPolicyDocumentException",
            "ConstraintViolationException",
            "InvalidInputException",
            "PolicyTypeNotEnabledException");

    private final AwsConnections connections;
    private final ScpTables tables;
    private final Closures closures;
    private final Fences fences;
    private final ScpProperties properties;
    private final Clock clock;
    private final Map<TenantId, Instant> looked = new ConcurrentHashMap<>();
    private final Map<TenantId, Instant> busyUntil = new ConcurrentHashMap<>();

    ScpWriter(
            AwsConnections connections,
            ScpTables tables,
            Closures closures,
            Fences fences,
            ScpProperties properties,
            Clock clock) {
        this.connections = connections;
        this.tables = tables;
        this.closures = closures;
        this.fences = fences;
        this.properties = properties;
        this.clock = clock;
    }

    /** Another node writes, and this one has to stop; or a document is not ours any more. */
    private static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException(String message) {
            super(message);
        }
    }

    @Scheduled(fixedDelayString = "${drawbridge.aws.scp.poll:PT0.25S}")
    void rounds() {
        for (AwsConnection connection : connections.all()) {
            try {
                round(connection);
            } catch (RuntimeException failed) {
                LOG.error(
                        "The service control policies of tenant {} cannot be written; tried again at once.",
                        connection.tenant(),
                        failed);
            }
        }
    }

    /** A changed control is looked for at once, by the node on which it was set. */
    @TransactionalEventListener(fallbackExecution = true)
    void on(ControlSet control) {
        looked.remove(control.tenant());
    }

    /** Writes what is due in one tenant, if this node is the one that writes. */
    void round(AwsConnection connection) {
        TenantId tenant = connection.tenant();
        Optional<Fences.Fence> held = fences.hold("scp|" + tenant, Fences.ONE_CALL);
        if (held.isEmpty()) {
            return;
        }
        look(connection);
        if (clock.instant().isBefore(busyUntil.getOrDefault(tenant, Instant.EPOCH))) {
            return;
        }
        for (AccountWrites account : tables.due(tenant, clock.instant())) {
            Optional<Fences.Fence> fence = fences.hold("scp|" + tenant, Fences.ONE_CALL);
            if (fence.isEmpty()) {
                return;
            }
            if (!attempt(connection, fence.get(), account)) {
                return;
            }
        }
    }

    /** Finds accounts in which the controls close something else than what was written: set, moved, synchronised. */
    private void look(AwsConnection connection) {
        TenantId tenant = connection.tenant();
        Instant now = clock.instant();
        Instant last = looked.get(tenant);
        if (last != null && now.isBefore(last.plus(properties.look()))) {
            return;
        }
        looked.put(tenant, now);
        Set<ScopeId> accounts = new TreeSet<>(tables.accounts(tenant));
        accounts.addAll(closures.accounts(tenant, connection.settings()));
        for (ScopeId account : accounts) {
            tables.withAccount(tenant, account, () -> {
                AccountWrites writes = tables.writes(tenant, account).orElseThrow();
                if (!writes.isDirty() && differs(connection, account)) {
                    return tables.change(tenant, account, false, now);
                }
                tables.forgetWhatEndedBefore(tenant, account, now.minus(KEPT_AFTER_ITS_END));
                return writes.wanted();
            });
        }
    }

    /** Whether other actions are closed, or to others, than in what was written; ended leases alone need no write. */
    private boolean differs(AwsConnection connection, ScopeId account) {
        TenantId tenant = connection.tenant();
        Closures.Closure closure = closures.of(tenant, account);
        try {
            return !tables.closure(tenant, account).equals(closure.sha256(Closures.always(connection.settings())));
        } catch (IllegalArgumentException incomplete) {
            // NB. Not swallowed: it fails the write again, which keeps it with the account and lets the others have
            // their
            // turn.
            return closure.closesAnything();
        }
    }

    /** Whether there is quota left for the next account. */
    private boolean attempt(AwsConnection connection, Fences.Fence fence, AccountWrites account) {
        TenantId tenant = connection.tenant();
        try {
            write(connection, fence, account);
        } catch (AwsBusyException busy) {
            // NB. A write needs a read before and a read after. Whoever asked again at the first token would never have
            // the
            // second; nobody asks until there are both.
            busyUntil.put(
                    tenant, clock.instant().plus(jittered(busy.retryAfter().multipliedBy(2))));
            return false;
        } catch (StoppedException stopped) {
            LOG.warn("Account {}: {}", account.account(), stopped.getMessage());
            failed(tenant, account, String.valueOf(stopped.getMessage()), false);
        } catch (NoRoomException full) {
            failed(tenant, account, String.valueOf(full.getMessage()), true);
        } catch (SdkException refused) {
            failed(
                    tenant,
                    account,
                    AwsFailures.sentence("write the service control policies of account " + account.account(), refused),
                    FINAL.contains(AwsFailures.code(refused)));
        } catch (IllegalArgumentException incomplete) {
            failed(
                    tenant,
                    account,
                    "The service control policies of account " + account.account() + " cannot be written: "
                            + incomplete.getMessage(),
                    false);
        }
        return true;
    }

    private void failed(TenantId tenant, AccountWrites account, String why, boolean isFinal) {
        long doubled = FIRST_PAUSE.toMillis() << Math.min(account.attempts(), 10);
        Duration pause = Duration.ofMillis(Math.min(doubled, LONGEST_PAUSE.toMillis()));
        tables.failed(tenant, account.account(), why, isFinal, clock.instant().plus(jittered(pause)));
        LOG.warn("{} It is tried again.", why);
    }

    /** Between the pause and half as long again. */
    private static Duration jittered(Duration pause) {
        return pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 2 + 1));
    }

    private CompiledPolicies compile(AwsConnection connection, ScopeId account, AccountClosure closed, Instant now) {
        AlwaysExempt always = Closures.always(connection.settings());
        List<PolicyLease> leases = tables.openings(connection.tenant(), account).stream()
                .filter(Opening::wantedOpen)
                .map(Opening::lease)
                .toList();
        Map<String, Integer> assignment = tables.assignment(connection.tenant(), account);
        return ScpCompiler.compile(closed, always, leases, now, assignment, properties.limits());
    }

    /**
     * What is to be written.
     *
     * @param target up to which change that is all that is wanted
     * @param closure what is closed by it
     * @param asOf when it was seen what is wanted
     * @param shortOfRoom why not all that is wanted is in it; null if all is
     */
    private record Plan(
            long target,
            String closure,
            CompiledPolicies compiled,
            Instant asOf,
            @Nullable NoRoomException shortOfRoom) {}

    private Plan plan(AwsConnection connection, ScopeId account) {
        TenantId tenant = connection.tenant();
        return tables.withAccount(tenant, account, () -> {
            long target = tables.writes(tenant, account).orElseThrow().wanted();
            Closures.Closure closure = closures.of(tenant, account);
            String sha256 = closure.sha256(Closures.always(connection.settings()));
            AccountClosure closed = closure.closed();
            Instant now = clock.instant();
            try {
                return new Plan(target, sha256, compile(connection, account, closed, now), now, null);
            } catch (NoRoomException full) {
                // NB. More is to be closed than fits; what was closed before goes on being written all the same, or no
                // access could be taken back until there is room.
                return new Plan(
                        target,
                        sha256,
                        compile(connection, account, asBefore(tenant, account, closed), now),
                        now,
                        full);
            }
        });
    }

    private AccountClosure asBefore(TenantId tenant, ScopeId account, AccountClosure closed) {
        Set<String> before = tables.assignment(tenant, account).keySet();
        TreeMap<io.drawbridge.organization.PermissionName, io.drawbridge.grant.aws.scp.Exemptions> kept =
                new TreeMap<>();
        closed.protectedActions().forEach((action, exempt) -> {
            if (before.contains(action.toString())) {
                kept.put(action, exempt);
            }
        });
        TreeSet<String> disabled = new TreeSet<>();
        closed.disabledServices().stream()
                .filter(service -> before.contains(service + ":*"))
                .forEach(disabled::add);
        return new AccountClosure(closed.account(), kept, disabled);
    }

    private void write(AwsConnection connection, Fences.Fence fence, AccountWrites writes) {
        TenantId tenant = connection.tenant();
        ScopeId account = writes.account();
        // A write that has begun goes before everybody who only looks; which account comes first is settled by now.
        ScpPolicies policies = new ScpPolicies(connection, Urgency.REVOCATION);
        Plan plan = plan(connection, account);
        CompiledPolicies compiled = plan.compiled();
        for (int step = 0; step < compiled.steps().size(); step++) {
            if (step > 0) {
                // What moves is in force in its new document before its old one lets go of it.
                LockSupport.parkNanos(properties.settle().toNanos());
            }
            for (PolicyDocument document : compiled.steps().get(step)) {
                bringInForce(policies, tenant, account, fence, document);
            }
            // After the first step every action stands in the document that the assignment names.
            tables.saveAssignment(tenant, account, compiled.assignment());
        }
        Set<Integer> kept = new TreeSet<>();
        compiled.documents().forEach(document -> kept.add(document.number()));
        for (Document document : tables.documents(tenant, account)) {
            if (!kept.contains(document.number())) {
                demandFence(fence);
                String policyId = document.policyId();
                if (policyId != null) {
                    policies.delete(policyId, account);
                }
                tables.remove(tenant, document);
            }
        }
        if (compiled.steps().isEmpty()) {
            tables.saveAssignment(tenant, account, Map.of());
        }
        NoRoomException shortOfRoom = plan.shortOfRoom();
        tables.withAccount(tenant, account, () -> {
            tables.confirm(tenant, account, plan.target(), clock.instant());
            if (shortOfRoom == null) {
                tables.written(tenant, account, plan.target(), plan.closure(), plan.asOf());
            }
            return true;
        });
        if (shortOfRoom != null) {
            throw shortOfRoom;
        }
        LOG.info("The service control policies of account {} are written, up to change {}.", account, plan.target());
    }

    private void bringInForce(
            ScpPolicies policies, TenantId tenant, ScopeId account, Fences.Fence fence, PolicyDocument wanted) {
        Document known = tables.document(tenant, account, wanted.number())
                .orElse(new Document(account, wanted.number(), null, "", "", "", 0, null, ""));
        String hash = PolicyContent.sha256(wanted.content());
        String finding = known.foreignFinding();
        if (finding != null && properties.onForeignChange() == ScpProperties.OnForeignChange.REPORT) {
            throw new StoppedException(finding + HELD);
        }
        if (known.policyId() != null && known.sha256().equals(hash) && finding == null) {
            return;
        }
        demandRoomInTheOrganization(tenant, known);
        // NB. Before the call, so that what it leaves behind is known as ours whatever happens to this process.
        Document pending = new Document(
                account,
                wanted.number(),
                known.policyId(),
                known.content(),
                known.sha256(),
                hash,
                fence.generation(),
                finding,
                known.acceptedSha256());
        tables.save(tenant, pending);
        String policyId = known.policyId();
        String before = policies.writtenUnder();
        String written = policyId == null
                ? made(policies, account, fence, wanted)
                : updated(policies, tenant, fence, known, policyId, wanted);
        if (!policies.writtenUnder().equals(before)) {
            tables.writtenUnder(tenant, account, wanted.number(), policies.writtenUnder());
        }
        ScpPolicies.Found after = policies.find(written)
                .orElseThrow(() -> new StoppedException("The policy " + written + " was written and is not there."));
        if (!PolicyContent.sha256(after.content()).equals(hash)) {
            throw new StoppedException(
                    "The policy " + written + " does not yet say what was written; AWS or somebody else is at it.");
        }
        tables.save(
                tenant,
                new Document(
                        account, wanted.number(), written, wanted.content(), hash, "", fence.generation(), null, ""));
    }

    private void demandRoomInTheOrganization(TenantId tenant, Document known) {
        if (known.policyId() == null && tables.countDocuments(tenant) >= properties.maxPolicies()) {
            throw new IllegalArgumentException("there are " + tables.countDocuments(tenant)
                    + " policies of Drawbridge in the organization, and no more than " + properties.maxPolicies()
                    + " are allowed by drawbridge.aws.scp.max-policies.");
        }
    }

    /** Makes the policy and attaches it; one of that name was made before a crash, and is taken up. */
    private String made(ScpPolicies policies, ScopeId account, Fences.Fence fence, PolicyDocument wanted) {
        String name = Document.name(account, wanted.number());
        Optional<String> before = policies.idOf(name);
        demandFence(fence);
        String policyId = before.orElseGet(() -> policies.create(name, account, wanted.content(), fence.generation()));
        if (before.isPresent()) {
            policies.update(policyId, wanted.content(), fence.generation());
        }
        attached(policies, policyId, account, fence);
        return policyId;
    }

    private void attached(ScpPolicies policies, String policyId, ScopeId account, Fences.Fence fence) {
        demandFence(fence);
        policies.attach(policyId, account);
        if (!policies.targets(policyId).contains(account.value())) {
            throw new StoppedException("The policy " + policyId + " is not yet attached to account " + account + ".");
        }
    }

    private String updated(
            ScpPolicies policies,
            TenantId tenant,
            Fences.Fence fence,
            Document known,
            String policyId,
            PolicyDocument wanted) {
        boolean restoring = known.foreignFinding() != null || known.sha256().isEmpty();
        Optional<ScpPolicies.Found> found = policies.find(policyId);
        if (found.isEmpty()) {
            if (restoring) {
                return made(policies, known.account(), fence, wanted);
            }
            throw foreign(tenant, known, "The policy " + policyId + " of account " + known.account() + " was deleted.");
        }
        demandOurs(tenant, fence, known, found.get());
        demandFence(fence);
        if (!found.get().content().equals(wanted.content())) {
            policies.update(policyId, wanted.content(), fence.generation());
        }
        if (restoring) {
            attached(policies, policyId, known.account(), fence);
        }
        return policyId;
    }

    private void demandOurs(TenantId tenant, Fences.Fence fence, Document known, ScpPolicies.Found found) {
        if (known.knows(found.content())) {
            return;
        }
        Optional<PolicyDescription> description = PolicyDescription.parse(found.description());
        if (description.isPresent() && description.get().describes(found.content())) {
            if (description.get().generation() > fence.generation()) {
                throw new StoppedException("A later writer has written the policy " + found.id() + "; this one stops.");
            }
            return;
        }
        if (properties.onForeignChange() == ScpProperties.OnForeignChange.RESTORE) {
            LOG.warn(
                    "The policy {} of account {} was changed by somebody else; it is restored.",
                    found.id(),
                    known.account());
            return;
        }
        throw foreign(
                tenant,
                known,
                "The policy " + found.id() + " of account " + known.account()
                        + " was changed by somebody else: its content has the SHA-256 "
                        + PolicyContent.sha256(found.content()) + ", and ours had " + known.sha256() + ".");
    }

    private StoppedException foreign(TenantId tenant, Document known, String finding) {
        tables.save(tenant, ScpInventory.foreign(known, finding));
        return new StoppedException(finding + HELD);
    }

    private void demandFence(Fences.Fence fence) {
        if (!fences.keep(fence, Fences.ONE_CALL)) {
            throw new StoppedException("Another node writes the service control policies now; this one stops.");
        }
    }
}
