package io.drawbridge.intake.aws;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What denied a call, as far as AWS tells.
 *
 * <p>Where several kinds of policy deny, AWS names one of them. Source: AWS IAM User Guide, "Troubleshoot access denied
 * error messages".
 *
 * @param policyArn the policy that denied; null where AWS names none
 */
public record DenialCause(Kind kind, @Nullable String policyArn) {

    static final DenialCause UNKNOWN = new DenialCause(Kind.UNKNOWN, null);

    private static final Pattern SERVICE_CONTROL_POLICY = Pattern.compile(
            "arn:aws[a-z-]{0,20}:organizations::\\d{12}:policy/o-[a-z0-9]{1,64}/service_control_policy/(p-[0-9a-zA-Z_]{1,128})");

    /** The kinds of policy that AWS names, and whether one said no or none said yes. */
    public enum Kind {
        SERVICE_CONTROL_POLICY_DENY("a service control policy denies it"),
        SERVICE_CONTROL_POLICY_MISSING_ALLOW("no service control policy allows it"),
        RESOURCE_CONTROL_POLICY("a resource control policy keeps it closed"),
        PERMISSIONS_BOUNDARY("a permissions boundary keeps it closed"),
        SESSION_POLICY("a session policy keeps it closed"),
        RESOURCE_POLICY("the policy of the resource keeps it closed"),
        VPC_ENDPOINT_POLICY("the policy of a VPC endpoint keeps it closed"),
        ROLE_TRUST_POLICY("the trust policy of the role keeps it closed"),
        IDENTITY_POLICY_DENY("a policy of the identity itself denies it"),
        IDENTITY_POLICY_MISSING_ALLOW("no policy of the identity allows it"),
        /** No cause is named, or none that can be relied on. */
        UNKNOWN("AWS names no cause");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** Whether a grant could make the call succeed. */
    public enum Answer {
        YES,
        NO,
        /** Nothing is known against it; treated as liftable, and shown as unknown. */
        UNKNOWN
    }

    /**
     * An answer with its reason.
     *
     * @param reason a sentence for the requester
     */
    public record Liftable(Answer answer, String reason) {}

    /** Id of the service control policy that denied, such as {@code p-drawbrdg1}; empty if none is named. */
    public Optional<String> serviceControlPolicyId() {
        if (kind != Kind.SERVICE_CONTROL_POLICY_DENY || policyArn == null) {
            return Optional.empty();
        }
        Matcher matcher = SERVICE_CONTROL_POLICY.matcher(policyArn);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /**
     * Whether lifting our own service control policies could lift this denial.
     *
     * <p>Promises nothing: behind the cause that AWS names there may be others.
     *
     * @param ourScpIds ids of the service control policies that Drawbridge writes
     */
    public Liftable liftable(Set<String> ourScpIds) {
        if (kind == Kind.UNKNOWN) {
            return new Liftable(Answer.UNKNOWN, "AWS does not say what blocked the call.");
        }
        if (kind == Kind.SERVICE_CONTROL_POLICY_DENY) {
            Optional<String> policy = serviceControlPolicyId();
            if (policy.isEmpty()) {
                return new Liftable(
                        Answer.UNKNOWN, "A service control policy blocked the call; AWS does not say which.");
            }
            return ourScpIds.contains(policy.get())
                    ? new Liftable(
                            Answer.YES,
                            "The service control policy " + policy.get() + " blocked the call, and a grant lifts it.")
                    : new Liftable(
                            Answer.NO,
                            "The service control policy " + policy.get()
                                    + " blocked the call. It is not one that an approval can lift.");
        }
        return new Liftable(Answer.NO, "The call was blocked because " + kind.words + ". No approval can help.");
    }
}
