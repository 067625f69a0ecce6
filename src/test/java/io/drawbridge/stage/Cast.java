package io.drawbridge.stage;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;

/** Everybody of the demo: Alice asks, Bob approves, Carol is one level up, Dave at the root. */
public final class Cast {
    public static final TenantId ACME = new TenantId("acme");
    public static final TenantId GLOBEX = new TenantId("globex");

    public static final PersonId ALICE = new PersonId("alice@acme.example");
    public static final PersonId BOB = new PersonId("bob@acme.example");
    public static final PersonId CAROL = new PersonId("carol@acme.example");
    public static final PersonId DAVE = new PersonId("dave@acme.example");
    public static final PersonId ERIN = new PersonId("erin@acme.example");
    public static final PersonId VICTOR = new PersonId("victor@acme.example");
    public static final PersonId OSCAR = new PersonId("oscar@acme.example");
    public static final PersonId PETRA = new PersonId("petra@acme.example");
    public static final PersonId MALLORY = new PersonId("mallory@acme.example");
    public static final PersonId GINA = new PersonId("gina@globex.example");
    public static final PersonId GUS = new PersonId("gus@globex.example");

    public static final String PROD = "111122223333";
    public static final String DEV = "444455556666";
    public static final String SANDBOX = "777788889999";
    public static final String GLOBEX_MAIN = "999900001111";

    private Cast() {}
}
