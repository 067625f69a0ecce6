package io.drawbridge.notification;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantNotices;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatConnection;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ChannelEvent;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.Decision;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.RequestNotices;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes the notices and puts them into the outbox, in the transaction of the change they tell of.
 *
 * <p>Told are people who have not left and who have an address; whoever else is named is skipped. A mail carries no clock
 * of the process: when it is written, the timers of the step may not stand yet. The page that it links to shows them.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class PostedNotices implements RequestNotices, GrantNotices {
    private final Outbox outbox;
    private final ChannelNotices channels;
    private final boolean mailed;
    private final LetterPress press;
    private final People people;
    private final RequestWords words;
    private final Mutes mutes;
    private final List<NoticeCopies> copies;
    private final NotificationProperties properties;
    private final Clock clock;

    PostedNotices(
            Outbox outbox,
            ChannelNotices channels,
            List<Courier> couriers,
            LetterPress press,
            People people,
            RequestWords words,
            Mutes mutes,
            ObjectProvider<NoticeCopies> copies,
            NotificationProperties properties,
            Clock clock) {
        this.outbox = outbox;
        this.channels = channels;
        this.mailed = couriers.stream().anyMatch(courier -> courier.carries(Transport.MAIL));
        this.press = press;
        this.people = people;
        this.words = words;
        this.mutes = mutes;
        this.copies = copies.orderedStream().toList();
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    public void askToJustify(AccessRequest request) {
        toRequester(
                request,
                Letter.of(
                                NoticeKind.JUSTIFY,
                                "Do you need " + words.what(request) + "?",
                                "A call was denied because " + request.entitlement()
                                        + " is closed. If you need it, open the request and say why and for how long;"
                                        + " if not, answer \"No\" there.")
                        .with(words.facts(request)));
    }

    @Override
    public void askToDecide(AccessRequest request, Collection<PersonId> approvers) {
        Letter letter = Letter.of(
                        NoticeKind.DECIDE,
                        "Please decide: " + request.requester() + " asks for " + words.what(request),
                        request.requester() + " asks for access, and you may approve or deny it. Open the request, read"
                                + " it, and decide there.")
                .with(words.facts(request));
        if (request.breakGlass()) {
            letter = letter.with("Emergency", "flagged by the requester");
        }
        if (request.ticket().isPresent()) {
            letter = letter.with("Ticket", request.ticket().get() + " (not verified)");
        }
        if (request.liftable() == Liftable.UNKNOWN) {
            letter = letter.with("Would it help", "unknown; the denial did not name its cause");
        }
        to(
                request.tenant(),
                approvers,
                letter.quoting("Justification", justification(request)).about(request));
    }

    @Override
    public void pendingWith(AccessRequest request, Collection<PersonId> approvers) {
        channels.tell(ChannelEvent.REQUEST_PENDING, request, null);
        toRequester(
                request,
                Letter.of(
                                NoticeKind.PENDING,
                                "Waiting for a decision: " + words.what(request),
                                "Your request is with its approvers: " + words.names(request.tenant(), approvers) + ".")
                        .with(words.facts(request)));
    }

    @Override
    public void approved(AccessRequest request) {
        channels.tell(ChannelEvent.REQUEST_APPROVED, request, null);
        Decision decision = request.decision().orElseThrow();
        AccessDuration given = request.grantedDuration().orElseThrow();
        Letter letter = Letter.of(
                        NoticeKind.APPROVED,
                        "Approved: " + words.what(request),
                        "Your request was approved by " + decider(decision)
                                + ". Access is being opened, and you are told" + " when it is on.")
                .with(words.facts(request))
                .with("Given duration", given.inWords())
                .with("Approved until", words.moment(request.tenant(), given.endFrom(decision.at())));
        String message = decision.message();
        toRequester(request, message == null ? letter : letter.quoting("Message", message));
    }

    @Override
    public void denied(AccessRequest request, Collection<PersonId> asked) {
        channels.tell(ChannelEvent.REQUEST_DENIED, request, null);
        Decision decision = request.decision().orElseThrow();
        Letter letter = Letter.of(
                        NoticeKind.DENIED,
                        "Denied: " + words.what(request),
                        "Your request was denied by " + decider(decision) + ".")
                .with(words.facts(request));
        String message = decision.message();
        toRequester(
                request,
                message == null
                        ? letter
                        : letter.quoting(decision.by() == Decision.By.POLICY ? "Advice" : "Message", message));
        Collection<PersonId> others = without(asked, request.requester());
        PersonId decidedBy = decision.person();
        if (decidedBy != null) {
            others = without(others, decidedBy);
        }
        to(
                request.tenant(),
                others,
                Letter.of(
                                NoticeKind.DECIDED,
                                "Nothing left to decide: " + words.what(request),
                                "The request of " + request.requester() + " was denied by " + decider(decision)
                                        + "; nothing is left to decide.")
                        .with(words.facts(request))
                        .about(request));
    }

    @Override
    public void expired(AccessRequest request, Collection<PersonId> asked) {
        channels.tell(ChannelEvent.REQUEST_EXPIRED, request, null);
        toRequester(
                request,
                Letter.of(
                                NoticeKind.EXPIRED,
                                "Expired: " + words.what(request),
                                "Nobody decided your request in time. If you still need the access, ask again.")
                        .with(words.facts(request)));
        to(
                request.tenant(),
                without(asked, request.requester()),
                Letter.of(
                                NoticeKind.EXPIRED,
                                "Expired: " + request.requester() + " asked for " + words.what(request),
                                "Nobody decided the request in time; nothing is left to decide.")
                        .with(words.facts(request))
                        .about(request));
    }

    @Override
    public void justificationExpired(AccessRequest request) {
        toRequester(
                request,
                Letter.of(
                                NoticeKind.JUSTIFICATION_EXPIRED,
                                "Closed without a justification: " + words.what(request),
                                "You did not say in time why you need the access, so the request was closed. If you still"
                                        + " need it, ask again.")
                        .with(words.facts(request)));
    }

    @Override
    public void withdrawn(AccessRequest request, Collection<PersonId> asked) {
        to(
                request.tenant(),
                without(asked, request.requester()),
                Letter.of(
                                NoticeKind.WITHDRAWN,
                                "Withdrawn: " + request.requester() + " asked for " + words.what(request),
                                request.requester() + " has withdrawn the request; nothing is left to decide.")
                        .with(words.facts(request))
                        .about(request));
    }

    @Override
    public void breakGlass(AccessRequest request, Collection<PersonId> told) {
        channels.tell(ChannelEvent.REQUEST_BREAK_GLASS, request, null);
        Letter letter = Letter.of(
                        NoticeKind.BREAK_GLASS,
                        "BREAK-GLASS: " + request.requester() + " opened " + words.what(request),
                        "BREAK-GLASS. " + request.requester()
                                + " flagged an emergency and gets this access at once, without anybody's approval. If you"
                                + " know of no emergency, open the request and end the access now.")
                .with(words.facts(request))
                .with(
                        "Ticket",
                        request.ticket()
                                .map(ticket -> ticket + " (not verified)")
                                .orElse("none"))
                .with("Source address", request.sourceIp().orElse("unknown"));
        if (request.decision().isPresent() && request.grantedDuration().isPresent()) {
            Instant end = request.grantedDuration()
                    .get()
                    .endFrom(request.decision().get().at());
            letter = letter.with("Access ends", words.moment(request.tenant(), end));
        }
        if (request.reviewDueAt().isPresent()) {
            letter = letter.with(
                    "Review due",
                    words.moment(request.tenant(), request.reviewDueAt().get()));
        }
        to(
                request.tenant(),
                told,
                letter.quoting("Justification", justification(request))
                        .about(request)
                        .loudly());
    }

    @Override
    public void emergencyNotRecognised(AccessRequest request) {
        toRequester(
                request,
                Letter.of(
                                NoticeKind.EMERGENCY_NOT_RECOGNISED,
                                "Not taken as an emergency: " + words.what(request),
                                "You flagged an emergency, but no policy for emergencies fits your request. It goes the"
                                        + " ordinary way.")
                        .with(words.facts(request)));
    }

    @Override
    public void askToReview(AccessRequest request, Collection<PersonId> reviewers) {
        Letter letter = Letter.of(
                        NoticeKind.REVIEW,
                        "Please review: break-glass access of " + request.requester() + " to " + words.what(request),
                        "Break-glass access was used. Open the request, look at what it was used for, and say whether it"
                                + " was justified.")
                .with(words.facts(request));
        if (request.reviewDueAt().isPresent()) {
            letter = letter.with(
                    "Review due",
                    words.moment(request.tenant(), request.reviewDueAt().get()));
        }
        to(
                request.tenant(),
                without(reviewers, request.requester()),
                letter.quoting("Justification", justification(request)).about(request));
    }

    @Override
    public void cannotHelp(TenantId tenant, PersonId person, String permission, String account, String cause) {
        to(
                tenant,
                List.of(person),
                Letter.of(
                                NoticeKind.CANNOT_HELP,
                                "No approval can help: " + permission + " in " + account,
                                "A call of yours was denied for a cause that no approval lifts, so no request was opened.")
                        .with("Privileged permission", permission)
                        .with("Account", account)
                        .with("Blocked by", cause));
    }

    @Override
    public void serviceDisabled(TenantId tenant, PersonId person, String service, String account) {
        to(
                tenant,
                List.of(person),
                Letter.of(
                                NoticeKind.SERVICE_DISABLED,
                                "Disabled: " + service + " in " + account,
                                "A call of yours was denied because the service is disabled here. No request opens it.")
                        .with("Service", service)
                        .with("Account", account));
    }

    /** The message itself is left out: who is no part of the thread, an administrator too, leaves a trace when he reads it. */
    @Override
    public void messagePosted(AccessRequest request, AccessRequests.Message message, Collection<PersonId> readers) {
        to(
                request.tenant(),
                without(readers, message.author()),
                Letter.of(
                                NoticeKind.MESSAGE,
                                "Message from " + message.author() + ": " + words.what(request),
                                message.author() + " wrote a message on the request. Open it to read and answer.")
                        .with("Written", words.moment(request.tenant(), message.writtenAt()))
                        .with(words.facts(request))
                        .about(request));
    }

    @Override
    public void active(Grant grant, AccessRequest request) {
        channels.tell(ChannelEvent.GRANT_ACTIVE, request, grant);
        toRequester(
                request,
                Letter.of(
                                NoticeKind.ACCESS_ON,
                                "Access is on: " + words.what(request),
                                "Your access is on. Calls that were denied before may take a minute or two to succeed.")
                        .with("Access ends", words.moment(request.tenant(), grant.endsAt()))
                        .with(words.facts(request)));
    }

    @Override
    public void expiringSoon(Grant grant, AccessRequest request) {
        channels.tell(ChannelEvent.GRANT_EXPIRING_SOON, request, grant);
        toRequester(
                request,
                Letter.of(
                                NoticeKind.EXPIRING_SOON,
                                "Access ends soon: " + words.what(request),
                                "Your access ends soon. If you need more time, ask again.")
                        .with("Access ends", words.moment(request.tenant(), grant.endsAt()))
                        .with(words.facts(request)));
    }

    @Override
    public void revoked(Grant grant, AccessRequest request) {
        channels.tell(
                grant.endedBy().isPresent() ? ChannelEvent.GRANT_REVOKED : ChannelEvent.GRANT_EXPIRED, request, grant);
        Letter letter = Letter.of(
                        NoticeKind.REVOKED,
                        "Access is gone: " + words.what(request),
                        "Your access was taken back, and the cloud has confirmed it.")
                .with(words.facts(request));
        if (grant.revokedAt().isPresent()) {
            letter = letter.with(
                    "Gone since",
                    words.moment(request.tenant(), grant.revokedAt().get()));
        }
        if (grant.endReason().isPresent()) {
            letter = letter.with("Reason", grant.endReason().get());
        }
        toRequester(request, letter);
    }

    @Override
    public void provisioningFailed(Grant grant, AccessRequest request) {
        Letter letter = Letter.of(
                        NoticeKind.PROVISIONING_FAILED,
                        "Access could not be opened: " + words.what(request),
                        "Your request was approved, but the cloud did not open the access. Nothing of it is left. Ask"
                                + " again, or tell your operations.")
                .with(words.facts(request));
        toRequester(
                request,
                grant.failure().isPresent()
                        ? letter.with("Failure", grant.failure().get())
                        : letter);
    }

    @Override
    public void revocationOverdue(Grant grant, AccessRequest request, Collection<PersonId> told) {
        channels.tell(ChannelEvent.GRANT_REVOKE_OVERDUE, request, grant);
        Letter letter = Letter.of(
                        NoticeKind.REVOCATION_OVERDUE,
                        "Access may still be on: " + words.what(request),
                        "Access may still be on. Taking it back keeps failing; it goes on being tried, and operations see"
                                + " the incident in Cockpit.")
                .with("Should have ended", words.moment(request.tenant(), grant.endsAt()))
                .with(words.facts(request))
                .with("Grant", grant.id().value());
        if (grant.failure().isPresent()) {
            letter = letter.with("Failure", grant.failure().get());
        }
        to(request.tenant(), told, letter.about(request).loudly());
    }

    @Override
    public void missing(Grant grant, AccessRequest request, Collection<PersonId> told) {
        Letter letter = Letter.of(
                        NoticeKind.ACCESS_MISSING,
                        "Access was taken away by somebody else: " + words.what(request),
                        "The cloud does not hold this access any more, and Drawbridge has not taken it away. It is not"
                                + " given back: whoever still needs it asks again, after finding out why it is gone.")
                .with("Would have ended", words.moment(request.tenant(), grant.endsAt()))
                .with(words.facts(request))
                .with("Grant", grant.id().value());
        if (grant.missingSince().isPresent()) {
            letter = letter.with(
                    "Noticed",
                    words.moment(request.tenant(), grant.missingSince().get()));
        }
        to(request.tenant(), told, letter.about(request));
    }

    @Override
    public void driftFound(DriftFinding finding, Collection<PersonId> told) {
        Letter letter = Letter.of(
                        NoticeKind.DRIFT_FOUND,
                        "Not as Drawbridge left it: " + finding.subject(),
                        "The cloud holds something that is not Drawbridge's, or that somebody else has changed. Nothing is"
                                + " done about it until an administrator chooses.")
                .with(facts(finding));
        if (!finding.choices().isEmpty()) {
            letter = letter.with("Choices", String.join(", ", finding.choices()));
        }
        to(finding.tenant(), told, letter);
    }

    @Override
    public void driftHeldBack(DriftFinding finding, Collection<PersonId> told) {
        to(
                finding.tenant(),
                told,
                Letter.of(
                                NoticeKind.DRIFT_HELD_BACK,
                                "Too much to remove without being asked",
                                "Access that no living grant explains was found, too much of it to be removed without being"
                                        + " asked. It stays on until an administrator chooses. Operations see the incident"
                                        + " in Cockpit.")
                        .with(facts(finding))
                        .with("Choices", String.join(", ", finding.choices()))
                        .loudly());
    }

    /** Loudly and by mail, so that nobody's account speaks for him without his knowing. */
    @EventListener
    public void follow(ChatAccountDesk.Connected change) {
        ChatConnection connection = change.connection();
        to(
                connection.tenant(),
                List.of(connection.person()),
                Letter.of(
                                NoticeKind.CHAT_CONNECTED,
                                "A chat account speaks for you: " + connection.name(),
                                "A chat account was connected to you: what it clicks, you have done. If it is not yours,"
                                        + " disconnect it on the Chat page now, and tell an administrator.")
                        .with("Account", connection.name())
                        .with("Account id", connection.account().toString())
                        .with(
                                "Workspace",
                                change.workspace().platform().title() + ", "
                                        + change.workspace().name())
                        .with(
                                "Matched by",
                                connection.matchedBy() == ChatConnection.MatchedBy.ADDRESS
                                        ? "the verified address of the account"
                                        : "a sign-in from the account's link")
                        .loudly());
    }

    private Map<String, String> facts(DriftFinding finding) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Found", finding.finding());
        facts.put("Subject", finding.subject());
        facts.put("First seen", words.moment(finding.tenant(), finding.firstSeen()));
        facts.put("Finding id", finding.id().value());
        facts.put("Where to look", "GET /v1/drift/" + finding.id());
        facts.put("How to choose", "POST /v1/drift/" + finding.id() + "/resolve");
        return facts;
    }

    private void toRequester(AccessRequest request, Letter letter) {
        to(request.tenant(), List.of(request.requester()), letter.about(request));
    }

    private void to(TenantId tenant, Collection<PersonId> recipients, Letter letter) {
        List<Person> living = new LinkedHashSet<>(recipients)
                .stream().flatMap(id -> people.find(tenant, id).stream()).toList();
        copies.forEach(way -> way.copy(living, letter));
        List<Person> reached =
                living.stream().filter(person -> !person.email().isBlank()).toList();
        if (reached.isEmpty() || !letter.kind().onPage(properties.chat())) {
            return;
        }
        boolean delivered = !mailed || !letter.kind().byMail();
        String text = press.text(letter);
        String words = press.words(letter);
        reached.forEach(person -> outbox.put(
                person, letter, text, words, clock.instant(), delivered || mutes.silence(person, Mutes.MAIL, letter)));
    }

    private static String justification(AccessRequest request) {
        return request.justification().orElse("(none was asked for)");
    }

    private static String decider(Decision decision) {
        PersonId person = decision.person();
        return person == null ? "policy" : person.value();
    }

    private static Collection<PersonId> without(Collection<PersonId> all, PersonId one) {
        return all.stream().filter(each -> !each.equals(one)).toList();
    }
}
