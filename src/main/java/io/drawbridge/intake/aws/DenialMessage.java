package io.drawbridge.intake.aws;

import io.drawbridge.intake.aws.DenialCause.Kind;
import io.drawbridge.organization.PermissionName;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The error message of a denied call: {@code User: <ARN> is not authorized to perform: <action> on resource: <resource>
 * <cause>}.
 *
 * <p>The caller chooses parts of it, the session's name and the resource's name among them. So the action is read only
 * right behind the ARN of the caller, and the cause only at the very end; whatever stands between is not read. Form:
 * AWS IAM User Guide, "Troubleshoot access denied error messages"; the encoded tail: AWS STS API Reference,
 * "DecodeAuthorizationMessage".
 */
final class DenialMessage {

    /** CloudTrail cuts messages at 1 KB; the end of one that long may be the caller's own words. */
    private static final int CUT_AT = 1_024;

    private static final Pattern USER =
            Pattern.compile("^(?:(?:You are not authorized to perform this operation|Access [Dd]enied)[.:] )?User: ");
    private static final Pattern NAMELESS =
            Pattern.compile("^(?:You are )?not authorized to perform:?(?= [a-z0-9-]{1,64}:)", Pattern.CASE_INSENSITIVE);
    private static final Pattern PERFORM = Pattern.compile("^ is not authorized to perform:?(?= )");
    private static final Pattern ACTION =
            Pattern.compile("^ [\"'`]?([a-z0-9-]{1,64}:[A-Za-z0-9]{1,128})(?=$|[\\s.,;\"'`)])");

    private static final Pattern ENCODED_TAIL =
            Pattern.compile("[ .]*Encoded authorization failure message: ?[A-Za-z0-9_=-]*\\.?$");
    private static final Pattern ENCODED =
            Pattern.compile("Encoded authorization failure message: ?([A-Za-z0-9_-]{1,1024}={0,2})\\.?$");
    private static final Pattern SDK_TAIL = Pattern.compile(" \\((?:Service|Status Code): [^()]{0,400}\\)$");
    private static final String TYPES =
            "(service control|resource control|session|resource-based|identity-based|VPC endpoint|role trust) polic(?:y|ies)"
                    + "|(permissions boundar)(?:y|ies)";
    private static final Pattern EXPLICIT =
            Pattern.compile(" with an explicit deny in (?:an? |the )?(?:" + TYPES + ")(?:: (\\S{1,512}?))?\\.?$");
    private static final Pattern IMPLICIT =
            Pattern.compile(" because no (?:" + TYPES + ") allows? the \\S{1,200} action\\.?$");
    private static final Pattern KEY_POLICY = Pattern.compile(" because the resource does not exist in this Region, no"
            + " resource-based policies allow access, or a resource-based policy explicitly denies access\\.?$");

    private static final Map<String, Kind> DENIES = Map.of(
            "service control", Kind.SERVICE_CONTROL_POLICY_DENY,
            "resource control", Kind.RESOURCE_CONTROL_POLICY,
            "session", Kind.SESSION_POLICY,
            "resource-based", Kind.RESOURCE_POLICY,
            "identity-based", Kind.IDENTITY_POLICY_DENY,
            "VPC endpoint", Kind.VPC_ENDPOINT_POLICY,
            "role trust", Kind.ROLE_TRUST_POLICY,
            "permissions boundar", Kind.PERMISSIONS_BOUNDARY);
    private static final Map<String, Kind> MISSES = Map.of(
            "service control", Kind.SERVICE_CONTROL_POLICY_MISSING_ALLOW,
            "resource control", Kind.RESOURCE_CONTROL_POLICY,
            "session", Kind.SESSION_POLICY,
            "resource-based", Kind.RESOURCE_POLICY,
            "identity-based", Kind.IDENTITY_POLICY_MISSING_ALLOW,
            "VPC endpoint", Kind.VPC_ENDPOINT_POLICY,
            "role trust", Kind.ROLE_TRUST_POLICY,
            "permissions boundar", Kind.PERMISSIONS_BOUNDARY);

    private final String text;
    private final @Nullable String callerArn;

    /**
     * @param text the message; empty if the record has none
     * @param callerArn {@code userIdentity.arn} of the record
     */
    DenialMessage(String text, @Nullable String callerArn) {
        this.text = text.strip();
        this.callerArn = callerArn;
    }

    /** The action that the message names; empty if it names none, or one that may have been cut. */
    Optional<PermissionName> action() {
        String rest = behindTheCaller();
        Matcher action = ACTION.matcher(rest);
        if (!action.find() || (action.end(1) == rest.length() && text.length() >= CUT_AT)) {
            return Optional.empty();
        }
        return Optional.of(PermissionName.parse(action.group(1)));
    }

    /** Whether nothing follows the action, so that what stands there may be its beginning only. */
    boolean endsWith(PermissionName action) {
        return text.endsWith(action.toString());
    }

    /** The cause at the end of the message; unknown if none stands there, or the end may be missing. */
    DenialCause cause() {
        if (text.length() >= CUT_AT) {
            return DenialCause.UNKNOWN;
        }
        String message = SDK_TAIL.matcher(text).replaceFirst("");
        message = ENCODED_TAIL.matcher(message).replaceFirst("");
        Matcher explicit = EXPLICIT.matcher(message);
        if (explicit.find()) {
            return new DenialCause(kind(DENIES, explicit), explicit.group(3));
        }
        Matcher implicit = IMPLICIT.matcher(message);
        if (implicit.find()) {
            return new DenialCause(kind(MISSES, implicit), null);
        }
        return KEY_POLICY.matcher(message).find() ? new DenialCause(Kind.RESOURCE_POLICY, null) : DenialCause.UNKNOWN;
    }

    /** What {@code sts:DecodeAuthorizationMessage} can open; empty if there is none, or its end is missing. */
    Optional<String> encoded() {
        if (text.length() >= CUT_AT) {
            return Optional.empty();
        }
        Matcher encoded = ENCODED.matcher(SDK_TAIL.matcher(text).replaceFirst(""));
        return encoded.find() ? Optional.of(encoded.group(1)) : Optional.empty();
    }

    private static Kind kind(Map<String, Kind> kinds, Matcher matcher) {
        String type = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return kinds.getOrDefault(type, Kind.UNKNOWN);
    }

    /** What follows "is not authorized to perform:" behind the ARN of the caller; empty if the message has another form. */
    private String behindTheCaller() {
        Matcher nameless = NAMELESS.matcher(text);
        if (nameless.find()) {
            return text.substring(nameless.end());
        }
        Matcher user = USER.matcher(text);
        if (!user.find()) {
            return "";
        }
        String rest = text.substring(user.end());
        if (callerArn != null && rest.startsWith(callerArn)) {
            rest = rest.substring(callerArn.length());
        } else {
            int space = rest.indexOf(' ');
            rest = space < 0 ? "" : rest.substring(space);
        }
        Matcher perform = PERFORM.matcher(rest);
        return perform.find() ? rest.substring(perform.end()) : "";
    }
}
