package io.drawbridge.audit;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Backlog;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Chains whose end is sealed and not written down as a signed head.
 *
 * <p>As this node sees it: each signs by itself, so where others can write, nothing waits, and the incident of this node
 * comes and goes.
 */
@Component
class UnsignedHeads implements Backlog {
    private final HeadBook heads;

    UnsignedHeads(HeadBook heads) {
        this.heads = heads;
    }

    @Override
    public String name() {
        return "audit.unsigned";
    }

    @Override
    public String title() {
        return "Ends of audit chains that are not signed";
    }

    @Override
    public String advice() {
        return "Records are sealed, but whoever can write to the database could write the end of the chain anew, and nothing"
                + " outside of it would say so. The log says at \"Signed heads\" why; see that drawbridge.audit.directory is"
                + " there, has room, and can be written to by each node.";
    }

    /** They are on the disk in the moment in which they are due. */
    @Override
    public Duration patience() {
        return Duration.ofMinutes(1);
    }

    @Override
    public List<Waiting> waiting() {
        return heads.unwritten().stream()
                .map(chain -> new Waiting(new TenantId(chain.tenant()), 1, chain.since()))
                .toList();
    }
}
