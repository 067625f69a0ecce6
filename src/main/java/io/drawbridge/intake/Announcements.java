package io.drawbridge.intake;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.RequestNotices;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Says what people have to know of records that opened nothing: each thing once in 15 min, however often it happens,
 * because whoever makes denied calls could else flood mailboxes and trail.
 */
@Component
class Announcements {
    static final Duration PAUSE = Duration.ofMinutes(15);

    private static final int LONGEST_SUBJECT = 255;

    private final Pauses pauses;
    private final People people;
    private final RequestNotices notices;
    private final AuditTrail trail;
    private final Clock clock;

    Announcements(Pauses pauses, People people, RequestNotices notices, AuditTrail trail, Clock clock) {
        this.pauses = pauses;
        this.people = people;
        this.notices = notices;
        this.trail = trail;
        this.clock = clock;
    }

    /** Tells the person if he can be reached: the chat of a person who can sign in is his Notices page. */
    void serviceDisabled(TenantId tenant, PersonId person, String service, String account) {
        if (reachable(tenant, person).isPresent()
                && isOver(tenant, "notice|disabled|" + person + "|" + service + "|" + account)) {
            notices.serviceDisabled(tenant, person, service, account);
        }
    }

    /** Tells the person what blocked the call, and that no approval can help; nobody if he is not of the tenant. */
    void cannotHelp(TenantId tenant, PersonId person, String permission, String account, String cause) {
        if (reachable(tenant, person).isPresent()
                && isOver(tenant, "notice|cannot_help|" + person + "|" + permission + "|" + account + "|" + cause)) {
            notices.cannotHelp(tenant, person, permission, account, cause);
        }
    }

    /**
     * Puts on record what nobody else is told.
     *
     * @param what tells one such thing from another; at most 2,700 characters
     * @param subject cut after 255 characters; the details hold what is longer
     * @return whether it was put on record now
     */
    boolean record(Caller caller, RecordOutcome outcome, String what, String subject, Map<String, ?> details) {
        if (!isOver(caller.tenant(), "audit|" + outcome.word() + "|" + what)) {
            return false;
        }
        trail.record(
                caller.tenant(),
                caller.id().value(),
                "intake." + outcome.word(),
                subject.length() > LONGEST_SUBJECT ? subject.substring(0, LONGEST_SUBJECT) : subject,
                details);
        return true;
    }

    /** NB. A session name of one tenant may be the user name of a person of another, who must hear nothing of it. */
    private Optional<Person> reachable(TenantId tenant, PersonId person) {
        return people.find(tenant, person).filter(found -> found.has(Role.REQUESTER));
    }

    private boolean isOver(TenantId tenant, String subject) {
        return pauses.isOver(tenant, "intake|" + subject, PAUSE, clock.instant());
    }
}
