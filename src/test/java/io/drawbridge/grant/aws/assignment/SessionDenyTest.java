package io.drawbridge.grant.aws.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.aws.assignment.SessionDeny.Document;
import io.drawbridge.grant.aws.assignment.SessionDeny.Ended;
import io.drawbridge.organization.ScopeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The policy that closes sessions, as text. */
@DisplayName("The policy that closes sessions")
class SessionDenyTest {
    private static final ScopeId PROD = new ScopeId("111122223333");
    private static final Instant NOON = Instant.parse("2026-01-15T12:00:00Z");
    private static final int LIMIT = 10_240;

    @Test
    @DisplayName(
            "R57 names the user's id, the role of that permission set in that account, and credentials issued before the removal")
    void namesUserRoleAndTime() {
        Document document = SessionDeny.compile(
                PROD,
                List.of(ended("DatabaseAdministrator", "user-alice", NOON.plusMillis(1))),
                List.of("arn:aws:iam::111122223333:role/BreakGlass"),
                LIMIT);

        assertThat(document.content())
                .isEqualTo("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\","
                        + "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"identitystore:UserId\":\"user-alice\"},"
                        + "\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::111122223333:role/aws-reserved/"
                        + "sso.amazonaws.com/*AWSReservedSSO_DatabaseAdministrator_*\"},"
                        + "\"ArnNotLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::111122223333:role/BreakGlass\"},"
                        + "\"DateLessThan\":{\"aws:TokenIssueTime\":\"2026-01-15T12:00:01Z\"}}}]}");
        assertThat(document.closed()).containsExactly("DatabaseAdministrator|user-alice");
        assertThat(document.leftOut()).isEmpty();
    }

    @Test
    @DisplayName("R57 has a statement for each permission set, with the latest of its removals, whatever the order")
    void hasAStatementForEachPermissionSet() {
        List<Ended> ended = new ArrayList<>(List.of(
                ended("Reader", "user-bob", NOON),
                ended("DatabaseAdministrator", "user-bob", NOON.plusSeconds(60)),
                ended("DatabaseAdministrator", "user-alice", NOON)));
        String content = SessionDeny.compile(PROD, ended, List.of(), LIMIT).content();

        assertThat(content).containsOnlyOnce("[\"user-alice\",\"user-bob\"]").containsOnlyOnce("2026-01-15T12:01:00Z");
        assertThat(content.split("\"Effect\":\"Deny\"", -1)).hasSize(3);
        assertThat(content).doesNotContain("ArnNotLike");
        Collections.reverse(ended);
        assertThat(SessionDeny.compile(PROD, ended, List.of(), LIMIT).content()).isEqualTo(content);
    }

    @Test
    @DisplayName("R58 keeps within the size, says who is left out, and leaves out whose sessions end first")
    void keepsWithinTheSize() {
        List<Ended> ended = new ArrayList<>();
        for (int number = 0; number < 300; number++) {
            ended.add(ended(
                    "DatabaseAdministrator",
                    String.format("94482488-3041-7026-18f3-%012d", number),
                    NOON.plusSeconds(number)));
        }

        Document document = SessionDeny.compile(PROD, ended, List.of(), LIMIT);

        assertThat(document.content()).hasSizeBetween(LIMIT - 60, LIMIT);
        assertThat(document.closed().size() + document.leftOut().size()).isEqualTo(300);
        assertThat(document.closed()).contains(ended.get(299).objectKey());
        assertThat(document.leftOut()).contains(ended.get(0).objectKey());
        assertThat(SessionDeny.compile(PROD, List.of(), List.of(), LIMIT).content())
                .isEmpty();
    }

    private static Ended ended(String set, String user, Instant removed) {
        return new Ended(set + "|" + user, set, user, removed, removed.plus(Duration.ofHours(4)));
    }
}
