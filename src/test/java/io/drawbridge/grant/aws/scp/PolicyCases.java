package io.drawbridge.grant.aws.scp;

import io.drawbridge.organization.ArnPattern;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.policy.AccessDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Random organizations of two accounts, the calls that are tried in them, and what should become of each: told from the
 * controls and leases alone, without any document.
 */
final class PolicyCases {
    static final Instant NOW = Instant.parse("2026-11-21T18:30:00Z");
    static final List<String> ACCOUNTS = List.of("111122223333", "444455556666");

    static final PrincipalId ALICE = PrincipalId.identityCenterUser("94482488-3041-7026-18f3-be45837cd0e4");
    static final PrincipalId BOB = PrincipalId.identityCenterUser("b4c8d458-00a1-70be-9a51-2f2d1b1c7e10");
    static final PrincipalId CAROL = PrincipalId.identityCenterUser("906712f8b3-5d0e4a17-8c3b-4e52-9f61-0a1b2c3d4e5f");
    static final PrincipalId DAVE = PrincipalId.identityCenterUser("c3f4a2b1-7081-4c0d-8e9f-a0b1c2d3e4f5");
    static final PrincipalId ROBOT = PrincipalId.iamUser("AIDACKCEVSQ6C2EXAMPLE");
    static final PrincipalId DEPLOY = PrincipalId.iamRole("AROADBQP57FF2AEXAMPLE");
    private static final PrincipalId NIGHTLY = PrincipalId.iamRole("AROANIGHTLY57FF2EXAMPLE");
    private static final List<PrincipalId> CROWD = IntStream.range(0, 5)
            .mapToObj(number -> PrincipalId.identityCenterUser("d0d0d0d0-3041-7026-18f3-00000000000" + number))
            .toList();

    /** Who has leases in a case: people and a role, whose leases meet in one caller, or either without the other. */
    private static final List<List<PrincipalId>> LEASED = List.of(
            List.of(ALICE, BOB, CAROL, ROBOT, DEPLOY),
            Stream.concat(Stream.of(ALICE, BOB, CAROL, ROBOT), CROWD.stream()).toList(),
            List.of(ROBOT, DEPLOY, NIGHTLY));

    /** Actions of the catalogue with a resource that the simulator takes for each; {@code %s} is the account. */
    static final Map<PermissionName, String> RESOURCES = resources();

    /** Never closed by any control here. */
    private static final PermissionName OPEN = PermissionName.parse("s3:GetObject");

    private static final List<String> MAY_BE_DISABLED = List.of("sns", "sqs", "logs");

    private PolicyCases() {}

    /**
     * What is closed and leased where.
     *
     * @param leases by account
     */
    record Case(
            AlwaysExempt always,
            Map<String, AccountClosure> closures,
            Map<String, List<PolicyLease>> leases,
            DocumentLimits limits) {

        /** The documents of each account. */
        Map<String, List<String>> documents() {
            Map<String, List<String>> documents = new LinkedHashMap<>();
            for (String account : ACCOUNTS) {
                documents.put(
                        account,
                        compile(account).documents().stream()
                                .map(PolicyDocument::content)
                                .toList());
            }
            return documents;
        }

        CompiledPolicies compile(String account) {
            return ScpCompiler.compile(
                    required(closures, account), always, required(leases, account), NOW, Map.of(), limits);
        }

        /** Whether the call is to go through. */
        boolean isOpen(Call call) {
            Caller caller = call.caller();
            AccountClosure closure = required(closures, caller.account());
            boolean disabled = closure.disabledServices().contains(call.action().service());
            Exemptions exemptions = closure.protectedActions().get(call.action());
            if (!disabled && exemptions == null) {
                return true;
            }
            if (always.all().stream().anyMatch(caller::isMeantBy)) {
                return true;
            }
            if (exemptions == null) {
                return false;
            }
            return exemptions.arns().stream().anyMatch(caller::isMeantBy)
                    || exemptions.people().stream().anyMatch(caller::is)
                    || required(leases, caller.account()).stream()
                            .anyMatch(lease -> lease.action().equals(call.action())
                                    && caller.is(lease.principal())
                                    && (lease.isForever() || call.at().isBefore(lease.end())));
        }
    }

    /**
     * Who calls, as AWS describes him in the context of a request.
     *
     * @param principal of the call, an assumed role's session or a user
     * @param arn {@code aws:PrincipalArn}
     * @param uniqueId {@code aws:userid}
     * @param userId {@code identitystore:UserId}; null where the key is missing
     */
    record Caller(String name, String account, String principal, String arn, String uniqueId, @Nullable String userId) {

        static Caller role(
                String name, String account, String path, String roleId, String session, @Nullable PrincipalId user) {
            String role = path.substring(path.lastIndexOf('/') + 1);
            return new Caller(
                    name,
                    account,
                    "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + session,
                    "arn:aws:iam::" + account + ":role/" + path,
                    roleId + ":" + session,
                    user == null ? null : user.id());
        }

        static Caller user(String name, String account, String user, String uniqueId) {
            String arn = "arn:aws:iam::" + account + ":user/" + user;
            return new Caller(name, account, arn, arn, uniqueId, null);
        }

        boolean is(PrincipalId principal) {
            return switch (principal.kind()) {
                case IDENTITY_CENTER_USER -> principal.id().equals(userId);
                case IAM_USER -> principal.id().equals(uniqueId);
                case IAM_ROLE ->
                    principal.id().equals(uniqueId.contains(":") ? uniqueId.substring(0, uniqueId.indexOf(':')) : "");
            };
        }

        boolean isMeantBy(PrincipalArn pattern) {
            String[] wanted = pattern.value().split(":", 6);
            String[] own = arn.split(":", 6);
            for (int part = 0; part < 6; part++) {
                if (!ArnPattern.matches(wanted[part], own[part])) {
                    return false;
                }
            }
            return true;
        }
    }

    /** One try. */
    record Call(Caller caller, PermissionName action, Instant at) {
        String resource() {
            String resource = RESOURCES.getOrDefault(action, "arn:aws:s3:::ledger/january");
            return resource.replace("%s", caller.account());
        }

        Map<String, String> context() {
            Map<String, String> context = new TreeMap<>();
            context.put("aws:CurrentTime", at.toString());
            context.put("aws:userid", caller.uniqueId());
            context.put("aws:PrincipalArn", caller.arn());
            if (caller.userId() != null) {
                context.put("identitystore:UserId", caller.userId());
            }
            return context;
        }
    }

    static Case random(Random random) {
        AlwaysExempt always = alwaysExempt(random);
        Map<String, AccountClosure> closures = new TreeMap<>();
        Map<String, List<PolicyLease>> leases = new TreeMap<>();
        for (String account : ACCOUNTS) {
            AccountClosure closure = closure(random, account);
            closures.put(account, closure);
            leases.put(account, leases(random, closure));
        }
        Case one = new Case(always, closures, leases, limits(random));
        try {
            int unused = one.documents().size();
        } catch (NoRoomException tooSmall) {
            return new Case(always, closures, leases, DocumentLimits.ofAws(1));
        }
        return one;
    }

    private static DocumentLimits limits(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> DocumentLimits.ofAws(1);
            case 1 -> new DocumentLimits(2_000 + random.nextInt(2_000), 12, 500);
            default -> new DocumentLimits(900 + random.nextInt(1_300), 30, random.nextInt(300));
        };
    }

    private static AlwaysExempt alwaysExempt(Random random) {
        return switch (random.nextInt(3)) {
            case 0 ->
                AlwaysExempt.of("arn:aws:iam::*:role/drawbridge/Drawbridge", List.of("arn:aws:iam::*:role/BreakGlass"));
            case 1 ->
                AlwaysExempt.of(
                        "arn:aws:iam::111122223333:role/drawbridge/Drawbridge",
                        List.of(
                                "arn:aws:iam::111122223333:role/BreakGlass",
                                "arn:aws:iam::444455556666:role/BreakGlass",
                                "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Emergency_*"));
            default -> AlwaysExempt.of("arn:aws:iam::*:role/drawbridge/*", List.of("arn:*:iam::*:role/Break*"));
        };
    }

    static AccountClosure closure(Random random, String account) {
        Set<String> disabled = new TreeSet<>();
        for (String service : MAY_BE_DISABLED) {
            if (random.nextInt(4) == 0) {
                disabled.add(service);
            }
        }
        List<PermissionName> all = new ArrayList<>(RESOURCES.keySet());
        Collections.shuffle(all, random);
        Map<String, Exemptions> ofService = new TreeMap<>();
        Map<PermissionName, Exemptions> closed = new TreeMap<>();
        for (PermissionName action : all.subList(0, 1 + random.nextInt(14))) {
            if (!disabled.contains(action.service())) {
                closed.put(action, ofService.computeIfAbsent(action.service(), service -> exemptions(random)));
            }
        }
        return AccountClosure.of(account, closed, disabled);
    }

    private static Exemptions exemptions(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Exemptions.of(List.of("arn:aws:iam::*:role/ops/*"), List.of());
            case 1 -> Exemptions.of(List.of("arn:aws:iam::111122223333:user/backup"), List.of(DAVE.id()));
            case 2 -> Exemptions.of(List.of(), List.of(DAVE.id(), ALICE.id()));
            default -> Exemptions.NONE;
        };
    }

    private static List<PolicyLease> leases(Random random, AccountClosure closure) {
        List<PermissionName> actions =
                new ArrayList<>(closure.protectedActions().keySet());
        List<PolicyLease> leases = new ArrayList<>();
        if (actions.isEmpty()) {
            return leases;
        }
        // Few actions, so that one is leased to several and to the same one twice.
        int spread = Math.min(actions.size(), 1 + random.nextInt(6));
        List<PrincipalId> leased = leasedIn(random);
        for (int count = random.nextInt(15); count > 0; count--) {
            PrincipalId principal = leased.get(random.nextInt(leased.size()));
            leases.add(new PolicyLease(principal, actions.get(random.nextInt(spread)), end(random)));
        }
        return leases;
    }

    static List<PrincipalId> leasedIn(Random random) {
        return LEASED.get(random.nextInt(LEASED.size()));
    }

    static Instant end(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> AccessDuration.FOREVER_END;
            case 1 -> NOW.plus(Duration.ofSeconds(1 + random.nextInt(40_000)));
            case 2 -> NOW.minusSeconds(random.nextInt(3));
            default -> NOW.plus(Duration.ofMinutes(15L * (1 + random.nextInt(6))));
        };
    }

    /**
     * Whoever has a lease, on its action, at now and around its end; and of everybody, on everything, at all those
     * moments and far away, as many as there is room for.
     */
    static List<Call> calls(Random random, Case one, int most) {
        Set<Call> keen = new LinkedHashSet<>();
        List<Call> any = new ArrayList<>();
        for (String account : ACCOUNTS) {
            Set<Instant> moments = new LinkedHashSet<>(List.of(NOW, Instant.parse("9998-01-01T00:00:00Z")));
            Set<PermissionName> actions = new LinkedHashSet<>();
            for (PolicyLease lease : required(one.leases(), account)) {
                List<Instant> around = around(lease);
                moments.addAll(around);
                actions.add(lease.action());
                callers(account).stream()
                        .filter(caller -> caller.is(lease.principal()))
                        .forEach(caller -> around.forEach(at -> keen.add(new Call(caller, lease.action(), at))));
            }
            AccountClosure closure = required(one.closures(), account);
            actions.addAll(closure.protectedActions().keySet());
            RESOURCES.keySet().stream()
                    .filter(action -> closure.disabledServices().contains(action.service()))
                    .forEach(actions::add);
            // Closed in the other account perhaps, and nowhere.
            actions.addAll(required(one.leases(), ACCOUNTS.get(1 - ACCOUNTS.indexOf(account))).stream()
                    .map(PolicyLease::action)
                    .limit(2)
                    .toList());
            actions.add(OPEN);
            for (Caller caller : callers(account)) {
                for (PermissionName action : actions) {
                    moments.forEach(at -> any.add(new Call(caller, action, at)));
                }
            }
        }
        List<Call> calls = new ArrayList<>(keen);
        Collections.shuffle(calls, random);
        calls = new ArrayList<>(calls.subList(0, Math.min(calls.size(), most / 2)));
        Collections.shuffle(any, random);
        calls.addAll(any.subList(0, Math.min(any.size(), most - calls.size())));
        return calls;
    }

    private static List<Instant> around(PolicyLease lease) {
        return Stream.of(
                        NOW,
                        lease.end().minusSeconds(1),
                        lease.end().minusMillis(1),
                        lease.end(),
                        lease.end().plusSeconds(1))
                .filter(at -> !at.isBefore(NOW) && at.isBefore(AccessDuration.FOREVER_END))
                .toList();
    }

    static List<Caller> callers(String account) {
        String admin = "aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef";
        String emergency = "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Emergency_0123456789abcdef";
        String adminId = "AROAADMIN" + account;
        String other = "AROAOTHER" + account;
        List<Caller> crowd = CROWD.stream()
                .map(person -> Caller.role("person " + person, account, admin, adminId, "crowd", person))
                .toList();
        return Stream.concat(crowd.stream(), cast(account, admin, adminId, emergency, other).stream())
                .toList();
    }

    private static List<Caller> cast(String account, String admin, String adminId, String emergency, String other) {
        return List.of(
                Caller.role("Alice", account, admin, adminId, "alice@acme.example", ALICE),
                Caller.role("Bob", account, admin, adminId, "bob@acme.example", BOB),
                Caller.role("Carol", account, admin, adminId, "carol@acme.example", CAROL),
                Caller.role("Dave, who has no lease", account, admin, adminId, "dave@acme.example", DAVE),
                Caller.user("the robot", account, "robot", ROBOT.id()),
                Caller.user("a user without a lease", account, "backup", "AIDABACKUP" + account),
                Caller.role("the deploy role", account, "deploy", DEPLOY.id(), "pipeline", null),
                Caller.role("the deploy role in another session", account, "deploy", DEPLOY.id(), "x", null),
                Caller.role("the nightly role", account, "nightly", NIGHTLY.id(), "job", null),
                Caller.role("a role whose session has the name of Alice", account, "app", other, ALICE.id(), null),
                Caller.role(
                        "a role whose session has the address of Alice",
                        account,
                        "app",
                        other,
                        "alice@acme.example",
                        null),
                Caller.role("a role whose session has the id of the robot", account, "app", other, ROBOT.id(), null),
                Caller.role("a role whose session has the id of the role", account, "app", other, DEPLOY.id(), null),
                Caller.role("Alice in a chained role, without the key", account, "app", other, "chained", null),
                Caller.role("an exempt role of operations", account, "ops/night", other, "night", null),
                Caller.role("Drawbridge", account, "drawbridge/Drawbridge", "AROADRAWB" + account, "node-1", null),
                Caller.role("break-glass", account, "BreakGlass", "AROABREAK" + account, "carol", null),
                Caller.role("Bob in a break-glass role", account, emergency, "AROAEMERG" + account, "bob", BOB),
                Caller.role("Bob in the leased deploy role", account, "deploy", DEPLOY.id(), "bob", BOB),
                Caller.role("Dave in the leased deploy role", account, "deploy", DEPLOY.id(), "dave", DAVE));
    }

    static <K, V> V required(Map<K, V> map, K key) {
        V value = map.get(key);
        if (value == null) {
            throw new IllegalStateException("Nothing under " + key + ".");
        }
        return value;
    }

    private static Map<PermissionName, String> resources() {
        String key = "arn:aws:kms:eu-central-1:%s:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        String secret = "arn:aws:secretsmanager:eu-central-1:%s:secret:one-AbCdEf";
        String bucket = "arn:aws:s3:::ledger";
        Map<PermissionName, String> resources = new TreeMap<>();
        Map.ofEntries(
                        Map.entry("iam:CreateAccessKey", "arn:aws:iam::%s:user/eve"),
                        Map.entry("iam:CreateUser", "arn:aws:iam::%s:user/eve"),
                        Map.entry("iam:PutUserPolicy", "arn:aws:iam::%s:user/eve"),
                        Map.entry("iam:PassRole", "arn:aws:iam::%s:role/app"),
                        Map.entry("iam:AttachRolePolicy", "arn:aws:iam::%s:role/app"),
                        Map.entry("iam:DeleteRole", "arn:aws:iam::%s:role/app"),
                        Map.entry("s3:PutBucketPolicy", bucket),
                        Map.entry("s3:DeleteBucket", bucket),
                        Map.entry("s3:PutEncryptionConfiguration", bucket),
                        Map.entry("s3:PutObjectAcl", bucket + "/january"),
                        Map.entry("s3:DeleteObjectVersion", bucket + "/january"),
                        Map.entry("kms:ScheduleKeyDeletion", key),
                        Map.entry("kms:DisableKey", key),
                        Map.entry("kms:PutKeyPolicy", key),
                        Map.entry("ec2:TerminateInstances", "arn:aws:ec2:eu-central-1:%s:instance/i-0abc"),
                        Map.entry("ec2:DeleteVpc", "arn:aws:ec2:eu-central-1:%s:vpc/vpc-0abc"),
                        Map.entry("ec2:DeleteSnapshot", "arn:aws:ec2:eu-central-1::snapshot/snap-0abc"),
                        Map.entry(
                                "ec2:AuthorizeSecurityGroupIngress",
                                "arn:aws:ec2:eu-central-1:%s:security-group/sg-0abc"),
                        Map.entry("rds:DeleteDBInstance", "arn:aws:rds:eu-central-1:%s:db:one"),
                        Map.entry("rds:DeleteDBCluster", "arn:aws:rds:eu-central-1:%s:cluster:one"),
                        Map.entry("lambda:AddPermission", "arn:aws:lambda:eu-central-1:%s:function:one"),
                        Map.entry("lambda:DeleteFunction", "arn:aws:lambda:eu-central-1:%s:function:one"),
                        Map.entry("dynamodb:DeleteTable", "arn:aws:dynamodb:eu-central-1:%s:table/one"),
                        Map.entry("secretsmanager:GetSecretValue", secret),
                        Map.entry("secretsmanager:DeleteSecret", secret),
                        Map.entry("secretsmanager:PutResourcePolicy", secret),
                        Map.entry("cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-central-1:%s:trail/one"),
                        Map.entry("cloudtrail:DeleteTrail", "arn:aws:cloudtrail:eu-central-1:%s:trail/one"),
                        Map.entry("sqs:DeleteQueue", "arn:aws:sqs:eu-central-1:%s:one"),
                        Map.entry("sqs:SetQueueAttributes", "arn:aws:sqs:eu-central-1:%s:one"),
                        Map.entry("sns:DeleteTopic", "arn:aws:sns:eu-central-1:%s:one"),
                        Map.entry("sns:SetTopicAttributes", "arn:aws:sns:eu-central-1:%s:one"),
                        Map.entry("logs:DeleteLogGroup", "arn:aws:logs:eu-central-1:%s:log-group:one"))
                .forEach((action, resource) -> resources.put(PermissionName.parse(action), resource));
        return resources;
    }
}
