package io.drawbridge.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Says for whom a chat account speaks, connects and disconnects.
 *
 * <p>An account speaks for a person who has signed in to Drawbridge from a link that only the account was shown, and has
 * confirmed it there; or, where an administrator has declared a workspace's addresses as verified, for the one person with
 * the account's address. Everything else is read anew at each call: who has left, and whose connection has ended, is nobody.
 */
@Service
public class ChatAccountDesk {
    /** How long a link to connect can be used. */
    public static final Duration LINK_LIFE = Duration.ofMinutes(10);

    private static final int SECRET_BYTES = 32;

    private final ChatConnections connections;
    private final ChatDirectory directory;
    private final People people;
    private final AuditTrail trail;
    private final ApplicationEventPublisher events;
    private final TransactionOperations transactions;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    ChatAccountDesk(
            ChatConnections connections,
            ChatDirectory directory,
            People people,
            AuditTrail trail,
            ApplicationEventPublisher events,
            TransactionOperations transactions,
            Clock clock) {
        this.connections = connections;
        this.directory = directory;
        this.people = people;
        this.trail = trail;
        this.events = events;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** A chat account was connected to a person; he is told, so that nobody speaks for him without his knowing. */
    public record Connected(ChatConnection connection, ChatDirectory.Workspace workspace) {}

    /**
     * Who speaks. Not inside a transaction: where addresses are verified, the platform may be asked.
     *
     * @return empty if the account is connected to nobody, or to somebody who may not speak in this workspace any more
     */
    public Optional<Caller> speaker(ChatAccount account) {
        Optional<ChatDirectory.Workspace> workspace = directory.workspace(account.platform(), account.workspace());
        if (workspace.isEmpty()) {
            return Optional.empty();
        }
        Optional<ChatConnection> known = connections.find(account);
        if (known.isEmpty() && addressesVerified(workspace.get())) {
            known = matchByAddress(account, workspace.get());
        }
        return known.filter(connection -> stands(connection, workspace.get()))
                .flatMap(connection -> living(connection.tenant(), connection.person()))
                // NB. A chat proves no second factor, and its platform no address of the person.
                .map(person -> new Caller(person, person.tenant(), null, false));
    }

    /** The accounts that speak for the person now, by platform and workspace; none for one who has left. */
    public List<ChatConnection> speakingFor(TenantId tenant, PersonId person) {
        if (living(tenant, person).isEmpty()) {
            return List.of();
        }
        return connections.of(tenant, person).stream()
                .filter(connection -> directory
                        .workspace(
                                connection.account().platform(),
                                connection.account().workspace())
                        .filter(workspace -> stands(connection, workspace))
                        .isPresent())
                .toList();
    }

    /**
     * The account to which the platform has given the person's address, connected if it was not: for a workspace whose
     * addresses are verified, before somebody is written to who has never spoken there. Not inside a transaction.
     *
     * @return empty if the account may not speak for him, one that was disconnected before included
     */
    public Optional<ChatConnection> match(ChatAccount account, PersonId person) {
        return speaker(account)
                .filter(speaker -> speaker.id().equals(person))
                .flatMap(speaker -> connections.find(account));
    }

    /**
     * Makes the secret of a link that connects the account, to be shown to that account and to nobody else. Links made for
     * it before open nothing any more. Not inside a transaction: the platform is asked what it calls the account.
     *
     * @throws NotFoundException if the installation knows no such workspace
     */
    public String invite(ChatAccount account) {
        if (directory.workspace(account.platform(), account.workspace()).isEmpty()) {
            throw new NotFoundException("workspace", account.workspace());
        }
        Optional<ChatDirectory.Profile> profile = directory.profile(account);
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        transactions.executeWithoutResult(status -> connections.invite(new ChatConnections.Invitation(
                hash(token),
                account,
                profile.map(ChatDirectory.Profile::name).orElse(account.user()),
                profile.map(ChatDirectory.Profile::address).orElse(null),
                clock.instant().plus(LINK_LIFE),
                null)));
        return token;
    }

    /**
     * What a link would connect, to be shown before it is confirmed; nothing is changed.
     *
     * @param workspace where the account is
     * @param ofTheCaller whether the account has the caller's own address, and so hardly is another's
     */
    public record Offered(
            ChatAccount account,
            String name,
            @Nullable String address,
            ChatDirectory.Workspace workspace,
            boolean ofTheCaller) {}

    /**
     * Looks at a link.
     *
     * @throws NotFoundException if there is no such link, if it was used, if it has expired, or if it is of another tenant
     */
    @Transactional(readOnly = true)
    public Offered look(Caller caller, String token) {
        ChatConnections.Invitation invitation = connections
                .invitation(hash(token))
                .filter(found -> found.opens(clock.instant()))
                .orElseThrow(ChatAccountDesk::noSuchLink);
        ChatDirectory.Workspace workspace = workspace(invitation.account());
        if (!workspace.tenant().equals(caller.tenant())) {
            throw noSuchLink();
        }
        return new Offered(
                invitation.account(),
                invitation.name(),
                invitation.address(),
                workspace,
                ownersOf(caller.tenant(), invitation.address()).stream()
                        .anyMatch(owner -> owner.id().equals(caller.id())));
    }

    /**
     * Connects the account of a link to the caller, in place of another account of his in that workspace; the link is used
     * up, also by a try that is refused. Not inside a transaction: the platform is asked once more whose account it is.
     *
     * @throws NotFoundException as {@link #look} does; a link of another tenant is audited
     * @throws ForbiddenException if the caller is no person, if the account speaks for somebody else already, if its address
     *     is somebody else's, or, for a guest's account, nobody's here: whoever made the link wants another to confirm it; and
     *     if the platform does not say whose it is
     */
    public ChatConnection connect(Caller caller, String token) {
        String hash = hash(token);
        if (!connections.use(hash, clock.instant())) {
            throw noSuchLink();
        }
        ChatConnections.Invitation invitation = connections.invitation(hash).orElseThrow(ChatAccountDesk::noSuchLink);
        ChatAccount account = invitation.account();
        ChatDirectory.Workspace workspace = workspace(account);
        if (!workspace.tenant().equals(caller.tenant())) {
            refused(workspace.tenant(), caller.id().value(), account, "connect", "The person is of another tenant.");
            throw noSuchLink();
        }
        if (!caller.has(Role.REQUESTER)) {
            throw refusal(caller, account, "Only people have chat accounts; " + caller.id() + " is a service.");
        }
        // NB. Asked anew: a link made while the platform could not be asked names no address, and would suit everybody.
        ChatDirectory.Profile profile = directory
                .profile(account)
                .orElseThrow(() -> refusal(
                        caller,
                        account,
                        account.platform().title() + " does not say now whose account " + invitation.name()
                                + " is, so it is not connected. Say connect there again in a minute."));
        List<Person> owners = ownersOf(caller.tenant(), profile.address());
        boolean own = owners.stream().anyMatch(owner -> owner.id().equals(caller.id()));
        if (!own && !owners.isEmpty()) {
            throw refusal(
                    caller,
                    account,
                    "The chat account " + profile.name() + " has the address of somebody else here, so it is not"
                            + " connected to you. Connect from your own account, and tell an administrator who sent you"
                            + " the link.");
        }
        if (!own && !profile.member()) {
            throw refusal(
                    caller,
                    account,
                    "The chat account " + profile.name()
                            + " is a guest's, or a bot's, and has not your address, so it is"
                            + " not connected to you. Connect from your own account, and tell an administrator who sent"
                            + " you the link.");
        }
        return Objects.requireNonNull(transactions.execute(status -> {
            Optional<ChatConnection> other = connections
                    .find(account)
                    .filter(found -> found.lives() && !found.person().equals(caller.id()));
            if (other.isPresent()) {
                throw refusal(
                        caller, account, "The chat account speaks for somebody else; it has to be disconnected first.");
            }
            return connected(
                    new ChatConnection(
                            account,
                            caller.tenant(),
                            caller.id(),
                            profile.name(),
                            ChatConnection.MatchedBy.SIGN_IN,
                            clock.instant(),
                            null),
                    workspace);
        }));
    }

    /** The caller's own connections that live, those included that say nothing at the moment. */
    @Transactional(readOnly = true)
    public List<ChatConnection> list(Caller caller) {
        return connections.of(caller.tenant(), caller.id());
    }

    /**
     * Ends a connection of the caller's, or, for an administrator, of his tenant. Ending it again changes nothing.
     *
     * @throws NotFoundException if there is none that the caller may end
     */
    @Transactional
    public void disconnect(Caller caller, ChatAccount account) {
        ChatConnection connection = connections
                .find(account)
                .filter(found -> found.tenant().equals(caller.tenant()))
                .filter(found -> found.person().equals(caller.id()) || caller.isAdministrator())
                .orElseThrow(() -> new NotFoundException("chat account", account.toString()));
        end(connection, caller.id().value(), "disconnected");
    }

    /** The account has left its workspace, or its address was changed there: it speaks for nobody from now on. */
    @Transactional
    public void left(ChatAccount account, String reason) {
        connections.find(account).ifPresent(connection -> end(connection, AuditTrail.DRAWBRIDGE, reason));
    }

    /** The address of an account was changed in its workspace: whom it was matched with by the address before is let go. */
    @Transactional
    public void addressChanged(ChatAccount account, @Nullable String address) {
        connections
                .find(account)
                .filter(found -> found.matchedBy() == ChatConnection.MatchedBy.ADDRESS)
                .filter(found -> ownerOf(found.tenant(), address)
                        .filter(person -> person.id().equals(found.person()))
                        .isEmpty())
                .ifPresent(found -> end(found, AuditTrail.DRAWBRIDGE, "address changed"));
    }

    /** The workspace has removed Drawbridge: nobody speaks in it from now on. */
    @Transactional
    public void closed(ChatPlatform platform, String workspace, String reason) {
        connections.in(platform, workspace).forEach(connection -> end(connection, AuditTrail.DRAWBRIDGE, reason));
    }

    /** The workspaces of the caller's tenant; for administrators. */
    public List<ChatDirectory.Workspace> workspaces(Caller caller) {
        demandAdministrator(caller);
        return directory.workspaces().stream()
                .filter(workspace -> workspace.tenant().equals(caller.tenant()))
                .toList();
    }

    /** Whether the addresses of a workspace are declared as verified, by an administrator of the tenant that it is of now. */
    public boolean addressesVerified(ChatPlatform platform, String id) {
        return directory.workspace(platform, id).filter(this::addressesVerified).isPresent();
    }

    private boolean addressesVerified(ChatDirectory.Workspace workspace) {
        return connections.addressesVerified(workspace.platform(), workspace.id(), workspace.tenant());
    }

    /**
     * Declares the addresses of a workspace as verified, so that accounts match by themselves; or takes it back, and whoever
     * was matched so is nobody at once.
     *
     * @throws ForbiddenException if the caller is no administrator
     * @throws NotFoundException if his tenant has no such workspace
     */
    @Transactional
    public void setAddressesVerified(Caller caller, ChatPlatform platform, String id, boolean verified) {
        demandAdministrator(caller);
        ChatDirectory.Workspace workspace = directory
                .workspace(platform, id)
                .filter(found -> found.tenant().equals(caller.tenant()))
                .orElseThrow(() -> new NotFoundException("workspace", id));
        boolean before = addressesVerified(workspace);
        connections.setAddressesVerified(platform, id, workspace.tenant(), verified);
        trail.record(
                caller.tenant(),
                caller.id().value(),
                "chat.addresses-declared",
                platform.word() + ":" + id,
                Map.of("verifiedBefore", before, "verified", verified));
    }

    /** Records that somebody nobody knows, or who may not, tried something in a chat of that tenant. */
    public void refused(TenantId tenant, String actor, ChatAccount account, String deed, String reason) {
        trail.recordRefusal(tenant, actor, "chat.refused", account.toString(), Map.of("deed", deed, "reason", reason));
    }

    private Optional<Person> living(TenantId tenant, PersonId person) {
        return people.find(tenant, person).filter(found -> found.has(Role.REQUESTER));
    }

    private boolean stands(ChatConnection connection, ChatDirectory.Workspace workspace) {
        return connection.lives()
                && connection.tenant().equals(workspace.tenant())
                && (connection.matchedBy() == ChatConnection.MatchedBy.SIGN_IN || addressesVerified(workspace));
    }

    private Optional<ChatConnection> matchByAddress(ChatAccount account, ChatDirectory.Workspace workspace) {
        Optional<ChatDirectory.Profile> profile = directory.profile(account).filter(ChatDirectory.Profile::member);
        Optional<Person> owner = profile.flatMap(found -> ownerOf(workspace.tenant(), found.address()));
        if (profile.isEmpty() || owner.isEmpty()) {
            return Optional.empty();
        }
        ChatConnection matched = new ChatConnection(
                account,
                workspace.tenant(),
                owner.get().id(),
                profile.get().name(),
                ChatConnection.MatchedBy.ADDRESS,
                clock.instant(),
                null);
        try {
            return Optional.ofNullable(transactions.execute(status -> connected(matched, workspace)));
        } catch (ChatConnections.ConnectedMeanwhileException faster) {
            return connections.find(account);
        }
    }

    /** The only living person of the tenant with that address; of two with the same address neither. */
    private Optional<Person> ownerOf(TenantId tenant, @Nullable String address) {
        List<Person> owners = ownersOf(tenant, address);
        return owners.size() == 1 ? Optional.of(owners.get(0)) : Optional.empty();
    }

    private List<Person> ownersOf(TenantId tenant, @Nullable String address) {
        if (address == null || address.isBlank()) {
            return List.of();
        }
        PersonId asId = new PersonId(address.strip());
        return people.of(tenant).stream()
                .filter(person -> person.has(Role.REQUESTER))
                .filter(person -> !person.email().isBlank())
                // NB. Compared as ids are, which lets no other letter pass for one of ASCII.
                .filter(person -> new PersonId(person.email()).equals(asId))
                .toList();
    }

    private ChatConnection connected(ChatConnection connection, ChatDirectory.Workspace workspace) {
        ChatAccount account = connection.account();
        connections.of(connection.tenant(), connection.person()).stream()
                .filter(other -> !other.account().equals(account))
                .filter(other -> other.account().platform() == account.platform()
                        && other.account().workspace().equals(account.workspace()))
                .forEach(other -> end(other, connection.person().value(), "another account was connected"));
        connections.save(connection);
        trail.record(
                connection.tenant(),
                connection.person().value(),
                "chat.connected",
                account.toString(),
                Map.of(
                        "person", connection.person().value(),
                        "name", connection.name(),
                        "matchedBy", connection.matchedBy().name()));
        events.publishEvent(new Connected(connection, workspace));
        return connection;
    }

    private void end(ChatConnection connection, String actor, String reason) {
        if (connections.end(connection.account(), clock.instant())) {
            trail.record(
                    connection.tenant(),
                    actor,
                    "chat.disconnected",
                    connection.account().toString(),
                    Map.of("person", connection.person().value(), "reason", reason));
        }
    }

    private ForbiddenException refusal(Caller caller, ChatAccount account, String reason) {
        refused(caller.tenant(), caller.id().value(), account, "connect", reason);
        return new ForbiddenException(reason);
    }

    private ChatDirectory.Workspace workspace(ChatAccount account) {
        return directory.workspace(account.platform(), account.workspace()).orElseThrow(ChatAccountDesk::noSuchLink);
    }

    private static NotFoundException noSuchLink() {
        return new NotFoundException("link", "of this address");
    }

    private static void demandAdministrator(Caller caller) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may see and change the workspaces of a chat.");
        }
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256.", impossible);
        }
    }
}
