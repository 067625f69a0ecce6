package io.drawbridge.web.security;

import java.util.Locale;
import org.springframework.security.access.AccessDeniedException;

/** Somebody has shown who he is, and has no part here; says why. */
final class NotAdmittedException extends AccessDeniedException {
    private static final long serialVersionUID = 1L;

    /** Why, for the page that explains it. */
    enum Reason {
        /** The token names no tenant, or none of this installation. */
        NO_TENANT("Your login names no tenant of this installation; whoever runs the issuer can add it."),
        /** The person is not in the tenant. Whether he is in another one is not told. */
        UNKNOWN_PERSON(
                "Your login is right, but nobody of that name is known in this tenant; ask your administrator to add you."),
        /** The person's name belongs to another login of the issuer than when he first signed in. */
        OTHER_LOGIN(
                "Somebody else has signed in under your name before; ask whoever runs Drawbridge to clear that, if it is"
                        + " yours."),
        /** A call in a tenant that the token does not name, or in which the person is not. */
        OTHER_TENANT("The tenant named in the header " + Callers.TENANT_HEADER
                + " is not one of yours; name one of your own, or leave the header out."),
        /** A service at a door for people. */
        SERVICE("A service has no part in this; only people do.");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        /** As it stands in an address. */
        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Reason reason;

    NotAdmittedException(Reason reason) {
        super(reason.text());
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
