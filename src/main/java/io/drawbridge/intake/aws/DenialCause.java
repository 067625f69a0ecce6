package io.drawbridge.intake.aws;

import io.drawbridge.organization.Way;
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
        /** Some policy says no, and AWS does not tell of which kind it is. */
        DENY("a policy denies it, and AWS does not say which"),
        /** No policy says no, and AWS does not tell which kind of policy does not say yes. */
        MISSING_ALLOW("no policy denies it, but one that would have to allow it does not"),
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
     * Whether access that is given in that way could lift this denial.
     *
     * <pre>
     * cause                                     scp-exemption   account-assignment
     * a service control policy of ours denies   yes             no
     * another service control policy denies     no              no
     * one denies, not said which                unknown         no
     * no service control policy allows          no              no
     * no policy of the identity allows          no              yes
     * some policy denies, kind unknown          unknown         no
     * no policy denies, kind unknown            no              unknown
     * resource control policy, boundary,        no              no
     *   session, resource, VPC endpoint or
     *   trust policy, deny of the identity
     * not named                                 unknown         unknown
     * </pre>
     *
     * <p>An exemption takes a deny of ours away and allows nothing. An assignment allows and takes no deny away: a service
     * control policy binds the assigned role as it binds every other, and ours, which close what exemptions open, know
     * nothing of assignments. A boundary, a session policy or a deny of the identity would not bind the assigned role;
     * but somebody has set it against just this call, and a denied call alone must not open a way around it. Asking by
     * hand is free.
     *
     * <p>Promises nothing: behind the cause that AWS names there may be others.
     *
     * @param way how access would be given
     * @param ourScpIds ids of the service control policies that Drawbridge writes
     */
    public Liftable liftable(Way way, Set<String> ourScpIds) {
        boolean exemption = way == Way.SCP_EXEMPTION;
        return switch (kind) {
            case UNKNOWN -> new Liftable(Answer.UNKNOWN, "AWS does not say what blocked the call.");
            case SERVICE_CONTROL_POLICY_DENY -> serviceControlPolicy(exemption, ourScpIds);
            case IDENTITY_POLICY_MISSING_ALLOW ->
                exemption
                        ? no()
                        : new Liftable(
                                Answer.YES,
                                "The call was blocked because " + kind.words
                                        + ", and an assigned permission set does.");
            case DENY ->
                exemption ? new Liftable(Answer.UNKNOWN, "A policy denies the call; AWS does not say which.") : no();
            case MISSING_ALLOW ->
                exemption
                        ? no()
                        : new Liftable(
                                Answer.UNKNOWN,
                                "No policy denies the call, but one that would have to allow it does not; AWS does not say"
                                        + " which.");
            default -> no();
        };
    }

    private Liftable serviceControlPolicy(boolean exemption, Set<String> ourScpIds) {
        Optional<String> policy = serviceControlPolicyId();
        if (!exemption) {
            return new Liftable(
                    Answer.NO,
                    "The service control policy" + policy.map(id -> " " + id).orElse("")
                            + " blocked the call. It binds assigned permission sets too, so no approval can help.");
        }
        if (policy.isEmpty()) {
            return new Liftable(Answer.UNKNOWN, "A service control policy blocked the call; AWS does not say which.");
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

    private Liftable no() {
        return new Liftable(Answer.NO, "The call was blocked because " + kind.words + ". No approval can help.");
    }
}
