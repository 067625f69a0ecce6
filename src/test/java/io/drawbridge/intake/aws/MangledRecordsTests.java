package io.drawbridge.intake.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.intake.aws.CloudTrailItem.DeadLetter;
import io.drawbridge.intake.aws.CloudTrailItem.OtherCall;
import io.drawbridge.organization.Way;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spoils good records at random, always alike for the same seed. */
@DisplayName("Mangled records")
class MangledRecordsTests {

    private static final int ROUNDS = 2_000;

    private static final List<String> FIXTURES = List.of(
            "sso-user.json",
            "iam-user.json",
            "role-with-source-identity.json",
            "root-user.json",
            "aws-service.json",
            "ec2-named-and-encoded.json");

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "\u0000",
            "\ud800",
            "*",
            "AccessDenied",
            "arn:aws:iam::111122223333:role/",
            "User: x is not authorized to perform: ",
            " with an explicit deny in a service control policy: arn:",
            "'; DROP TABLE request; --",
            "${jndi:ldap://x}",
            "/a".repeat(3_000),
            "a ".repeat(5_000),
            "9".repeat(400));

    private final CloudTrailReader reader = new CloudTrailReader();

    @ParameterizedTest(name = "R18 never stop the reader (seed {0})")
    @ValueSource(longs = {1, 20_260_115, 4_711})
    void neverStopReader(long seed) {
        Random random = new Random(seed);
        int dead = 0;

        for (int round = 0; round < ROUNDS; round++) {
            ObjectNode mangled = CloudTrailReaderTests.fixture(FIXTURES.get(random.nextInt(FIXTURES.size())));
            int times = 1 + random.nextInt(3);
            for (int time = 0; time < times; time++) {
                mangle(mangled, random);
            }
            String body = "{\"Records\": [" + mangled + ", " + CloudTrailReaderTests.fixture("throttled.json") + "]}";

            List<CloudTrailItem> items = reader.read(body.getBytes(StandardCharsets.UTF_8));

            assertThat(items).hasSize(2);
            assertThat(items.get(1)).isInstanceOf(OtherCall.class);
            if (items.get(0) instanceof CloudTrailItem.DeniedCall denied) {
                assertThat(denied.cause()
                                .liftable(Way.SCP_EXEMPTION, Set.of("p-drawbrdg1"))
                                .reason())
                        .isNotBlank();
            }
            dead += items.get(0) instanceof DeadLetter ? 1 : 0;
        }

        assertThat(dead).isBetween(ROUNDS / 10, ROUNDS);
    }

    @ParameterizedTest(name = "R18 cut bodies are refused or read, and nothing else (seed {0})")
    @ValueSource(longs = {2, 42})
    void neverBreakOtherwise(long seed) {
        Random random = new Random(seed);
        byte[] whole = CloudTrailReaderTests.fixture("sso-user.json").toString().getBytes(StandardCharsets.UTF_8);

        for (int round = 0; round < ROUNDS; round++) {
            byte[] spoilt = whole.clone();
            for (int time = 0; time < 3; time++) {
                spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(reader.read(spoilt)).hasSize(1);
            } catch (UnreadableBodyException expected) {
                assertThat(expected).hasMessageContaining("The body is ");
            }
        }
    }

    private static void mangle(ObjectNode root, Random random) {
        List<ObjectNode> objects = new ArrayList<>();
        collect(root, objects);
        ObjectNode object = objects.get(random.nextInt(objects.size()));
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty()) {
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(4)) {
            case 0 -> object.remove(name);
            case 1 -> object.put(name, TEXTS.get(random.nextInt(TEXTS.size())));
            case 2 -> object.put(name, object.path(name).asText() + TEXTS.get(random.nextInt(TEXTS.size())));
            default -> object.set(name, value(random));
        }
    }

    private static JsonNode value(Random random) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(6)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.numberNode(random.nextLong());
            case 2 -> nodes.booleanNode(random.nextBoolean());
            case 3 -> nodes.objectNode();
            case 4 -> nodes.arrayNode().add("AccessDenied");
            default -> deep(nodes);
        };
    }

    private static ArrayNode deep(JsonNodeFactory nodes) {
        ArrayNode deep = nodes.arrayNode();
        for (int depth = 0; depth < 200; depth++) {
            deep = nodes.arrayNode().add(deep);
        }
        return deep;
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        node.forEach(child -> collect(child, objects));
    }
}
