package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.aws.AwsFailures;
import io.drawbridge.grant.aws.scp.PrincipalId;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.aws.AwsBusyException;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.Urgency;
import io.drawbridge.request.Identity;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;

/** Finds the id by which a policy can name an identity: one that nobody can choose, and that no re-creation keeps. */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class Principals {
    private static final Set<String> GONE =
            Set.of("NoSuchEntity", "NoSuchEntityException", "ResourceNotFoundException");

    private final People people;

    Principals(People people) {
        this.people = people;
    }

    /**
     * The id of an identity now.
     *
     * @throws CloudException.Impossible if there is no such identity in AWS
     * @throws CloudException if AWS cannot be asked
     */
    PrincipalId of(AwsConnection connection, ScopeId account, Identity identity) {
        try {
            return switch (identity.type()) {
                case SSO_USER -> user(connection, identity.name());
                case IAM_USER ->
                    PrincipalId.iamUser(connection.call(account.value(), "iam", Urgency.ORDINARY, () -> connection
                            .iam(account)
                            .getUser(request -> request.userName(identity.name()))
                            .user()
                            .userId()));
                case IAM_ROLE ->
                    PrincipalId.iamRole(connection.call(account.value(), "iam", Urgency.ORDINARY, () -> connection
                            .iam(account)
                            .getRole(request -> request.roleName(identity.name()))
                            .role()
                            .roleId()));
            };
        } catch (SdkException refused) {
            if (GONE.contains(AwsFailures.code(refused))) {
                throw new CloudException.Impossible("AWS knows no such identity: " + identity.arn() + ".", refused);
            }
            throw AwsFailures.translated("look up " + identity.arn(), refused);
        } catch (AwsBusyException busy) {
            throw AwsFailures.translated("look up " + identity.arn(), busy);
        }
    }

    /** The Identity Center user of that user name, by what the last synchronisation knew; empty if it knew none. */
    Optional<PrincipalId> known(TenantId tenant, String userName) {
        return people.find(tenant, new PersonId(userName)).flatMap(Principals::known);
    }

    private static Optional<PrincipalId> known(Person person) {
        try {
            return Optional.of(PrincipalId.identityCenterUser(person.identityStoreId()));
        } catch (IllegalArgumentException unknown) {
            // NB. A person who is not of Identity Center has an id of another form, or none.
            return Optional.empty();
        }
    }

    private PrincipalId user(AwsConnection connection, String userName) {
        Optional<PrincipalId> known = known(connection.tenant(), userName);
        if (known.isPresent()) {
            return known.get();
        }
        String store = connection.settings().identityStoreId();
        if (store == null) {
            throw new CloudException.Impossible("The Identity Center user id of " + userName
                    + " is not known, and no identity store is configured to look it up in.");
        }
        String id = connection.call("identitystore", Urgency.ORDINARY, () -> connection
                .identityStore()
                .getUserId(request -> request.identityStoreId(store)
                        .alternateIdentifier(alternate -> alternate.uniqueAttribute(unique -> unique.attributePath(
                                        "userName")
                                .attributeValue(software.amazon.awssdk.core.document.Document.fromString(userName)))))
                .userId());
        return PrincipalId.identityCenterUser(id);
    }
}
