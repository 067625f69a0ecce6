package io.drawbridge.notification.chat;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.GrantStateException;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.TenantId;
import io.drawbridge.notification.AddressProperties;
import io.drawbridge.notification.NoticeKind;
import io.drawbridge.notification.chat.ChatForm.Option;
import io.drawbridge.notification.chat.ChatMessage.Action;
import io.drawbridge.notification.chat.ChatMessage.Style;
import io.drawbridge.organization.Offers;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Settings;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.AlreadyOpenException;
import io.drawbridge.request.ApproverChain;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.DecisionDesk;
import io.drawbridge.request.DurationOffer;
import io.drawbridge.request.Identity;
import io.drawbridge.request.JustificationDesk;
import io.drawbridge.request.OpeningDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestReader;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.ReviewDesk;
import io.drawbridge.request.StatusConflictException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The conversation, the same on every platform: what people say, click and send, and what they get to see for it.
 *
 * <p>Who speaks is an account whose ids the platform has vouched for; for whom it speaks, and what he may do, is read anew
 * each time, at the same desks as the page's. An account that speaks for nobody is shown how to be connected, and can do
 * nothing else. What is answered here is for the eyes of who spoke only; a platform shows it to nobody else.
 *
 * <p>None of the methods is called inside a transaction, and none throws what a person could have caused.
 */
@Service
public class Conversation implements DisposableBean {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    /** Longest text that a desk takes, and so the longest a form lets be typed. */
    private static final int LONGEST_TEXT = 2000;

    /** Longest command that is read, in characters; an ARN and two words have room in it. */
    private static final int LONGEST_COMMAND = 1000;

    private static final int LONGEST_LIST = 10;
    private static final int MOST_SUGGESTIONS = 100;
    private static final String PERMISSION_SET = "permission-set/";
    private static final String JUSTIFIED = "justified";
    private static final String NOT_JUSTIFIED = "not-justified";

    /** How long a form is waited for; the platforms that wait least wait three seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How long a form that could not be done is tried again before whoever sent it is told so. */
    private static final Duration LONGEST_TRY = Duration.ofMinutes(10);

    private final ChatAccountDesk accounts;
    private final ChatDirectory directory;
    private final ChatInbox inbox;
    private final ChatOutbox outbox;
    private final ChatWords words;
    private final OpeningDesk opening;
    private final JustificationDesk justification;
    private final DecisionDesk decision;
    private final ReviewDesk review;
    private final RequestReader reader;
    private final ApproverChain chain;
    private final GrantDesk grantDesk;
    private final Grants grants;
    private final Scopes scopes;
    private final Offers offers;
    private final Settings settings;
    private final TransactionOperations transactions;
    private final URI base;
    private final Clock clock;
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            0,
            8,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> new Thread(work, "drawbridge-chat-form"),
            new ThreadPoolExecutor.CallerRunsPolicy());

    Conversation(
            ChatAccountDesk accounts,
            ChatDirectory directory,
            ChatInbox inbox,
            ChatOutbox outbox,
            ChatWords words,
            OpeningDesk opening,
            JustificationDesk justification,
            DecisionDesk decision,
            ReviewDesk review,
            RequestReader reader,
            ApproverChain chain,
            GrantDesk grantDesk,
            Grants grants,
            Scopes scopes,
            Offers offers,
            Settings settings,
            TransactionOperations transactions,
            AddressProperties address,
            Clock clock) {
        this.accounts = accounts;
        this.directory = directory;
        this.inbox = inbox;
        this.outbox = outbox;
        this.words = words;
        this.opening = opening;
        this.justification = justification;
        this.decision = decision;
        this.review = review;
        this.reader = reader;
        this.chain = chain;
        this.grantDesk = grantDesk;
        this.grants = grants;
        this.scopes = scopes;
        this.offers = offers;
        this.settings = settings;
        this.transactions = transactions;
        this.base = address.baseUrl();
        this.clock = clock;
    }

    /** What waits for somebody, and what he has asked for; each list the newest first, at most ten each. */
    public record Home(List<ChatMessage> waiting, List<ChatMessage> mine) {
        public Home {
            waiting = List.copyOf(waiting);
            mine = List.copyOf(mine);
        }
    }

    /**
     * Somebody typed a command, behind the application's name or to it.
     *
     * @param text {@code request [account] [permission] [duration]}, {@code mine}, {@code waiting}, {@code connect},
     *     {@code disconnect} or {@code help}; anything else is answered as {@code help}
     */
    public ChatReply said(ChatAccount from, String text) {
        String[] parts = shortened(text.strip()).split("\\s+", 2);
        String command = parts[0].toLowerCase(Locale.ROOT);
        String rest = parts.length > 1 ? parts[1].strip() : "";
        return switch (command) {
            case "request" -> clicked(from, Deed.REQUEST, rest);
            case "connect" -> clicked(from, Deed.CONNECT, "");
            case "disconnect" -> clicked(from, Deed.DISCONNECT, "");
            case "mine" -> listed(from, command, "You have asked for nothing that is open.", this::mine);
            case "waiting" -> listed(from, command, "Nothing waits for your decision.", this::waiting);
            default -> new ChatReply.Said(help(speaker(from).isPresent()));
        };
    }

    /**
     * Somebody clicked.
     *
     * @param subject as it stood in the action
     * @return a form to fill in, or something to read
     */
    public ChatReply clicked(ChatAccount from, Deed deed, String subject) {
        if (deed == Deed.CONNECT) {
            return new ChatReply.Said(invitation(from));
        }
        Optional<Caller> speaker = speaker(from);
        if (speaker.isEmpty()) {
            return unconnected(from, deed.word());
        }
        Caller caller = speaker.get();
        return guarded(() -> switch (deed) {
            case REQUEST -> {
                String said = shortened(subject);
                yield new ChatReply.Opened(requestForm(caller, said, prefilled(caller.tenant(), said)));
            }
            case MORE -> new ChatReply.Opened(requestForm(caller, subject, again(caller, new RequestId(subject))));
            case JUSTIFY -> justifyForm(caller, new RequestId(subject));
            case APPROVE, DENY -> decideForm(caller, deed, new RequestId(subject));
            case REVIEW -> reviewForm(caller, new RequestId(subject));
            case ABANDON -> new ChatReply.Said(words.outcome(justification.abandon(caller, new RequestId(subject))));
            case WITHDRAW -> new ChatReply.Said(words.outcome(justification.cancel(caller, new RequestId(subject))));
            case END -> new ChatReply.Said(end(caller, new RequestId(subject)));
            case DISCONNECT -> {
                accounts.disconnect(caller, from);
                yield new ChatReply.Said(ChatMessage.of(
                        "Disconnected", "This chat account does not speak for " + caller.id() + " any more."));
            }
            case CONNECT -> throw new IllegalStateException("To connect is for everybody, and was answered above.");
        });
    }

    /**
     * Somebody sent a form. The same delivery is done once, however often it comes. When this returns, it is done, or, if
     * that takes longer than two seconds, it has been kept so that it will be, and its sender is told by a message.
     *
     * @param delivery the platform's own key of what it delivered, at most 300 characters
     * @param values what was filled in, by the names of the fields; what was left empty may be missing
     */
    public ChatReply submitted(
            String delivery, ChatAccount from, Deed deed, String subject, Map<String, String> values) {
        if (speaker(from).isEmpty()) {
            return unconnected(from, deed.word());
        }
        ChatInbox.Sent sent = new ChatInbox.Sent(from, deed, subject, new LinkedHashMap<>(values));
        if (!inbox.take(delivery, sent)) {
            return new ChatReply.Again();
        }
        AtomicBoolean late = new AtomicBoolean();
        Future<ChatReply> work = workers.submit(() -> {
            ChatReply reply = perform(delivery, sent);
            if (!late.compareAndSet(false, true)) {
                tell(from, reply);
            }
            return reply;
        });
        try {
            return work.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            return late.compareAndSet(false, true) ? kept() : finished(work);
        } catch (ExecutionException failure) {
            LOG.error("What {} sent could not be done; it is tried again.", from, failure.getCause());
            return kept();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            late.set(true);
            return kept();
        }
    }

    /**
     * Whether a delivery that is not a form is to be done now; whoever gets a yes says {@link #done} or {@link #failed} of it.
     *
     * @param delivery the platform's own key of what it delivered, at most 300 characters
     * @return false if it was done before, or is being done; see {@link #isDone}
     */
    public boolean taken(String delivery) {
        return inbox.take(delivery, null);
    }

    /** Whether a delivery that could not be taken is done; if not, it may fail yet, and the platform should bring it again. */
    public boolean isDone(String delivery) {
        return inbox.isDone(delivery);
    }

    /** What was taken is done. */
    public void done(String delivery) {
        inbox.done(delivery);
    }

    /** What was taken was not done; it is when the platform delivers it again. */
    public void failed(String delivery) {
        inbox.release(delivery);
    }

    /**
     * What can stand in a field, for what was typed of it so far; at most 100.
     *
     * @param field {@code account} or {@code permission}; nothing for another
     * @param account what stands in the field for the account, null for nothing yet
     */
    public List<Option> suggest(ChatAccount from, String field, String typed, @Nullable String account) {
        Optional<Caller> speaker = speaker(from);
        if (speaker.isEmpty()) {
            return List.of();
        }
        TenantId tenant = speaker.get().tenant();
        String part = typed.strip().toLowerCase(Locale.ROOT);
        Stream<Option> all =
                switch (field) {
                    case "account" -> accounts(tenant);
                    case "permission" ->
                        offers.in(tenant, account).stream()
                                .map(offer -> offer.service() == null ? PERMISSION_SET + offer.name() : offer.name())
                                .map(name -> new Option(name, name));
                    default -> Stream.empty();
                };
        return all.filter(option -> option.words().toLowerCase(Locale.ROOT).contains(part))
                .limit(MOST_SUGGESTIONS)
                .toList();
    }

    /** What stands on one's own page in the chat; empty for an account that speaks for nobody. */
    public Optional<Home> home(ChatAccount from) {
        return speaker(from).map(caller -> new Home(waiting(caller), mine(caller)));
    }

    /**
     * A message as it should be now, for a platform that asks for it when somebody looks at it.
     *
     * @param key of the message, as {@link ChatLine#post} was told
     * @return empty if no such message is for that account, or if it speaks for nobody any more
     */
    public Optional<ChatMessage> current(ChatAccount from, String key) {
        return speaker(from).flatMap(caller -> outbox.content(from, key));
    }

    /** What an account gets to see that speaks for nobody. */
    public ChatMessage howToConnect() {
        return ChatMessage.of(
                        "Not connected",
                        "This chat account is not connected to Drawbridge, so it can do nothing here yet. Connect it by"
                                + " signing in to Drawbridge once.")
                .with(List.of(new Action(Deed.CONNECT, "", "Connect", Style.PRIMARY)));
    }

    /** Takes up the forms that were taken and not done, because their node died or the database was away. */
    void resume() {
        inbox.sweep();
        for (ChatInbox.Left left : inbox.left(LONGEST_LIST)) {
            if (inbox.takeUp(left.delivery())) {
                try {
                    resume(left);
                } catch (RuntimeException failure) {
                    LOG.error(
                            "What {} sent could not be done; it is tried again.",
                            left.sent().from(),
                            failure);
                }
            }
        }
    }

    private void resume(ChatInbox.Left left) {
        if (clock.instant().isBefore(left.receivedAt().plus(LONGEST_TRY))) {
            tell(left.sent().from(), perform(left.delivery(), left.sent()));
            return;
        }
        inbox.done(left.delivery());
        tell(
                left.sent().from(),
                said(
                        "Not done",
                        "What you sent could not be done in time. Nothing has changed; look at the request and try"
                                + " again."));
    }

    @Override
    public void destroy() {
        workers.shutdown();
    }

    /** Does it, and notes that it is done, in one transaction; whatever keeps it from being done for good is its answer. */
    private ChatReply perform(String delivery, ChatInbox.Sent sent) {
        Optional<Caller> speaker = speaker(sent.from());
        if (speaker.isEmpty()) {
            inbox.done(delivery);
            return unconnected(sent.from(), sent.deed().word());
        }
        ChatReply reply = guarded(() -> Objects.requireNonNull(transactions.execute(status -> {
            ChatReply done = perform(speaker.get(), sent.deed(), sent.subject(), sent.values());
            inbox.done(delivery);
            return done;
        })));
        inbox.done(delivery);
        return reply;
    }

    private ChatReply perform(Caller caller, Deed deed, String subject, Map<String, String> values) {
        return switch (deed) {
            case REQUEST, MORE -> ask(caller, values);
            case JUSTIFY ->
                new ChatReply.Said(words.outcome(justification.justify(
                        caller, new RequestId(subject), values.get("justification"), duration(values))));
            case APPROVE -> {
                AccessRequest decided =
                        decision.approve(caller, new RequestId(subject), values.get("message"), duration(values));
                ChatMessage outcome = words.outcome(decided);
                yield new ChatReply.Said(
                        decided.status() == RequestStatus.DENIED
                                ? ChatMessage.of(
                                        "Not approved",
                                        "The policy was asked again and now denies, so the request is denied in spite of"
                                                + " your approval.")
                                : outcome);
            }
            case DENY ->
                new ChatReply.Said(words.outcome(decision.deny(caller, new RequestId(subject), values.get("message"))));
            case REVIEW ->
                new ChatReply.Said(words.reviewed(review.review(
                        caller, new RequestId(subject), values.get("message"), justified(values.get("justified")))));
            case ABANDON, WITHDRAW, END, CONNECT, DISCONNECT ->
                throw new IllegalArgumentException("Nothing is filled in to " + deed.word() + "; it is a click.");
        };
    }

    private ChatReply ask(Caller caller, Map<String, String> values) {
        AccessRequest request = opening.ask(caller, filledIn(values, duration(values)));
        return new ChatReply.Said(
                words.own(request, grants.findByRequest(request.id()).orElse(null)));
    }

    private static AskForAccess filledIn(Map<String, String> values, @Nullable String duration) {
        String permission = filled(values.get("permission"));
        boolean set = permission != null && permission.startsWith(PERMISSION_SET);
        return new AskForAccess(
                filled(values.get("account")),
                set ? null : permission,
                set && permission != null ? permission.substring(PERMISSION_SET.length()) : null,
                duration,
                filled(values.get("justification")),
                "true".equals(values.get("breakGlass")),
                filled(values.get("ticket")),
                filled(values.get("identity")));
    }

    private ChatMessage end(Caller caller, RequestId id) {
        AccessRequest request = reader.read(caller, id);
        Grant grant = grants.findByRequest(id).orElseThrow(() -> new NotFoundException("grant of request", id.value()));
        return words.ended(grantDesk.endEarly(caller, grant.id()), request);
    }

    private ChatReply justifyForm(Caller caller, RequestId id) {
        AccessRequest request = reader.read(caller, id);
        if (request.status() != RequestStatus.REQUESTED) {
            return new ChatReply.Said(words.outcome(request));
        }
        List<ChatForm.Field> fields = new ArrayList<>();
        fields.add(text("justification", "Why do you need it?", true));
        fields.addAll(durations(
                caller,
                request,
                request.requestedDuration().map(AccessDuration::toString).orElse(null)));
        return new ChatReply.Opened(new ChatForm(
                Deed.JUSTIFY,
                id.value(),
                "Why, and for how long",
                words.about(request, "Say why you need it and for how long."),
                fields,
                "Ask"));
    }

    private ChatReply decideForm(Caller caller, Deed deed, RequestId id) {
        AccessRequest request = decision.decidableBy(caller, id, deed.word());
        List<ChatForm.Field> fields = new ArrayList<>();
        fields.add(text("message", "Message to " + request.requester(), true));
        if (deed == Deed.APPROVE) {
            fields.addAll(durations(
                    caller,
                    request,
                    request.requestedDuration().map(AccessDuration::toString).orElse(null)));
        }
        return new ChatReply.Opened(new ChatForm(
                deed,
                id.value(),
                deed == Deed.APPROVE ? "Approve the request" : "Deny the request",
                words.about(
                        request,
                        deed == Deed.APPROVE
                                ? "Access opens as soon as you approve."
                                : "The requester gets your message."),
                fields,
                deed == Deed.APPROVE ? "Approve" : "Deny"));
    }

    private ChatReply reviewForm(Caller caller, RequestId id) {
        AccessRequest request = reader.read(caller, id);
        if (request.review().isPresent()) {
            return new ChatReply.Said(words.reviewed(request));
        }
        return new ChatReply.Opened(new ChatForm(
                Deed.REVIEW,
                id.value(),
                "Review break-glass",
                words.about(request, "Say whether breaking the glass was justified."),
                List.of(
                        new ChatForm.Field(
                                "justified",
                                "Was it justified?",
                                ChatForm.Kind.CHOICE,
                                true,
                                null,
                                null,
                                0,
                                List.of(new Option(JUSTIFIED, "Yes"), new Option(NOT_JUSTIFIED, "No"))),
                        text("message", "Message", true)),
                "Close the review"));
    }

    private ChatForm requestForm(Caller caller, String subject, Map<String, String> values) {
        String account = values.get("account");
        String permission = values.get("permission");
        List<ChatForm.Field> fields = new ArrayList<>();
        fields.add(suggested(
                "account",
                "Account",
                account,
                account == null
                        ? null
                        : accounts(caller.tenant())
                                .filter(option -> option.value().equals(account))
                                .findFirst()
                                .orElse(new Option(account, account))));
        fields.add(suggested(
                "permission",
                "Permission",
                permission,
                permission == null ? null : new Option(permission, permission)));
        if (settings.of(caller.tenant()).requestUserJustification()) {
            fields.add(text("justification", "Why do you need it?", false));
            fields.addAll(durations(caller, values));
        }
        fields.add(new ChatForm.Field(
                "breakGlass",
                "This is an emergency: break the glass",
                ChatForm.Kind.CHECK,
                false,
                null,
                "Needs a ticket; everybody is told, and it is reviewed.",
                0,
                List.of()));
        fields.add(new ChatForm.Field("ticket", "Ticket", ChatForm.Kind.LINE, false, null, null, 255, List.of()));
        fields.add(new ChatForm.Field(
                "identity",
                "For an IAM user or role that you own",
                ChatForm.Kind.LINE,
                false,
                values.get("identity"),
                "Its ARN; empty for yourself.",
                600,
                List.of()));
        return new ChatForm(
                Deed.REQUEST,
                subject,
                "Ask for access",
                ChatMessage.of("Ask for access", "You ask for it as " + caller.id() + "."),
                fields,
                "Ask");
    }

    /** What was typed behind {@code request}, in any order; what is neither an account nor a duration is a permission. */
    private Map<String, String> prefilled(TenantId tenant, String text) {
        Map<String, String> values = new LinkedHashMap<>();
        if (text.isBlank()) {
            return values;
        }
        List<Option> accounts = accounts(tenant).toList();
        for (String word : text.strip().split("\\s+", -1)) {
            Optional<Option> account = accounts.stream()
                    .filter(option -> option.value().equals(word)
                            || option.words().toLowerCase(Locale.ROOT).startsWith(word.toLowerCase(Locale.ROOT) + " ("))
                    .findFirst();
            if (account.isPresent()) {
                values.put("account", account.get().value());
            } else if (word.equals("forever") || Character.isDigit(word.charAt(0)) || word.matches("P[T\\dDHMS.]+")) {
                values.put("duration", AccessDuration.typed(word));
            } else {
                values.put("permission", word);
            }
        }
        return values;
    }

    private Map<String, String> again(Caller caller, RequestId id) {
        AccessRequest request = reader.read(caller, id);
        Map<String, String> values = new LinkedHashMap<>();
        values.put("account", request.account().value());
        values.put(
                "permission",
                request.entitlement() instanceof PermissionSetName set
                        ? PERMISSION_SET + set.name()
                        : request.entitlement().toString());
        if (request.identity().type() != Identity.Type.SSO_USER) {
            values.put("identity", request.identity().arn());
        }
        return values;
    }

    private List<ChatForm.Field> durations(Caller caller, AccessRequest request, @Nullable String asked) {
        return durations(reader.durations(caller, request.id()), asked);
    }

    /** Those that can be asked, once it is known for what; what cannot be used is said when the form is sent. */
    private List<ChatForm.Field> durations(Caller caller, Map<String, String> values) {
        String asked = values.get("duration");
        if (values.containsKey("account") && values.containsKey("permission")) {
            try {
                DurationOffer offer =
                        opening.preview(caller, filledIn(values, null)).durations();
                if (!offer.offered().isEmpty()) {
                    return durations(offer, asked);
                }
            } catch (InvalidInputException | ForbiddenException | IllegalArgumentException notYet) {
                LOG.debug("What {} has typed so far can be asked for by nobody.", caller.id(), notYet);
            }
        }
        return durationFields(options(DurationOffer.STANDARD), asked, "The policy says how long is possible.");
    }

    private static List<ChatForm.Field> durations(DurationOffer offer, @Nullable String asked) {
        List<AccessDuration> offered = new ArrayList<>(offer.offered());
        AccessDuration chosen =
                asked == null ? offer.preset() : AccessDuration.parse(asked).atMost(offer.maximum());
        if (!offered.contains(chosen)) {
            offered.add(chosen);
            offered.sort(null);
        }
        return durationFields(
                options(offered),
                chosen.toString(),
                "From " + offer.minimum().inWords() + " to " + offer.maximum().inWords() + ".");
    }

    private static List<ChatForm.Field> durationFields(List<Option> offered, @Nullable String chosen, String hint) {
        boolean listed = offered.stream().anyMatch(option -> option.value().equals(chosen));
        return List.of(
                new ChatForm.Field(
                        "duration",
                        "For how long?",
                        ChatForm.Kind.CHOICE,
                        false,
                        listed ? chosen : null,
                        hint,
                        0,
                        offered),
                new ChatForm.Field(
                        "ownDuration",
                        "Or a duration of your own",
                        ChatForm.Kind.LINE,
                        false,
                        listed ? null : chosen,
                        "Such as 90m, 2h 30m, 3d or forever; it counts if anything stands here.",
                        40,
                        List.of()));
    }

    private static List<Option> options(List<AccessDuration> durations) {
        return durations.stream()
                .map(each -> new Option(each.toString(), each.inWords()))
                .toList();
    }

    private static ChatForm.Field text(String name, String label, boolean required) {
        return new ChatForm.Field(name, label, ChatForm.Kind.TEXT, required, null, null, LONGEST_TEXT, List.of());
    }

    private static ChatForm.Field suggested(
            String name, String label, @Nullable String value, @Nullable Option option) {
        return new ChatForm.Field(
                name,
                label,
                ChatForm.Kind.SUGGESTED,
                true,
                value,
                null,
                0,
                option == null ? List.of() : List.of(option));
    }

    private Stream<Option> accounts(TenantId tenant) {
        return scopes.of(tenant).stream()
                .filter(scope -> scope.isAccount() && !scope.closed())
                .sorted(Comparator.comparing(Scope::name))
                .map(scope -> new Option(
                        scope.id().value(), scope.name() + " (" + scope.id().value() + ")"));
    }

    private List<ChatMessage> mine(Caller caller) {
        Map<RequestId, Grant> living = new LinkedHashMap<>();
        grantDesk
                .list(caller, Set.of(GrantState.PROVISIONING, GrantState.ACTIVE), null, caller.id(), null, LONGEST_LIST)
                .forEach(grant -> living.put(grant.request(), grant));
        Stream<ChatMessage> open = reader
                .list(
                        caller,
                        Set.of(RequestStatus.REQUESTED, RequestStatus.PENDING),
                        null,
                        caller.id(),
                        null,
                        null,
                        LONGEST_LIST)
                .stream()
                .map(request -> words.own(request, null));
        return Stream.concat(
                        open,
                        living.entrySet().stream()
                                .map(each -> words.own(reader.read(caller, each.getKey()), each.getValue())))
                .limit(LONGEST_LIST)
                .toList();
    }

    private List<ChatMessage> waiting(Caller caller) {
        return reader
                .list(
                        caller,
                        Set.of(RequestStatus.PENDING),
                        null,
                        null,
                        null,
                        new AccessRequests.Narrowing(null, caller.id()),
                        null,
                        LONGEST_LIST)
                .stream()
                .filter(request -> chain.refusal(request, caller).isEmpty())
                .map(words::waiting)
                .toList();
    }

    private ChatReply listed(ChatAccount from, String command, String none, Function<Caller, List<ChatMessage>> list) {
        Optional<Caller> speaker = speaker(from);
        if (speaker.isEmpty()) {
            return unconnected(from, command);
        }
        return guarded(() -> {
            List<ChatMessage> found = list.apply(speaker.get());
            return found.isEmpty() ? new ChatReply.Said(ChatMessage.of("Nothing", none)) : new ChatReply.Said(found);
        });
    }

    private Optional<Caller> speaker(ChatAccount from) {
        return accounts.speaker(from);
    }

    /** Audited where it is known whose workspace it is; what comes from another is logged. */
    private ChatReply unconnected(ChatAccount from, String deed) {
        Optional<ChatDirectory.Workspace> workspace = directory.workspace(from.platform(), from.workspace());
        if (workspace.isEmpty()) {
            return unknownWorkspace(from);
        }
        accounts.refused(workspace.get().tenant(), from.toString(), from, deed, "The chat account speaks for nobody.");
        return new ChatReply.Said(howToConnect());
    }

    private static ChatReply.Said unknownWorkspace(ChatAccount from) {
        LOG.warn("The chat account {} spoke from a workspace that the installation is not configured for.", from);
        return new ChatReply.Said(ChatMessage.of(
                "Unknown workspace", "Drawbridge is not configured for this workspace; whoever runs it can add it."));
    }

    private ChatMessage invitation(ChatAccount from) {
        if (directory.workspace(from.platform(), from.workspace()).isEmpty()) {
            return unknownWorkspace(from).messages().get(0);
        }
        Optional<Caller> speaker = speaker(from);
        if (speaker.isPresent()) {
            return ChatMessage.of(
                            "Connected",
                            "This chat account speaks for " + speaker.get().id() + ".")
                    .with(List.of(new Action(Deed.DISCONNECT, "", "Disconnect", Style.DANGER)));
        }
        return ChatMessage.of(
                        "Connect this chat account",
                        "Open the link, sign in, and confirm. It is for you alone, can be used once, and opens nothing after "
                                + ChatAccountDesk.LINK_LIFE.toMinutes() + " minutes. Hand it to nobody: whoever"
                                + " confirms it lets this chat account speak for him.")
                .linking("Connect", base + "/chat/connect/" + accounts.invite(from));
    }

    private ChatMessage help(boolean connected) {
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put("request", "ask for access; account, permission and duration may follow");
        commands.put("mine", "what you have asked for, and the access you have");
        commands.put("waiting", "what waits for your decision");
        commands.put("connect", "let this chat account speak for you");
        commands.put("disconnect", "let it speak for you no more");
        commands.put("help", "this");
        ChatMessage help = ChatMessage.of(
                        "Drawbridge",
                        connected
                                ? "Ask for privileged access, and decide what others ask for."
                                : "This chat account is not connected yet; begin with connect.")
                .with(commands);
        return connected
                ? help.with(List.of(new Action(Deed.REQUEST, "", "Ask for access", Style.PRIMARY)))
                : help.with(List.of(new Action(Deed.CONNECT, "", "Connect", Style.PRIMARY)));
    }

    /** Whatever a person can cause becomes something that he can read. */
    private ChatReply guarded(Supplier<ChatReply> deed) {
        try {
            return deed.get();
        } catch (InvalidInputException wrong) {
            return new ChatReply.Wrong(wrong.fields());
        } catch (AlreadyOpenException open) {
            return said("Already asked", String.valueOf(open.getMessage()));
        } catch (NotFoundException unknown) {
            return notFound();
        } catch (IllegalArgumentException unreadable) {
            // An id that is none, in a card or a form of somebody's own making; or a mistake of ours.
            LOG.warn("What was clicked or sent in a chat cannot be read.", unreadable);
            return notFound();
        } catch (ForbiddenException forbidden) {
            return said("Not allowed", String.valueOf(forbidden.getMessage()));
        } catch (StatusConflictException | GrantStateException late) {
            return said("Too late", String.valueOf(late.getMessage()));
        } catch (AccessRequests.DuplicateOpenRequestException | ConcurrencyFailureException busy) {
            return said("Not done", "Somebody did something with it at this very moment. Look at it, and try again.");
        }
    }

    private static ChatReply notFound() {
        return said("Not found", "There is no such thing here, or none that you may know of.");
    }

    private static ChatReply said(String subject, String lead) {
        return new ChatReply.Said(ChatMessage.of(subject, lead));
    }

    private static ChatReply kept() {
        return said("Kept", "This takes longer than usual. It has been kept, and you are told when it is done.");
    }

    private static ChatReply finished(Future<ChatReply> work) {
        try {
            return work.get();
        } catch (ExecutionException failure) {
            LOG.error("What was sent could not be done; it is tried again.", failure.getCause());
            return kept();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return kept();
        }
    }

    /**
     * Tells by a message what came of something, where whoever did it cannot be answered any more.
     *
     * @return false if the account speaks for nobody, and so is told nothing
     */
    public boolean tell(ChatAccount to, ChatReply reply) {
        Optional<Caller> speaker = speaker(to);
        List<ChatMessage> messages = List.of();
        if (reply instanceof ChatReply.Said said) {
            messages = said.messages();
        } else if (reply instanceof ChatReply.Opened opened) {
            messages = List.of(opened.asMessage());
        } else if (reply instanceof ChatReply.Wrong wrong) {
            messages = List.of(ChatReply.notTaken(wrong));
        }
        List<ChatMessage> told = messages;
        speaker.ifPresent(caller -> transactions.executeWithoutResult(status -> told.forEach(message -> outbox.put(
                caller.person(),
                to.platform(),
                to.workspace(),
                to.user(),
                NoticeKind.CHAT_ANSWER,
                null,
                Awaits.NOTHING,
                message))));
        return speaker.isPresent();
    }

    private static @Nullable String duration(Map<String, String> values) {
        String own = filled(values.get("ownDuration"));
        return own == null ? filled(values.get("duration")) : AccessDuration.typed(own);
    }

    /** What was typed behind a command; nobody means more by it. */
    private static String shortened(String text) {
        return text.length() <= LONGEST_COMMAND ? text : text.substring(0, LONGEST_COMMAND);
    }

    private static @Nullable Boolean justified(@Nullable String value) {
        return value == null ? null : value.equals(JUSTIFIED);
    }

    private static @Nullable String filled(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
