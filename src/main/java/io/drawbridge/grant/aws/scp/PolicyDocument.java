package io.drawbridge.grant.aws.scp;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;

/**
 * One service control policy of an account.
 *
 * @param number from 1 on, lasting: the same actions stand under the same number the next time
 * @param content minified JSON, the same bytes for the same arguments
 * @param actions what it closes, {@code service:Action} or, for a disabled service, {@code service:*}
 * @param leases what it leaves open: of each principal and action the lease that ends last
 */
public record PolicyDocument(int number, String content, SortedSet<String> actions, List<PolicyLease> leases) {
    public PolicyDocument {
        actions = Collections.unmodifiableSortedSet(actions);
        leases = List.copyOf(leases);
    }

    /** What AWS counts. */
    public int characters() {
        return content.length();
    }
}
