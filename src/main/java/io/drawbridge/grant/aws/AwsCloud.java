package io.drawbridge.grant.aws;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.Lease;
import io.drawbridge.grant.aws.assignment.AccountAssignments;
import io.drawbridge.grant.aws.exemption.ScpExemptions;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Way;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/** AWS with its two ways of granting behind the one port; each lease says by which it goes. */
@Component
@Primary
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class AwsCloud implements Cloud {
    private final ScpExemptions exemptions;
    private final AccountAssignments assignments;

    AwsCloud(ScpExemptions exemptions, AccountAssignments assignments) {
        this.exemptions = exemptions;
        this.assignments = assignments;
    }

    @Override
    public String name() {
        return "aws";
    }

    @Override
    public void open(Lease lease) {
        by(lease.way()).open(lease);
    }

    @Override
    public void shorten(Lease lease) {
        by(lease.way()).shorten(lease);
    }

    @Override
    public void close(Lease lease) {
        by(lease.way()).close(lease);
    }

    @Override
    public Presence presenceOf(Lease lease) {
        return by(lease.way()).presenceOf(lease);
    }

    @Override
    public Ending ending(Lease lease) {
        return by(lease.way()).ending(lease);
    }

    @Override
    public List<String> requestIds(TenantId tenant, String objectKey) {
        return both(assignments.requestIds(tenant, objectKey), exemptions.requestIds(tenant, objectKey));
    }

    @Override
    public Optional<Instant> sessionsUntil(Lease lease, Instant gone) {
        return by(lease.way()).sessionsUntil(lease, gone);
    }

    @Override
    public Set<String> closingPolicies(TenantId tenant) {
        return exemptions.closingPolicies(tenant);
    }

    @Override
    public List<Unwritten> unwritten() {
        return exemptions.unwritten();
    }

    @Override
    public Inventory inventory(TenantId tenant) {
        Inventory lifted = exemptions.inventory(tenant);
        Inventory assigned = assignments.inventory(tenant);
        return new Inventory(both(lifted.ours(), assigned.ours()), both(lifted.foreign(), assigned.foreign()));
    }

    @Override
    public void remove(TenantId tenant, Held held) {
        boolean assigned = Entitlement.parse(held.entitlement()) instanceof PermissionSetName;
        by(assigned ? Way.ACCOUNT_ASSIGNMENT : Way.SCP_EXEMPTION).remove(tenant, held);
    }

    @Override
    public void putRight(TenantId tenant, String subject, String choice) {
        by(subject.startsWith(AccountAssignments.SESSION_POLICY) ? Way.ACCOUNT_ASSIGNMENT : Way.SCP_EXEMPTION)
                .putRight(tenant, subject, choice);
    }

    private Cloud by(Way way) {
        return switch (way) {
            case SCP_EXEMPTION -> exemptions;
            case ACCOUNT_ASSIGNMENT -> assignments;
        };
    }

    private static <T> List<T> both(List<T> one, List<T> other) {
        List<T> both = new ArrayList<>(one);
        both.addAll(other);
        return both;
    }
}
