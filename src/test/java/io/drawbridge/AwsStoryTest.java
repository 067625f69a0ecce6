package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.drawbridge.stage.AwsHouse;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.LiveStage;
import io.drawbridge.stage.Moto;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The whole application on moto, by the real clock: a denied call comes by EventBridge and the queue, and a second client
 * sees the access come and go.
 *
 * <p>Application and moto go on until the build's process ends: closing one application would take from the others what
 * Camunda's web applications keep once a process.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "spring.datasource.url=jdbc:h2:mem:awsstory;LOCK_TIMEOUT=10000;DB_CLOSE_DELAY=-1")
@Import(AwsStoryTest.Furniture.class)
@SuppressWarnings("NullAway.Init")
class AwsStoryTest extends LiveStage {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static FaultyProxy proxy;
    private static AwsHouse house;

    @DynamicPropertySource
    static void house(DynamicPropertyRegistry registry) {
        Moto moto = Moto.another();
        proxy = new FaultyProxy(moto.endpoint());
        house = new AwsHouse(moto.endpoint());
        house.register(registry, proxy.endpoint());
    }

    /** Puts moto's accounts into the demo's organisation before anything of the application looks at it. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Furniture {
        @Bean
        FlywayMigrationStrategy furnished(DataSource dataSource) {
            return house.furnishing(dataSource);
        }
    }

    @Test
    @DisplayName("R10 R19 R51 R59 from a denied call to an exemption, which AWS closes at its end")
    void fromADeniedCallToAnExemption() {
        untilClosed();
        assertThat(allowed(Instant.now())).isFalse();

        house.deny(house.prod(), "s3:DeleteBucket", "DeleteBucket", "0f0c9b1e-7a44-4c1b-9a51-000000000001");
        String id = until("a request came of it", () -> id("REQUESTED", "s3:DeleteBucket"));
        assertThat(post(
                                "alice",
                                "/v1/requests/" + id + "/justify",
                                Map.of("justification", "Old.", "duration", "PT40S"))
                        .status())
                .isEqualTo(200);
        assertThat(post("bob", "/v1/requests/" + id + "/approve", Map.of("message", "Fine."))
                        .status())
                .isEqualTo(200);

        until("the grant is active", () -> "ACTIVE".equals(state(id)));
        Instant end = Instant.parse(get("alice", "/v1/requests/" + id).at("/grant/endsAt"));
        assertThat(get("alice", "/v1/requests/" + id).at("/grant/endsByItself")).isEqualTo("true");
        assertThat(allowed(Instant.now())).isTrue();
        assertThat(allowed(end.minusSeconds(1))).isTrue();
        assertThat(allowed(end)).isFalse();
        assertThat(house.allows(house.dev(), AwsHouse.ALICE, "s3:DeleteBucket", Instant.now()))
                .isFalse();
        assertThat(house.allows(house.prod(), "bob@acme.example", "s3:DeleteBucket", Instant.now()))
                .isFalse();
        assertThat(house.allows(house.prod(), AwsHouse.ALICE, "s3:PutBucketPolicy", Instant.now()))
                .isFalse();

        proxy.forget();
        until("the grant is revoked", () -> "REVOKED".equals(state(id)));
        assertThat(Instant.now()).isBetween(end, end.plusSeconds(5));
        assertThat(allowed(Instant.now())).isFalse();
        assertThat(proxy.count("UpdatePolicy"))
                .as("writes for an end that stands in the document")
                .isZero();
    }

    @Test
    @DisplayName("R51 R55 R59 an exemption that is ended early is closed by a write")
    void endsAnExemptionEarly() {
        untilClosed();
        String id = ask(Map.of(
                "account",
                house.prod(),
                "permission",
                "kms:ScheduleKeyDeletion",
                "duration",
                "PT1H",
                "justification",
                "Keys."));
        post("bob", "/v1/requests/" + id + "/approve", Map.of("message", "Fine."));
        until("the grant is active", () -> "ACTIVE".equals(state(id)));
        assertThat(house.allows(house.prod(), AwsHouse.ALICE, "kms:ScheduleKeyDeletion", Instant.now()))
                .isTrue();

        String grant = get("alice", "/v1/requests/" + id).at("/grant/id");
        assertThat(call("alice", "DELETE", "/v1/grants/" + grant, null).status())
                .isEqualTo(202);

        until("the grant is revoked", () -> "REVOKED".equals(state(id)));
        assertThat(house.allows(house.prod(), AwsHouse.ALICE, "kms:ScheduleKeyDeletion", Instant.now()))
                .isFalse();
    }

    @Test
    @DisplayName("R17 R51 R52 a permission set is assigned, and the assignment is gone after the end")
    void assignsAPermissionSet() {
        assertThat(house.assigned(house.prod())).isEmpty();
        String id = ask(Map.of(
                "account",
                house.prod(),
                "permissionSet",
                AwsHouse.PERMISSION_SET,
                "duration",
                "PT30S",
                "justification",
                "Migration."));
        Answer asked = get("alice", "/v1/requests/" + id);
        assertThat(asked.at("/permissionSet")).isEqualTo(AwsHouse.PERMISSION_SET);
        assertThat(asked.body().at("/permission").isNull()).isTrue();
        assertThat(post("bob", "/v1/requests/" + id + "/approve", Map.of("message", "Fine."))
                        .status())
                .isEqualTo(200);

        until("the grant is active", () -> "ACTIVE".equals(state(id)));
        assertThat(house.assigned(house.prod())).containsExactly(house.userId(AwsHouse.ALICE));
        Instant end = Instant.parse(get("alice", "/v1/requests/" + id).at("/grant/endsAt"));

        until("the grant is revoked", () -> "REVOKED".equals(state(id)));
        assertThat(Instant.now()).isBetween(end, end.plusSeconds(15));
        assertThat(house.assigned(house.prod())).isEmpty();
        assertThat(get("alice", "/v1/requests/" + id).at("/grant/sessionsUntil"))
                .isNotEmpty();
    }

    private static void untilClosed() {
        List<String> actions = List.of("s3:DeleteBucket", "s3:PutBucketPolicy", "kms:ScheduleKeyDeletion");
        until("payments-prod is closed", () -> house.isClosed(house.prod(), actions));
        until("payments-dev is closed", () -> house.isClosed(house.dev(), actions));
    }

    private String ask(Map<String, String> body) {
        Answer answer = post("alice", "/v1/requests", body);
        assertThat(answer.status()).as("answer %s", answer.text()).isEqualTo(201);
        return answer.at("/id");
    }

    private String state(String id) {
        return get("alice", "/v1/requests/" + id).at("/grant/state");
    }

    private @Nullable String id(String status, String permission) {
        for (var each : get("alice", "/v1/requests?status=" + status).body().path("items")) {
            if (each.path("permission").asText().equals(permission)) {
                return each.path("id").asText();
            }
        }
        return null;
    }

    private static boolean allowed(Instant moment) {
        return house.allows(house.prod(), AwsHouse.ALICE, "s3:DeleteBucket", moment);
    }

    /** Waits until it is true, or there. */
    private static <T> T until(String what, Supplier<@Nullable T> look) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            T found = look.get();
            if (found != null && !Boolean.FALSE.equals(found)) {
                return found;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
        }
        return fail("It never came to this: " + what + ".");
    }
}
