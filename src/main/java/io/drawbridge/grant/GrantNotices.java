package io.drawbridge.grant;

import io.drawbridge.identity.PersonId;
import io.drawbridge.request.AccessRequest;
import java.util.Collection;

/** What people are told about a grant; like the notices of requests, into the outbox of the caller's transaction. */
public interface GrantNotices {
    /** To the requester: access is on, until when. */
    void active(Grant grant, AccessRequest request);

    /** To the requester: access ends soon. */
    void expiringSoon(Grant grant, AccessRequest request);

    /** To the requester: access is gone. */
    void revoked(Grant grant, AccessRequest request);

    /** To the requester: access could not be given. */
    void provisioningFailed(Grant grant, AccessRequest request);

    /** To requester, approvers and administrators: access may still be on. */
    void revocationOverdue(Grant grant, AccessRequest request, Collection<PersonId> told);

    /** To requester and administrators: somebody else has taken the access away, and it is not given back. */
    void missing(Grant grant, AccessRequest request, Collection<PersonId> told);

    /** To administrators and operations: something in the cloud is not as we left it, or not ours. */
    void driftFound(DriftFinding finding, Collection<PersonId> told);

    /** To administrators and operations: too much would have been removed at once; an administrator has to choose. */
    void driftHeldBack(DriftFinding finding, Collection<PersonId> told);
}
