package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.aws.scp.PolicyContent;
import io.drawbridge.organization.ScopeId;
import org.jspecify.annotations.Nullable;

/**
 * One policy of ours, as we know it.
 *
 * @param policyId null until it was made
 * @param content what AWS last showed as written; empty until then
 * @param sha256 of that content
 * @param pendingSha256 of what may have been written since, without our having seen it
 * @param foreignFinding what somebody else did to it; nothing is written over it while this is set
 * @param acceptedSha256 of a foreign content that an administrator chose to have written over
 */
record Document(
        ScopeId account,
        int number,
        @Nullable String policyId,
        String content,
        String sha256,
        String pendingSha256,
        long generation,
        @Nullable String foreignFinding,
        String acceptedSha256) {

    String name() {
        return name(account, number);
    }

    static String name(ScopeId account, int number) {
        return "drawbridge-" + account + "-" + number;
    }

    /** Whether the content is one that we wrote, as far as this row knows. */
    boolean knows(String found) {
        String hash = PolicyContent.sha256(found);
        return hash.equals(sha256)
                || hash.equals(pendingSha256)
                || hash.equals(acceptedSha256)
                || PolicyContent.same(found, content);
    }
}
