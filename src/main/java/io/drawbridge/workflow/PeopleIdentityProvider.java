package io.drawbridge.workflow;

import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.identity.Group;
import org.camunda.bpm.engine.identity.GroupQuery;
import org.camunda.bpm.engine.identity.NativeUserQuery;
import org.camunda.bpm.engine.identity.Tenant;
import org.camunda.bpm.engine.identity.TenantQuery;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.identity.UserQuery;
import org.camunda.bpm.engine.impl.GroupQueryImpl;
import org.camunda.bpm.engine.impl.Page;
import org.camunda.bpm.engine.impl.TenantQueryImpl;
import org.camunda.bpm.engine.impl.UserQueryImpl;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.identity.Authentication;
import org.camunda.bpm.engine.impl.identity.ReadOnlyIdentityProvider;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.interceptor.CommandExecutor;
import org.camunda.bpm.engine.impl.interceptor.Session;
import org.camunda.bpm.engine.impl.interceptor.SessionFactory;
import org.camunda.bpm.engine.impl.persistence.entity.GroupEntity;
import org.camunda.bpm.engine.impl.persistence.entity.TenantEntity;
import org.camunda.bpm.engine.impl.persistence.entity.UserEntity;
import org.jspecify.annotations.Nullable;

/**
 * People, groups and tenants for the engine, from our own tables, read only.
 *
 * <p>A group is a role. Queries answer what the signed-in person may know: the people and groups of his own tenant. Without
 * a signed-in person (the engine asking for itself) they answer for everybody. Nobody signs in through the engine.
 */
final class PeopleIdentityProvider implements ReadOnlyIdentityProvider {
    private final People people;

    private PeopleIdentityProvider(People people) {
        this.people = people;
    }

    /** Makes a provider for each engine command. */
    static final class Factory implements SessionFactory {
        private final People people;

        Factory(People people) {
            this.people = people;
        }

        @Override
        public Class<?> getSessionType() {
            return ReadOnlyIdentityProvider.class;
        }

        @Override
        public Session openSession() {
            return new PeopleIdentityProvider(people);
        }
    }

    /** The group that stands for a role. */
    static String group(Role role) {
        return role.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public @Nullable User findUserById(String id) {
        return visible(id).map(PeopleIdentityProvider::user).orElse(null);
    }

    @Override
    public boolean checkPassword(String id, String password) {
        return false;
    }

    @Override
    public UserQuery createUserQuery() {
        return new Users(Context.getProcessEngineConfiguration().getCommandExecutorTxRequired());
    }

    @Override
    public UserQuery createUserQuery(CommandContext context) {
        return new Users(null);
    }

    @Override
    public NativeUserQuery createNativeUserQuery() {
        throw new BadUserRequestException(
                "People are not kept in the engine's tables; there is no native query for them.");
    }

    @Override
    public @Nullable Group findGroupById(String id) {
        return Arrays.stream(Role.values())
                .filter(role -> group(role).equals(id))
                .map(PeopleIdentityProvider::groupOf)
                .findFirst()
                .orElse(null);
    }

    @Override
    public GroupQuery createGroupQuery() {
        return new Groups(Context.getProcessEngineConfiguration().getCommandExecutorTxRequired());
    }

    @Override
    public GroupQuery createGroupQuery(CommandContext context) {
        return new Groups(null);
    }

    @Override
    public @Nullable Tenant findTenantById(String id) {
        return knownTenants()
                .filter(tenant -> tenant.getId().equals(id))
                .findFirst()
                .orElse(null);
    }

    @Override
    public TenantQuery createTenantQuery() {
        return new Tenants(Context.getProcessEngineConfiguration().getCommandExecutorTxRequired());
    }

    @Override
    public TenantQuery createTenantQuery(CommandContext context) {
        return new Tenants(null);
    }

    @Override
    public void flush() {
        // Read only: there is never anything to write.
    }

    @Override
    public void close() {
        // Holds nothing open.
    }

    /** The person, if the one who is signed in may know of him. */
    private Optional<Person> visible(String id) {
        if (id.isBlank()) {
            return Optional.empty();
        }
        Optional<TenantId> own = ownTenant();
        return people.find(new PersonId(id))
                .filter(Person::active)
                .filter(person -> own.isEmpty() || own.get().equals(person.tenant()));
    }

    private Stream<Person> everybodyVisible() {
        return ownTenant().map(List::of).orElseGet(people::tenants).stream()
                .flatMap(tenant -> people.of(tenant).stream());
    }

    private Optional<TenantId> ownTenant() {
        CommandContext context = Context.getCommandContext();
        Authentication authentication = context == null ? null : context.getAuthentication();
        if (authentication == null || authentication.getUserId() == null) {
            return Optional.empty();
        }
        return people.find(new PersonId(authentication.getUserId())).map(Person::tenant);
    }

    private Stream<Tenant> knownTenants() {
        return ownTenant().map(List::of).orElseGet(people::tenants).stream().map(PeopleIdentityProvider::tenantOf);
    }

    /** Tenants whose instances a person sees in the engine: his own, and all of them for operations. */
    private Stream<Tenant> tenantsOf(Person person) {
        Stream<TenantId> tenants = person.has(Role.OPERATIONS) || person.has(Role.PROCESS_OWNER)
                ? people.tenants().stream()
                : Stream.of(person.tenant());
        return tenants.map(PeopleIdentityProvider::tenantOf);
    }

    private static User user(Person person) {
        UserEntity user = new UserEntity();
        user.setId(person.id().value());
        int space = person.name().indexOf(' ');
        user.setFirstName(space < 0 ? person.name() : person.name().substring(0, space));
        user.setLastName(space < 0 ? "" : person.name().substring(space + 1));
        user.setEmail(person.email());
        return user;
    }

    private static Group groupOf(Role role) {
        GroupEntity group = new GroupEntity();
        group.setId(group(role));
        String words = role.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        group.setName(Character.toUpperCase(words.charAt(0)) + words.substring(1));
        group.setType("ROLE");
        return group;
    }

    private static Tenant tenantOf(TenantId id) {
        TenantEntity tenant = new TenantEntity();
        tenant.setId(id.value());
        tenant.setName(id.value());
        return tenant;
    }

    private static <T> List<T> page(List<T> all, @Nullable Page page) {
        if (page == null) {
            return all;
        }
        int from = Math.min(page.getFirstResult(), all.size());
        int to = (int) Math.min((long) from + page.getMaxResults(), all.size());
        return all.subList(from, to);
    }

    /** Whether the text fits an SQL pattern, whatever the case; absent patterns fit everything. */
    private static boolean like(@Nullable String pattern, String text) {
        return pattern == null
                || io.drawbridge.organization.ArnPattern.matches(
                        pattern.toLowerCase(Locale.ROOT).replace('%', '*'), text.toLowerCase(Locale.ROOT));
    }

    private static boolean same(@Nullable String wanted, String found) {
        return wanted == null || wanted.equalsIgnoreCase(found);
    }

    @SuppressWarnings("serial")
    private final class Users extends UserQueryImpl {
        private static final long serialVersionUID = 1L;

        private Users(@Nullable CommandExecutor executor) {
            super(executor);
        }

        @Override
        public long executeCount(CommandContext context) {
            return found().size();
        }

        @Override
        public List<User> executeList(CommandContext context, @Nullable Page page) {
            return page(found(), page);
        }

        private List<User> found() {
            Stream<Person> candidates = id == null ? everybodyVisible() : visible(id).stream();
            return candidates
                    .filter(person -> ids == null
                            || Arrays.asList(ids).contains(person.id().value()))
                    .filter(person -> groupId == null
                            || person.roles().stream()
                                    .anyMatch(role -> group(role).equals(groupId)))
                    .filter(person ->
                            tenantId == null || person.tenant().value().equals(tenantId))
                    .filter(person -> same(email, person.email()) && like(emailLike, person.email()))
                    .map(PeopleIdentityProvider::user)
                    .filter(user -> same(firstName, user.getFirstName()) && like(firstNameLike, user.getFirstName()))
                    .filter(user -> same(lastName, user.getLastName()) && like(lastNameLike, user.getLastName()))
                    .toList();
        }
    }

    @SuppressWarnings("serial")
    private final class Groups extends GroupQueryImpl {
        private static final long serialVersionUID = 1L;

        private Groups(@Nullable CommandExecutor executor) {
            super(executor);
        }

        @Override
        public long executeCount(CommandContext context) {
            return found().size();
        }

        @Override
        public List<Group> executeList(CommandContext context, @Nullable Page page) {
            return page(found(), page);
        }

        private List<Group> found() {
            Stream<Role> roles = userId == null
                    ? Arrays.stream(Role.values())
                    : visible(userId).stream()
                            .flatMap(person -> person.roles().stream().sorted());
            return roles.map(PeopleIdentityProvider::groupOf)
                    .filter(group -> same(id, group.getId())
                            && (ids == null || Arrays.asList(ids).contains(group.getId())))
                    .filter(group -> same(name, group.getName()) && like(nameLike, group.getName()))
                    .filter(group -> same(type, group.getType()))
                    .toList();
        }
    }

    @SuppressWarnings("serial")
    private final class Tenants extends TenantQueryImpl {
        private static final long serialVersionUID = 1L;

        private Tenants(@Nullable CommandExecutor executor) {
            super(executor);
        }

        @Override
        public long executeCount(CommandContext context) {
            return found().size();
        }

        @Override
        public List<Tenant> executeList(CommandContext context, @Nullable Page page) {
            return page(found(), page);
        }

        private List<Tenant> found() {
            Stream<Tenant> tenants = userId == null
                    ? knownTenants()
                    : visible(userId).stream().flatMap(PeopleIdentityProvider.this::tenantsOf);
            return tenants.filter(tenant -> same(id, tenant.getId())
                            && (ids == null || Arrays.asList(ids).contains(tenant.getId())))
                    .filter(tenant -> same(name, tenant.getName()) && like(nameLike, tenant.getName()))
                    .filter(tenant -> groupId == null)
                    .toList();
        }
    }
}
