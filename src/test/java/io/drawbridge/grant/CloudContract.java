package io.drawbridge.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.Identity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What Drawbridge relies on in every cloud. The dry-run cloud passes it, and so has every other before it may hold
 * anybody's access.
 *
 * <p>Whether somebody has access is asked of the cloud itself, not of the adapter that is on trial.
 */
@DisplayName("A cloud")
public abstract class CloudContract {
    private static final TenantId ACME = new TenantId("acme");

    /** Far from now on every clock, so that no lease of the contract ends by itself. */
    private static final Instant END = Instant.parse("2999-01-15T14:00:00Z");

    /** What goes wrong with the cloud. */
    protected enum Trouble {
        NONE,
        /** Calls to open fail. */
        OPENING_FAILS,
        /** Calls to close fail. */
        CLOSING_FAILS,
        /** Callers are turned away. */
        THROTTLED,
        /** What is asked for is under way until {@link #timePasses}. */
        SLOW
    }

    /** The account in which most is asked for. */
    protected ScopeId prod() {
        return new ScopeId("111122223333");
    }

    /** Another account. */
    protected ScopeId dev() {
        return new ScopeId("444455556666");
    }

    /** How the cloud on trial gives access. */
    protected Way way() {
        return Way.SCP_EXEMPTION;
    }

    /** What is asked for. */
    protected Entitlement entitlement() {
        return PermissionName.parse("s3:DeleteBucket");
    }

    /** Something else to ask for. */
    protected Entitlement anotherEntitlement() {
        return PermissionName.parse("s3:PutBucketPolicy");
    }

    /** The person whom the cloud on trial knows by that name, in lower case. */
    protected Identity person(String name) {
        return new Identity(Identity.Type.SSO_USER, "arn:aws:identitystore:::user/" + name, name + "@acme.example");
    }

    /** An identity beside all others, of any kind that the cloud can give access to. */
    protected Identity worker(int number) {
        return new Identity(
                Identity.Type.IAM_ROLE, "arn:aws:iam::" + prod() + ":role/worker-" + number, "worker-" + number);
    }

    /** The cloud on trial, with nothing in it. */
    protected abstract Cloud cloud();

    protected abstract void suffer(Trouble trouble);

    /** Whatever was under way is done now. */
    protected abstract void timePasses();

    /** Whether that identity could do that in that account now, as the cloud itself would decide it. */
    protected abstract boolean hasAccess(Lease lease);

    /** How many objects of ours the cloud holds. */
    protected abstract int objects();

    @Test
    @DisplayName("R51 gives the access that it was asked for, and no other")
    void givesExactlyWhatItWasAskedFor() {
        Lease lease = lease(prod(), person("alice"), entitlement());

        open(lease);

        assertThat(hasAccess(lease)).isTrue();
        assertThat(hasAccess(lease(dev(), person("alice"), entitlement()))).isFalse();
        assertThat(hasAccess(lease(prod(), worker(0), entitlement()))).isFalse();
        assertThat(hasAccess(lease(prod(), person("alice"), anotherEntitlement())))
                .isFalse();
        assertThat(cloud().presenceOf(lease(prod(), person("alice"), anotherEntitlement())))
                .isEqualTo(Cloud.Presence.ABSENT);
        assertThat(objects()).isOne();
    }

    @Test
    @DisplayName("R51 takes back the access that it was asked to, and no other")
    void takesBackExactlyWhatItWasAskedTo() {
        Lease lease = lease(prod(), person("alice"), entitlement());
        Lease other = lease(prod(), person("alice"), anotherEntitlement());
        Lease abroad = lease(dev(), person("alice"), entitlement());
        List.of(lease, other, abroad).forEach(this::open);

        close(lease);

        assertThat(hasAccess(lease)).isFalse();
        assertThat(hasAccess(other)).isTrue();
        assertThat(hasAccess(abroad)).isTrue();
    }

    @Test
    @DisplayName("R50 asked twice to open has one object, and asked once to close has none")
    void opensOnce() {
        Lease lease = lease(prod(), person("alice"), entitlement());

        open(lease);
        open(lease);
        assertThat(objects()).isOne();
        close(lease);

        assertThat(objects()).isZero();
        assertThat(hasAccess(lease)).isFalse();
    }

    @Test
    @DisplayName("R54 asked to open by two grants of the same object has one object")
    void sharesTheObject() {
        open(lease(prod(), person("alice"), entitlement()));
        open(lease(prod(), person("alice"), entitlement()));

        assertThat(objects()).isOne();
    }

    @Test
    @DisplayName("R53 asked twice to close, or to close what it never had, has nothing to complain of")
    void closesWhatIsNotThere() {
        Lease lease = lease(prod(), person("alice"), entitlement());

        assertThatCode(() -> close(lease)).doesNotThrowAnyException();
        open(lease);
        close(lease);
        assertThatCode(() -> close(lease)).doesNotThrowAnyException();

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        assertThat(objects()).isZero();
    }

    @Test
    @DisplayName("R51 says ABSENT, then CHANGING, then PRESENT, and the same way back")
    void saysWhatIsUnderWay() {
        Lease lease = lease(prod(), person("alice"), entitlement());
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        suffer(Trouble.SLOW);

        cloud().open(lease);
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.CHANGING);
        timePasses();
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        assertThat(hasAccess(lease)).isTrue();

        cloud().close(lease);
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.CHANGING);
        timePasses();
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        assertThat(hasAccess(lease)).isFalse();
    }

    @Test
    @DisplayName("R51 never says ABSENT while somebody has access, nor PRESENT while nobody has")
    void neverSaysWhatIsNotTrue() {
        Lease lease = lease(prod(), person("alice"), entitlement());
        suffer(Trouble.SLOW);

        for (Runnable deed : List.<Runnable>of(
                () -> cloud().open(lease),
                () -> cloud().close(lease),
                () -> cloud().open(lease),
                this::timePasses,
                () -> cloud().close(lease),
                () -> cloud().open(lease),
                this::timePasses,
                () -> cloud().close(lease),
                this::timePasses)) {
            deed.run();
            Cloud.Presence said = cloud().presenceOf(lease);
            if (said != Cloud.Presence.CHANGING) {
                assertThat(said == Cloud.Presence.PRESENT).isEqualTo(hasAccess(lease));
            }
        }
        assertThat(objects()).isZero();
    }

    @Test
    @DisplayName("R54 asked to open while it is closing ends up open, without a gap")
    void opensAgainWhileClosing() {
        Lease lease = lease(prod(), person("alice"), entitlement());
        open(lease);
        suffer(Trouble.SLOW);

        cloud().close(lease);
        cloud().open(lease(prod(), person("alice"), entitlement()));
        assertThat(hasAccess(lease)).isTrue();
        timePasses();

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        assertThat(hasAccess(lease)).isTrue();
        assertThat(objects()).isOne();
    }

    @Test
    @DisplayName("R53 asked to close while it is opening ends up closed")
    void closesWhileOpening() {
        Lease lease = lease(prod(), person("alice"), entitlement());
        suffer(Trouble.SLOW);

        cloud().open(lease);
        cloud().close(lease);
        timePasses();

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        assertThat(hasAccess(lease)).isFalse();
        assertThat(objects()).isZero();
    }

    @Test
    @DisplayName("R50 that fails to open says so, opens nothing, and opens when it is asked again")
    void saysThatItFailedToOpen() {
        Lease lease = lease(prod(), person("alice"), entitlement());
        suffer(Trouble.OPENING_FAILS);

        assertThat(complaint(cloud()::open, lease))
                .isInstanceOf(CloudException.class)
                .isNotInstanceOf(CloudException.Throttled.class);
        timePasses();
        assertThat(hasAccess(lease)).isFalse();

        suffer(Trouble.NONE);
        open(lease);
        assertThat(hasAccess(lease)).isTrue();
    }

    @Test
    @DisplayName("R53 that fails to close says so, never says ABSENT meanwhile, and closes when it is asked again")
    void saysThatItFailedToClose() {
        Lease lease = lease(prod(), person("alice"), entitlement());
        open(lease);
        suffer(Trouble.CLOSING_FAILS);

        assertThat(complaint(cloud()::close, lease))
                .isInstanceOf(CloudException.class)
                .isNotInstanceOf(CloudException.Throttled.class);
        timePasses();
        assertThat(saidOrComplained(lease)).isNotEqualTo(Cloud.Presence.ABSENT);
        assertThat(hasAccess(lease)).isTrue();

        suffer(Trouble.NONE);
        close(lease);
        assertThat(hasAccess(lease)).isFalse();
    }

    @Test
    @DisplayName("R58 that turns callers away never calls that a failure, and goes on where it stopped")
    void tellsThrottlingFromFailure() {
        Lease lease = lease(prod(), person("alice"), entitlement());
        suffer(Trouble.THROTTLED);

        for (Consumer<Lease> call : List.<Consumer<Lease>>of(cloud()::open, cloud()::close)) {
            Throwable said = catchThrowable(() -> call.accept(lease));
            assertThat(said == null || said instanceof CloudException.Throttled)
                    .as("said %s", said)
                    .isTrue();
            timePasses();
            assertThat(saidOrComplained(lease)).isIn(Cloud.Presence.CHANGING, Cloud.Presence.ABSENT, "throttled");
            assertThat(hasAccess(lease)).isFalse();
        }
        suffer(Trouble.NONE);
        timePasses();
        assertThat(hasAccess(lease)).isFalse();
        assertThat(objects()).isZero();
        open(lease);
        assertThat(hasAccess(lease)).isTrue();
    }

    /** What the cloud says of the lease; "throttled" or "failed" if it throws. */
    private Object saidOrComplained(Lease lease) {
        try {
            return cloud().presenceOf(lease);
        } catch (CloudException.Throttled busy) {
            return "throttled";
        } catch (CloudException failed) {
            return "failed";
        }
    }

    @Test
    @DisplayName(
            "R56 lists what it holds of ours as the leases that explain it would name it, and removes what it is told")
    void listsWhatItHolds() {
        Lease lease = lease(prod(), person("alice"), entitlement());
        Lease other = lease(dev(), person("alice"), anotherEntitlement());
        assertThat(cloud().inventory(ACME).ours()).isEmpty();
        open(lease);
        open(other);

        Cloud.Inventory inventory = cloud().inventory(ACME);
        assertThat(inventory.ours())
                .extracting(Cloud.Held::objectKey)
                .containsExactlyInAnyOrder(lease.objectKey(), other.objectKey());
        assertThat(inventory.foreign()).isEmpty();
        assertThat(cloud().inventory(new TenantId("globex")).ours()).isEmpty();

        inventory.ours().stream()
                .filter(held -> held.objectKey().equals(lease.objectKey()))
                .forEach(held -> cloud().remove(ACME, held));
        timePasses();
        assertThat(hasAccess(lease)).isFalse();
        assertThat(hasAccess(other)).isTrue();
        assertThat(cloud().inventory(ACME).ours()).hasSize(1);
    }

    @Test
    @DisplayName("R50 serves calls about different objects at once")
    void servesDifferentObjectsAtOnce() throws Exception {
        List<Lease> leases = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            leases.add(lease(prod(), worker(number), entitlement()));
        }
        Lease kept = lease(prod(), person("alice"), entitlement());
        open(kept);

        atOnce(leases, cloud()::open);
        timePasses();
        assertThat(leases).allMatch(this::hasAccess);
        assertThat(objects()).isEqualTo(9);

        atOnce(leases, cloud()::close);
        timePasses();
        assertThat(leases).noneMatch(this::hasAccess);
        assertThat(hasAccess(kept)).isTrue();
    }

    @Test
    @DisplayName("R57 has a name, which grants and audit show")
    void hasAName() {
        assertThat(cloud().name()).isNotBlank().hasSizeLessThanOrEqualTo(64);
    }

    private void open(Lease lease) {
        cloud().open(lease);
        timePasses();
    }

    private void close(Lease lease) {
        cloud().close(lease);
        timePasses();
    }

    private static void atOnce(List<Lease> leases, Consumer<Lease> call) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(leases.size());
        CountDownLatch start = new CountDownLatch(1);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (Lease lease : leases) {
                calls.add(callers.submit(() -> {
                    start.await();
                    call.accept(lease);
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> done : calls) {
                done.get(30, TimeUnit.SECONDS);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    /**
     * What the cloud says went wrong: by the call itself or, where it gathers what it is asked for, when it is asked what
     * became of it.
     */
    private Throwable complaint(Consumer<Lease> call, Lease lease) {
        Throwable byTheCall = catchThrowable(() -> call.accept(lease));
        if (byTheCall != null) {
            return byTheCall;
        }
        timePasses();
        return catchThrowable(() -> cloud().presenceOf(lease));
    }

    /** Of a grant of its own each time. */
    private Lease lease(ScopeId account, Identity identity, Entitlement entitlement) {
        return new Lease(GrantId.random(), ACME, account, identity, entitlement, way(), END);
    }
}
