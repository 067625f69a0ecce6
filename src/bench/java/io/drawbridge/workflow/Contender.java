package io.drawbridge.workflow;

import org.springframework.jdbc.core.simple.JdbcClient;

/** One of the two whose speed is compared: Drawbridge, or the bare engine with the same diagrams. */
interface Contender extends AutoCloseable {
    /** Asks for access; the request waits for its approvers when this returns. */
    String post();

    /** Approves what was posted; the grant opens by itself. */
    void approve(String key);

    /** Ends a grant that is open; it is taken back by itself. */
    void end(String key);

    /** The database of this contender alone. */
    JdbcClient database();

    @Override
    void close();
}
