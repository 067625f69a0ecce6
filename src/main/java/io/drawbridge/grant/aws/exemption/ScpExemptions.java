package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.Lease;
import io.drawbridge.grant.aws.scp.NoRoomException;
import io.drawbridge.grant.aws.scp.PolicyLease;
import io.drawbridge.grant.aws.scp.PrincipalId;
import io.drawbridge.grant.aws.scp.ScpCompiler;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.AwsConnections;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * Gives access by lifting a service control policy of ours for exactly one identity, one action and one account.
 *
 * <p>What is asked for is written down and gathered; {@link ScpWriter} writes one document for many changes. An end that
 * stands in a document in force needs no write: AWS closes at that second by itself.
 */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
@EnableConfigurationProperties(ScpProperties.class)
public class ScpExemptions implements Cloud {
    /** What an administrator may choose about a foreign change. */
    static final String RESTORE = "restore";

    private final AwsConnections connections;
    private final ScpTables tables;
    private final Closures closures;
    private final Principals principals;
    private final ScpInventory inventory;
    private final ScpProperties properties;
    private final Clock clock;

    ScpExemptions(
            AwsConnections connections,
            ScpTables tables,
            Closures closures,
            Principals principals,
            ScpInventory inventory,
            ScpProperties properties,
            Clock clock) {
        this.connections = connections;
        this.tables = tables;
        this.closures = closures;
        this.principals = principals;
        this.inventory = inventory;
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "aws";
    }

    @Override
    public void open(Lease lease) {
        AwsConnection connection = connections
                .of(lease.tenant())
                .orElseThrow(() -> new CloudException.Impossible("Tenant " + lease.tenant()
                        + " is not connected to AWS; an administrator of the installation connects it."));
        if (lease.account().value().equals(connection.settings().managementAccountId())) {
            throw new CloudException.Impossible("Account " + lease.account()
                    + " is the management account, which no service control policy binds; nothing is closed there that"
                    + " could be opened.");
        }
        if (!(lease.entitlement() instanceof PermissionName action)) {
            throw new CloudException.Impossible(
                    lease.entitlement() + " is no IAM action; only an action is lifted from a policy.");
        }
        // NB. Looked up anew each time: a role that was made again has another id, and is somebody else.
        PrincipalId principal = principals.of(connection, lease.account(), lease.identity());
        tables.withAccount(lease.tenant(), lease.account(), () -> {
            want(connection, lease, action, principal);
            return true;
        });
    }

    private void want(AwsConnection connection, Lease lease, PermissionName action, PrincipalId principal) {
        Instant now = clock.instant();
        Opening former = tables.opening(lease.objectKey()).orElse(null);
        boolean failed = tables.writes(lease.tenant(), lease.account())
                .map(AccountWrites::failure)
                .isPresent();
        if (former != null
                && former.wantedOpen()
                && former.endsAt().equals(lease.endsAt())
                && former.principal().equals(principal)
                && !(failed && !former.isConfirmed())) {
            return;
        }
        demandRoom(connection, lease, new PolicyLease(principal, action, lease.endsAt()), now);
        long change = tables.change(lease.tenant(), lease.account(), false, now);
        Instant horizon =
                former != null && former.horizon().isAfter(lease.endsAt()) ? former.horizon() : lease.endsAt();
        tables.save(new Opening(
                lease.objectKey(),
                lease.tenant(),
                lease.account(),
                action,
                lease.identity().key(),
                principal,
                lease.grant(),
                lease.endsAt(),
                horizon,
                true,
                change,
                null));
    }

    /** Compiles what would be written: what does not fit is refused before anybody is told anything. */
    private void demandRoom(AwsConnection connection, Lease lease, PolicyLease wanted, Instant now) {
        List<PolicyLease> leases = new ArrayList<>();
        tables.openings(lease.tenant(), lease.account()).stream()
                .filter(Opening::wantedOpen)
                .map(Opening::lease)
                .forEach(leases::add);
        leases.add(wanted);
        try {
            var unused = ScpCompiler.compile(
                    closures.of(lease.tenant(), lease.account()).closed(),
                    Closures.always(connection.settings()),
                    leases,
                    now,
                    tables.assignment(lease.tenant(), lease.account()),
                    properties.limits());
        } catch (NoRoomException full) {
            throw new CloudException.Impossible(String.valueOf(full.getMessage()), full);
        } catch (IllegalArgumentException incomplete) {
            throw new CloudException("The service control policies of account " + lease.account()
                    + " cannot be written: " + incomplete.getMessage());
        }
    }

    @Override
    public void shorten(Lease lease) {
        tables.withAccount(lease.tenant(), lease.account(), () -> {
            tables.opening(lease.objectKey())
                    .filter(Opening::wantedOpen)
                    .filter(opening -> opening.endsAt().isAfter(lease.endsAt()))
                    .ifPresent(opening -> tables.save(new Opening(
                            opening.objectKey(),
                            opening.tenant(),
                            opening.account(),
                            opening.action(),
                            opening.identityKey(),
                            opening.principal(),
                            lease.grant(),
                            lease.endsAt(),
                            opening.horizon(),
                            true,
                            tables.change(lease.tenant(), lease.account(), true, clock.instant()),
                            null)));
            return true;
        });
    }

    @Override
    public void close(Lease lease) {
        close(lease.tenant(), lease.account(), lease.objectKey());
    }

    private void close(TenantId tenant, ScopeId account, String objectKey) {
        tables.withAccount(tenant, account, () -> {
            tables.opening(objectKey).ifPresent(opening -> close(tenant, account, opening));
            return true;
        });
    }

    private void close(TenantId tenant, ScopeId account, Opening opening) {
        boolean failed =
                tables.writes(tenant, account).map(AccountWrites::failure).isPresent();
        boolean asked = !opening.wantedOpen() && (opening.isConfirmed() || !failed);
        if (asked || closedByAws(opening)) {
            return;
        }
        Instant now = clock.instant();
        tables.save(new Opening(
                opening.objectKey(),
                tenant,
                account,
                opening.action(),
                opening.identityKey(),
                opening.principal(),
                opening.grant(),
                opening.endsAt(),
                opening.horizon(),
                false,
                tables.change(tenant, account, true, now),
                null));
    }

    /** Whether the end that stands in every document that may be in force has come. */
    private boolean closedByAws(Opening opening) {
        // NB. Documents have whole seconds, cut off: at a fraction of a second AWS has closed already.
        return !clock.instant().isBefore(opening.horizon().truncatedTo(ChronoUnit.SECONDS));
    }

    @Override
    public Presence presenceOf(Lease lease) {
        Optional<Opening> found = tables.opening(lease.objectKey());
        if (found.isEmpty()) {
            return Presence.ABSENT;
        }
        Opening opening = found.get();
        demandOurs(lease.tenant(), opening);
        if (closedByAws(opening)) {
            return Presence.ABSENT;
        }
        Instant confirmed = opening.confirmedAt();
        if (confirmed != null) {
            boolean inForce = !clock.instant().isBefore(confirmed.plus(properties.settle()));
            return !inForce ? Presence.CHANGING : opening.wantedOpen() ? Presence.PRESENT : Presence.ABSENT;
        }
        AccountWrites writes = tables.writes(lease.tenant(), lease.account()).orElseThrow();
        String failure = writes.failure();
        if (failure != null) {
            throw writes.failureIsFinal() && opening.wantedOpen()
                    ? new CloudException.Impossible(failure)
                    : new CloudException.Refused(failure);
        }
        return Presence.CHANGING;
    }

    /** A document that somebody else changed holds whatever he wrote: neither its ends nor its leases can be relied on. */
    private void demandOurs(TenantId tenant, Opening opening) {
        List<Document> foreign = tables.documents(tenant, opening.account()).stream()
                .filter(document -> document.foreignFinding() != null)
                .toList();
        if (foreign.isEmpty()) {
            return;
        }
        Integer number = tables.assignment(tenant, opening.account())
                .get(opening.action().toString());
        foreign.stream()
                .filter(document -> number == null || document.number() == number)
                .findFirst()
                .ifPresent(document -> {
                    throw new CloudException.Refused(document.foreignFinding()
                            + " Nothing is written over it until an administrator chooses; see GET /v1/drift.");
                });
    }

    /** The write that the document in force came by; a lift that ended by itself needs no other. */
    @Override
    public List<String> requestIds(TenantId tenant, String objectKey) {
        String[] parts = objectKey.split("\\|", 3);
        return parts.length < 3
                ? List.of()
                : tables.writtenUnder(tenant, new ScopeId(parts[0]), parts[1])
                        .map(List::of)
                        .orElse(List.of());
    }

    @Override
    public Ending ending(Lease lease) {
        return new Ending(true, Duration.ZERO);
    }

    @Override
    public Set<String> closingPolicies(TenantId tenant) {
        return tables.documents(tenant).stream()
                .map(Document::policyId)
                .filter(Objects::nonNull)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A tenant that is not connected any more is left out: nobody writes there. */
    @Override
    public List<Unwritten> unwritten() {
        return tables.unwritten().stream()
                .filter(unwritten -> connections.of(unwritten.tenant()).isPresent())
                .toList();
    }

    @Override
    public Inventory inventory(TenantId tenant) {
        return connections.of(tenant).map(inventory::of).orElse(new Inventory(List.of(), List.of()));
    }

    @Override
    public void remove(TenantId tenant, Held held) {
        if (tables.opening(held.objectKey()).isPresent()) {
            close(tenant, held.account(), held.objectKey());
            return;
        }
        // What the cloud holds and no row explains goes when the document is written anew from the rows.
        tables.withAccount(tenant, held.account(), () -> {
            tables.documents(tenant, held.account())
                    .forEach(document -> tables.save(tenant, rewritten(document, null)));
            return tables.change(tenant, held.account(), true, clock.instant());
        });
    }

    @Override
    public void putRight(TenantId tenant, String subject, String choice) {
        Document document = tables.documents(tenant).stream()
                .filter(each -> ScpInventory.subject(each).equals(subject))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no document \"" + subject + "\" of ours."));
        if (!choice.equals(RESTORE)) {
            throw new IllegalArgumentException(
                    "\"" + choice + "\" is no choice for \"" + subject + "\"; expected " + RESTORE + ".");
        }
        AwsConnection connection = connections.demand(tenant);
        String found = inventory.contentOf(connection, document);
        tables.withAccount(tenant, document.account(), () -> {
            tables.save(tenant, rewritten(document, found));
            return tables.change(tenant, document.account(), true, clock.instant());
        });
    }

    /**
     * The document as one that has to be written anew.
     *
     * @param over the foreign content that may be written over; null if there is none
     */
    private static Document rewritten(Document document, @Nullable String over) {
        return new Document(
                document.account(),
                document.number(),
                document.policyId(),
                document.content(),
                "",
                document.sha256(),
                document.generation(),
                null,
                over == null ? "" : io.drawbridge.grant.aws.scp.PolicyContent.sha256(over));
    }
}
