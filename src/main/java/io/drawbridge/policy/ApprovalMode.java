package io.drawbridge.policy;

/** How a permitted request goes on; in order of strictness, the least strict first. */
public enum ApprovalMode {
    /** Approved at once, for an emergency that was flagged, and reviewed afterwards. */
    BREAK_GLASS("break_glass"),
    /** Approved at once, by nobody. */
    AUTO("auto"),
    /** Goes to the approvers. */
    REQUIRE("require");

    private final String word;

    ApprovalMode(String word) {
        this.word = word;
    }

    /** As policies, API and pages write it. */
    public String word() {
        return word;
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException if there is no such mode
     */
    public static ApprovalMode parse(String word) {
        for (ApprovalMode mode : values()) {
            if (mode.word.equals(word)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("\"" + word + "\" is no mode; expected auto, require or break_glass.");
    }
}
