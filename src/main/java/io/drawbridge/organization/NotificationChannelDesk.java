package io.drawbridge.organization;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.organization.NotificationChannel.Kind;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Adds, changes, tests and removes the notification channels of a tenant; for administrators.
 *
 * <p>Each change is audited, without secrets and without the address of a webhook, which often is one.
 */
@Service
public class NotificationChannelDesk {
    /** Channels a tenant may have. */
    public static final int MOST = 20;

    /** Shortest secret of a webhook that may be brought along, in characters. */
    public static final int SHORTEST_SECRET = 24;

    /** Begins every secret made here, so that one that was left lying about is found by a search for it. */
    public static final String SECRET_PREFIX = "drawbridge_webhook_";

    private static final int LONGEST_SECRET = 256;
    private static final int SECRET_BYTES = 32;
    private static final int LONGEST_NAME = 100;
    private static final int MOST_ADDRESSES = 20;
    private static final int MOST_SCOPES = 50;
    private static final int MOST_HEADERS = 10;
    private static final int LONGEST_HEADER = 1000;
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,63}");
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7E]+( +[\\x21-\\x7E]+)*");

    /** Headers that are ours, or that decide how a message is read on its way. */
    private static final Set<String> OURS = Set.of(
            "accept-encoding",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "user-agent");

    private static final String OUR_PREFIX = "x-drawbridge-";

    private final NotificationChannels channels;
    private final ChannelPost post;
    private final Scopes scopes;
    private final Seal seal;
    private final AuditTrail trail;
    private final Clock clock;
    private final TransactionTemplate transaction;
    private final SecureRandom random = new SecureRandom();

    NotificationChannelDesk(
            NotificationChannels channels,
            ChannelPost post,
            Scopes scopes,
            Seal seal,
            AuditTrail trail,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.channels = channels;
        this.post = post;
        this.scopes = scopes;
        this.seal = seal;
        this.trail = trail;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    /**
     * What an administrator says of a channel.
     *
     * @param events words such as {@code request.pending}; null or empty for all
     * @param scopes ids of scopes; null or empty for everywhere
     * @param secret what a webhook signs with; null to have one made, or to leave it as it is
     * @param headers of a webhook, beside ours; null for none, or to leave them as they are, which they may while the
     *     webhook leads to the host that they were given for
     * @param enabled null for yes
     */
    public record Draft(
            @Nullable String name,
            @Nullable List<String> targets,
            @Nullable List<String> events,
            @Nullable List<String> scopes,
            @Nullable String secret,
            @Nullable Map<String, String> headers,
            @Nullable Boolean enabled) {
        /** Without the secrets. */
        @Override
        public String toString() {
            return "Draft[" + name + "]";
        }
    }

    /**
     * A channel that was just added.
     *
     * @param secret what a webhook signs with if it was made here; it cannot be shown again. Null for other channels, and
     *     for a secret that was brought along.
     */
    public record Made(NotificationChannel channel, @Nullable String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Made[" + channel.id() + "]";
        }
    }

    /** The channels of the caller's tenant, oldest first. */
    public List<NotificationChannel> list(Caller caller) {
        demandAdministrator(caller);
        return channels.of(caller.tenant());
    }

    /**
     * One channel.
     *
     * @throws NotFoundException if the caller's tenant has no such channel
     */
    public NotificationChannel find(Caller caller, String id) {
        demandAdministrator(caller);
        return channels.find(caller.tenant(), id).orElseThrow(() -> new NotFoundException("notification channel", id));
    }

    /**
     * Adds a channel; it is told of whatever happens from now on.
     *
     * @throws InvalidInputException naming what is wrong, an address inside the network among it
     */
    public Made add(Caller caller, @Nullable Kind kind, Draft draft) {
        demandAdministrator(caller);
        if (kind == null) {
            throw new InvalidInputException("kind", "must be one of webhook, sns and mail.");
        }
        String id = UUID.randomUUID().toString();
        Checked checked = check(caller, kind, draft);
        if (channels.of(caller.tenant()).size() >= MOST) {
            throw new InvalidInputException(
                    "name", "is one too many: there are " + MOST + " channels already; remove one first.");
        }
        String made = kind == Kind.WEBHOOK && checked.secret == null ? secret() : null;
        String secret = made == null ? checked.secret : made;
        NotificationChannel channel = checked.channel(caller, id, kind, clock.instant());
        NotificationChannels.Sealed sealed = new NotificationChannels.Sealed(
                secret == null ? null : seal.seal(secret, id),
                checked.headers.isEmpty() ? null : checked.sealedHeaders(seal, id));
        transaction.executeWithoutResult(status -> {
            channels.add(channel, sealed);
            trail.record(caller.tenant(), caller.id().value(), "channel.added", id, details(channel));
        });
        return new Made(channel, made);
    }

    /**
     * Replaces what a channel is told and where, and starts it again if it was stopped; what waits goes to the new target.
     *
     * @throws NotFoundException if the caller's tenant has no such channel
     * @throws InvalidInputException naming what is wrong
     */
    public NotificationChannel change(Caller caller, String id, Draft draft) {
        NotificationChannel before = find(caller, id);
        Checked checked = check(caller, before.kind(), draft);
        if (draft.headers() == null && !before.headers().isEmpty() && isElsewhere(before.targets(), checked.targets)) {
            // NB. Nobody reads them here; sent to a receiver of his own, an administrator would.
            throw new InvalidInputException(
                    "headers",
                    "were given for another host, and may hold a secret of it; give them anew for this one, or have them"
                            + " forgotten.");
        }
        List<String> headers = draft.headers() == null ? before.headers() : checked.headerNames();
        NotificationChannel after = new NotificationChannel(
                id,
                before.tenant(),
                checked.name,
                before.kind(),
                checked.targets,
                checked.events,
                checked.scopes,
                headers,
                checked.enabled,
                before.createdBy(),
                before.createdAt(),
                NotificationChannel.State.fresh(clock.instant()));
        String sealedSecret = checked.secret == null ? null : seal.seal(checked.secret, id);
        String sealedHeaders =
                draft.headers() == null || before.kind() != Kind.WEBHOOK ? null : checked.sealedHeaders(seal, id);
        transaction.executeWithoutResult(status -> {
            channels.change(after, sealedSecret, sealedHeaders);
            Map<String, Object> details = new LinkedHashMap<>(details(after));
            details.put("before", details(before));
            details.put("targetChanged", !before.targets().equals(after.targets()));
            details.put("secretChanged", sealedSecret != null);
            details.put("headersChanged", sealedHeaders != null);
            trail.record(caller.tenant(), caller.id().value(), "channel.changed", id, details);
        });
        return find(caller, id);
    }

    /**
     * Removes a channel. What waited for it is given up, and stays visible with that reason.
     *
     * @throws NotFoundException if the caller's tenant has no such channel
     */
    public void remove(Caller caller, String id) {
        NotificationChannel channel = find(caller, id);
        transaction.executeWithoutResult(status -> {
            Map<String, Object> details = new LinkedHashMap<>(details(channel));
            details.put("givenUp", post.waiting(channel));
            channels.remove(caller.tenant(), id, clock.instant());
            post.abandon(channel);
            trail.record(caller.tenant(), caller.id().value(), "channel.removed", id, details);
        });
    }

    /**
     * Sends a test event to a channel, by way of the outbox like any other; its result is among the deliveries.
     *
     * @throws NotFoundException if the caller's tenant has no such channel
     */
    public ChannelPost.Delivery test(Caller caller, String id) {
        NotificationChannel channel = find(caller, id);
        ChannelPost.Delivery sent = transaction.execute(status -> {
            trail.record(caller.tenant(), caller.id().value(), "channel.tested", id, Map.of("name", channel.name()));
            return post.test(channel);
        });
        return java.util.Objects.requireNonNull(sent);
    }

    /** What was sent to a channel, newest first; only numbers below {@code before}, if that is given. */
    public List<ChannelPost.Delivery> deliveries(Caller caller, String id, @Nullable Long before, int limit) {
        return post.deliveries(find(caller, id), before, limit);
    }

    /** How many deliveries wait for a channel. */
    public int waiting(Caller caller, NotificationChannel channel) {
        return post.waiting(find(caller, channel.id()));
    }

    /** Whether a webhook leads to another host, to another port of it, or there without TLS. */
    private static boolean isElsewhere(List<String> before, List<String> after) {
        return !origin(before.get(0)).equals(origin(after.get(0)));
    }

    private static String origin(String target) {
        URI uri = URI.create(target);
        return (uri.getScheme() + "://" + uri.getRawAuthority()).toLowerCase(Locale.ROOT);
    }

    /** What was said of a channel, once it is known to be sound. */
    private record Checked(
            String name,
            List<String> targets,
            Set<ChannelEvent> events,
            Set<ScopeId> scopes,
            @Nullable String secret,
            Map<String, String> headers,
            boolean enabled) {
        NotificationChannel channel(Caller caller, String id, Kind kind, java.time.Instant now) {
            return new NotificationChannel(
                    id,
                    caller.tenant(),
                    name,
                    kind,
                    targets,
                    events,
                    scopes,
                    headerNames(),
                    enabled,
                    caller.id(),
                    now,
                    NotificationChannel.State.fresh(now));
        }

        List<String> headerNames() {
            return List.copyOf(headers.keySet());
        }

        String sealedHeaders(Seal seal, String id) {
            return seal.seal(
                    headers.entrySet().stream()
                            .map(header -> header.getKey() + ": " + header.getValue())
                            .collect(Collectors.joining("\n")),
                    id);
        }
    }

    private Checked check(Caller caller, Kind kind, Draft draft) {
        Map<String, String> wrong = new LinkedHashMap<>();
        String name = draft.name() == null ? "" : draft.name().strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            wrong.put("name", "must say in 1 to " + LONGEST_NAME + " characters what the channel is for.");
        }
        List<String> targets = targets(caller, kind, draft.targets(), wrong);
        Set<ChannelEvent> events = events(draft.events(), wrong);
        Set<ScopeId> where = scopes(caller, draft.scopes(), wrong);
        String secret = draft.secret() == null || draft.secret().isEmpty() ? null : draft.secret();
        Map<String, String> headers = headers(draft.headers(), wrong);
        if (kind == Kind.WEBHOOK) {
            if (secret != null
                    && (secret.length() < SHORTEST_SECRET
                            || secret.length() > LONGEST_SECRET
                            || !VISIBLE.matcher(secret).matches())) {
                wrong.put(
                        "secret",
                        "must have " + SHORTEST_SECRET + " to " + LONGEST_SECRET
                                + " visible ASCII characters; leave it out to have one made.");
            }
            if (!seal.isThere()) {
                wrong.put(
                        "kind",
                        "webhook cannot be used yet: this installation has no key to keep secrets with. Whoever runs it"
                                + " sets drawbridge.channels.secret-keys.");
            }
        } else {
            if (secret != null) {
                wrong.put("secret", "is for webhooks only.");
            }
            if (!headers.isEmpty()) {
                wrong.put("headers", "are for webhooks only.");
            }
        }
        if (!wrong.isEmpty()) {
            throw new InvalidInputException(wrong);
        }
        return new Checked(name, targets, events, where, secret, headers, draft.enabled() == null || draft.enabled());
    }

    private List<String> targets(Caller caller, Kind kind, @Nullable List<String> given, Map<String, String> wrong) {
        String field =
                switch (kind) {
                    case WEBHOOK -> "url";
                    case SNS -> "topicArn";
                    case MAIL -> "addresses";
                };
        Set<String> targets = new LinkedHashSet<>();
        for (String target : given == null ? List.<@Nullable String>of() : given) {
            targets.add(String.valueOf(target).strip());
        }
        int most = kind == Kind.MAIL ? MOST_ADDRESSES : 1;
        if (targets.isEmpty() || targets.size() > most) {
            wrong.put(
                    field,
                    kind == Kind.MAIL ? "must be 1 to " + most + " mail addresses." : "is missing; it says where to.");
            return List.of();
        }
        for (String target : targets) {
            String flaw = post.flawIn(caller.tenant(), kind, target);
            if (flaw != null) {
                wrong.put(field, flaw);
            }
        }
        return List.copyOf(targets);
    }

    private static Set<ChannelEvent> events(@Nullable List<String> given, Map<String, String> wrong) {
        Set<ChannelEvent> events = EnumSet.noneOf(ChannelEvent.class);
        for (String word : given == null ? List.<@Nullable String>of() : given) {
            ChannelEvent.of(String.valueOf(word))
                    .ifPresentOrElse(
                            events::add,
                            () -> wrong.put(
                                    "events",
                                    "must be some of "
                                            + java.util.Arrays.stream(ChannelEvent.values())
                                                    .map(ChannelEvent::word)
                                                    .collect(Collectors.joining(", "))
                                            + "; leave them out for all."));
        }
        return events;
    }

    private Set<ScopeId> scopes(Caller caller, @Nullable List<String> given, Map<String, String> wrong) {
        Set<ScopeId> found = new LinkedHashSet<>();
        if (given != null && given.size() > MOST_SCOPES) {
            wrong.put("scopes", "must be at most " + MOST_SCOPES + "; name one above them instead.");
            return found;
        }
        for (String id : given == null ? List.<@Nullable String>of() : given) {
            String text = id == null ? "" : id.strip();
            if (text.isEmpty()
                    || scopes.find(caller.tenant(), new ScopeId(text)).isEmpty()) {
                wrong.put("scopes", "\"" + text + "\" is no scope of this organisation; name scopes by their ids.");
            } else {
                found.add(new ScopeId(text));
            }
        }
        return found;
    }

    private static Map<String, String> headers(@Nullable Map<String, String> given, Map<String, String> wrong) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (given == null) {
            return headers;
        }
        List<String> bad = new ArrayList<>();
        given.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!HEADER_NAME.matcher(name).matches()
                    || OURS.contains(lower)
                    || lower.startsWith(OUR_PREFIX)
                    || value == null
                    || value.length() > LONGEST_HEADER
                    || !VISIBLE.matcher(value).matches()
                    || headers.put(name, value) != null) {
                bad.add(name);
            }
        });
        if (!bad.isEmpty() || headers.size() > MOST_HEADERS) {
            wrong.put(
                    "headers",
                    "must be at most " + MOST_HEADERS
                            + " of letters, digits and hyphens, each once, with a value of 1 to "
                            + LONGEST_HEADER
                            + " visible ASCII characters; those that say how a message is read, such as"
                            + " Host and Content-Type, and those of Drawbridge cannot be set.");
        }
        return headers;
    }

    private String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return SECRET_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Map<String, Object> details(NotificationChannel channel) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("name", channel.name());
        details.put("kind", channel.kind().word());
        details.put(
                "events",
                channel.events().stream().map(ChannelEvent::word).sorted().toList());
        details.put(
                "scopes", channel.scopes().stream().map(ScopeId::value).sorted().toList());
        details.put("headers", channel.headers());
        details.put("enabled", channel.enabled());
        return details;
    }

    private static void demandAdministrator(Caller caller) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may see and change notification channels.");
        }
    }
}
