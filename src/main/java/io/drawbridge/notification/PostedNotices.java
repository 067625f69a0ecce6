package io.drawbridge.notification;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantNotices;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ChannelEvent;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Settings;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.Decision;
import io.drawbridge.request.Identity;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.RequestNotices;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
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
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss z", Locale.ENGLISH);

    private final Outbox outbox;
    private final ChannelNotices channels;
    private final boolean mailed;
    private final LetterPress press;
    private final People people;
    private final Scopes scopes;
    private final Settings settings;
    private final NotificationProperties properties;
    private final Clock clock;

    PostedNotices(
            Outbox outbox,
            ChannelNotices channels,
            List<Courier> couriers,
            LetterPress press,
            People people,
            Scopes scopes,
            Settings settings,
            NotificationProperties properties,
            Clock clock) {
        this.outbox = outbox;
        this.channels = channels;
        this.mailed = couriers.stream().anyMatch(courier -> courier.carries(Transport.MAIL));
        this.press = press;
        this.people = people;
        this.scopes = scopes;
        this.settings = settings;
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    public void askToJustify(AccessRequest request) {
        toRequester(
                request,
                Letter.of(
                                NoticeKind.JUSTIFY,
                                "Do you need " + what(request) + "?",
                                "A call was denied because " + request.entitlement()
                                        + " is closed. If you need it, open the request and say why and for how long;"
                                        + " if not, answer \"No\" there.")
                        .with(facts(request)));
    }

    @Override
    public void askToDecide(AccessRequest request, Collection<PersonId> approvers) {
        Letter letter = Letter.of(
                        NoticeKind.DECIDE,
                        "Please decide: " + request.requester() + " asks for " + what(request),
                        request.requester() + " asks for access, and you may approve or deny it. Open the request, read"
                                + " it, and decide there.")
                .with(facts(request));
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
                letter.quoting("Justification", justification(request)).about(request.id()));
    }

    @Override
    public void pendingWith(AccessRequest request, Collection<PersonId> approvers) {
        channels.tell(ChannelEvent.REQUEST_PENDING, request, null);
        toRequester(
                request,
                Letter.of(
                                NoticeKind.PENDING,
                                "Waiting for a decision: " + what(request),
                                "Your request is with its approvers: " + names(request.tenant(), approvers) + ".")
                        .with(facts(request)));
    }

    @Override
    public void approved(AccessRequest request) {
        channels.tell(ChannelEvent.REQUEST_APPROVED, request, null);
        Decision decision = request.decision().orElseThrow();
        AccessDuration given = request.grantedDuration().orElseThrow();
        Letter letter = Letter.of(
                        NoticeKind.APPROVED,
                        "Approved: " + what(request),
                        "Your request was approved by " + decider(decision)
                                + ". Access is being opened, and you are told" + " when it is on.")
                .with(facts(request))
                .with("Given duration", given.inWords())
                .with("Approved until", moment(request.tenant(), given.endFrom(decision.at())));
        String message = decision.message();
        toRequester(request, message == null ? letter : letter.quoting("Message", message));
    }

    @Override
    public void denied(AccessRequest request, Collection<PersonId> asked) {
        channels.tell(ChannelEvent.REQUEST_DENIED, request, null);
        Decision decision = request.decision().orElseThrow();
        Letter letter = Letter.of(
                        NoticeKind.DENIED,
                        "Denied: " + what(request),
                        "Your request was denied by " + decider(decision) + ".")
                .with(facts(request));
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
                                "Nothing left to decide: " + what(request),
                                "The request of " + request.requester() + " was denied by " + decider(decision)
                                        + "; nothing is left to decide.")
                        .with(facts(request))
                        .about(request.id()));
    }

    @Override
    public void expired(AccessRequest request, Collection<PersonId> asked) {
        channels.tell(ChannelEvent.REQUEST_EXPIRED, request, null);
        toRequester(
                request,
                Letter.of(
                                NoticeKind.EXPIRED,
                                "Expired: " + what(request),
                                "Nobody decided your request in time. If you still need the access, ask again.")
                        .with(facts(request)));
        to(
                request.tenant(),
                without(asked, request.requester()),
                Letter.of(
                                NoticeKind.EXPIRED,
                                "Expired: " + request.requester() + " asked for " + what(request),
                                "Nobody decided the request in time; nothing is left to decide.")
                        .with(facts(request))
                        .about(request.id()));
    }

    @Override
    public void justificationExpired(AccessRequest request) {
        toRequester(
                request,
                Letter.of(
                                NoticeKind.JUSTIFICATION_EXPIRED,
                                "Closed without a justification: " + what(request),
                                "You did not say in time why you need the access, so the request was closed. If you still"
                                        + " need it, ask again.")
                        .with(facts(request)));
    }

    @Override
    public void withdrawn(AccessRequest request, Collection<PersonId> asked) {
        to(
                request.tenant(),
                without(asked, request.requester()),
                Letter.of(
                                NoticeKind.WITHDRAWN,
                                "Withdrawn: " + request.requester() + " asked for " + what(request),
                                request.requester() + " has withdrawn the request; nothing is left to decide.")
                        .with(facts(request))
                        .about(request.id()));
    }

    @Override
    public void breakGlass(AccessRequest request, Collection<PersonId> told) {
        channels.tell(ChannelEvent.REQUEST_BREAK_GLASS, request, null);
        Letter letter = Letter.of(
                        NoticeKind.BREAK_GLASS,
                        "BREAK-GLASS: " + request.requester() + " opened " + what(request),
                        "BREAK-GLASS. " + request.requester()
                                + " flagged an emergency and gets this access at once, without anybody's approval. If you"
                                + " know of no emergency, open the request and end the access now.")
                .with(facts(request))
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
            letter = letter.with("Access ends", moment(request.tenant(), end));
        }
        if (request.reviewDueAt().isPresent()) {
            letter = letter.with(
                    "Review due", moment(request.tenant(), request.reviewDueAt().get()));
        }
        to(
                request.tenant(),
                told,
                letter.quoting("Justification", justification(request))
                        .about(request.id())
                        .loudly());
    }

    @Override
    public void emergencyNotRecognised(AccessRequest request) {
        toRequester(
                request,
                Letter.of(
                                NoticeKind.EMERGENCY_NOT_RECOGNISED,
                                "Not taken as an emergency: " + what(request),
                                "You flagged an emergency, but no policy for emergencies fits your request. It goes the"
                                        + " ordinary way.")
                        .with(facts(request)));
    }

    @Override
    public void askToReview(AccessRequest request, Collection<PersonId> reviewers) {
        Letter letter = Letter.of(
                        NoticeKind.REVIEW,
                        "Please review: break-glass access of " + request.requester() + " to " + what(request),
                        "Break-glass access was used. Open the request, look at what it was used for, and say whether it"
                                + " was justified.")
                .with(facts(request));
        if (request.reviewDueAt().isPresent()) {
            letter = letter.with(
                    "Review due", moment(request.tenant(), request.reviewDueAt().get()));
        }
        to(
                request.tenant(),
                without(reviewers, request.requester()),
                letter.quoting("Justification", justification(request)).about(request.id()));
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
        if (properties.chat() == NotificationProperties.Chat.NONE) {
            return;
        }
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
                                "Message from " + message.author() + ": " + what(request),
                                message.author() + " wrote a message on the request. Open it to read and answer.")
                        .with("Written", moment(request.tenant(), message.writtenAt()))
                        .with(facts(request))
                        .about(request.id()));
    }

    @Override
    public void active(Grant grant, AccessRequest request) {
        channels.tell(ChannelEvent.GRANT_ACTIVE, request, grant);
        toRequester(
                request,
                Letter.of(
                                NoticeKind.ACCESS_ON,
                                "Access is on: " + what(request),
                                "Your access is on. Calls that were denied before may take a minute or two to succeed.")
                        .with("Access ends", moment(request.tenant(), grant.endsAt()))
                        .with(facts(request)));
    }

    @Override
    public void expiringSoon(Grant grant, AccessRequest request) {
        channels.tell(ChannelEvent.GRANT_EXPIRING_SOON, request, grant);
        toRequester(
                request,
                Letter.of(
                                NoticeKind.EXPIRING_SOON,
                                "Access ends soon: " + what(request),
                                "Your access ends soon. If you need more time, ask again.")
                        .with("Access ends", moment(request.tenant(), grant.endsAt()))
                        .with(facts(request)));
    }

    @Override
    public void revoked(Grant grant, AccessRequest request) {
        channels.tell(
                grant.endedBy().isPresent() ? ChannelEvent.GRANT_REVOKED : ChannelEvent.GRANT_EXPIRED, request, grant);
        Letter letter = Letter.of(
                        NoticeKind.REVOKED,
                        "Access is gone: " + what(request),
                        "Your access was taken back, and the cloud has confirmed it.")
                .with(facts(request));
        if (grant.revokedAt().isPresent()) {
            letter = letter.with(
                    "Gone since", moment(request.tenant(), grant.revokedAt().get()));
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
                        "Access could not be opened: " + what(request),
                        "Your request was approved, but the cloud did not open the access. Nothing of it is left. Ask"
                                + " again, or tell your operations.")
                .with(facts(request));
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
                        "Access may still be on: " + what(request),
                        "Access may still be on. Taking it back keeps failing; it goes on being tried, and operations see"
                                + " the incident in Cockpit.")
                .with("Should have ended", moment(request.tenant(), grant.endsAt()))
                .with(facts(request))
                .with("Grant", grant.id().value());
        if (grant.failure().isPresent()) {
            letter = letter.with("Failure", grant.failure().get());
        }
        to(request.tenant(), told, letter.about(request.id()).loudly());
    }

    @Override
    public void missing(Grant grant, AccessRequest request, Collection<PersonId> told) {
        Letter letter = Letter.of(
                        NoticeKind.ACCESS_MISSING,
                        "Access was taken away by somebody else: " + what(request),
                        "The cloud does not hold this access any more, and Drawbridge has not taken it away. It is not"
                                + " given back: whoever still needs it asks again, after finding out why it is gone.")
                .with("Would have ended", moment(request.tenant(), grant.endsAt()))
                .with(facts(request))
                .with("Grant", grant.id().value());
        if (grant.missingSince().isPresent()) {
            letter = letter.with(
                    "Noticed", moment(request.tenant(), grant.missingSince().get()));
        }
        to(request.tenant(), told, letter.about(request.id()));
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

    private Map<String, String> facts(DriftFinding finding) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Found", finding.finding());
        facts.put("Subject", finding.subject());
        facts.put("First seen", moment(finding.tenant(), finding.firstSeen()));
        facts.put("Finding id", finding.id().value());
        facts.put("Where to look", "GET /v1/drift/" + finding.id());
        facts.put("How to choose", "POST /v1/drift/" + finding.id() + "/resolve");
        return facts;
    }

    private void toRequester(AccessRequest request, Letter letter) {
        to(request.tenant(), List.of(request.requester()), letter.about(request.id()));
    }

    private void to(TenantId tenant, Collection<PersonId> recipients, Letter letter) {
        List<Person> reached = new LinkedHashSet<>(recipients)
                .stream()
                        .flatMap(id -> people.find(tenant, id).stream())
                        .filter(person -> !person.email().isBlank())
                        .toList();
        if (reached.isEmpty()) {
            return;
        }
        boolean delivered = !mailed || !letter.kind().byMail();
        String text = press.text(letter);
        // Only a mail has HTML; pages show the text.
        String html = delivered ? "" : press.html(letter);
        reached.forEach(person -> outbox.put(person, letter, text, html, clock.instant(), delivered));
    }

    /** What every mail about a request says, in the words of the field. */
    private Map<String, String> facts(AccessRequest request) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Requester", request.requester().value());
        facts.put(
                "Identity",
                request.identity().name() + " (" + kind(request.identity().type()) + ")");
        facts.put("Identity ARN", request.identity().arn());
        if (request.entitlement() instanceof PermissionSetName set) {
            facts.put("Permission set", set.name());
        } else {
            facts.put("Privileged permission", request.entitlement().toString());
            facts.put("Service", request.entitlement().service());
        }
        facts.put("Account", account(request));
        facts.put("Scope", request.scopePath());
        facts.put(
                "Asked duration",
                request.requestedDuration().map(AccessDuration::inWords).orElse("not said yet"));
        facts.put("Request id", request.id().value());
        return facts;
    }

    private String what(AccessRequest request) {
        return request.entitlement() + " in " + accountName(request);
    }

    private String account(AccessRequest request) {
        return accountName(request) + " (" + request.account() + ")";
    }

    private String accountName(AccessRequest request) {
        return scopes.find(request.tenant(), request.account())
                .map(Scope::name)
                .orElse(request.account().value());
    }

    private String names(TenantId tenant, Collection<PersonId> persons) {
        return persons.stream()
                .map(id -> people.find(tenant, id)
                        .map(person -> person.name() + " (" + id + ")")
                        .orElse(id.value()))
                .collect(Collectors.joining(", "));
    }

    /** In the tenant's time zone, with the zone named. */
    private String moment(TenantId tenant, Instant at) {
        if (at.equals(AccessDuration.FOREVER_END)) {
            return "never; it is given forever";
        }
        ZoneId zone = settings.of(tenant).timeZone();
        return MOMENT.format(at.atZone(zone)) + " (" + zone.getId() + ")";
    }

    private static String justification(AccessRequest request) {
        return request.justification().orElse("(none was asked for)");
    }

    private static String decider(Decision decision) {
        PersonId person = decision.person();
        return person == null ? "policy" : person.value();
    }

    private static String kind(Identity.Type type) {
        return switch (type) {
            case SSO_USER -> "IAM Identity Center user";
            case IAM_USER -> "IAM user";
            case IAM_ROLE -> "IAM role";
        };
    }

    private static Collection<PersonId> without(Collection<PersonId> all, PersonId one) {
        return all.stream().filter(each -> !each.equals(one)).toList();
    }
}
