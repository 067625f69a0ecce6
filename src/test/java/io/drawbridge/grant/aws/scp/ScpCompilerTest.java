package io.drawbridge.grant.aws.scp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.drawbridge.organization.PermissionName;
import io.drawbridge.policy.AccessDuration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one document says, to the character, and what is refused. */
class ScpCompilerTest {
    private static final String ACCOUNT = "111122223333";
    private static final String OWN = "arn:aws:iam::111122223333:role/Drawbridge";
    private static final String BREAK_GLASS = "arn:aws:iam::111122223333:role/BreakGlass";
    private static final AlwaysExempt ALWAYS = AlwaysExempt.of(OWN, List.of(BREAK_GLASS));
    private static final DocumentLimits LIMITS = DocumentLimits.ofAws(1);
    private static final Instant NOW = Instant.parse("2026-11-21T18:30:00Z");
    private static final Instant EIGHT = Instant.parse("2026-11-21T20:00:00Z");
    private static final Instant NINE = Instant.parse("2026-11-21T21:00:00Z");
    private static final PrincipalId ALICE = PolicyCases.ALICE;
    private static final PrincipalId BOB = PolicyCases.BOB;

    @Test
    @DisplayName("R59 a small account, character by character")
    void compilesASmallAccount() {
        Exemptions operations = Exemptions.of(List.of("arn:aws:iam::*:role/ops/*"), List.of(PolicyCases.DAVE.id()));
        AccountClosure closure = AccountClosure.of(
                ACCOUNT,
                Map.of(
                        action("iam:CreateAccessKey"), Exemptions.NONE,
                        action("iam:PassRole"), Exemptions.NONE,
                        action("kms:ScheduleKeyDeletion"), operations,
                        action("s3:DeleteBucket"), Exemptions.NONE,
                        action("s3:PutBucketPolicy"), Exemptions.NONE),
                Set.of("sqs"));
        List<PolicyLease> leases = List.of(
                new PolicyLease(ALICE, action("iam:CreateAccessKey"), EIGHT),
                new PolicyLease(ALICE, action("iam:PassRole"), EIGHT),
                new PolicyLease(BOB, action("s3:PutBucketPolicy"), EIGHT),
                new PolicyLease(PolicyCases.DEPLOY, action("s3:PutBucketPolicy"), NINE),
                new PolicyLease(PolicyCases.ROBOT, action("kms:ScheduleKeyDeletion"), AccessDuration.FOREVER_END));

        CompiledPolicies compiled = ScpCompiler.compile(closure, ALWAYS, leases, NOW, Map.of(), LIMITS);

        String always = "'aws:PrincipalArn':['" + BREAK_GLASS + "','" + OWN + "']";
        assertThat(compiled.documents()).hasSize(1);
        assertThat(compiled.documents().get(0).content())
                .isEqualTo(("{'Version':'2012-10-17','Statement':["
                                + "{'Effect':'Deny','Action':'kms:ScheduleKeyDeletion','Resource':'*','Condition':"
                                + "{'ArnNotLike':{'aws:PrincipalArn':['arn:aws:iam::*:role/ops/*','" + BREAK_GLASS
                                + "','" + OWN + "']},"
                                + "'StringNotEquals':{'identitystore:UserId':'c3f4a2b1-7081-4c0d-8e9f-a0b1c2d3e4f5'},"
                                + "'StringNotLike':{'aws:userid':'AIDACKCEVSQ6C2EXAMPLE'}}},"
                                + "{'Effect':'Deny','Action':['iam:CreateAccessKey','iam:PassRole'],'Resource':'*',"
                                + "'Condition':{'ArnNotLike':{" + always + "},"
                                + "'StringNotEquals':{'identitystore:UserId':'94482488-3041-7026-18f3-be45837cd0e4'}}},"
                                + "{'Effect':'Deny','Action':'s3:PutBucketPolicy','Resource':'*',"
                                + "'Condition':{'ArnNotLike':{" + always + "},"
                                + "'StringNotEquals':{'identitystore:UserId':'b4c8d458-00a1-70be-9a51-2f2d1b1c7e10'},"
                                + "'StringNotLike':{'aws:userid':'AROADBQP57FF2AEXAMPLE:*'}}},"
                                + "{'Effect':'Deny','Action':['s3:DeleteBucket','sqs:*'],'Resource':'*',"
                                + "'Condition':{'ArnNotLike':{" + always + "}}},"
                                + "{'Effect':'Deny','Action':['iam:CreateAccessKey','iam:PassRole'],'Resource':'*',"
                                + "'Condition':{'ArnNotLike':{" + always + "},"
                                + "'DateGreaterThanEquals':{'aws:CurrentTime':'2026-11-21T20:00:00Z'}}},"
                                + "{'Effect':'Deny','Action':'s3:PutBucketPolicy','Resource':'*',"
                                + "'Condition':{'ArnNotLike':{" + always + "},"
                                + "'StringNotLike':{'aws:userid':'AROADBQP57FF2AEXAMPLE:*'},"
                                + "'DateGreaterThanEquals':{'aws:CurrentTime':'2026-11-21T20:00:00Z'}}},"
                                + "{'Effect':'Deny','Action':'s3:PutBucketPolicy','Resource':'*',"
                                + "'Condition':{'ArnNotLike':{" + always + "},"
                                + "'DateGreaterThanEquals':{'aws:CurrentTime':'2026-11-21T21:00:00Z'}}}]}")
                        .replace('\'', '"'));
        assertThat(compiled.documents().get(0).leases()).hasSize(5);
        assertThat(compiled.leftOut()).isEmpty();
    }

    @Test
    @DisplayName("R59 the same arguments in any order give the same bytes")
    void givesTheSameBytes() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            PolicyCases.Case one = PolicyCases.random(random);
            for (String account : PolicyCases.ACCOUNTS) {
                List<PolicyLease> shuffled = new ArrayList<>(PolicyCases.required(one.leases(), account));
                Collections.shuffle(shuffled, random);

                CompiledPolicies again = ScpCompiler.compile(
                        PolicyCases.required(one.closures(), account),
                        one.always(),
                        shuffled,
                        PolicyCases.NOW,
                        new TreeMap<>(),
                        one.limits());

                assertThat(again).isEqualTo(one.compile(account));
            }
        }
    }

    @Test
    @DisplayName("R59 a document is as long as its draft was counted, and no longer than it may be")
    void countsExactly() {
        Random random = new Random(4);
        for (int round = 0; round < 300; round++) {
            PolicyCases.Case one = PolicyCases.random(random);
            for (String account : PolicyCases.ACCOUNTS) {
                Draft draft = new Draft(1);
                assertThat(draft.characters()).isEqualTo(draft.json().length());
                List<ClosedAction> actions =
                        PolicyCases.required(one.closures(), account).protectedActions().entrySet().stream()
                                .map(entry -> ClosedAction.of(
                                        entry.getKey().toString(),
                                        new Passing(one.always(), entry.getValue()),
                                        one.compile(account).documents().stream()
                                                .flatMap(document -> document.leases().stream())
                                                .filter(lease -> lease.action().equals(entry.getKey()))
                                                .toList()))
                                .toList();
                for (ClosedAction action : actions) {
                    draft.add(action);
                    assertThat(draft.characters()).isEqualTo(draft.json().length());
                }
                for (ClosedAction action : actions) {
                    draft.remove(action);
                    assertThat(draft.characters()).isEqualTo(draft.json().length());
                }
                assertThat(one.compile(account).documents())
                        .allMatch(document ->
                                document.characters() <= one.limits().characters());
            }
        }
    }

    @Test
    @DisplayName(
            "R59 a further lease of its own action, person and end costs 334 characters, the action, and the always"
                    + " exempt twice")
    void costsWhatIsSaid() {
        List<PermissionName> actions =
                List.copyOf(PolicyCases.RESOURCES.keySet()).subList(0, 20);
        Map<PermissionName, Exemptions> closed = new TreeMap<>();
        actions.forEach(action -> closed.put(action, Exemptions.NONE));
        AccountClosure closure = AccountClosure.of(ACCOUNT, closed, Set.of());
        int always = ("[\"" + OWN + "\",\"" + BREAK_GLASS + "\"]").length();
        DocumentLimits wide = new DocumentLimits(100_000, 1, 0);
        int before = compile(closure, List.of(), wide).characters();
        assertThat(before)
                .isEqualTo(39
                        + 93
                        + always
                        + actions.stream()
                                .mapToInt(action -> action.toString().length() + 3)
                                .sum()
                        - 1);

        List<PolicyLease> leases = new ArrayList<>();
        for (int count = 1; count < actions.size() - 1; count++) {
            PermissionName action = actions.get(count);
            leases.add(new PolicyLease(
                    PrincipalId.identityCenterUser(String.format("94482488-3041-7026-18f3-%012d", count)),
                    action,
                    EIGHT.plusSeconds(count)));
            int after = compile(closure, leases, wide).characters();

            assertThat(after - before)
                    .isEqualTo(334 + 2 * always + action.toString().length());
            before = after;
        }
    }

    @Test
    @DisplayName(
            "R54 of two leases on the same action the later end holds, and a fraction of a second never prolongs it")
    void takesTheLatestEnd() {
        AccountClosure closure =
                AccountClosure.of(ACCOUNT, Map.of(action("s3:DeleteBucket"), Exemptions.NONE), Set.of());
        PermissionName otherSpelling = action("s3:deletebucket");

        CompiledPolicies compiled = compile(
                closure,
                List.of(
                        new PolicyLease(ALICE, action("s3:DeleteBucket"), EIGHT),
                        new PolicyLease(ALICE, otherSpelling, NINE.plusMillis(999)),
                        new PolicyLease(ALICE, action("s3:DeleteBucket"), NOW)));

        assertThat(compiled.documents().get(0).leases())
                .containsExactly(new PolicyLease(ALICE, action("s3:DeleteBucket"), NINE));
        assertThat(compiled.documents().get(0).content())
                .contains("\"2026-11-21T21:00:00Z\"")
                .doesNotContain("20:00");
        assertThat(compiled.leftOut()).containsExactly(new PolicyLease(ALICE, action("s3:DeleteBucket"), NOW));
    }

    @Test
    @DisplayName("R59 many leases on one action get a statement each, unless a person and a role are among them")
    void takesTheShorterWayWhereItIsExact() {
        AccountClosure closure =
                AccountClosure.of(ACCOUNT, Map.of(action("s3:DeleteBucket"), Exemptions.NONE), Set.of());
        List<PolicyLease> people = new ArrayList<>();
        for (int count = 0; count < 6; count++) {
            people.add(new PolicyLease(
                    PrincipalId.identityCenterUser("94482488-3041-7026-18f3-00000000000" + count),
                    action("s3:DeleteBucket"),
                    EIGHT.plusSeconds(count)));
        }
        List<PolicyLease> andARole = new ArrayList<>(people);
        andARole.add(new PolicyLease(PolicyCases.DEPLOY, action("s3:DeleteBucket"), NINE));
        List<PolicyLease> andAUser = new ArrayList<>(people);
        andAUser.add(new PolicyLease(PolicyCases.ROBOT, action("s3:DeleteBucket"), NINE));

        assertThat(content(closure, people)).contains("\"StringEquals\"");
        assertThat(content(closure, andAUser)).contains("\"StringEquals\"", "\"StringLike\"");
        assertThat(content(closure, andARole)).doesNotContain("\"StringEquals\"", "\"StringLike\"");
        assertThat(content(closure, people.subList(0, 2))).doesNotContain("\"StringEquals\"");
    }

    private static String content(AccountClosure closure, List<PolicyLease> leases) {
        return compile(closure, leases).documents().get(0).content();
    }

    @Test
    @DisplayName("R17 a lease on what no control protects, or what is disabled, opens nothing and is said to")
    void leavesOutWhatOpensNothing() {
        AccountClosure closure =
                AccountClosure.of(ACCOUNT, Map.of(action("s3:DeleteBucket"), Exemptions.NONE), Set.of("sqs"));
        PolicyLease unprotected = new PolicyLease(ALICE, action("iam:PassRole"), EIGHT);
        PolicyLease disabled = new PolicyLease(ALICE, action("sqs:DeleteQueue"), EIGHT);

        CompiledPolicies compiled = compile(closure, List.of(disabled, unprotected));

        assertThat(compiled.leftOut()).containsExactly(unprotected, disabled);
        assertThat(compiled.documents().get(0).content()).doesNotContain(ALICE.id());
    }

    @Test
    @DisplayName("R59 where nothing is closed there is no document")
    void writesNothingWhereNothingIsClosed() {
        CompiledPolicies compiled = compile(AccountClosure.of(ACCOUNT, Map.of(), Set.of()), List.of());

        assertThat(compiled.steps()).isEmpty();
        assertThat(compiled.assignment()).isEmpty();
    }

    @Test
    @DisplayName("R57 every statement passes over Drawbridge's own role and a break-glass role")
    void exemptsBothInEveryStatement() {
        Random random = new Random(5);
        for (int round = 0; round < 100; round++) {
            PolicyCases.Case one = PolicyCases.random(random);
            one.documents().values().stream().flatMap(List::stream).forEach(document -> DocumentJudge.read(document)
                    .path("Statement")
                    .forEach(statement -> {
                        String passed = statement
                                .path("Condition")
                                .path("ArnNotLike")
                                .path("aws:PrincipalArn")
                                .toString();
                        one.always().all().forEach(role -> assertThat(passed).contains("\"" + role + "\""));
                        assertThat(statement.toString()).doesNotContain("IfExists", "Sid");
                    }));
        }
    }

    @Test
    @DisplayName("R57 a document that would exempt no break-glass role of the account is refused")
    void refusesADocumentWithoutBreakGlass() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlwaysExempt.of(OWN, List.of()))
                .withMessageContaining("No break-glass role")
                .withMessageContaining(OWN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlwaysExempt.of(OWN, List.of(OWN)))
                .withMessageContaining("No break-glass role");
        AlwaysExempt elsewhere = AlwaysExempt.of(OWN, List.of("arn:aws:iam::444455556666:role/BreakGlass"));
        AccountClosure closure = AccountClosure.of(ACCOUNT, Map.of(), Set.of("sqs"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScpCompiler.compile(closure, elsewhere, List.of(), NOW, Map.of(), LIMITS))
                .withMessageContaining("of other accounts")
                .withMessageContaining(ACCOUNT);
    }

    @ParameterizedTest(name = "R57 {0} is not always exempt")
    @ValueSource(
            strings = {
                "arn:aws:iam::111122223333:role/*",
                "arn:aws:iam::*:role/*/*",
                "arn:aws:iam::111122223333:user/alice",
                "arn:aws:iam::111122223333:root"
            })
    void refusesToExemptEverybodyAlways(String arn) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlwaysExempt.of(OWN, List.of(BREAK_GLASS, arn)))
                .withMessageContaining(arn);
    }

    @ParameterizedTest(name = "R57 \"{0}\" is no exemption")
    @ValueSource(
            strings = {
                "*",
                "arn:*",
                "arn:aws:iam::*",
                "arn:aws:sts::111122223333:assumed-role/Admin/alice",
                "arn:aws:iam::111122223333:group/admins",
                "arn:aws:iam::1111:role/x",
                "arn:aws:iam::111122223333:role/x?",
                "arn:aws:iam::111122223333:role/${aws:username}",
                "arn:aws:iam::111122223333:role/x\",\"y",
                "arn:aws:iam::111122223333:role/",
                ""
            })
    void refusesWhatIsNoArn(String arn) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrincipalArn(arn))
                .withMessageContaining("\"" + arn + "\"");
    }

    @ParameterizedTest(name = "R12 \"{0}\" names nobody")
    @ValueSource(
            strings = {
                "alice@acme.example",
                "d-1234567890",
                "94482488-3041-7026-18f3-be45837cd0e",
                "94482488-3041-7026-18f3-be45837cd0e4\n",
                "ABCDEF0123-94482488-3041-7026-18f3-be45837cd0e4",
                "*",
                "AROADBQP57FF2AEXAMPLE:*",
                "AROADBQP57FF2AEXAMPLE:alice",
                "AROADBQP57FF2A*",
                "arodbqp57ff2aexample00",
                "AROASHORT",
                "AKIADBQP57FF2AEXAMPLE",
                ""
            })
    void refusesWhatNamesNobody(String id) {
        for (PrincipalId.Kind kind : PrincipalId.Kind.values()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new PrincipalId(kind, id))
                    .withMessageContaining("\"" + id + "\"");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> PrincipalId.iamUser(PolicyCases.DEPLOY.id()));
        assertThatIllegalArgumentException().isThrownBy(() -> PrincipalId.iamRole(PolicyCases.ROBOT.id()));
    }

    @Test
    @DisplayName("R57 a closure that contradicts itself, or names what is no action, is refused")
    void refusesAContradiction() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        AccountClosure.of(ACCOUNT, Map.of(action("sqs:DeleteQueue"), Exemptions.NONE), Set.of("sqs")))
                .withMessageContaining("sqs:DeleteQueue");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccountClosure.of(
                        ACCOUNT,
                        Map.of(action("s3:DeleteBucket"), Exemptions.NONE, action("s3:deleteBucket"), Exemptions.NONE),
                        Set.of()))
                .withMessageContaining("s3:DeleteBucket");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccountClosure.of(ACCOUNT, Map.of(), Set.of("*")))
                .withMessageContaining("\"*\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccountClosure.of("prod", Map.of(), Set.of()))
                .withMessageContaining("\"prod\"");
        assertThatIllegalArgumentException().isThrownBy(() -> action("s3:*")).withMessageContaining("s3:*");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Exemptions(List.of(), List.of(PolicyCases.ROBOT)))
                .withMessageContaining(PolicyCases.ROBOT.id());
        assertThatIllegalArgumentException().isThrownBy(() -> new DocumentLimits(100, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new DocumentLimits(100, 1, 100));
    }

    private static CompiledPolicies compile(AccountClosure closure, List<PolicyLease> leases) {
        return compile(closure, leases, LIMITS);
    }

    private static CompiledPolicies compile(AccountClosure closure, List<PolicyLease> leases, DocumentLimits limits) {
        return ScpCompiler.compile(closure, ALWAYS, leases, NOW, Map.of(), limits);
    }

    private static PermissionName action(String name) {
        return PermissionName.parse(name);
    }
}
