package io.drawbridge.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
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
    private static final ScopeId PROD = new ScopeId("111122223333");
    private static final ScopeId DEV = new ScopeId("444455556666");
    private static final PermissionName DELETE_BUCKET = PermissionName.parse("s3:DeleteBucket");
    private static final PermissionName PUT_POLICY = PermissionName.parse("s3:PutBucketPolicy");
    private static final Identity ALICE =
            new Identity(Identity.Type.SSO_USER, "arn:aws:identitystore:::user/90670000-0001", "alice@acme.example");
    private static final Identity DEPLOY =
            new Identity(Identity.Type.IAM_ROLE, "arn:aws:iam::111122223333:role/deploy", "deploy");

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
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);

        open(lease);

        assertThat(hasAccess(lease)).isTrue();
        assertThat(hasAccess(lease(DEV, ALICE, DELETE_BUCKET))).isFalse();
        assertThat(hasAccess(lease(PROD, DEPLOY, DELETE_BUCKET))).isFalse();
        assertThat(hasAccess(lease(PROD, ALICE, PUT_POLICY))).isFalse();
        assertThat(cloud().presenceOf(lease(PROD, ALICE, PUT_POLICY))).isEqualTo(Cloud.Presence.ABSENT);
        assertThat(objects()).isOne();
    }

    @Test
    @DisplayName("R51 takes back the access that it was asked to, and no other")
    void takesBackExactlyWhatItWasAskedTo() {
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);
        Lease other = lease(PROD, ALICE, PUT_POLICY);
        Lease abroad = lease(DEV, ALICE, DELETE_BUCKET);
        List.of(lease, other, abroad).forEach(this::open);

        close(lease);

        assertThat(hasAccess(lease)).isFalse();
        assertThat(hasAccess(other)).isTrue();
        assertThat(hasAccess(abroad)).isTrue();
    }

    @Test
    @DisplayName("R50 asked twice to open has one object, and asked once to close has none")
    void opensOnce() {
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);

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
        open(lease(PROD, ALICE, DELETE_BUCKET));
        open(lease(PROD, ALICE, DELETE_BUCKET));

        assertThat(objects()).isOne();
    }

    @Test
    @DisplayName("R53 asked twice to close, or to close what it never had, has nothing to complain of")
    void closesWhatIsNotThere() {
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);

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
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);
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
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);
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
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);
        open(lease);
        suffer(Trouble.SLOW);

        cloud().close(lease);
        cloud().open(lease(PROD, ALICE, DELETE_BUCKET));
        assertThat(hasAccess(lease)).isTrue();
        timePasses();

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        assertThat(hasAccess(lease)).isTrue();
        assertThat(objects()).isOne();
    }

    @Test
    @DisplayName("R53 asked to close while it is opening ends up closed")
    void closesWhileOpening() {
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);
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
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);
        suffer(Trouble.OPENING_FAILS);

        assertThatExceptionOfType(CloudException.class)
                .isThrownBy(() -> cloud().open(lease))
                .isNotInstanceOf(CloudException.Throttled.class);
        timePasses();
        assertThat(hasAccess(lease)).isFalse();

        suffer(Trouble.NONE);
        open(lease);
        assertThat(hasAccess(lease)).isTrue();
    }

    @Test
    @DisplayName("R53 that fails to close says so, still says PRESENT, and closes when it is asked again")
    void saysThatItFailedToClose() {
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);
        open(lease);
        suffer(Trouble.CLOSING_FAILS);

        assertThatExceptionOfType(CloudException.class)
                .isThrownBy(() -> cloud().close(lease))
                .isNotInstanceOf(CloudException.Throttled.class);
        timePasses();
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        assertThat(hasAccess(lease)).isTrue();

        suffer(Trouble.NONE);
        close(lease);
        assertThat(hasAccess(lease)).isFalse();
    }

    @Test
    @DisplayName("R58 that turns callers away tells that from a failure, whatever it is asked")
    void tellsThrottlingFromFailure() {
        Lease lease = lease(PROD, ALICE, DELETE_BUCKET);
        suffer(Trouble.THROTTLED);

        for (Runnable call : List.<Runnable>of(
                () -> cloud().open(lease), () -> cloud().close(lease), () -> cloud().presenceOf(lease))) {
            assertThatExceptionOfType(CloudException.Throttled.class).isThrownBy(call::run);
        }
        suffer(Trouble.NONE);
        timePasses();
        assertThat(hasAccess(lease)).isFalse();
        assertThat(objects()).isZero();
    }

    @Test
    @DisplayName("R50 serves calls about different objects at once")
    void servesDifferentObjectsAtOnce() throws Exception {
        List<Lease> leases = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            leases.add(lease(PROD, role("arn:aws:iam::111122223333:role/worker-" + number), DELETE_BUCKET));
        }
        Lease kept = lease(PROD, ALICE, DELETE_BUCKET);
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

    /** Of a grant of its own each time. */
    private static Lease lease(ScopeId account, Identity identity, PermissionName permission) {
        return new Lease(GrantId.random(), account, identity, permission, Instant.parse("2026-01-15T14:00:00Z"));
    }

    private static Identity role(String arn) {
        return new Identity(Identity.Type.IAM_ROLE, arn, arn.substring(arn.lastIndexOf('/') + 1));
    }
}
