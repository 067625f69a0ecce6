package io.drawbridge.policy.cedar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.DecisionQuestion;
import io.drawbridge.policy.Judgement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Asks every file in {@code policies/<tenant>/ALLOW} and {@code DENY} whether the shipped policies answer so. */
class PolicyCasesTest {
    private static final CedarAccessPolicies policies = Judges.over(Judges.POLICIES);
    private static final JsonMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Set<String> FIELDS = Set.of(
            "who",
            "groups",
            "account",
            "above",
            "permission",
            "control",
            "duration",
            "requester",
            "breakGlass",
            "mfa",
            "ticket",
            "justification",
            "expect");

    @AfterAll
    static void close() {
        policies.close();
    }

    @TestFactory
    @DisplayName("R20, R21, R22, R23: the shipped policies answer as their case files say")
    Stream<DynamicTest> cases() throws IOException {
        return files().stream().map(file -> DynamicTest.dynamicTest(name(file), file.toUri(), () -> check(file)));
    }

    @Test
    void bothTenantsHaveCasesOfBothKinds() throws IOException {
        Set<String> folders = new HashSet<>();
        for (Path file : files()) {
            Path place = Judges.POLICIES.relativize(file);
            folders.add(place.getName(0) + "/" + place.getName(1));
        }

        assertThat(folders).containsExactlyInAnyOrder("acme/ALLOW", "acme/DENY", "globex/ALLOW", "globex/DENY");
    }

    private static void check(Path file) throws IOException {
        JsonNode asked = json.readTree(file.toFile());
        Path place = Judges.POLICIES.relativize(file);
        boolean allow = place.getName(1).toString().equals("ALLOW");
        TenantId tenant = new TenantId(place.getName(0).toString());
        JsonNode expected = asked.path("expect");

        Judgement judgement = asked.has("requester")
                ? policies.judge(decision(tenant, asked))
                : policies.judge(access(tenant, asked));

        assertThat(FIELDS).containsAll(names(asked));
        assertThat(Set.of("mode", "policies", "advice", "maxDuration", "timeout"))
                .containsAll(names(expected));
        assertThat(judgement.allowed()).isEqualTo(allow);
        assertThat(judgement.errors()).isEmpty();
        assertThat(judgement.policies()).isEqualTo(texts(expected.path("policies")));
        assertThat(judgement.advice()).isEqualTo(texts(expected.path("advice")));
        if (allow && !asked.has("requester")) {
            assertThat(judgement.mode())
                    .isNotNull()
                    .extracting(mode -> mode.word())
                    .isEqualTo(expected.path("mode").asText());
            assertThat(word(judgement.maxDuration()))
                    .isEqualTo(expected.path("maxDuration").asText(""));
            assertThat(word(judgement.approvalTimeout()))
                    .isEqualTo(expected.path("timeout").asText(""));
        }
    }

    private static AccessQuestion access(TenantId tenant, JsonNode asked) {
        return new AccessQuestion(
                tenant,
                new PersonId(asked.path("who").asText()),
                Set.copyOf(texts(asked.path("groups"))),
                path(tenant, asked),
                PermissionName.parse(asked.path("permission").asText()),
                control(asked),
                AccessDuration.parse(asked.path("duration").asText()),
                Judges.NOW,
                text(asked, "justification"),
                text(asked, "ticket"),
                asked.path("breakGlass").asBoolean(),
                asked.path("mfa").asBoolean(),
                null);
    }

    private static DecisionQuestion decision(TenantId tenant, JsonNode asked) {
        PersonId who = new PersonId(asked.path("who").asText());
        return new DecisionQuestion(
                tenant,
                new Person(who, tenant, "", "", Set.copyOf(texts(asked.path("groups"))), Set.of(), true, ""),
                "7f3a",
                new PersonId(asked.path("requester").asText()),
                path(tenant, asked),
                PermissionName.parse(asked.path("permission").asText()),
                control(asked),
                Judges.NOW,
                asked.path("mfa").asBoolean());
    }

    private static ScopePath path(TenantId tenant, JsonNode asked) {
        return Judges.path(tenant, asked.path("account").asText(), texts(asked.path("above")));
    }

    private static Control control(JsonNode asked) {
        return Control.valueOf(asked.path("control").asText().toUpperCase(Locale.ROOT));
    }

    private static String word(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static @Nullable String text(JsonNode node, String name) {
        return node.has(name) ? node.get(name).asText() : null;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(Judges.POLICIES)) {
            return all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path file) {
        return Judges.POLICIES.relativize(file).toString().replace(".json", "");
    }
}
