package io.drawbridge.intake.aws;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The error codes by which AWS services say that a permission was missing.
 *
 * <p>Services do not agree on one; codes are taken from the pages "Common errors" of their API references. Throttling,
 * missing resources, bad signatures and expired credentials are errors too, but no denials.
 */
final class DenialCodes {

    private static final Set<String> CODES = Set.of(
            "accessdenied",
            "accessdeniederror",
            "accessdeniedexception",
            "accessdeniedfault",
            "accessforbidden",
            "authorizationerror",
            "authorizationerrorexception",
            "forbidden",
            "forbiddenexception",
            "kmsaccessdenied",
            "kmsaccessdeniedexception",
            "notauthorized",
            "notauthorizedexception",
            "unauthorized",
            "unauthorizedaccess",
            "unauthorizedaccessexception",
            "unauthorizedexception",
            "unauthorizedoperation",
            "unauthorizedoperationexception");

    /** Where "not authorized" means a wrong password or a stale token of an application's own user. */
    private static final Set<String> SIGN_IN_SOURCES =
            Set.of("cognito-idp.amazonaws.com", "cognito-identity.amazonaws.com");

    private DenialCodes() {}

    /** Whether the code says that the caller had no permission; case does not count. */
    static boolean isDenial(String eventSource, @Nullable String errorCode) {
        if (errorCode == null) {
            return false;
        }
        String code = errorCode.toLowerCase(Locale.ROOT);
        if (code.startsWith("client.")) {
            code = code.substring("client.".length());
        }
        if (code.startsWith("notauthorized") && SIGN_IN_SOURCES.contains(eventSource)) {
            return false;
        }
        return CODES.contains(code);
    }
}
