package io.drawbridge.notification;

/** Carries what lies in the outbox to those it is for, by one transport or several. */
interface Courier {
    /** The courier of an installation that lacks what this transport needs. */
    Courier NOBODY = new Courier() {
        @Override
        public boolean carries(Transport transport) {
            return false;
        }

        @Override
        public int round() {
            return 0;
        }
    };

    /** Whether notices of that transport leave the house; what nobody carries counts as delivered on the Notices page. */
    boolean carries(Transport transport);

    /**
     * Tries everything that is due now, each notice at most once; several nodes may do so at the same time.
     *
     * @return how many were sent
     */
    int round();
}
