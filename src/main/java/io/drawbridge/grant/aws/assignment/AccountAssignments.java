package io.drawbridge.grant.aws.assignment;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.Lease;
import io.drawbridge.grant.aws.assignment.Assignment.Side;
import io.drawbridge.grant.aws.assignment.Assignment.Target;
import io.drawbridge.grant.aws.assignment.IdentityCenter.Principal;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.PermissionSets.PermissionSet;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.aws.AwsBusyException;
import io.drawbridge.organization.aws.AwsQuotas;
import io.drawbridge.organization.aws.Urgency;
import io.drawbridge.request.Identity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssoadmin.model.PrincipalType;

/**
 * Access as a permission set that is assigned to the person in the account.
 *
 * <p>What is asked for is written down and done by one node at a time, within AWS's quotas; {@link #presenceOf} tells what
 * became of it. AWS ends no assignment by itself, and a session that began under one outlives it.
 *
 * <p>Whatever is assigned through a permission set of Drawbridge's is Drawbridge's, to groups too; whatever is assigned
 * through another is neither touched nor told.
 */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
@EnableConfigurationProperties(AssignmentProperties.class)
public class AccountAssignments implements Cloud {
    /** What the subjects of foreign changes that are put right here begin with. */
    public static final String SESSION_POLICY = SessionPolicies.SUBJECT;

    /** Of any permission set; IAM Identity Center User Guide, "Set session duration". */
    private static final Duration LONGEST_SESSION = Duration.ofHours(12);

    private final AssignmentBook book;
    private final IdentityCenters centers;
    private final SessionPolicies sessionPolicies;
    private final PermissionSets permissionSets;
    private final People people;
    private final Scopes scopes;
    private final AwsQuotas quotas;
    private final Clock clock;

    AccountAssignments(
            AssignmentBook book,
            IdentityCenters centers,
            SessionPolicies sessionPolicies,
            PermissionSets permissionSets,
            People people,
            Scopes scopes,
            AwsQuotas quotas,
            Clock clock) {
        this.book = book;
        this.centers = centers;
        this.sessionPolicies = sessionPolicies;
        this.permissionSets = permissionSets;
        this.people = people;
        this.scopes = scopes;
        this.quotas = quotas;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "aws";
    }

    @Override
    public void open(Lease lease) {
        if (lease.identity().type() != Identity.Type.SSO_USER) {
            throw new CloudException.Impossible(
                    "A permission set can be assigned to a user of IAM Identity Center only; "
                            + lease.identity().arn() + " is none.");
        }
        IdentityCenter center = center(lease.tenant());
        if (center.isOutOfReach(lease.account())) {
            throw new CloudException.Impossible("Account " + lease.account()
                    + " is the management account, and a delegated administrator of IAM Identity Center cannot manage"
                    + " assignments there.");
        }
        PermissionSet set = permissionSet(lease)
                .orElseThrow(() -> new CloudException.Impossible("There is no permission set \"" + lease.entitlement()
                        + "\" among those tagged as Drawbridge's; tag it, or ask for another."));
        String user = userId(lease.tenant(), lease.identity().name())
                .orElseThrow(() -> new CloudException.Impossible("IAM Identity Center knows no user \""
                        + lease.identity().name() + "\"; nothing can be assigned to somebody who is not there."));
        Target target = target(lease.objectKey(), lease, set, user);
        Instant now = clock.instant();
        Assignment added = new Assignment(target, Side.PRESENT, now);
        added.grant = lease.grant();
        boolean[] another = {false};
        book.addOrChange(added, found -> {
            boolean nothingThere = !found.isFollowed() && !found.isLost() && found.seen == Side.ABSENT;
            if (nothingThere) {
                found.target = target;
            }
            boolean same = found.target.principalId().equals(user)
                    && found.target.permissionSetArn().equals(set.arn());
            another[0] = !same;
            found.ask(same ? Side.PRESENT : Side.ABSENT, lease.grant(), now);
        });
        if (another[0]) {
            throw new CloudException(
                    "The " + target.words() + " was made for a user or a permission set of the same name"
                            + " that was there before; that is removed first. Try again.");
        }
    }

    @Override
    public void close(Lease lease) {
        Instant now = clock.instant();
        if (book.change(lease.objectKey(), found -> found.ask(Side.ABSENT, lease.grant(), now))) {
            return;
        }
        findTarget(lease).ifPresent(target -> {
            Assignment added = new Assignment(target, Side.ABSENT, now);
            added.grant = lease.grant();
            book.addOrChange(added, found -> found.ask(Side.ABSENT, lease.grant(), now));
        });
    }

    @Override
    public Presence presenceOf(Lease lease) {
        Optional<Assignment> known = book.find(lease.objectKey());
        if (known.isEmpty()) {
            return findTarget(lease).map(target -> firstLook(lease, target)).orElse(Presence.ABSENT);
        }
        Assignment row = known.get();
        String failure = row.failure;
        if (failure != null) {
            throw row.impossible ? new CloudException.Impossible(failure) : new CloudException.Refused(failure);
        }
        String unreachable = row.unreachable;
        if (unreachable != null) {
            throw new CloudException(unreachable);
        }
        if (!row.isSettled() || sessionPolicies.isClosing(row)) {
            return Presence.CHANGING;
        }
        return row.seen == Side.PRESENT ? Presence.PRESENT : Presence.ABSENT;
    }

    @Override
    public Ending ending(Lease lease) {
        int ahead = book.waitingRemovals(lease.tenant());
        double perSecond = quotas.rate(IdentityCenter.ASSIGNMENT).perSecond();
        return new Ending(false, Duration.ofSeconds(Math.round(ahead / perSecond)));
    }

    @Override
    public List<String> requestIds(TenantId tenant, String objectKey) {
        return book.find(objectKey)
                .flatMap(row -> Optional.ofNullable(row.takenUnder))
                .map(List::of)
                .orElse(List.of());
    }

    @Override
    public Optional<Instant> sessionsUntil(Lease lease, Instant gone) {
        Optional<Assignment> row = book.find(lease.objectKey());
        boolean neverThere = row.isPresent() && row.get().removedAt == null;
        boolean closed = row.isPresent() && row.get().sessionsDeniedAt != null;
        if (neverThere || closed) {
            return Optional.empty();
        }
        return Optional.of(gone.plus(
                permissionSet(lease).map(PermissionSet::sessionDuration).orElse(LONGEST_SESSION)));
    }

    @Override
    public Inventory inventory(TenantId tenant) {
        Optional<IdentityCenter> center = centers.of(tenant);
        if (center.isEmpty()) {
            return new Inventory(List.of(), List.of());
        }
        return asked("list what is assigned in the accounts of tenant " + tenant, () -> {
            Map<String, PermissionSet> ours = new HashMap<>();
            permissionSets.of(tenant).forEach(set -> ours.put(set.arn(), set));
            Names names = new Names(tenant, center.get());
            List<Held> held = new ArrayList<>();
            for (Scope scope : scopes.of(tenant)) {
                if (scope.isAccount() && !center.get().isOutOfReach(scope.id()) && !ours.isEmpty()) {
                    held.addAll(held(center.get(), scope.id(), ours, names));
                }
            }
            return new Inventory(held, sessionPolicies.foreign(tenant));
        });
    }

    @Override
    public void remove(TenantId tenant, Held held) {
        Instant now = clock.instant();
        if (book.change(held.objectKey(), found -> found.ask(Side.ABSENT, null, now))) {
            return;
        }
        String[] parts = held.objectKey().split("\\|", 3);
        String[] who = parts.length == 3 ? parts[2].split(":", 2) : new String[0];
        boolean group = who.length == 2 && who[0].equals(PrincipalType.GROUP.toString());
        if (who.length != 2 || !(group || who[0].equals(Identity.Type.SSO_USER.name()))) {
            throw new IllegalArgumentException("\"" + held.objectKey() + "\" is no assignment.");
        }
        PermissionSet set = permissionSets.of(tenant).stream()
                .filter(each -> each.name().toString().equals(held.entitlement()))
                .findFirst()
                .orElseThrow(() -> new CloudException("There is no permission set \"" + held.entitlement()
                        + "\" among those tagged as Drawbridge's; what is assigned through it is not removed."));
        // An id that nobody has a name for stands for itself.
        String principal = group ? who[1] : userId(tenant, who[1]).orElse(who[1]);
        Assignment added = new Assignment(
                new Target(
                        held.objectKey(),
                        tenant,
                        held.account(),
                        set.name(),
                        set.arn(),
                        group ? PrincipalType.GROUP : PrincipalType.USER,
                        principal,
                        held.identity()),
                Side.ABSENT,
                now);
        book.addOrChange(added, found -> found.ask(Side.ABSENT, null, now));
    }

    @Override
    public void putRight(TenantId tenant, String subject, String choice) {
        if (!subject.startsWith(SessionPolicies.SUBJECT) || !choice.equals(SessionPolicies.RESTORE)) {
            Cloud.super.putRight(tenant, subject, choice);
        }
        sessionPolicies.restore(tenant, new ScopeId(subject.substring(SessionPolicies.SUBJECT.length())));
    }

    /** Nobody asked for it here: AWS is asked once whether it is there, and the answer is kept. */
    private Presence firstLook(Lease lease, Target target) {
        IdentityCenter center = center(lease.tenant());
        Principal principal = new Principal(target.principalType(), target.principalId());
        boolean there = asked("list the " + target.words(), () -> center.assigned(
                        target.account(), target.permissionSetArn(), Urgency.ORDINARY)
                .contains(principal));
        Instant now = clock.instant();
        Assignment added = new Assignment(target, there ? Side.PRESENT : Side.ABSENT, now);
        added.see(there, new Assignment.Sessions(LONGEST_SESSION, false), now, now);
        book.addOrChange(added, asked -> {});
        return book.find(lease.objectKey())
                        .filter(row -> row.revision == 1 && row.isSettled())
                        .isEmpty()
                ? Presence.CHANGING
                : there ? Presence.PRESENT : Presence.ABSENT;
    }

    private List<Held> held(IdentityCenter center, ScopeId account, Map<String, PermissionSet> ours, Names names) {
        List<Held> held = new ArrayList<>();
        Set<String> provisioned;
        try {
            provisioned = new HashSet<>(center.provisioned(account));
        } catch (SdkException failed) {
            if (!Complaint.isUnknown(failed)) {
                throw failed;
            }
            // An account that has left the organization: nothing is assigned there, if all else can be read.
            center.proveItself();
            return held;
        }
        provisioned.retainAll(ours.keySet());
        for (String arn : provisioned.stream().sorted().toList()) {
            PermissionSet set = ours.get(arn);
            if (set == null) {
                continue;
            }
            for (Principal principal : center.assignedInFull(account, arn)) {
                held.add(names.held(account, set, principal));
            }
        }
        return held;
    }

    /** What a lease would close or ask for; empty if nothing of the kind can be there. */
    private Optional<Target> findTarget(Lease lease) {
        Optional<IdentityCenter> center = centers.of(lease.tenant());
        if (center.isEmpty()
                || lease.identity().type() != Identity.Type.SSO_USER
                || center.get().isOutOfReach(lease.account())) {
            return Optional.empty();
        }
        return permissionSet(lease)
                .flatMap(set -> userId(lease.tenant(), lease.identity().name())
                        .map(user -> target(lease.objectKey(), lease, set, user)));
    }

    private static Target target(String objectKey, Lease lease, PermissionSet set, String user) {
        return new Target(
                objectKey,
                lease.tenant(),
                lease.account(),
                set.name(),
                set.arn(),
                PrincipalType.USER,
                user,
                lease.identity().key());
    }

    private Optional<PermissionSet> permissionSet(Lease lease) {
        return lease.entitlement() instanceof PermissionSetName name
                ? permissionSets.find(lease.tenant(), name)
                : Optional.empty();
    }

    private IdentityCenter center(TenantId tenant) {
        return centers.of(tenant)
                .orElseThrow(() -> new CloudException.Impossible("Tenant \"" + tenant
                        + "\" is not connected to AWS; set drawbridge.aws.tenants." + tenant + "."));
    }

    private Optional<String> userId(TenantId tenant, String userName) {
        Optional<String> known = people.find(new PersonId(userName))
                .filter(person -> person.tenant().equals(tenant))
                .map(Person::identityStoreId)
                .filter(id -> !id.isBlank());
        return known.isPresent()
                ? known
                : asked("look up user \"" + userName + "\"", () -> center(tenant)
                        .userId(userName));
    }

    /** Makes what AWS complains of a complaint of the cloud. */
    private static <T> T asked(String deed, Supplier<T> call) {
        try {
            return call.get();
        } catch (AwsBusyException busy) {
            throw new CloudException.Throttled(
                    "AWS takes no more calls for " + busy.retryAfter().toMillis() + " ms.", busy);
        } catch (SdkException failed) {
            throw new CloudException(Complaint.sentence(deed, failed), failed);
        }
    }

    /** Names what AWS lists as leases would. */
    private final class Names {
        private final IdentityCenter center;
        private final Map<String, Assignment> rows = new HashMap<>();
        private final Map<String, String> users = new HashMap<>();

        Names(TenantId tenant, IdentityCenter center) {
            this.center = center;
            for (Assignment row : book.of(tenant)) {
                rows.put(
                        key(
                                row.target.account(),
                                row.target.permissionSetArn(),
                                new Principal(row.target.principalType(), row.target.principalId())),
                        row);
            }
            for (Person person : people.of(tenant)) {
                if (!person.identityStoreId().isBlank()) {
                    users.put(person.identityStoreId(), person.id().value());
                }
            }
        }

        Held held(ScopeId account, PermissionSet set, Principal principal) {
            @Nullable Assignment row = rows.get(key(account, set.arn(), principal));
            String entitlement = set.name().toString();
            if (row != null) {
                GrantId grant = row.grant;
                return new Held(row.target.objectKey(), account, row.target.identity(), entitlement, grant);
            }
            String identity = principal.type() == PrincipalType.USER
                    ? Identity.Type.SSO_USER + ":" + userName(principal.id())
                    : principal.type() + ":" + principal.id();
            return new Held(account + "|" + entitlement + "|" + identity, account, identity, entitlement, null);
        }

        private String userName(String id) {
            String known = users.get(id);
            if (known == null) {
                known = center.userName(id).orElse(id).toLowerCase(Locale.ROOT);
                users.put(id, known);
            }
            return known;
        }

        private static String key(ScopeId account, String arn, Principal principal) {
            return account + "|" + arn + "|" + principal.type() + "|" + principal.id();
        }
    }
}
