package io.drawbridge.intake.aws;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code userIdentity}.
 *
 * <p>What kind of role made a session is told by the path in {@code sessionIssuer.arn}: only AWS can create roles below
 * {@code /aws-reserved/}, while anybody can name a role AWSReservedSSO_x. Sources: AWS CloudTrail User Guide, "CloudTrail
 * userIdentity element"; AWS IAM Identity Center User Guide, "Referencing permission sets in resource policies".
 */
final class IdentityReader {

    private static final String SSO_PATH = "/aws-reserved/sso.amazonaws.com";

    private static final Pattern TYPE = Pattern.compile("[A-Za-z]{1,64}");
    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern ARN = Pattern.compile("arn:[!-~]{1,2044}");
    private static final Pattern PRINCIPAL = Pattern.compile("[!-~]{1,512}");
    private static final Pattern SOURCE_IDENTITY = Pattern.compile("[!-~]{1,255}");
    private static final Pattern USER =
            Pattern.compile("arn:aws[a-z-]{0,20}:iam::(\\d{12}):user(|/[!-~]{1,511})/([\\w+=,.@-]{1,64})");
    private static final Pattern ROLE =
            Pattern.compile("arn:aws[a-z-]{0,20}:iam::(\\d{12}):role(|/[!-~]{1,511})/([\\w+=,.@-]{1,64})");
    private static final Pattern SESSION =
            Pattern.compile("arn:aws[a-z-]{0,20}:sts::(\\d{12}):assumed-role/([\\w+=,.@-]{1,64})/([\\w+=,.@-]{1,128})");

    private IdentityReader() {}

    /** @throws MalformedRecordException if ARNs cannot be read or contradict each other */
    static CallerIdentity read(Fields identity) {
        String type = identity.optional("type", TYPE);
        if (type == null) {
            return other(identity, "the record names no kind of identity");
        }
        return switch (type) {
            case "IAMUser" -> user(identity);
            case "AssumedRole" -> session(identity);
            case "Root" -> other(identity, "it is the root user of the account");
            case "AWSService" -> other(identity, "it is an AWS service");
            case "AWSAccount" -> other(identity, "it belongs to another account");
            default -> other(identity, "an identity of type " + type + " names neither a person nor a role");
        };
    }

    private static CallerIdentity user(Fields identity) {
        String arn = identity.required("arn", ARN);
        Matcher user = matched("userIdentity.arn", USER, arn);
        requireSame("userIdentity.accountId", identity.optional("accountId", ACCOUNT), user.group(1));
        return new CallerIdentity(
                CallerIdentity.Type.IAM_USER,
                arn,
                user.group(3),
                user.group(1),
                identity.optional("principalId", PRINCIPAL),
                null,
                null,
                null,
                mfa(identity),
                "");
    }

    private static CallerIdentity session(Fields identity) {
        Fields context = identity.nested("sessionContext");
        String roleArn = context.nested("sessionIssuer").optional("arn", ARN);
        if (roleArn == null) {
            return other(identity, "the session names no role that it was made from");
        }
        String arn = identity.required("arn", ARN);
        Matcher session = matched("userIdentity.arn", SESSION, arn);
        Matcher role = matched("userIdentity.sessionContext.sessionIssuer.arn", ROLE, roleArn);
        requireSame("userIdentity.accountId", identity.optional("accountId", ACCOUNT), session.group(1));
        requireSame("the account of userIdentity.sessionContext.sessionIssuer.arn", role.group(1), session.group(1));
        requireSame("the role of userIdentity.sessionContext.sessionIssuer.arn", role.group(3), session.group(2));
        String principal = identity.optional("principalId", PRINCIPAL);
        int colon = principal == null ? -1 : principal.indexOf(':');
        if (principal != null && colon >= 0) {
            requireSame("the session of userIdentity.principalId", principal.substring(colon + 1), session.group(3));
            principal = principal.substring(0, colon);
        }
        boolean sso = (role.group(2) + "/").startsWith(SSO_PATH + "/");
        return new CallerIdentity(
                sso ? CallerIdentity.Type.SSO_USER : CallerIdentity.Type.IAM_ROLE,
                sso ? arn : roleArn,
                sso ? session.group(3) : role.group(3),
                session.group(1),
                principal,
                roleArn,
                session.group(3),
                context.optional("sourceIdentity", SOURCE_IDENTITY),
                mfa(identity),
                "");
    }

    private static CallerIdentity other(Fields identity, String reason) {
        return new CallerIdentity(
                CallerIdentity.Type.OTHER,
                identity.free("arn", 2_048),
                "",
                identity.optional("accountId", ACCOUNT),
                identity.free("principalId", 512),
                null,
                null,
                null,
                mfa(identity),
                "Nobody can be asked: " + reason + ".");
    }

    /** Everything but a clear yes is a no. */
    private static boolean mfa(Fields identity) {
        return identity.object()
                .path("sessionContext")
                .path("attributes")
                .path("mfaAuthenticated")
                .asText("")
                .equals("true");
    }

    private static Matcher matched(String field, Pattern form, String value) {
        Matcher matcher = form.matcher(value);
        if (!matcher.matches()) {
            throw new MalformedRecordException("The field \"" + field + "\" is " + Quotation.of(value)
                    + "; expected the form " + form.pattern() + ".");
        }
        return matcher;
    }

    private static void requireSame(String what, @Nullable String value, String arn) {
        if (value != null && !value.equals(arn)) {
            throw new MalformedRecordException("The record contradicts itself: " + what + " is " + Quotation.of(value)
                    + ", but userIdentity.arn says " + Quotation.of(arn) + ".");
        }
    }
}
