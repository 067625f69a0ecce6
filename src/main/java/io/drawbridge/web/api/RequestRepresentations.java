package io.drawbridge.web.api;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.Scopes;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.ApproverChain;
import io.drawbridge.request.Decision;
import io.drawbridge.request.EscalationDesk;
import io.drawbridge.request.Identity;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestReader;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.RequestWorkflow;
import io.drawbridge.request.StatusConflictException;
import io.drawbridge.web.api.RequestRepresentation.AccountRepresentation;
import io.drawbridge.web.api.RequestRepresentation.DecisionRepresentation;
import io.drawbridge.web.api.RequestRepresentation.IdentityRepresentation;
import io.drawbridge.web.api.RequestRepresentation.Links;
import io.drawbridge.web.api.RequestRepresentation.Opened;
import io.drawbridge.web.api.RequestRepresentation.ReviewRepresentation;
import io.drawbridge.web.api.RequestRepresentation.Rung;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Puts together what the API shows of requests that the caller may read; asks nobody whether he may. */
@Component
class RequestRepresentations {
    private final RequestReader reader;
    private final EscalationDesk escalation;
    private final RequestWorkflow workflow;
    private final Grants grants;
    private final GrantDesk desk;
    private final Scopes scopes;

    RequestRepresentations(
            RequestReader reader,
            EscalationDesk escalation,
            RequestWorkflow workflow,
            Grants grants,
            GrantDesk desk,
            Scopes scopes) {
        this.reader = reader;
        this.escalation = escalation;
        this.workflow = workflow;
        this.grants = grants;
        this.desk = desk;
        this.scopes = scopes;
    }

    RequestRepresentation of(Caller caller, AccessRequest request) {
        return of(caller, List.of(request)).get(0);
    }

    /** Many at once; the organisation is read once for all of them. */
    @Transactional(readOnly = true)
    List<RequestRepresentation> of(Caller caller, List<AccessRequest> requests) {
        List<RequestId> ids = requests.stream().map(AccessRequest::id).toList();
        Map<RequestId, RequestWorkflow.Clocks> clocks = workflow.clocks(ids);
        Map<RequestId, Grant> opened = grants.findByRequests(ids);
        Map<RequestId, List<AccessRequests.Rung>> rungs = reader.rungs(requests);
        Map<String, String> names = accountNames(caller.tenant());
        return requests.stream()
                .map(request -> represent(
                        request,
                        rungs.getOrDefault(request.id(), List.of()),
                        clocks.getOrDefault(request.id(), RequestWorkflow.Clocks.NONE),
                        opened.get(request.id()),
                        names))
                .toList();
    }

    /** Names of a tenant's accounts, by id. */
    Map<String, String> accountNames(TenantId tenant) {
        return scopes.of(tenant).stream()
                .filter(Scope::isAccount)
                .collect(Collectors.toMap(scope -> scope.id().value(), Scope::name));
    }

    static AccountRepresentation account(String id, Map<String, String> names) {
        return new AccountRepresentation(id, names.getOrDefault(id, id));
    }

    static IdentityRepresentation identity(Identity identity) {
        return new IdentityRepresentation(identity.type().name(), identity.arn(), identity.name());
    }

    private RequestRepresentation represent(
            AccessRequest request,
            List<AccessRequests.Rung> asked,
            RequestWorkflow.Clocks clocks,
            @Nullable Grant grant,
            Map<String, String> names) {
        List<ApproverChain.Step> upcoming = upcoming(request, asked);
        PermissionName permission = request.entitlement() instanceof PermissionName named ? named : null;
        return new RequestRepresentation(
                request.id().value(),
                request.tenant().value(),
                request.status().name(),
                request.createdAt(),
                request.attempts(),
                request.requester().value(),
                identity(request.identity()),
                account(request.account().value(), names),
                request.scopePath(),
                permission == null ? null : permission.service(),
                permission == null ? null : permission.toString(),
                permissionSet(request.entitlement()),
                request.justification().orElse(null),
                request.ticket().orElse(null),
                request.breakGlass(),
                request.liftable().name(),
                request.requestedDuration().map(AccessDuration::toString).orElse(null),
                request.grantedDuration().map(AccessDuration::toString).orElse(null),
                decision(request),
                rungs(asked, upcoming),
                upcoming.isEmpty() ? null : clocks.escalatesAt(),
                request.status().isOpen() ? clocks.expiresAt() : null,
                request.previous().map(RequestId::value).orElse(null),
                grant == null ? null : opened(grant),
                grant != null && grant.state().mayStillBeOn(),
                request.reviewDueAt().orElse(null),
                request.review()
                        .map(review -> new ReviewRepresentation(
                                review.reviewer().value(), review.message(), review.justified(), review.at()))
                        .orElse(null),
                new Links("/v1/requests/" + request.id(), "/requests/" + request.id()));
    }

    private List<ApproverChain.Step> upcoming(AccessRequest request, List<AccessRequests.Rung> asked) {
        if (request.status() != RequestStatus.PENDING) {
            return List.of();
        }
        try {
            return escalation.upcoming(request, asked);
        } catch (StatusConflictException gone) {
            // The account has left the organisation meanwhile: nobody further will be asked, and the rest is still
            // shown.
            return List.of();
        }
    }

    private static DecisionRepresentation decision(AccessRequest request) {
        Decision decision = request.decision().orElse(null);
        PersonId person = decision == null ? null : decision.person();
        Instant at = decision == null ? null : decision.at();
        return new DecisionRepresentation(
                request.mode().map(ApprovalMode::word).orElse(null),
                decision == null ? null : decision.by().name().toLowerCase(Locale.ROOT),
                person == null ? null : person.value(),
                decision == null ? null : decision.message(),
                at,
                request.policies());
    }

    private static List<Rung> rungs(List<AccessRequests.Rung> asked, List<ApproverChain.Step> upcoming) {
        List<Rung> rungs = new ArrayList<>();
        asked.forEach(rung ->
                rungs.add(new Rung(rung.level(), rung.scope().value(), names(rung.people()), rung.notifiedAt())));
        upcoming.forEach(step -> rungs.add(new Rung(rungs.size(), step.scope().value(), names(step.people()), null)));
        return rungs;
    }

    /** Name of the permission set; null if it is a permission. */
    static @Nullable String permissionSet(Entitlement entitlement) {
        return entitlement instanceof PermissionSetName set ? set.name() : null;
    }

    private Opened opened(Grant grant) {
        return new Opened(
                grant.id().value(),
                grant.state().name(),
                grant.startsAt(),
                grant.endsAt(),
                grant.way().word(),
                desk.ending(grant).byItself(),
                grant.missingSince().orElse(null),
                grant.revokedAt().orElse(null),
                grant.sessionsUntil().orElse(null));
    }

    private static List<String> names(List<PersonId> people) {
        return people.stream().map(PersonId::value).toList();
    }
}
