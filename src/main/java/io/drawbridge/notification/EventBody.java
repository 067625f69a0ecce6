package io.drawbridge.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.drawbridge.grant.Grant;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.Decision;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver is told, as JSON; {@code docs/channels.md} describes it.
 *
 * <p>A receiver is a program, or a list whose readers nobody knows. So it is told who may do what where and until when, with
 * the names that the API has for these, and nothing that people wrote (justification, messages, tickets are read on the page,
 * where reading is a right) nor the address they came from, nor who was asked to approve.
 *
 * @param version 1; grows when something that a receiver may rely on is renamed or goes, not when something is added
 * @param id the event's; the same when it is sent again
 * @param test whether nothing has happened but that an administrator wants to see it arrive
 */
record EventBody(
        int version,
        String id,
        String event,
        Instant time,
        String tenant,
        boolean test,
        @Nullable RequestPart request,
        @Nullable GrantPart grant) {
    private static final int VERSION = 1;
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    /** The request, in the words of the API. */
    record RequestPart(
            String id,
            String status,
            Instant createdAt,
            String requester,
            IdentityPart identity,
            AccountPart account,
            String scope,
            @Nullable String service,
            @Nullable String permission,
            @Nullable String permissionSet,
            boolean breakGlass,
            @Nullable String requestedDuration,
            @Nullable String grantedDuration,
            @Nullable DecisionPart decision,
            String page) {}

    /** Who is denied, as the cloud knows him. */
    record IdentityPart(String type, String arn, String name) {}

    /** An account and its name. */
    record AccountPart(String id, String name) {}

    /** Who decided; {@code by} is null if the policy did. */
    record DecisionPart(@Nullable String mode, String decidedBy, @Nullable String by, Instant at) {}

    /** The grant, if there is one; {@code accessMayStillBeOn} until the cloud has confirmed that it is gone. */
    record GrantPart(
            String id,
            String state,
            Instant startsAt,
            Instant endsAt,
            @Nullable Instant revokedAt,
            @Nullable String endedBy,
            boolean accessMayStillBeOn) {}

    static EventBody test(TenantId tenant, String id, String event, Instant now) {
        return new EventBody(VERSION, id, event, now, tenant.value(), true, null, null);
    }

    static EventBody of(
            String id,
            String event,
            Instant now,
            AccessRequest request,
            String accountName,
            @Nullable Grant grant,
            URI base) {
        Decision decision = request.decision().orElse(null);
        boolean set = request.entitlement() instanceof PermissionSetName;
        return new EventBody(
                VERSION,
                id,
                event,
                now,
                request.tenant().value(),
                false,
                new RequestPart(
                        request.id().value(),
                        request.status().name(),
                        request.createdAt(),
                        request.requester().value(),
                        new IdentityPart(
                                request.identity().type().name(),
                                request.identity().arn(),
                                request.identity().name()),
                        new AccountPart(request.account().value(), accountName),
                        request.scopePath(),
                        set ? null : request.entitlement().service(),
                        set ? null : request.entitlement().toString(),
                        request.entitlement() instanceof PermissionSetName name ? name.name() : null,
                        request.breakGlass(),
                        request.requestedDuration()
                                .map(AccessDuration::toString)
                                .orElse(null),
                        request.grantedDuration().map(AccessDuration::toString).orElse(null),
                        decision == null ? null : decision(request, decision),
                        base + "/requests/" + request.id()),
                grant == null ? null : grant(grant));
    }

    String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Event \"" + id + "\" cannot be written as JSON.", impossible);
        }
    }

    private static DecisionPart decision(AccessRequest request, Decision decision) {
        return new DecisionPart(
                request.mode().map(mode -> mode.name().toLowerCase(Locale.ROOT)).orElse(null),
                decision.by().name().toLowerCase(Locale.ROOT),
                decision.person() == null ? null : decision.person().value(),
                decision.at());
    }

    private static GrantPart grant(Grant grant) {
        return new GrantPart(
                grant.id().value(),
                grant.state().name(),
                grant.startsAt(),
                grant.endsAt(),
                grant.revokedAt().orElse(null),
                grant.endedBy().orElse(null),
                grant.state().mayStillBeOn());
    }
}
