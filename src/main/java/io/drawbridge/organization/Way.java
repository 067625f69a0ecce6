package io.drawbridge.organization;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How access is given in AWS. */
public enum Way {
    /** A service control policy that Drawbridge owns closes the permission, and is lifted for one identity. */
    SCP_EXEMPTION("scp-exemption"),
    /** A permission set is assigned to the person in the account. */
    ACCOUNT_ASSIGNMENT("account-assignment");

    private final String word;

    Way(String word) {
        this.word = word;
    }

    /** As configuration, API and pages write it. */
    public String word() {
        return word;
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException if there is no such way
     */
    public static Way parse(String word) {
        return Arrays.stream(values())
                .filter(way -> way.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + word + "\" is no way of granting; expected "
                        + Arrays.stream(values()).map(Way::word).collect(Collectors.joining(" or ")) + "."));
    }
}
