package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.Lease;
import io.drawbridge.grant.aws.Herd;
import io.drawbridge.grant.aws.HerdBenchmark;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.Identity;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** The herd by exemption: ten accounts on moto, the quotas of AWS Organizations, documents that settle in 3 seconds. */
public final class ExemptionHerd {
    private static final int ACCOUNTS = 10;
    private static final Duration STEP = Duration.ofMillis(250);
    private static final List<String> ACTIONS = List.of(
            "s3:DeleteBucket",
            "s3:DeleteObjectVersion",
            "s3:DeleteAccessPoint",
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
            "s3:PutBucketAcl");

    private ExemptionHerd() {}

    public static Herd run() {
        TestClock clock = new TestClock();
        clock.setTo(TestClock.START);
        try (ScpStage stage = new ScpStage(clock)) {
            List<ScopeId> accounts = new ArrayList<>(List.of(stage.prod, stage.dev));
            while (accounts.size() < ACCOUNTS) {
                accounts.add(stage.anotherAccount("account-" + accounts.size()));
            }
            int people = HerdBenchmark.ENDING + HerdBenchmark.WANTED;
            for (int number = 10; number < 10 + people; number++) {
                stage.person("person-" + number, number);
            }
            Map<String, String> quotas = new LinkedHashMap<>();
            quotas.put("drawbridge.aws.scp.settle", "3s");
            for (String write :
                    List.of("UpdatePolicy", "CreatePolicy", "AttachPolicy", "DetachPolicy", "DeletePolicy")) {
                rate(quotas, write, "2", "3");
            }
            rate(quotas, "DescribePolicy", "2", "2");
            rate(quotas, "List", "5", "8");
            AnnotationConfigApplicationContext node = stage.node(quotas);
            Cloud cloud = node.getBean(ScpExemptions.class);

            Instant end = TestClock.START.plus(Duration.ofHours(1));
            List<Lease> ending = new ArrayList<>();
            for (int number = 0; number < HerdBenchmark.ENDING; number++) {
                ending.add(lease(accounts, number, end));
            }
            ending.forEach(cloud::open);
            until(clock, stage, node, () -> ending.stream()
                    .allMatch(lease -> cloud.presenceOf(lease) == Cloud.Presence.PRESENT));

            clock.setTo(end);
            stage.proxy.forget();
            List<Lease> wanted = new ArrayList<>();
            for (int number = 0; number < HerdBenchmark.WANTED; number++) {
                wanted.add(lease(accounts, HerdBenchmark.ENDING + number, end.plus(Duration.ofHours(1))));
            }
            ending.forEach(cloud::close);
            wanted.forEach(cloud::open);
            Map<Lease, Instant> gone = new LinkedHashMap<>();
            Map<Lease, Instant> there = new LinkedHashMap<>();
            until(clock, stage, node, () -> {
                note(ending, gone, cloud, Cloud.Presence.ABSENT, clock.instant());
                note(wanted, there, cloud, Cloud.Presence.PRESENT, clock.instant());
                return gone.size() == ending.size() && there.size() == wanted.size();
            });
            return new Herd(since(end, gone), since(end, there), stage.proxy.count("UpdatePolicy"));
        }
    }

    private static void note(
            List<Lease> leases, Map<Lease, Instant> noted, Cloud cloud, Cloud.Presence presence, Instant now) {
        leases.stream()
                .filter(lease -> !noted.containsKey(lease))
                .filter(lease -> cloud.presenceOf(lease) == presence)
                .forEach(lease -> noted.put(lease, now));
    }

    private static List<Duration> since(Instant end, Map<Lease, Instant> noted) {
        return noted.values().stream().map(at -> Duration.between(end, at)).toList();
    }

    private static void until(
            TestClock clock,
            ScpStage stage,
            AnnotationConfigApplicationContext node,
            java.util.function.BooleanSupplier done) {
        for (int step = 0; step < 4 * 3600; step++) {
            if (done.getAsBoolean()) {
                return;
            }
            ScpStage.round(node);
            clock.moveBy(STEP);
        }
        throw new IllegalStateException(
                "It was not done in an hour; " + stage.proxy.calls().size() + " calls.");
    }

    private static void rate(Map<String, String> quotas, String api, String perSecond, String burst) {
        quotas.put("drawbridge.aws.quotas.[organizations:" + api + "].per-second", perSecond);
        quotas.put("drawbridge.aws.quotas.[organizations:" + api + "].burst", burst);
    }

    private static Lease lease(List<ScopeId> accounts, int number, Instant end) {
        String name = "person-" + (10 + number);
        return new Lease(
                GrantId.random(),
                ScpStage.ACME,
                accounts.get(number % accounts.size()),
                new Identity(Identity.Type.SSO_USER, "arn:aws:identitystore:::user/" + name, name + "@acme.example"),
                PermissionName.parse(ACTIONS.get(number / accounts.size() % ACTIONS.size())),
                Way.SCP_EXEMPTION,
                end);
    }
}
