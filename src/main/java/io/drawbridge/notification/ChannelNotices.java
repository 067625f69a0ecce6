package io.drawbridge.notification;

import io.drawbridge.grant.Grant;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ChannelEvent;
import io.drawbridge.organization.ChannelPost;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.NotificationChannels;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import io.drawbridge.request.AccessRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Tells the channels of a tenant, by way of the outbox, in the transaction of what they are told of. */
@Component
class ChannelNotices implements ChannelPost {
    /** What a test says it is; no channel can leave it out. */
    static final String TEST = "channel.test";

    static final String REMOVED = "The channel was removed before this could be delivered.";

    private final Outbox outbox;
    private final NotificationChannels channels;
    private final List<Courier> couriers;
    private final LetterPress press;
    private final Scopes scopes;
    private final AddressProperties address;
    private final Map<NotificationChannel.Kind, Sender> senders;
    private final Clock clock;

    ChannelNotices(
            Outbox outbox,
            NotificationChannels channels,
            List<Courier> couriers,
            List<Sender> senders,
            LetterPress press,
            Scopes scopes,
            AddressProperties address,
            Clock clock) {
        this.outbox = outbox;
        this.channels = channels;
        this.couriers = couriers;
        this.press = press;
        this.scopes = scopes;
        this.address = address;
        this.senders = senders.stream().collect(Collectors.toMap(Sender::kind, Function.identity()));
        this.clock = clock;
    }

    /**
     * Puts the event in for every channel that wants it.
     *
     * @param grant what the event is of, null if it is of the request; each of them has an event of a kind once
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void tell(ChannelEvent event, AccessRequest request, @Nullable Grant grant) {
        List<NotificationChannel> wanting = channels.of(request.tenant()).stream()
                .filter(channel -> channel.wants(event, request.scopePath()))
                .toList();
        if (wanting.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        String subject = grant == null ? request.id().value() : grant.id().value();
        String id = UUID.nameUUIDFromBytes((event.word() + " " + subject).getBytes(StandardCharsets.UTF_8))
                .toString();
        String account = scopes.path(request.tenant(), request.account())
                .map(ScopePath::account)
                .map(scope -> scope.name())
                .orElse(request.account().value());
        EventBody body = EventBody.of(id, event.word(), now, request, account, grant, address.baseUrl());
        wanting.forEach(channel ->
                put(channel, body, letter(event, request, account, grant).about(request)));
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public Delivery test(NotificationChannel channel) {
        String id = UUID.randomUUID().toString();
        put(
                channel,
                EventBody.test(channel.tenant(), id, TEST, clock.instant()),
                Letter.of(
                        NoticeKind.EVENT,
                        "Test of the notification channel " + channel.name(),
                        "An administrator wants to see that this arrives. Nothing has happened."));
        return outbox.deliveries(channel.id(), null, 1).get(0);
    }

    private void put(NotificationChannel channel, EventBody body, Letter letter) {
        String request = body.request() == null ? null : body.request().id();
        if (channel.kind() == NotificationChannel.Kind.MAIL) {
            String text = press.text(letter);
            String words = press.words(letter);
            for (String each : channel.targets()) {
                outbox.put(
                        new Outbox.Event(
                                channel,
                                Transport.MAIL,
                                body.event(),
                                body.id(),
                                each,
                                letter.subject(),
                                text,
                                words,
                                request),
                        clock.instant(),
                        !carried(Transport.MAIL));
            }
        } else {
            Transport transport = channel.kind() == NotificationChannel.Kind.SNS ? Transport.SNS : Transport.WEBHOOK;
            outbox.put(
                    new Outbox.Event(
                            channel,
                            transport,
                            body.event(),
                            body.id(),
                            shown(channel),
                            letter.subject(),
                            body.json(),
                            null,
                            request),
                    clock.instant(),
                    !carried(transport));
        }
    }

    private String shown(NotificationChannel channel) {
        Sender sender = senders.get(channel.kind());
        String shown = sender == null
                ? channel.kind().word()
                : sender.shown(channel.targets().get(0));
        return shown.length() <= 320 ? shown : shown.substring(0, 320);
    }

    private boolean carried(Transport transport) {
        return couriers.stream().anyMatch(courier -> courier.carries(transport));
    }

    @Override
    public @Nullable String flawIn(TenantId tenant, NotificationChannel.Kind kind, String target) {
        Sender sender = senders.get(kind);
        if (kind == NotificationChannel.Kind.MAIL) {
            return MailProperties.flawInAddress(target);
        }
        return sender == null ? "cannot be used: this installation has no such way." : sender.flawIn(tenant, target);
    }

    @Override
    public List<Delivery> deliveries(NotificationChannel channel, @Nullable Long before, int limit) {
        return outbox.deliveries(channel.id(), before, limit);
    }

    @Override
    public int waiting(NotificationChannel channel) {
        return outbox.waiting(channel.id());
    }

    @Override
    public void abandon(NotificationChannel channel) {
        outbox.abandon(channel.id(), REMOVED, clock.instant());
    }

    /** The event for people on a mail list; it says no more than the body for programs does. */
    private static Letter letter(ChannelEvent event, AccessRequest request, String account, @Nullable Grant grant) {
        String what = request.entitlement() + " in " + account;
        Letter letter = Letter.of(
                        NoticeKind.EVENT, words(event) + ": " + request.requester() + ", " + what, lead(event))
                .with("Requester", request.requester().value())
                .with("Identity ARN", request.identity().arn())
                .with("Access", request.entitlement().toString())
                .with("Account", account + " (" + request.account() + ")")
                .with("Scope", request.scopePath())
                .with("Status", request.status().name());
        if (grant != null) {
            letter = letter.with(
                            "Access ends",
                            grant.isForever() ? "never" : grant.endsAt().toString())
                    .with("Grant", grant.id() + " (" + grant.state() + ")");
        }
        letter = letter.with("Event", event.word())
                .with("Request id", request.id().value());
        boolean alarm = event == ChannelEvent.REQUEST_BREAK_GLASS || event == ChannelEvent.GRANT_REVOKE_OVERDUE;
        return alarm ? letter.loudly() : letter;
    }

    private static String words(ChannelEvent event) {
        String[] parts = event.word().split("\\.", 2);
        return Arrays.stream(parts).map(part -> part.replace('_', ' ')).collect(Collectors.joining(" "));
    }

    private static String lead(ChannelEvent event) {
        return switch (event) {
            case REQUEST_PENDING -> "A request waits for a decision of its approvers.";
            case REQUEST_APPROVED -> "A request was approved; the access is being opened.";
            case REQUEST_DENIED -> "A request was denied.";
            case REQUEST_EXPIRED -> "Nobody decided a request in time.";
            case REQUEST_BREAK_GLASS -> "BREAK-GLASS. Access is being opened without anybody's approval.";
            case GRANT_ACTIVE -> "Access is on.";
            case GRANT_EXPIRING_SOON -> "Access ends soon.";
            case GRANT_EXPIRED -> "The end of the access has come, and the cloud has confirmed that it is gone.";
            case GRANT_REVOKED -> "Access was ended early, and the cloud has confirmed that it is gone.";
            case GRANT_REVOKE_OVERDUE ->
                "Access may still be on. Taking it back keeps failing, and goes on being tried.";
        };
    }
}
