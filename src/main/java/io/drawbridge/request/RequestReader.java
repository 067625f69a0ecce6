package io.drawbridge.request;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.Reach;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Reads requests as far as a caller may: his own, those of his scopes, an administrator all of the tenant. */
@Service
@Transactional(readOnly = true)
public class RequestReader {
    private final AccessRequests requests;
    private final Scopes scopes;
    private final Reach reach;
    private final Questions questions;
    private final AuditTrail trail;

    RequestReader(AccessRequests requests, Scopes scopes, Reach reach, Questions questions, AuditTrail trail) {
        this.requests = requests;
        this.scopes = scopes;
        this.reach = reach;
        this.questions = questions;
        this.trail = trail;
    }

    /**
     * One request.
     *
     * @throws NotFoundException if there is none, or none that the caller may read
     */
    public AccessRequest read(Caller caller, RequestId id) {
        return requests.find(id)
                .filter(request -> mayRead(caller, request))
                .orElseThrow(() -> new NotFoundException("request", id.value()));
    }

    /** Requests that the caller may read, newest first. */
    public List<AccessRequest> list(
            Caller caller,
            Set<RequestStatus> statuses,
            @Nullable String account,
            @Nullable PersonId requester,
            @Nullable String text,
            AccessRequests.@Nullable Position before,
            int limit) {
        return list(caller, statuses, account, requester, text, AccessRequests.Narrowing.NONE, before, limit);
    }

    /** Requests that the caller may read and that the narrowing leaves, newest first. */
    public List<AccessRequest> list(
            Caller caller,
            Set<RequestStatus> statuses,
            @Nullable String account,
            @Nullable PersonId requester,
            @Nullable String text,
            AccessRequests.Narrowing narrowing,
            AccessRequests.@Nullable Position before,
            int limit) {
        demandPerson(caller);
        Set<ScopeId> readable = caller.isAdministrator() ? null : reach.readable(caller);
        return requests.find(
                caller.tenant(),
                new AccessRequests.Query(
                        readable, caller.id(), statuses, account, requester, text, narrowing, before, limit));
    }

    public List<AccessRequests.Rung> rungs(AccessRequest request) {
        return requests.rungs(request.id());
    }

    /** The rungs of many requests; a request that asked nobody is missing. */
    public Map<RequestId, List<AccessRequests.Rung>> rungs(List<AccessRequest> of) {
        return requests.rungs(of.stream().map(AccessRequest::id).toList());
    }

    /** Each step of a request that the caller may read, oldest first. */
    public List<AuditTrail.AuditRecord> history(Caller caller, RequestId id) {
        AccessRequest request = read(caller, id);
        return trail.of(request.tenant(), id.value());
    }

    /** Durations that can be asked or given for an open request now. */
    public DurationOffer durations(Caller caller, RequestId id) {
        AccessRequest request = read(caller, id);
        return questions.offer(request.tenant(), questions.about(request, questions.shortest(request.tenant())));
    }

    /** Whether the caller may know of the request at all. */
    public boolean mayRead(Caller caller, AccessRequest request) {
        if (!caller.tenant().equals(request.tenant()) || (caller.has(Role.INTAKE) && !caller.has(Role.REQUESTER))) {
            return false;
        }
        if (caller.id().equals(request.requester()) || caller.isAdministrator()) {
            return true;
        }
        Optional<ScopePath> path = scopes.path(request.tenant(), request.account());
        return path.isPresent() && reach.reads(caller, path.get());
    }

    private static void demandPerson(Caller caller) {
        if (!caller.has(Role.REQUESTER) && !caller.isAdministrator()) {
            throw new ForbiddenException("A service that hands in events has no requests to read.");
        }
    }
}
