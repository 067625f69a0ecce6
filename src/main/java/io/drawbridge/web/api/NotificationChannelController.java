package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.ChannelEvent;
import io.drawbridge.organization.ChannelPost;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.NotificationChannel.Kind;
import io.drawbridge.organization.NotificationChannelDesk;
import io.drawbridge.organization.ScopeId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Where a tenant wants to be told of what happens; for administrators. */
@RestController
@RequestMapping(path = "/v1/notification-channels", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Notification channels")
class NotificationChannelController {
    private static final int MOST_ON_A_PAGE = 200;

    private final NotificationChannelDesk desk;

    NotificationChannelController(NotificationChannelDesk desk) {
        this.desk = desk;
    }

    @GetMapping
    @Operation(summary = "List the tenant's notification channels, oldest first; for administrators.")
    @ApiResponse(responseCode = "200", description = "All channels, without their secrets.")
    List<ChannelRepresentation> list(@Only(Role.ADMINISTRATOR) Caller caller) {
        return desk.list(caller).stream()
                .map(channel -> represented(caller, channel))
                .toList();
    }

    @PostMapping
    @SaysASecret
    @Operation(
            summary = "Add a notification channel; for administrators.",
            description = "The answer is the only place in which a secret that is made here ever stands.")
    @ApiResponse(responseCode = "201", description = "The channel.")
    @ProblemStatuses({409, 422})
    ResponseEntity<AddedRepresentation> add(@Only(Role.ADMINISTRATOR) Caller caller, @RequestBody ChannelToBe wanted) {
        Kind kind = kind(wanted);
        NotificationChannelDesk.Made made = desk.add(caller, kind, draft(kind, wanted));
        return ResponseEntity.created(
                        URI.create("/v1/notification-channels/" + made.channel().id()))
                .body(new AddedRepresentation(made.secret(), represented(caller, made.channel())));
    }

    @GetMapping("/{id}")
    @Operation(summary = "Read a notification channel, and how delivery to it goes; for administrators.")
    @ApiResponse(responseCode = "200", description = "The channel, without its secrets.")
    @ProblemStatuses(404)
    ChannelRepresentation read(@Only(Role.ADMINISTRATOR) Caller caller, @PathVariable String id) {
        return represented(caller, desk.find(caller, id));
    }

    @PutMapping("/{id}")
    @Operation(
            summary = "Replace what a notification channel is told and where; for administrators.",
            description =
                    "Its kind stays, and can be left out. Secret and headers stay as they are where they are left out. A channel that was"
                            + " stopped starts again, and is told what has waited.")
    @ApiResponse(responseCode = "200", description = "The channel as it is now.")
    @ProblemStatuses({404, 409, 422})
    ChannelRepresentation change(
            @Only(Role.ADMINISTRATOR) Caller caller, @PathVariable String id, @RequestBody ChannelToBe wanted) {
        Kind kind = desk.find(caller, id).kind();
        if (wanted.kind() != null && kind(wanted) != kind) {
            throw new InvalidInputException(
                    "kind", "is " + kind.word() + " and stays so; remove the channel and add another instead.");
        }
        return represented(caller, desk.change(caller, id, draft(kind, wanted)));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Remove a notification channel; for administrators.",
            description = "What waits for it is given up, and stays readable on the Notices page.")
    @ApiResponse(responseCode = "204", description = "It is gone.")
    @ProblemStatuses({404, 409})
    void remove(@Only(Role.ADMINISTRATOR) Caller caller, @PathVariable String id) {
        desk.remove(caller, id);
    }

    @PostMapping("/{id}:test")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(
            summary = "Send a test event to a notification channel; for administrators.",
            description = "It goes the way of every other event; how it went is read among the deliveries.")
    @ApiResponse(responseCode = "202", description = "The event, on its way.")
    @ProblemStatuses({404, 409})
    DeliveryRepresentation test(@Only(Role.ADMINISTRATOR) Caller caller, @PathVariable String id) {
        return DeliveryRepresentation.of(desk.test(caller, id));
    }

    @GetMapping("/{id}/deliveries")
    @Operation(summary = "List what a notification channel was told, newest first; for administrators.")
    @ApiResponse(responseCode = "200", description = "One page.")
    @ProblemStatuses({404, 422})
    PageOf<DeliveryRepresentation> deliveries(
            @Only(Role.ADMINISTRATOR) Caller caller,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int most = Given.limit(limit, MOST_ON_A_PAGE);
        List<ChannelPost.Delivery> found = desk.deliveries(caller, id, Given.number(cursor), most + 1);
        return PageOf.of(
                found,
                most,
                last -> Given.cursor(last.createdAt(), String.valueOf(last.number())),
                page -> page.stream().map(DeliveryRepresentation::of).toList());
    }

    private static @Nullable Kind kind(ChannelToBe wanted) {
        String word = wanted.kind();
        return word == null ? null : Given.word("kind", word, Kind.class);
    }

    private static NotificationChannelDesk.Draft draft(@Nullable Kind kind, ChannelToBe given) {
        Map<Kind, @Nullable List<String>> targets = new LinkedHashMap<>();
        String url = given.url();
        String topic = given.topicArn();
        targets.put(Kind.WEBHOOK, url == null ? null : List.of(url));
        targets.put(Kind.SNS, topic == null ? null : List.of(topic));
        List<String> addresses = given.addresses();
        targets.put(Kind.MAIL, addresses == null ? null : strings(addresses));
        Map<Kind, String> fields = Map.of(Kind.WEBHOOK, "url", Kind.SNS, "topicArn", Kind.MAIL, "addresses");
        Map<String, String> wrong = new LinkedHashMap<>();
        targets.forEach((each, target) -> {
            if (kind != null && each != kind && target != null) {
                wrong.put(String.valueOf(fields.get(each)), "is for channels of the kind " + each.word() + " only.");
            }
        });
        if (!wrong.isEmpty()) {
            throw new InvalidInputException(wrong);
        }
        return new NotificationChannelDesk.Draft(
                given.name(),
                kind == null ? null : targets.get(kind),
                given.events() == null ? null : strings(given.events()),
                given.scopes() == null ? null : strings(given.scopes()),
                given.secret(),
                given.headers(),
                given.enabled());
    }

    /** A null among them is refused by its name, as any other word that fits nowhere. */
    private static List<String> strings(List<String> given) {
        List<String> strings = new ArrayList<>();
        given.forEach(each -> strings.add(String.valueOf(each)));
        return strings;
    }

    private ChannelRepresentation represented(Caller caller, NotificationChannel channel) {
        Function<Kind, @Nullable String> target =
                kind -> channel.kind() == kind ? channel.targets().get(0) : null;
        NotificationChannel.State state = channel.state();
        return new ChannelRepresentation(
                channel.id(),
                channel.name(),
                channel.kind().word(),
                target.apply(Kind.WEBHOOK),
                target.apply(Kind.SNS),
                channel.kind() == Kind.MAIL ? channel.targets() : null,
                channel.headers(),
                channel.events().stream().map(ChannelEvent::word).sorted().toList(),
                channel.scopes().stream().map(ScopeId::value).sorted().toList(),
                channel.enabled(),
                channel.createdBy().value(),
                channel.createdAt(),
                channel.delivery().word(),
                desk.waiting(caller, channel),
                state.lastSuccessAt(),
                state.lastFailureAt(),
                state.lastFailure(),
                state.failingSince(),
                state.stoppedAt());
    }

    /**
     * A channel as it is to be.
     *
     * @param kind {@code webhook}, {@code sns} or {@code mail}; of a channel that is there, its own or nothing
     * @param url of a webhook
     * @param topicArn of a topic
     * @param addresses of a mail list
     * @param secret what a webhook signs with; left out, one is made, or it stays as it is
     * @param headers of a webhook, beside Drawbridge's own; left out, there are none, or they stay as they are
     * @param events left out or empty for all
     * @param scopes ids; left out or empty for everywhere
     * @param enabled left out for yes
     */
    record ChannelToBe(
            @Nullable String name,
            @Nullable String kind,
            @Nullable String url,
            @Nullable String topicArn,
            @Nullable List<String> addresses,
            @Nullable String secret,
            @Nullable Map<String, String> headers,
            @Nullable List<String> events,
            @Nullable List<String> scopes,
            @Nullable Boolean enabled) {
        /** Without the secrets. */
        @Override
        public String toString() {
            return "ChannelToBe[" + name + "]";
        }
    }

    /**
     * A channel that was just added.
     *
     * @param secret what a webhook signs with, if it was made here; shown this once
     */
    record AddedRepresentation(@Nullable String secret, ChannelRepresentation channel) {}

    /**
     * A channel as the API shows it.
     *
     * @param headers their names
     * @param events empty for all
     * @param scopes empty for everywhere
     * @param delivery {@code untried}, {@code working}, {@code failing}, {@code stopped} or {@code disabled}
     * @param waiting how many deliveries wait
     * @param lastFailure why, the last time that it failed
     * @param failingSince since when nothing has arrived although it was tried
     * @param stoppedAt since when it is not tried any more
     */
    record ChannelRepresentation(
            String id,
            String name,
            String kind,
            @Nullable String url,
            @Nullable String topicArn,
            @Nullable List<String> addresses,
            List<String> headers,
            List<String> events,
            List<String> scopes,
            boolean enabled,
            String createdBy,
            Instant createdAt,
            String delivery,
            int waiting,
            @Nullable Instant lastSuccessAt,
            @Nullable Instant lastFailureAt,
            @Nullable String lastFailure,
            @Nullable Instant failingSince,
            @Nullable Instant stoppedAt) {}

    /**
     * One event on its way to a channel.
     *
     * @param eventId as the receiver gets it
     * @param address the host of a webhook, the ARN of a topic, or one of the mail addresses
     * @param sentAt when it was taken; null while it waits, or if it was given up
     * @param attempts how often it has failed
     * @param givenUpAt since when it is tried no more
     */
    record DeliveryRepresentation(
            String eventId,
            String event,
            String address,
            @Nullable String requestId,
            Instant createdAt,
            @Nullable Instant sentAt,
            int attempts,
            @Nullable String failure,
            @Nullable Instant givenUpAt) {
        static DeliveryRepresentation of(ChannelPost.Delivery delivery) {
            return new DeliveryRepresentation(
                    delivery.eventId(),
                    delivery.event(),
                    delivery.address(),
                    delivery.requestId(),
                    delivery.createdAt(),
                    delivery.sentAt(),
                    delivery.attempts(),
                    delivery.failure(),
                    delivery.givenUpAt());
        }
    }
}
