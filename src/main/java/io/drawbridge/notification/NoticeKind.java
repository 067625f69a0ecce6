package io.drawbridge.notification;

import java.util.Locale;

/** What a notice is about; who gets it stands with each. */
public enum NoticeKind {
    /** To the requester: say why, and for how long. */
    JUSTIFY,
    /** To the approvers of a rung that is asked, and to whoever joins one later: decide. */
    DECIDE,
    /** To the requester: who has the request now. */
    PENDING,
    /** To the requester: an approver, or the policy, said yes; until when. Access is not on yet. */
    APPROVED,
    /** To the requester: an approver, or the policy, said no, and why. */
    DENIED,
    /** To those who were asked, but for who decided: somebody else said no, nothing is left to decide. */
    DECIDED,
    /** To the requester and to those who were asked: nobody decided in time. */
    EXPIRED,
    /** To the requester: there was no justification in time. */
    JUSTIFICATION_EXPIRED,
    /** To those who were asked: the requester has withdrawn. */
    WITHDRAWN,
    /** To approvers and administrators, loudly: access was opened without anybody's approval. */
    BREAK_GLASS,
    /** To the requester: no policy for emergencies fits; the request goes the ordinary way. */
    EMERGENCY_NOT_RECOGNISED,
    /** To approvers and administrators other than the requester: say whether breaking the glass was justified. */
    REVIEW,
    /** To whoever made a denied call that no approval can help: what blocked it. */
    CANNOT_HELP,
    /** To whoever called a disabled service; in chat only, never by mail. */
    SERVICE_DISABLED,
    /** To the others on the thread: somebody wrote. The message itself is read on the page, where reading is recorded. */
    MESSAGE,
    /** To the requester: the cloud has confirmed the access. */
    ACCESS_ON,
    /** To the requester: access ends soon. */
    EXPIRING_SOON,
    /** To the requester: the cloud has confirmed that the access is gone. */
    REVOKED,
    /** To the requester: access could not be given, and nothing of it is left. */
    PROVISIONING_FAILED,
    /** To requester, approvers, administrators and operations: the revocation keeps failing, access may still be on. */
    REVOCATION_OVERDUE,
    /** To requester and administrators: the cloud does not hold the access any more, and it is not given back. */
    ACCESS_MISSING,
    /** To administrators and operations: something in the cloud is not ours, or not as we left it. */
    DRIFT_FOUND,
    /** To administrators and operations: too much would have been removed at once; an administrator has to choose. */
    DRIFT_HELD_BACK,
    /** To administrators: nothing arrives at a notification channel any more, and it is not tried any more. */
    CHANNEL_STOPPED,
    /** To a mail list of the tenant: what it wants to be told of; see {@link io.drawbridge.organization.ChannelEvent}. */
    EVENT,
    /** Loudly, to the person: a chat account speaks for him from now on. */
    CHAT_CONNECTED,
    /** In chat only, to whoever sent a form there that took long: what became of it. */
    CHAT_ANSWER;

    /** As it is stored and shown, such as {@code break_glass}; at most 32 characters. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it goes out by mail; if not, it is read on the Notices page only. */
    boolean byMail() {
        return this != SERVICE_DISABLED;
    }

    /** Whether it is read on the Notices page: what only a chat tells stands there if the page is the chat. */
    boolean onPage(NotificationProperties.Chat chat) {
        return byMail() || chat == NotificationProperties.Chat.NOTICES_PAGE;
    }
}
