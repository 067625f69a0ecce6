package io.drawbridge.organization;

/** Keeps secrets that Drawbridge has to read again, so that nobody who reads the database can. */
public interface Seal {
    /** Whether this installation has a key to seal with. */
    boolean isThere();

    /**
     * Seals a text.
     *
     * @param place what it is for, such as the id of a channel; it opens for nothing else
     * @throws IllegalStateException if there is no key
     */
    String seal(String text, String place);

    /**
     * Opens what was sealed.
     *
     * @throws IllegalStateException if no key of the installation opens it; says which setting to look at, never a secret
     */
    String open(String sealed, String place);
}
