package io.drawbridge.grant.aws.assignment;

import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.aws.assignment.Assignment.Deed;
import io.drawbridge.grant.aws.assignment.Assignment.Sessions;
import io.drawbridge.grant.aws.assignment.Assignment.Side;
import io.drawbridge.grant.aws.assignment.IdentityCenter.Principal;
import io.drawbridge.grant.aws.assignment.IdentityCenter.Progress;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.aws.AwsBusyException;
import io.drawbridge.organization.aws.Fences;
import io.drawbridge.organization.aws.Urgency;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssoadmin.model.ConflictException;
import software.amazon.awssdk.services.ssoadmin.model.StatusValues;

/**
 * Gets AWS from what it has to what is wanted: one node at a time for each tenant, removals before creations, the longest
 * wanted first.
 *
 * <p>A round follows what AWS is at, looks at what is to be looked at, and sends what is to be sent, as far as the quotas
 * let it; the rest is done in a later round. The intent is committed before each call, and AWS's id of the request after it.
 */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class AssignmentWorker {
    private static final Logger LOG = LoggerFactory.getLogger(AssignmentWorker.class);

    private static final Duration LONGEST_SESSION = Duration.ofHours(12);
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(1);
    private static final Duration FASTEST_POLL = Duration.ofSeconds(1);
    private static final Duration SLOWEST_POLL = Duration.ofSeconds(10);

    /** A creation is sent only if it was looked at no longer ago, so that what somebody else made is adopted. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    /** Of all that waits a round takes up the first so many; more than AWS would take at once. */
    private static final int MOST_LOOKED_AT = 100;

    private static final Duration REMEMBERED = Duration.ofDays(1);
    private static final Duration TIDY_EVERY = Duration.ofMinutes(10);

    private final AssignmentBook book;
    private final IdentityCenters centers;
    private final PermissionSets permissionSets;
    private final Fences fences;
    private final SessionPolicies sessionPolicies;
    private final AssignmentProperties properties;
    private final Clock clock;
    private final ConcurrentMap<TenantId, Instant> tidied = new ConcurrentHashMap<>();

    AssignmentWorker(
            AssignmentBook book,
            IdentityCenters centers,
            PermissionSets permissionSets,
            Fences fences,
            SessionPolicies sessionPolicies,
            AssignmentProperties properties,
            Clock clock) {
        this.book = book;
        this.centers = centers;
        this.permissionSets = permissionSets;
        this.fences = fences;
        this.sessionPolicies = sessionPolicies;
        this.properties = properties;
        this.clock = clock;
    }

    /** Does what can be done now; nothing if another node is at it, or the tenant is not connected to AWS. */
    void round(TenantId tenant) {
        Optional<IdentityCenter> center = centers.of(tenant);
        if (center.isEmpty()) {
            return;
        }
        Optional<Fences.Fence> fence = fences.hold("assignments|" + tenant, Fences.ONE_CALL);
        if (fence.isEmpty()) {
            return;
        }
        follow(tenant, center.get());
        look(tenant, center.get());
        send(tenant, center.get(), fence.get());
        sessionPolicies.round(tenant, () -> holds(fence.get()));
        tidy(tenant);
    }

    private void follow(TenantId tenant, IdentityCenter center) {
        for (Assignment row : book.toFollow(tenant, clock.instant())) {
            Deed deed = demand(row.request);
            String id = demand(row.requestId);
            try {
                Progress progress = center.progress(deed, id);
                change(row, id, found -> take(found, deed, progress));
            } catch (AwsBusyException busy) {
                return;
            } catch (SdkException failed) {
                if (Complaint.isUnknown(failed)) {
                    change(row, id, found -> found.forget(clock.instant()));
                } else {
                    change(row, id, found -> missed(found, "tell how far it is with " + row.target.words(), failed));
                }
            }
        }
    }

    private void take(Assignment row, Deed deed, Progress progress) {
        Instant now = clock.instant();
        if (progress.status() == StatusValues.SUCCEEDED) {
            row.succeed(now);
        } else if (progress.status() == StatusValues.FAILED) {
            String why = Complaint.failed(words(deed, row), progress.reason());
            LOG.warn("{}", why);
            row.fail(why, Complaint.isUnknown(progress.reason()), now);
        } else {
            Duration age = Duration.between(row.requestedAt == null ? now : row.requestedAt, now);
            Duration pause = age.dividedBy(4);
            row.awaitEnd(now.plus(
                    pause.compareTo(FASTEST_POLL) < 0
                            ? FASTEST_POLL
                            : pause.compareTo(SLOWEST_POLL) > 0 ? SLOWEST_POLL : pause));
        }
    }

    /** Asks once for each account and permission set, however many are to be looked at there. */
    private void look(TenantId tenant, IdentityCenter center) {
        Map<Place, List<Assignment>> places = new LinkedHashMap<>();
        for (Assignment row : book.toLookAt(tenant, clock.instant())) {
            places.computeIfAbsent(
                            new Place(row.target.account(), row.target.permissionSetArn()), place -> new ArrayList<>())
                    .add(row);
        }
        for (Map.Entry<Place, List<Assignment>> place : places.entrySet()) {
            List<Assignment> rows = place.getValue();
            try {
                look(center, place.getKey(), rows);
            } catch (AwsBusyException busy) {
                if (busy.getCause() != null) {
                    rows.forEach(row -> change(row, found -> found.retreat(found.request, backOff(found))));
                }
                return;
            } catch (SdkException failed) {
                rows.forEach(row -> change(row, found -> missed(found, "list " + row.target.words(), failed)));
            } catch (CloudException failed) {
                rows.forEach(row -> change(
                        row, found -> found.missAnswer(String.valueOf(failed.getMessage()), true, backOff(found))));
            }
        }
    }

    private void look(IdentityCenter center, Place place, List<Assignment> rows) {
        Urgency urgency = rows.get(0).wanted == Side.ABSENT ? Urgency.REVOCATION : Urgency.ORDINARY;
        Set<Principal> assigned;
        try {
            assigned = center.assigned(place.account(), place.permissionSetArn(), urgency);
        } catch (SdkException failed) {
            if (!Complaint.isUnknown(failed)) {
                throw failed;
            }
            center.proveItself();
            rows.forEach(row -> change(row, found -> vanished(found, failed)));
            return;
        }
        for (Assignment row : rows) {
            Principal principal = new Principal(row.target.principalType(), row.target.principalId());
            boolean listed = assigned.contains(principal);
            // NB. AWS goes on listing assignments of users who are no more, and says that it does not know them when it
            // is to delete one: nobody can use it, so it counts as gone.
            boolean usable = listed && !(row.unknownToAws && row.wanted == Side.ABSENT && !center.knows(principal));
            change(row, found -> {
                see(found, usable);
                if (listed && !usable) {
                    found.remark = "AWS still lists it, of somebody whom the identity store no longer knows.";
                }
            });
        }
    }

    /** The account or the permission set is no more, and with it whatever was assigned. */
    private void vanished(Assignment row, SdkException said) {
        row.remark = Complaint.sentence("list " + row.target.words(), said);
        see(row, false);
        if (row.wanted == Side.PRESENT) {
            row.refuse(row.request, row.remark, true, row.nextAttemptAt);
        }
    }

    private void see(Assignment row, boolean listed) {
        row.see(listed, sessions(row), clock.instant(), backOff(row));
        if (row.isSettled()) {
            LOG.info("AWS confirms that {} is {}.", row.target.words(), row.wanted == Side.PRESENT ? "there" : "gone");
        }
    }

    private Sessions sessions(Assignment row) {
        return permissionSets
                .find(row.target.tenant(), row.target.permissionSet())
                .map(set -> new Sessions(set.sessionDuration(), set.closesSessions()))
                .orElse(new Sessions(LONGEST_SESSION, false));
    }

    private void send(TenantId tenant, IdentityCenter center, Fences.Fence fence) {
        int room = properties.maxOutstanding() - book.outstanding(tenant);
        List<Assignment> due = book.toSend(tenant, clock.instant(), MOST_LOOKED_AT).stream()
                .filter(row -> row.next().isPresent())
                .sorted(Comparator.comparing(row -> row.next().orElseThrow() == Deed.CREATE))
                .toList();
        for (Assignment row : due) {
            // What was sent and lost has its place among the outstanding already.
            boolean lost = row.isLost();
            if (!lost && room <= 0) {
                continue;
            }
            Deed deed = row.next().orElseThrow();
            if (deed == Deed.CREATE && isStale(row)) {
                change(row, found -> found.lookAgain(clock.instant()));
                continue;
            }
            if (!holds(fence)) {
                return;
            }
            try {
                send(center, row, deed);
            } catch (AwsBusyException busy) {
                if (busy.getCause() != null) {
                    ended(row, deed, found -> found.retreat(row.request, backOff(found)));
                }
                return;
            }
            room -= lost ? 0 : 1;
        }
    }

    private void send(IdentityCenter center, Assignment row, Deed deed) {
        try {
            Optional<String> id = center.ask(deed, row.target, () -> begin(row, deed));
            if (id.isPresent()) {
                book.change(row.target.objectKey(), found -> {
                    if (found.isLost() && found.request == deed) {
                        found.accept(id.get(), clock.instant());
                    }
                });
                LOG.info("AWS took request {} to {}.", id.get(), words(deed, row));
            }
        } catch (ConflictException underWay) {
            // Another operation on the same is under way: an assignment is never refused for that.
            ended(row, deed, found -> found.retreat(row.request, backOff(found)));
        } catch (SdkException failed) {
            String why = Complaint.sentence(words(deed, row), failed);
            LOG.warn("{}", why);
            if (Complaint.isUnknown(failed)) {
                ended(row, deed, found -> found.fail(why, true, clock.instant()));
            } else if (Complaint.isRefusal(failed)) {
                ended(row, deed, found -> refuse(found, row, deed, why));
            } else {
                ended(row, deed, found -> found.lose(why, backOff(found)));
            }
        }
    }

    private void refuse(Assignment found, Assignment before, Deed deed, String why) {
        if ((deed == Deed.CREATE) == (found.wanted == Side.PRESENT)) {
            found.refuse(before.request, why, false, backOff(found));
        } else {
            found.retreat(before.request, clock.instant());
        }
    }

    private boolean begin(Assignment row, Deed deed) {
        boolean[] begun = {false};
        book.change(row.target.objectKey(), found -> {
            if (found.revision == row.revision && !found.isFollowed()) {
                found.begin(deed, clock.instant());
                begun[0] = true;
            }
        });
        return begun[0];
    }

    /** NB. What a process sent that died over it may have been done: nothing that was seen before is worth anything then. */
    private boolean isStale(Assignment row) {
        return row.seenAt == null
                || row.seenAt.plus(FRESH).isBefore(clock.instant())
                || (row.isLost() && row.requestedAt != null && !row.seenAt.isAfter(row.requestedAt));
    }

    private boolean holds(Fences.Fence fence) {
        return fences.keep(fence, Fences.ONE_CALL);
    }

    private void missed(Assignment row, String deed, SdkException failed) {
        String why = Complaint.sentence(deed, failed);
        LOG.warn("{}", why);
        row.missAnswer(why, Complaint.isAccessDenied(failed), backOff(row));
    }

    /** Changes the row if it was not asked for again since it was read, nor anything sent. */
    private void change(Assignment row, Consumer<Assignment> change) {
        book.change(row.target.objectKey(), found -> {
            if (found.revision == row.revision && !found.isFollowed()) {
                change.accept(found);
            }
        });
    }

    /** Changes the row if that is still the request that AWS has in hand. */
    private void change(Assignment row, String requestId, Consumer<Assignment> change) {
        book.change(row.target.objectKey(), found -> {
            if (requestId.equals(found.requestId)) {
                change.accept(found);
            }
        });
    }

    /** Changes the row after a call that AWS did not take, whatever was asked for meanwhile. */
    private void ended(Assignment row, Deed deed, Consumer<Assignment> change) {
        book.change(row.target.objectKey(), found -> {
            if (found.isLost() && found.request == deed) {
                change.accept(found);
            }
        });
    }

    private Instant backOff(Assignment row) {
        double seconds = Math.min(
                LONGEST_BACK_OFF.toMillis() / 1000.0,
                FIRST_BACK_OFF.toMillis() / 1000.0 * Math.pow(2, Math.min(row.attempts, 10)));
        double jittered = seconds * ThreadLocalRandom.current().nextDouble(0.5, 1);
        return clock.instant().plusMillis(Math.round(1000 * jittered));
    }

    private void tidy(TenantId tenant) {
        Instant now = clock.instant();
        Instant last = tidied.get(tenant);
        if (last == null || last.plus(TIDY_EVERY).isBefore(now)) {
            book.forget(tenant, now.minus(REMEMBERED), now);
            tidied.put(tenant, now);
        }
    }

    private static String words(Deed deed, Assignment row) {
        return (deed == Deed.CREATE ? "assign " : "remove ") + row.target.words();
    }

    private static <T> T demand(@org.jspecify.annotations.Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("A request that is followed has a kind and an id.");
        }
        return value;
    }

    /** Where one list tells all. */
    private record Place(ScopeId account, String permissionSetArn) {}
}
