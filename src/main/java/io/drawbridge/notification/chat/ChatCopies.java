package io.drawbridge.notification.chat;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantChanged;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatConnection;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.TenantId;
import io.drawbridge.notification.Letter;
import io.drawbridge.notification.Mutes;
import io.drawbridge.notification.NoticeCopies;
import io.drawbridge.notification.NoticeKind;
import io.drawbridge.organization.NoticeChoices;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.RequestChanged;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Puts what people are told into the chats they have, and puts the outcome in its place, in the transaction of the change.
 *
 * <p>Whatever moves a request or a grant, on whichever path, is told here when it is saved: no path can forget the messages
 * that stand in a chat.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class ChatCopies implements NoticeCopies {
    private final ChatOutbox outbox;
    private final ChatLines lines;
    private final ChatAccountDesk accounts;
    private final AccessRequests requests;
    private final Mutes mutes;
    private final NoticeChoices choices;
    private final ChatWords words;

    ChatCopies(
            ChatOutbox outbox,
            ChatLines lines,
            ChatAccountDesk accounts,
            AccessRequests requests,
            Mutes mutes,
            NoticeChoices choices,
            ChatWords words) {
        this.outbox = outbox;
        this.lines = lines;
        this.accounts = accounts;
        this.requests = requests;
        this.mutes = mutes;
        this.choices = choices;
        this.words = words;
    }

    @Override
    public void copy(List<Person> people, Letter letter) {
        if (people.isEmpty()) {
            return;
        }
        TenantId tenant = people.get(0).tenant();
        List<ChatDirectory.Workspace> workspaces = lines.of(tenant);
        if (workspaces.isEmpty()) {
            return;
        }
        ChatMessage message = words.of(letter).ending(choices.addendum(tenant).orElse(null));
        for (Person person : people) {
            List<ChatConnection> speaking = accounts.speakingFor(tenant, person.id());
            for (ChatDirectory.Workspace workspace : workspaces) {
                if (mutes.silence(person, workspace.platform().word(), letter)
                        || isToldByTheOutcome(letter, person, workspace)) {
                    continue;
                }
                List<ChatConnection> here = speaking.stream()
                        .filter(connection -> connection.account().platform() == workspace.platform()
                                && connection.account().workspace().equals(workspace.id()))
                        .toList();
                for (ChatConnection connection : here) {
                    outbox.put(
                            person,
                            workspace.platform(),
                            workspace.id(),
                            connection.account().user(),
                            letter.kind(),
                            letter.request(),
                            ChatWords.awaits(letter.kind()),
                            message);
                }
                if (here.isEmpty()
                        && !person.email().isBlank()
                        && accounts.addressesVerified(workspace.platform(), workspace.id())) {
                    outbox.put(
                            person,
                            workspace.platform(),
                            workspace.id(),
                            null,
                            letter.kind(),
                            letter.request(),
                            ChatWords.awaits(letter.kind()),
                            message);
                }
            }
        }
    }

    /** Whoever was asked in the chat reads there, in the place of the question, that nothing is left to decide. */
    private boolean isToldByTheOutcome(Letter letter, Person person, ChatDirectory.Workspace workspace) {
        RequestId request = letter.request();
        return request != null
                && (letter.kind() == NoticeKind.DECIDED
                        || letter.kind() == NoticeKind.WITHDRAWN
                        || letter.kind() == NoticeKind.EXPIRED)
                && outbox.wasAsked(request, person.id(), workspace.platform(), workspace.id());
    }

    /** Settles what the new status of a request has ended. */
    @EventListener
    public void follow(RequestChanged change) {
        AccessRequest request = change.request();
        settle(
                request.id(),
                awaits -> switch (awaits) {
                    case JUSTIFICATION -> request.status() != RequestStatus.REQUESTED;
                    case DECISION -> request.status() != RequestStatus.PENDING;
                    case REVIEW -> request.review().isPresent();
                    case END, NOTHING -> false;
                },
                awaits -> awaits == Awaits.REVIEW ? words.reviewed(request) : words.outcome(request));
    }

    /** Settles what the beginning of the end of a grant has ended. */
    @EventListener
    public void follow(GrantChanged change) {
        Grant grant = change.grant();
        if (grant.state().isOpen()) {
            return;
        }
        settle(
                grant.request(),
                awaits -> awaits == Awaits.END,
                awaits -> words.ended(grant, requests.find(grant.request()).orElseThrow()));
    }

    private void settle(RequestId request, Predicate<Awaits> isOver, Function<Awaits, ChatMessage> outcome) {
        if (!lines.any()) {
            return;
        }
        outbox.open(request).stream()
                .filter(open -> isOver.test(open.awaits()))
                .collect(Collectors.groupingBy(ChatOutbox.Open::awaits))
                .forEach((awaits, open) -> {
                    ChatMessage message = outcome.apply(awaits);
                    open.forEach(each -> outbox.settle(each.id(), message));
                });
    }
}
