package io.drawbridge.notification.chat;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantState;
import io.drawbridge.identity.PersonId;
import io.drawbridge.notification.AddressProperties;
import io.drawbridge.notification.Letter;
import io.drawbridge.notification.NoticeKind;
import io.drawbridge.notification.RequestWords;
import io.drawbridge.notification.chat.ChatMessage.Action;
import io.drawbridge.notification.chat.ChatMessage.Style;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.Decision;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.Review;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Letters, requests and outcomes as messages of a chat, with what can be clicked on each. */
@Component
class ChatWords {
    private final RequestWords words;
    private final URI base;

    ChatWords(RequestWords words, AddressProperties address) {
        this.words = words;
        this.base = address.baseUrl();
    }

    /** What ends the actions of a message of that kind. */
    static Awaits awaits(NoticeKind kind) {
        return switch (kind) {
            case JUSTIFY -> Awaits.JUSTIFICATION;
            case DECIDE, PENDING -> Awaits.DECISION;
            case REVIEW -> Awaits.REVIEW;
            case BREAK_GLASS, ACCESS_ON, EXPIRING_SOON -> Awaits.END;
            default -> Awaits.NOTHING;
        };
    }

    /** The same that the mail says, with actions in the place of "open the request and". */
    ChatMessage of(Letter letter) {
        RequestId request = letter.request();
        String link = letter.link(base);
        ChatMessage message = new ChatMessage(
                letter.subject(),
                lead(letter),
                letter.facts(),
                letter.quotationOf(),
                letter.quotation(),
                link == null ? null : new ChatMessage.Link("Open the request", link),
                null,
                request == null ? List.of() : actions(letter.kind(), request),
                letter.loud());
        return message;
    }

    private static String lead(Letter letter) {
        return switch (letter.kind()) {
            case JUSTIFY ->
                "A call of yours was denied because the permission is closed. If you need it, say why and for how long;"
                        + " if not, answer \"No\".";
            case DECIDE -> "Somebody asks for access, and you may approve or deny it.";
            case REVIEW ->
                "Break-glass access was used. Look at what it was used for, and say whether it was justified.";
            default -> letter.lead();
        };
    }

    private static List<Action> actions(NoticeKind kind, RequestId request) {
        return switch (kind) {
            case JUSTIFY ->
                List.of(
                        action(Deed.JUSTIFY, request, "Say why", Style.PRIMARY),
                        action(Deed.ABANDON, request, "No", Style.PLAIN));
            case DECIDE ->
                List.of(
                        action(Deed.APPROVE, request, "Approve", Style.PRIMARY),
                        action(Deed.DENY, request, "Deny", Style.DANGER));
            case PENDING -> List.of(action(Deed.WITHDRAW, request, "Withdraw", Style.PLAIN));
            case REVIEW -> List.of(action(Deed.REVIEW, request, "Review", Style.PRIMARY));
            case BREAK_GLASS -> List.of(action(Deed.END, request, "End the access", Style.DANGER));
            case ACCESS_ON, EXPIRING_SOON ->
                List.of(
                        action(Deed.END, request, "End it now", Style.PLAIN),
                        action(Deed.MORE, request, "Ask for more", Style.PLAIN));
            case REVOKED, EXPIRED, JUSTIFICATION_EXPIRED ->
                List.of(action(Deed.MORE, request, "Ask again", Style.PLAIN));
            default -> List.of();
        };
    }

    private static Action action(Deed deed, RequestId request, String label, Style style) {
        return new Action(deed, request.value(), label, style);
    }

    /** What became of a request: who moved it, when, and with which words. Nothing to click. */
    ChatMessage outcome(AccessRequest request) {
        String when = words.moment(request.tenant(), request.statusSince());
        String what = words.what(request);
        ChatMessage message =
                switch (request.status()) {
                    case REQUESTED -> ChatMessage.of("Waiting for a justification: " + what, "Since " + when + ".");
                    case PENDING ->
                        ChatMessage.of("With its approvers: " + what, "With its approvers since " + when + ".");
                    case APPROVED ->
                        ChatMessage.of(
                                "Approved: " + what,
                                "Approved by " + decider(request) + " on " + when + ", for "
                                        + request.grantedDuration()
                                                .map(AccessDuration::inWords)
                                                .orElse("an unknown time")
                                        + ".");
                    case DENIED ->
                        ChatMessage.of("Denied: " + what, "Denied by " + decider(request) + " on " + when + ".");
                    case EXPIRED ->
                        ChatMessage.of("Expired: " + what, "Nobody decided in time; it expired on " + when + ".");
                    case ABANDONED ->
                        ChatMessage.of(
                                "Not needed: " + what, request.requester() + " answered \"No\" on " + when + ".");
                    case ABANDONED_EXPIRED ->
                        ChatMessage.of(
                                "Closed without a justification: " + what,
                                "There was no justification in time; it was closed on " + when + ".");
                    case CANCELLED ->
                        ChatMessage.of(
                                "Withdrawn: " + what, "Withdrawn by " + request.requester() + " on " + when + ".");
                };
        Decision decision = request.decision().orElse(null);
        return link(
                message.with(words.facts(request)).quoting("Message", decision == null ? null : decision.message()),
                request);
    }

    /** Who has reviewed broken glass, when, and with which words. */
    ChatMessage reviewed(AccessRequest request) {
        Review review = request.review().orElseThrow();
        return link(
                ChatMessage.of(
                                (review.justified() ? "Reviewed, justified: " : "Reviewed, NOT justified: ")
                                        + words.what(request),
                                "Reviewed by " + review.reviewer() + " on "
                                        + words.moment(request.tenant(), review.at()) + ".")
                        .with(words.facts(request))
                        .quoting("Message", review.message()),
                request);
    }

    /** That access is being taken back, or is gone. */
    ChatMessage ended(Grant grant, AccessRequest request) {
        String when = words.moment(grant.tenant(), grant.stateSince());
        String reason = grant.endReason().map(why -> " (" + why + ")").orElse("");
        String what = words.what(request);
        ChatMessage message = grant.state() == GrantState.REVOKED || grant.state() == GrantState.PROVISION_FAILED
                ? ChatMessage.of("Access is gone: " + what, "Gone since " + when + reason + ".")
                : ChatMessage.of(
                        "Access is being taken back: " + what, "Being taken back since " + when + reason + ".");
        return link(message.with(words.facts(request)), request);
    }

    /** A request of one's own in a list, with what one can do about it. */
    ChatMessage own(AccessRequest request, @Nullable Grant grant) {
        ChatMessage message = outcome(request).with(brief(request));
        List<Action> actions = new ArrayList<>();
        if (grant != null) {
            message = ChatMessage.of(
                            "Access: " + words.what(request),
                            "Access " + grant.state().name().toLowerCase(java.util.Locale.ROOT) + ", ends "
                                    + words.moment(grant.tenant(), grant.endsAt()) + ".")
                    .with(brief(request));
            actions.add(action(Deed.END, request.id(), "End it now", Style.PLAIN));
            actions.add(action(Deed.MORE, request.id(), "Ask for more", Style.PLAIN));
        } else if (request.status() == RequestStatus.REQUESTED) {
            actions.add(action(Deed.JUSTIFY, request.id(), "Say why", Style.PRIMARY));
            actions.add(action(Deed.ABANDON, request.id(), "No", Style.PLAIN));
        } else if (request.status() == RequestStatus.PENDING) {
            actions.add(action(Deed.WITHDRAW, request.id(), "Withdraw", Style.PLAIN));
        }
        return link(message.with(actions), request);
    }

    /** A request that waits for one's decision, in a list. */
    ChatMessage waiting(AccessRequest request) {
        return link(
                ChatMessage.of(
                                "Please decide: " + words.what(request),
                                request.requester() + " asks since "
                                        + words.moment(request.tenant(), request.createdAt()) + ".")
                        .with(brief(request))
                        .quoting("Justification", request.justification().orElse(null))
                        .with(actions(NoticeKind.DECIDE, request.id())),
                request);
    }

    /** What a form about a request says above its fields. */
    ChatMessage about(AccessRequest request, String lead) {
        return ChatMessage.of(words.what(request), lead)
                .with(words.facts(request))
                .quoting("Justification", request.justification().orElse(null));
    }

    private Map<String, String> brief(AccessRequest request) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Requester", request.requester().value());
        facts.put("Request id", request.id().value());
        return facts;
    }

    private ChatMessage link(ChatMessage message, AccessRequest request) {
        return message.linking("Open the request", base + "/requests/" + request.id());
    }

    private static String decider(AccessRequest request) {
        PersonId person = request.decision().map(Decision::person).orElse(null);
        return person == null ? "the policy" : person.value();
    }
}
