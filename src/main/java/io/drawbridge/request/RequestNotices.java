package io.drawbridge.request;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import java.util.Collection;

/**
 * What people are told about a request.
 *
 * <p>Each method puts the messages into the outbox in the caller's transaction; nobody has been reached when it returns,
 * and nothing that happens to a message undoes the change it tells of. People without an address are skipped.
 */
public interface RequestNotices {
    /** To the requester: please say why and for how long. */
    void askToJustify(AccessRequest request);

    /** To approvers: please decide. */
    void askToDecide(AccessRequest request, Collection<PersonId> approvers);

    /** To the requester: who has it now. */
    void pendingWith(AccessRequest request, Collection<PersonId> approvers);

    /** To the requester: approved, until when. */
    void approved(AccessRequest request);

    /** To the requester, with the message or the policy's advice; to those who were asked, that it is done. */
    void denied(AccessRequest request, Collection<PersonId> asked);

    /** To requester and all who were asked. */
    void expired(AccessRequest request, Collection<PersonId> asked);

    /** To the requester: there was no justification in time. */
    void justificationExpired(AccessRequest request);

    /** To those who were asked: there is nothing left to decide. */
    void withdrawn(AccessRequest request, Collection<PersonId> asked);

    /** Loudly, to approvers and administrators: the glass was broken. */
    void breakGlass(AccessRequest request, Collection<PersonId> told);

    /** To the requester: no policy for emergencies fits, so the request goes the ordinary way. */
    void emergencyNotRecognised(AccessRequest request);

    /** To those who can review: break-glass access waits for a review. */
    void askToReview(AccessRequest request, Collection<PersonId> reviewers);

    /** To whoever made a call that no approval can help: what blocked it. */
    void cannotHelp(TenantId tenant, PersonId person, String permission, String account, String cause);

    /** To whoever called a disabled service. */
    void serviceDisabled(TenantId tenant, PersonId person, String service, String account);

    /** To the others on the thread: somebody wrote. */
    void messagePosted(AccessRequest request, AccessRequests.Message message, Collection<PersonId> readers);
}
