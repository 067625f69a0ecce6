package io.drawbridge.grant.aws.assignment;

import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.aws.assignment.Assignment.Deed;
import io.drawbridge.grant.aws.assignment.Assignment.Target;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.aws.AwsBusyException;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.Urgency;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.identitystore.model.ResourceNotFoundException;
import software.amazon.awssdk.services.ssoadmin.SsoAdminClient;
import software.amazon.awssdk.services.ssoadmin.model.AccountAssignmentOperationStatus;
import software.amazon.awssdk.services.ssoadmin.model.InstanceMetadata;
import software.amazon.awssdk.services.ssoadmin.model.ListAccountAssignmentsResponse;
import software.amazon.awssdk.services.ssoadmin.model.ListPermissionSetsProvisionedToAccountResponse;
import software.amazon.awssdk.services.ssoadmin.model.PrincipalType;
import software.amazon.awssdk.services.ssoadmin.model.StatusValues;
import software.amazon.awssdk.services.ssoadmin.model.TargetType;

/**
 * One tenant's IAM Identity Center, each call within the quotas that all nodes share.
 *
 * <p>Source: IAM Identity Center API Reference and Identity Store API Reference, as the SDK 2.40.2 has them.
 */
final class IdentityCenter {
    /** All calls to IAM Identity Center together. */
    private static final String API = "sso";

    /** Requests that create or delete an assignment. */
    static final String ASSIGNMENT = "sso:Assignment";

    private static final String STORE = "identitystore";

    /** How often a page is asked for again whose turn has not come; its caller waits some seconds at most. */
    private static final int MOST_TURNS = 60;

    private final AwsConnection aws;
    private @Nullable String instance;
    private @Nullable String store;

    IdentityCenter(AwsConnection aws) {
        this.aws = aws;
    }

    /** A user or group. */
    record Principal(PrincipalType type, String id) {}

    /** How far AWS is with a request. */
    record Progress(StatusValues status, String reason) {}

    /** Whether assignments in the account are out of reach: a delegated administrator has none in the management account. */
    boolean isOutOfReach(ScopeId account) {
        String management = aws.settings().managementAccountId();
        return account.value().equals(management) && !aws.settings().accountId().equals(management);
    }

    /**
     * Asks AWS to do it.
     *
     * @param begin called when nothing but the call itself is left to do; false calls it off
     * @return AWS's id of the request, empty if it was called off
     */
    Optional<String> ask(Deed deed, Target target, BooleanSupplier begin) {
        Urgency urgency = deed == Deed.DELETE ? Urgency.REVOCATION : Urgency.ORDINARY;
        String arn = instance();
        SsoAdminClient sso = aws.ssoAdmin();
        // The rarer token is taken last, so that it is not lost where the other is missing.
        return aws.call(
                API,
                urgency,
                () -> aws.call(ASSIGNMENT, urgency, () -> {
                    if (!begin.getAsBoolean()) {
                        return Optional.<String>empty();
                    }
                    return Optional.of(deed == Deed.CREATE ? create(sso, arn, target) : delete(sso, arn, target));
                }));
    }

    Progress progress(Deed deed, String requestId) {
        Urgency urgency = deed == Deed.DELETE ? Urgency.REVOCATION : Urgency.ORDINARY;
        String arn = instance();
        AccountAssignmentOperationStatus status = aws.call(
                API,
                urgency,
                () -> deed == Deed.CREATE
                        ? aws.ssoAdmin()
                                .describeAccountAssignmentCreationStatus(request ->
                                        request.instanceArn(arn).accountAssignmentCreationRequestId(requestId))
                                .accountAssignmentCreationStatus()
                        : aws.ssoAdmin()
                                .describeAccountAssignmentDeletionStatus(request ->
                                        request.instanceArn(arn).accountAssignmentDeletionRequestId(requestId))
                                .accountAssignmentDeletionStatus());
        return new Progress(status.status(), status.failureReason() == null ? "" : status.failureReason());
    }

    /** All to whom the permission set is assigned in the account. */
    Set<Principal> assigned(ScopeId account, String permissionSetArn, Urgency urgency) {
        String arn = instance();
        Set<Principal> found = new HashSet<>();
        String next = null;
        do {
            String token = next;
            Supplier<ListAccountAssignmentsResponse> call = () -> aws.call(
                    API, urgency, () -> aws.ssoAdmin().listAccountAssignments(request -> request.instanceArn(arn)
                            .accountId(account.value())
                            .permissionSetArn(permissionSetArn)
                            .nextToken(token)));
            // What was begun is read to its end: to begin anew would take more of the quota than to wait.
            ListAccountAssignmentsResponse page = token == null ? call.get() : patiently(call);
            page.accountAssignments()
                    .forEach(each -> found.add(new Principal(each.principalType(), each.principalId())));
            next = page.nextToken();
        } while (next != null);
        return found;
    }

    /** The same for whoever has to have all of it, and can wait. */
    Set<Principal> assignedInFull(ScopeId account, String permissionSetArn) {
        return patiently(() -> assigned(account, permissionSetArn, Urgency.ORDINARY));
    }

    /** ARNs of all permission sets that are anybody's in the account. */
    List<String> provisioned(ScopeId account) {
        String arn = patiently(this::instance);
        List<String> found = new ArrayList<>();
        String next = null;
        do {
            String token = next;
            ListPermissionSetsProvisionedToAccountResponse page =
                    patiently(() -> aws.call(API, Urgency.ORDINARY, () -> aws.ssoAdmin()
                            .listPermissionSetsProvisionedToAccount(request -> request.instanceArn(arn)
                                    .accountId(account.value())
                                    .nextToken(token))));
            found.addAll(page.permissionSets());
            next = page.nextToken();
        } while (next != null);
        return found;
    }

    /**
     * Proves that the instance itself is there and may be read, so that whatever else AWS says it does not know is gone.
     *
     * @throws software.amazon.awssdk.core.exception.SdkException if it is not
     */
    void proveItself() {
        String arn = instance();
        aws.call(API, Urgency.REVOCATION, () -> aws.ssoAdmin()
                .listPermissionSets(request -> request.instanceArn(arn).maxResults(1)));
    }

    /** The id of the user of that name; empty if there is none. */
    Optional<String> userId(String userName) {
        String id = store();
        try {
            return Optional.of(aws.call(STORE, Urgency.ORDINARY, () -> aws.identityStore()
                    .getUserId(request -> request.identityStoreId(id)
                            .alternateIdentifier(alternate -> alternate.uniqueAttribute(attribute ->
                                    attribute.attributePath("userName").attributeValue(Document.fromString(userName)))))
                    .userId()));
        } catch (ResourceNotFoundException unknown) {
            return Optional.empty();
        }
    }

    /** The name of the user of that id; empty if there is none. */
    Optional<String> userName(String userId) {
        String id = patiently(this::store);
        try {
            return Optional.of(patiently(() -> aws.call(STORE, Urgency.ORDINARY, () -> aws.identityStore()
                    .describeUser(request -> request.identityStoreId(id).userId(userId))
                    .userName())));
        } catch (ResourceNotFoundException unknown) {
            return Optional.empty();
        }
    }

    /** Whether the identity store still knows the user or group. */
    boolean knows(Principal principal) {
        String id = store();
        try {
            return aws.call(STORE, Urgency.REVOCATION, () -> {
                String found = principal.type() == PrincipalType.GROUP
                        ? aws.identityStore()
                                .describeGroup(
                                        request -> request.identityStoreId(id).groupId(principal.id()))
                                .groupId()
                        : aws.identityStore()
                                .describeUser(
                                        request -> request.identityStoreId(id).userId(principal.id()))
                                .userId();
                return found != null;
            });
        } catch (ResourceNotFoundException unknown) {
            return false;
        }
    }

    private static String create(SsoAdminClient sso, String instance, Target target) {
        return sso.createAccountAssignment(request -> request.instanceArn(instance)
                        .permissionSetArn(target.permissionSetArn())
                        .targetType(TargetType.AWS_ACCOUNT)
                        .targetId(target.account().value())
                        .principalType(target.principalType())
                        .principalId(target.principalId()))
                .accountAssignmentCreationStatus()
                .requestId();
    }

    private static String delete(SsoAdminClient sso, String instance, Target target) {
        return sso.deleteAccountAssignment(request -> request.instanceArn(instance)
                        .permissionSetArn(target.permissionSetArn())
                        .targetType(TargetType.AWS_ACCOUNT)
                        .targetId(target.account().value())
                        .principalType(target.principalType())
                        .principalId(target.principalId()))
                .accountAssignmentDeletionStatus()
                .requestId();
    }

    private String instance() {
        String configured = aws.settings().instanceArn();
        if (configured != null) {
            return configured;
        }
        String known = instance;
        return known == null ? look().instanceArn() : known;
    }

    private String store() {
        String configured = aws.settings().identityStoreId();
        if (configured != null) {
            return configured;
        }
        String known = store;
        return known == null ? look().identityStoreId() : known;
    }

    private InstanceMetadata look() {
        List<InstanceMetadata> instances = aws.call(
                        API, Urgency.REVOCATION, () -> aws.ssoAdmin().listInstances(request -> {}))
                .instances();
        if (instances.size() != 1) {
            throw new CloudException("Account " + aws.settings().accountId() + " has " + instances.size()
                    + " instances of IAM Identity Center, and not one; set drawbridge.aws.tenants." + aws.tenant()
                    + ".instance-arn and identity-store-id.");
        }
        instance = instances.get(0).instanceArn();
        store = instances.get(0).identityStoreId();
        return instances.get(0);
    }

    /** Waits for its turn, some seconds at most. */
    private static <T> T patiently(Supplier<T> call) {
        for (int turn = 1; ; turn++) {
            try {
                return call.get();
            } catch (AwsBusyException busy) {
                if (turn == MOST_TURNS || Thread.currentThread().isInterrupted()) {
                    throw busy;
                }
                LockSupport.parkNanos(Math.min(busy.retryAfter().toNanos(), TimeUnit.MILLISECONDS.toNanos(250)));
            }
        }
    }
}
