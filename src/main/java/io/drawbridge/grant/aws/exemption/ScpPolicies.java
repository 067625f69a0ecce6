package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.aws.scp.PolicyDescription;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.organizations.model.CreatePolicyResponse;
import software.amazon.awssdk.services.organizations.model.DuplicatePolicyAttachmentException;
import software.amazon.awssdk.services.organizations.model.ListTargetsForPolicyResponse;
import software.amazon.awssdk.services.organizations.model.OrganizationsResponse;
import software.amazon.awssdk.services.organizations.model.Policy;
import software.amazon.awssdk.services.organizations.model.PolicyNotAttachedException;
import software.amazon.awssdk.services.organizations.model.PolicyNotFoundException;
import software.amazon.awssdk.services.organizations.model.PolicySummary;
import software.amazon.awssdk.services.organizations.model.PolicyTargetSummary;
import software.amazon.awssdk.services.organizations.model.PolicyType;
import software.amazon.awssdk.services.organizations.model.Tag;
import software.amazon.awssdk.services.organizations.model.UpdatePolicyResponse;

/** The calls of AWS Organizations that read and write service control policies, each within the shared quota. */
final class ScpPolicies {
    private static final String LIST = "organizations:List";

    private final AwsConnection connection;
    private final Urgency urgency;
    private String writtenUnder = "";

    ScpPolicies(AwsConnection connection, Urgency urgency) {
        this.connection = connection;
        this.urgency = urgency;
    }

    /** A policy as AWS has it now. */
    record Found(String id, String content, String description) {}

    Optional<Found> find(String policyId) {
        try {
            Policy policy = call("organizations:DescribePolicy", () -> connection
                    .organizations()
                    .describePolicy(request -> request.policyId(policyId))
                    .policy());
            String description = policy.policySummary().description();
            return Optional.of(new Found(policyId, policy.content(), description == null ? "" : description));
        } catch (PolicyNotFoundException gone) {
            return Optional.empty();
        }
    }

    /** Id of the policy of that name; empty if there is none. */
    Optional<String> idOf(String name) {
        String token = null;
        do {
            String next = token;
            var page = call(LIST, () -> connection.organizations().listPolicies(request -> request.filter(
                            PolicyType.SERVICE_CONTROL_POLICY)
                    .nextToken(next)));
            for (PolicySummary policy : page.policies()) {
                if (name.equals(policy.name())) {
                    return Optional.of(policy.id());
                }
            }
            token = page.nextToken();
        } while (token != null);
        return Optional.empty();
    }

    String create(String name, ScopeId account, String content, long generation) {
        CreatePolicyResponse made = call(
                "organizations:CreatePolicy",
                () -> connection.organizations().createPolicy(request -> request.name(name)
                        .type(PolicyType.SERVICE_CONTROL_POLICY)
                        .description(PolicyDescription.of(generation, content).text())
                        .content(content)
                        .tags(
                                tag("drawbridge:tenant", connection.tenant().value()),
                                tag("drawbridge:account", account.value()))));
        writtenUnder = idOf(made);
        return made.policy().policySummary().id();
    }

    /** Id of the last call that wrote a policy, as AWS logs it; empty if none has. */
    String writtenUnder() {
        return writtenUnder;
    }

    void update(String policyId, String content, long generation) {
        UpdatePolicyResponse updated = call(
                "organizations:UpdatePolicy",
                () -> connection.organizations().updatePolicy(request -> request.policyId(policyId)
                        .content(content)
                        .description(PolicyDescription.of(generation, content).text())));
        writtenUnder = idOf(updated);
    }

    /** Empty where AWS, or who stands between, named none: the SDK then says so in a word. */
    private static String idOf(OrganizationsResponse response) {
        String id = response.responseMetadata().requestId();
        return id == null || id.equals("UNKNOWN") ? "" : id;
    }

    void attach(String policyId, ScopeId account) {
        try {
            var unused = call("organizations:AttachPolicy", () -> connection
                    .organizations()
                    .attachPolicy(request -> request.policyId(policyId).targetId(account.value())));
        } catch (DuplicatePolicyAttachmentException already) {
            // NB. Not swallowed: it is attached, which is all that was wanted.
            return;
        }
    }

    /** Detaches and deletes; what is not there is gone. */
    void delete(String policyId, ScopeId account) {
        try {
            var unused = call("organizations:DetachPolicy", () -> connection
                    .organizations()
                    .detachPolicy(request -> request.policyId(policyId).targetId(account.value())));
        } catch (PolicyNotAttachedException | PolicyNotFoundException already) {
            // NB. Not swallowed: it is not attached, which is all that was wanted.
        }
        try {
            var unused = call(
                    "organizations:DeletePolicy",
                    () -> connection.organizations().deletePolicy(request -> request.policyId(policyId)));
        } catch (PolicyNotFoundException already) {
            // NB. Not swallowed: it is gone, which is all that was wanted.
        }
    }

    List<String> targets(String policyId) {
        List<String> targets = new ArrayList<>();
        String token = null;
        do {
            String next = token;
            ListTargetsForPolicyResponse page = call(
                    LIST, () -> connection.organizations().listTargetsForPolicy(request -> request.policyId(policyId)
                            .nextToken(next)));
            page.targets().stream().map(PolicyTargetSummary::targetId).forEach(targets::add);
            token = page.nextToken();
        } while (token != null);
        return targets;
    }

    private <T> T call(String api, java.util.function.Supplier<T> call) {
        return connection.call(api, urgency, call);
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }
}
