package io.drawbridge.notification;

/** Carries what lies in the outbox to the people it is for. */
interface Courier {
    /** The courier of an installation without a mail server. */
    Courier NOBODY = new Courier() {
        @Override
        public boolean carriesMail() {
            return false;
        }

        @Override
        public int round() {
            return 0;
        }
    };

    /** Whether notices leave the house by mail; if not, they are delivered once they can be read on the page. */
    boolean carriesMail();

    /**
     * Tries everything that is due now, each notice at most once; several nodes may do so at the same time.
     *
     * @return how many were sent
     */
    int round();
}
