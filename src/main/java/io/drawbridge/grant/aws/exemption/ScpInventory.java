package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.aws.AwsFailures;
import io.drawbridge.grant.aws.scp.AccountClosure;
import io.drawbridge.grant.aws.scp.PolicyDescription;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.aws.AwsBusyException;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.Urgency;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;

/** Reads every document of a tenant from AWS and tells what it holds open, and what somebody else did to it. */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class ScpInventory {
    /** How long one look at everything may wait for the quota in all; then it is none, and is made again later. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ScpTables tables;
    private final Closures closures;
    private final People people;
    private final ScpProperties properties;
    private final Clock clock;

    ScpInventory(ScpTables tables, Closures closures, People people, ScpProperties properties, Clock clock) {
        this.tables = tables;
        this.closures = closures;
        this.people = people;
        this.properties = properties;
        this.clock = clock;
    }

    static String subject(Document document) {
        return "scp|" + document.account() + "|" + document.number();
    }

    static Document foreign(Document document, String finding) {
        return new Document(
                document.account(),
                document.number(),
                document.policyId(),
                document.content(),
                document.sha256(),
                document.pendingSha256(),
                document.generation(),
                finding,
                "");
    }

    /** @throws CloudException if not everything could be read */
    Cloud.Inventory of(AwsConnection connection) {
        TenantId tenant = connection.tenant();
        ScpPolicies policies = new ScpPolicies(connection, Urgency.ORDINARY);
        List<Cloud.Held> held = new ArrayList<>();
        List<Cloud.Foreign> foreign = new ArrayList<>();
        Map<String, String> users = users(tenant);
        Instant deadline = clock.instant().plus(PATIENCE);
        for (Document document : tables.documents(tenant)) {
            String policyId = document.policyId();
            if (policyId != null) {
                try {
                    Optional<ScpPolicies.Found> found = patiently(deadline, () -> policies.find(policyId));
                    List<String> targets =
                            found.isEmpty() ? List.of() : patiently(deadline, () -> policies.targets(policyId));
                    look(tenant, document, found.orElse(null), targets, users, held, foreign);
                } catch (SdkException refused) {
                    throw AwsFailures.translated("show the policy " + policyId, refused);
                }
            }
        }
        for (var account : closures.accounts(tenant, connection.settings())) {
            for (String entry : closures.of(tenant, account).withoutEffect()) {
                foreign.add(new Cloud.Foreign(
                        "exemption|" + account + "|" + entry,
                        "The exemption " + entry + " It has no effect in account " + account + ".",
                        List.of()));
            }
        }
        return new Cloud.Inventory(held, foreign);
    }

    /** What the policy says now, empty if it is gone. */
    String contentOf(AwsConnection connection, Document document) {
        String policyId = document.policyId();
        ScpPolicies policies = new ScpPolicies(connection, Urgency.REVOCATION);
        try {
            return policyId == null
                    ? ""
                    : policies.find(policyId).map(ScpPolicies.Found::content).orElse("");
        } catch (SdkException | AwsBusyException refused) {
            throw AwsFailures.translated("show the policy " + policyId, refused);
        }
    }

    private void look(
            TenantId tenant,
            Document document,
            ScpPolicies.@Nullable Found found,
            List<String> targets,
            Map<String, String> users,
            List<Cloud.Held> held,
            List<Cloud.Foreign> foreign) {
        String finding = null;
        String policy =
                "The policy " + document.policyId() + " (" + document.name() + ") of account " + document.account();
        if (found == null) {
            finding = policy + " was deleted; what it closed is open.";
        } else if (!targets.contains(document.account().value())) {
            finding = policy + " was detached; what it closed is open.";
        } else if (!isOurs(document, found)) {
            finding = policy + " was changed by somebody else.";
        }
        if (finding != null) {
            foreign.add(new Cloud.Foreign(subject(document), finding, List.of(ScpExemptions.RESTORE)));
            if (document.foreignFinding() == null) {
                tables.save(tenant, foreign(document, finding));
            }
            if (properties.onForeignChange() == ScpProperties.OnForeignChange.RESTORE) {
                tables.withAccount(
                        tenant,
                        document.account(),
                        () -> tables.change(tenant, document.account(), true, clock.instant()));
            }
            return;
        }
        if (document.foreignFinding() != null) {
            foreign.add(
                    new Cloud.Foreign(subject(document), document.foreignFinding(), List.of(ScpExemptions.RESTORE)));
            return;
        }
        if (found != null) {
            held.addAll(open(tenant, document, found.content(), users));
        }
    }

    private static boolean isOurs(Document document, ScpPolicies.Found found) {
        return document.knows(found.content())
                || PolicyDescription.parse(found.description())
                        .filter(description -> description.describes(found.content()))
                        .isPresent();
    }

    private List<Cloud.Held> open(TenantId tenant, Document document, String content, Map<String, String> users) {
        AccountClosure closed = closures.of(tenant, document.account()).closed();
        Map<String, Opening> openings = new HashMap<>();
        tables.openings(tenant, document.account())
                .forEach(opening -> openings.put(
                        opening.action() + "|" + opening.principal().conditionValue(), opening));
        List<Cloud.Held> held = new ArrayList<>();
        for (PolicyOpenings.Passage passage : PolicyOpenings.at(content, clock.instant(), closed)) {
            Opening opening = openings.get(passage.action() + "|" + passage.principal());
            String identity = opening != null
                    ? opening.identityKey()
                    : users.getOrDefault(passage.principal(), "ID:" + passage.principal());
            held.add(new Cloud.Held(
                    opening != null
                            ? opening.objectKey()
                            : document.account() + "|" + passage.action() + "|" + identity,
                    document.account(),
                    identity,
                    passage.action(),
                    opening == null ? null : opening.grant()));
        }
        return held;
    }

    /** Keys of the people of Identity Center, by user id. */
    private Map<String, String> users(TenantId tenant) {
        Map<String, String> users = new HashMap<>();
        for (Person person : people.of(tenant)) {
            if (!person.identityStoreId().isEmpty()) {
                users.put(person.identityStoreId(), "SSO_USER:" + person.id());
            }
        }
        return users;
    }

    private <T> T patiently(Instant deadline, Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (AwsBusyException busy) {
                if (!clock.instant().isBefore(deadline)) {
                    throw new CloudException.Throttled(
                            "AWS could not show everything in time: " + busy.getMessage(), busy);
                }
                LockSupport.parkNanos(busy.retryAfter().toNanos());
                if (Thread.currentThread().isInterrupted()) {
                    throw new CloudException("The look at AWS was interrupted.", busy);
                }
            }
        }
    }
}
