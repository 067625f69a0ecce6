package io.drawbridge.request;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.Reach;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The thread on a request: the requester's and that of those who may decide. */
@Service
public class ConversationDesk {
    private final AccessRequests requests;
    private final RequestReader reader;
    private final ApproverChain chain;
    private final Questions questions;
    private final Reach reach;
    private final RequestNotices notices;
    private final AuditTrail trail;
    private final Clock clock;

    ConversationDesk(
            AccessRequests requests,
            RequestReader reader,
            ApproverChain chain,
            Questions questions,
            Reach reach,
            RequestNotices notices,
            AuditTrail trail,
            Clock clock) {
        this.requests = requests;
        this.reader = reader;
        this.chain = chain;
        this.questions = questions;
        this.reach = reach;
        this.notices = notices;
        this.trail = trail;
        this.clock = clock;
    }

    /**
     * The messages, in order. An administrator who has no other part in the request may read them, and that is recorded.
     *
     * @throws io.drawbridge.identity.NotFoundException if the caller may not know of the request
     * @throws ForbiddenException if the thread is not his
     */
    @Transactional
    public List<AccessRequests.Message> read(Caller caller, RequestId id) {
        AccessRequest request = reader.read(caller, id);
        if (!takesPart(caller, request)) {
            if (!caller.isAdministrator()) {
                throw notHis(request);
            }
            trail.record(request.tenant(), caller.id().value(), "request.thread_read", id.value(), Map.of());
        }
        return requests.messages(id);
    }

    /**
     * Adds a message and tells the others.
     *
     * @throws io.drawbridge.identity.NotFoundException if the caller may not know of the request
     * @throws ForbiddenException if the thread is not his
     * @throws io.drawbridge.identity.InvalidInputException if the message is blank or too long
     */
    @Transactional
    public AccessRequests.Message write(Caller caller, RequestId id, @Nullable String body) {
        AccessRequest request = reader.read(caller, id);
        if (!takesPart(caller, request) && chain.refusal(request, caller).isPresent()) {
            throw notHis(request);
        }
        AccessRequests.Message message = new AccessRequests.Message(
                UUID.randomUUID().toString(), caller.id(), clock.instant(), Texts.demand("body", body));
        requests.addMessage(id, message);
        trail.record(
                request.tenant(),
                caller.id().value(),
                "request.message_written",
                id.value(),
                Map.of("message", message.id()));
        Set<PersonId> readers = new LinkedHashSet<>();
        readers.add(request.requester());
        requests.rungs(id).forEach(rung -> readers.addAll(rung.people()));
        requests.messages(id).forEach(earlier -> readers.add(earlier.author()));
        readers.remove(caller.id());
        notices.messagePosted(request, message, readers);
        return message;
    }

    /** The requester, and whoever is assigned to decide in this account. */
    private boolean takesPart(Caller caller, AccessRequest request) {
        return caller.id().equals(request.requester())
                || reach.isApprover(request.tenant(), caller.id(), questions.path(request));
    }

    private static ForbiddenException notHis(AccessRequest request) {
        return new ForbiddenException(
                "The messages on request " + request.id() + " are between its requester and those who may decide it.");
    }
}
