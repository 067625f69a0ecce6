package io.drawbridge.policy;

import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.ScopePath;
import java.time.Instant;

/**
 * May this person decide that request? ({@code approve_request})
 *
 * @param requestId key of the request, as policies see it
 */
public record DecisionQuestion(
        TenantId tenant,
        Person approver,
        String requestId,
        PersonId requester,
        ScopePath account,
        Entitlement entitlement,
        Control control,
        Instant now,
        boolean mfa) {}
