package io.drawbridge.organization.aws;

import io.drawbridge.organization.OrganizationSnapshot;
import io.drawbridge.organization.OrganizationSnapshot.Assignable;
import io.drawbridge.organization.OrganizationSnapshot.Place;
import io.drawbridge.organization.OrganizationSnapshot.TaggedSet;
import io.drawbridge.organization.OrganizationSnapshot.User;
import io.drawbridge.organization.OrganizationUnreadableException;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.identitystore.IdentitystoreClient;
import software.amazon.awssdk.services.identitystore.model.Email;
import software.amazon.awssdk.services.identitystore.model.Group;
import software.amazon.awssdk.services.identitystore.model.GroupMembership;
import software.amazon.awssdk.services.identitystore.model.UserStatus;
import software.amazon.awssdk.services.organizations.OrganizationsClient;
import software.amazon.awssdk.services.organizations.model.Account;
import software.amazon.awssdk.services.organizations.model.AccountState;
import software.amazon.awssdk.services.organizations.model.AccountStatus;
import software.amazon.awssdk.services.organizations.model.OrganizationalUnit;
import software.amazon.awssdk.services.organizations.model.Root;
import software.amazon.awssdk.services.ssoadmin.SsoAdminClient;
import software.amazon.awssdk.services.ssoadmin.model.PermissionSet;
import software.amazon.awssdk.services.ssoadmin.model.Tag;

/**
 * One reading of one tenant's organization, call by call within the shared quotas.
 *
 * <p>AWS has no call that reads a tree at one moment: an account that is moved meanwhile can be met twice or not at all.
 * The accounts are therefore counted once more in the end, and a reading in which one is missing is none.
 */
final class OrganizationReading {
    /** The tag by which a permission set is Drawbridge's to assign. */
    static final String TAG = "drawbridge";

    static final String TAGGED = "managed";

    private static final String ORGANIZATIONS = "organizations:List";
    private static final String IDENTITY_STORE = "identitystore";
    private static final String SSO = "sso";

    /** What IAM Identity Center takes where nothing was set: API Reference, "CreatePermissionSet", SessionDuration. */
    private static final Duration USUAL_SESSION = Duration.ofHours(1);

    private final AwsConnection connection;
    private final Duration patience;
    private final long until;

    OrganizationReading(AwsConnection connection, Duration patience) {
        this.connection = connection;
        this.patience = patience;
        this.until = System.nanoTime() + patience.toNanos();
    }

    /**
     * Reads everything.
     *
     * @throws OrganizationUnreadableException if anything could not be read
     */
    OrganizationSnapshot read(Instant now) {
        return new OrganizationSnapshot(now, places(), users(), permissionSets());
    }

    private List<Place> places() {
        OrganizationsClient organizations = connection.organizations();
        String management = management(organizations);
        List<Place> places = new ArrayList<>();
        for (Root root : pages(
                ORGANIZATIONS,
                "ListRoots",
                token -> organizations.listRoots(request -> request.nextToken(token)),
                answer -> new Page<>(answer.roots(), answer.nextToken()))) {
            places.add(
                    new Place(new ScopeId(root.id()), null, Scope.Kind.ORGANIZATION, text(root.name()), true, false));
        }
        Set<String> met = new HashSet<>();
        // The list grows while it is walked: what lies below a unit is found when its turn comes.
        for (int at = 0; at < places.size(); at++) {
            Place above = places.get(at);
            if (above.kind() != Scope.Kind.ACCOUNT) {
                for (Account account : accountsIn(organizations, above.id())) {
                    met.add(account.id());
                    places.add(new Place(
                            new ScopeId(account.id()),
                            above.id(),
                            Scope.Kind.ACCOUNT,
                            text(account.name()),
                            isOpen(account),
                            account.id().equals(management)));
                }
                for (OrganizationalUnit unit : unitsIn(organizations, above.id())) {
                    places.add(new Place(
                            new ScopeId(unit.id()),
                            above.id(),
                            Scope.Kind.ORGANIZATIONAL_UNIT,
                            text(unit.name()),
                            true,
                            false));
                }
            }
        }
        demandComplete(organizations, met);
        return places;
    }

    private String management(OrganizationsClient organizations) {
        String configured = connection.settings().managementAccountId();
        return configured != null
                ? configured
                : text(ask(ORGANIZATIONS, "DescribeOrganization", () -> organizations.describeOrganization())
                        .organization()
                        .masterAccountId());
    }

    private List<Account> accountsIn(OrganizationsClient organizations, ScopeId parent) {
        return pages(
                ORGANIZATIONS,
                "ListAccountsForParent",
                token -> organizations.listAccountsForParent(
                        request -> request.parentId(parent.value()).nextToken(token)),
                answer -> new Page<>(answer.accounts(), answer.nextToken()));
    }

    private List<OrganizationalUnit> unitsIn(OrganizationsClient organizations, ScopeId parent) {
        return pages(
                ORGANIZATIONS,
                "ListOrganizationalUnitsForParent",
                token -> organizations.listOrganizationalUnitsForParent(
                        request -> request.parentId(parent.value()).nextToken(token)),
                answer -> new Page<>(answer.organizationalUnits(), answer.nextToken()));
    }

    private void demandComplete(OrganizationsClient organizations, Set<String> met) {
        for (Account account : pages(
                ORGANIZATIONS,
                "ListAccounts",
                token -> organizations.listAccounts(request -> request.nextToken(token)),
                answer -> new Page<>(answer.accounts(), answer.nextToken()))) {
            if (!met.contains(account.id())) {
                throw new OrganizationUnreadableException("Account " + account.id()
                        + " is of the organization, and lies under none of its units; it was moved or made meanwhile."
                        + " Read it again.");
            }
        }
    }

    /** The state replaces the status, which accounts of older answers have alone. */
    private static boolean isOpen(Account account) {
        return account.state() == null
                ? account.status() == AccountStatus.ACTIVE
                : account.state() == AccountState.ACTIVE;
    }

    private @Nullable List<User> users() {
        String store = connection.settings().identityStoreId();
        if (store == null) {
            return null;
        }
        IdentitystoreClient identities = connection.identityStore();
        Map<String, Set<String>> groups = groups(identities, store);
        List<User> users = new ArrayList<>();
        for (software.amazon.awssdk.services.identitystore.model.User user : pages(
                IDENTITY_STORE,
                "ListUsers",
                token -> identities.listUsers(
                        request -> request.identityStoreId(store).nextToken(token)),
                answer -> new Page<>(answer.users(), answer.nextToken()))) {
            users.add(new User(
                    text(user.userName()),
                    name(user),
                    email(user),
                    user.userId(),
                    user.userStatus() != UserStatus.DISABLED,
                    groups.getOrDefault(user.userId(), Set.of())));
        }
        return users;
    }

    /** Names of groups by user. */
    private Map<String, Set<String>> groups(IdentitystoreClient identities, String store) {
        Map<String, Set<String>> groups = new HashMap<>();
        for (Group group : pages(
                IDENTITY_STORE,
                "ListGroups",
                token -> identities.listGroups(
                        request -> request.identityStoreId(store).nextToken(token)),
                answer -> new Page<>(answer.groups(), answer.nextToken()))) {
            for (GroupMembership membership : pages(
                    IDENTITY_STORE,
                    "ListGroupMemberships",
                    token -> identities.listGroupMemberships(request -> request.identityStoreId(store)
                            .groupId(group.groupId())
                            .nextToken(token)),
                    answer -> new Page<>(answer.groupMemberships(), answer.nextToken()))) {
                groups.computeIfAbsent(membership.memberId().userId(), user -> new HashSet<>())
                        .add(text(group.displayName()));
            }
        }
        return groups;
    }

    private static String name(software.amazon.awssdk.services.identitystore.model.User user) {
        if (user.displayName() != null && !user.displayName().isBlank()) {
            return user.displayName();
        }
        return user.name() == null
                ? ""
                : Stream.of(user.name().givenName(), user.name().familyName())
                        .map(OrganizationReading::text)
                        .filter(part -> !part.isBlank())
                        .reduce((given, family) -> given + " " + family)
                        .orElse("");
    }

    private static String email(software.amazon.awssdk.services.identitystore.model.User user) {
        List<Email> emails = user.emails().stream()
                .filter(email -> email.value() != null && !email.value().isBlank())
                .toList();
        return emails.stream()
                .filter(email -> Boolean.TRUE.equals(email.primary()))
                .findFirst()
                .or(() -> emails.stream().findFirst())
                .map(Email::value)
                .orElse("");
    }

    private @Nullable Assignable permissionSets() {
        String instance = connection.settings().instanceArn();
        if (instance == null) {
            return null;
        }
        SsoAdminClient sso = connection.ssoAdmin();
        List<TaggedSet> tagged = new ArrayList<>();
        Set<String> untagged = new HashSet<>();
        for (String arn : pages(
                SSO,
                "ListPermissionSets",
                token -> sso.listPermissionSets(
                        request -> request.instanceArn(instance).nextToken(token)),
                answer -> new Page<>(answer.permissionSets(), answer.nextToken()))) {
            if (isTagged(sso, instance, arn)) {
                PermissionSet set = ask(
                                SSO,
                                "DescribePermissionSet",
                                () -> sso.describePermissionSet(
                                        request -> request.instanceArn(instance).permissionSetArn(arn)))
                        .permissionSet();
                tagged.add(
                        new TaggedSet(new PermissionSetName(set.name()), arn, text(set.description()), session(set)));
            } else {
                untagged.add(arn);
            }
        }
        return new Assignable(tagged, untagged);
    }

    private boolean isTagged(SsoAdminClient sso, String instance, String permissionSet) {
        List<Tag> tags = pages(
                SSO,
                "ListTagsForResource",
                token -> sso.listTagsForResource(request ->
                        request.instanceArn(instance).resourceArn(permissionSet).nextToken(token)),
                answer -> new Page<>(answer.tags(), answer.nextToken()));
        return tags.stream()
                .anyMatch(tag -> tag.key().equals(TAG) && tag.value().equals(TAGGED));
    }

    private static Duration session(PermissionSet set) {
        try {
            return set.sessionDuration() == null ? USUAL_SESSION : Duration.parse(set.sessionDuration());
        } catch (DateTimeException unreadable) {
            throw new OrganizationUnreadableException(
                    "Permission set \"" + set.name() + "\" has a session duration that cannot be read: \""
                            + set.sessionDuration() + "\".",
                    unreadable);
        }
    }

    /** One page of a list, and where the next begins; null if it is the last. */
    private record Page<T>(List<T> items, @Nullable String next) {}

    private <A, T> List<T> pages(
            String api, String name, Function<@Nullable String, A> call, Function<A, Page<T>> read) {
        List<T> items = new ArrayList<>();
        String token = null;
        do {
            String from = token;
            Page<T> page = read.apply(ask(api, name, () -> call.apply(from)));
            items.addAll(page.items());
            token = page.next();
        } while (token != null && !token.isEmpty());
        return items;
    }

    /** Makes one call, and waits for its turn while the quota is used up. */
    private <A> A ask(String api, String name, Supplier<A> call) {
        while (true) {
            if (System.nanoTime() - until > 0) {
                throw new OrganizationUnreadableException("The organization could not be read within " + patience
                        + "; it was at " + name + ". Raise drawbridge.aws.sync.patience.");
            }
            try {
                return connection.call(api, Urgency.ORDINARY, call);
            } catch (AwsBusyException busy) {
                await(busy.retryAfter());
            } catch (SdkException failed) {
                throw new OrganizationUnreadableException(
                        "AWS did not answer " + name + " with what was asked for: " + why(failed), failed);
            }
        }
    }

    private static void await(Duration wait) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OrganizationUnreadableException("The reading of the organization was stopped.", interrupted);
        }
    }

    private static String why(SdkException failed) {
        return failed instanceof AwsServiceException refused && refused.awsErrorDetails() != null
                ? refused.awsErrorDetails().errorCode() + ": "
                        + refused.awsErrorDetails().errorMessage()
                : String.valueOf(failed.getMessage());
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
