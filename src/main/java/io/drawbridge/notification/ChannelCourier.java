package io.drawbridge.notification;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Daemons;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.NotificationChannels;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Tells channels what waits for them: each in the order in which it happened, one delivery at a time and node, several
 * channels side by side.
 *
 * <p>A channel that fails waits with all it has, with growing, jittered pauses; so a receiver that is down is asked once
 * each time, not once an event. One that hangs holds a thread for the timeout, never another channel: and a tenant has at
 * most a quarter of the threads. A node that dies after the receiver's yes leaves the event to be sent again after the
 * lease, with the same id.
 */
@Component
final class ChannelCourier implements Courier, DisposableBean {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelCourier.class);

    /** How long a node goes on telling one channel before others have their turn. */
    private static final Duration TURN = Duration.ofSeconds(30);

    /** More than a turn with its last delivery takes, the name service included. */
    private static final Duration LEASE = Duration.ofMinutes(3);

    private final ChannelBook book;
    private final ChannelFailures failures;
    private final NotificationChannels channels;
    private final Outbox outbox;
    private final Map<NotificationChannel.Kind, Sender> senders;
    private final NotificationProperties properties;
    private final Courier mail;
    private final Clock clock;
    private final int most;
    private final int mostOfOneTenant;
    private final ThreadPoolExecutor threads;
    private final Set<String> told = new HashSet<>();
    private final Map<TenantId, Integer> underWay = new HashMap<>();
    private final Phaser turns = new Phaser(1);

    ChannelCourier(
            ChannelBook book,
            ChannelFailures failures,
            NotificationChannels channels,
            Outbox outbox,
            List<Sender> senders,
            Courier mailCourier,
            NotificationProperties properties,
            ChannelProperties limits,
            Clock clock) {
        this.book = book;
        this.failures = failures;
        this.channels = channels;
        this.outbox = outbox;
        this.senders = senders.stream().collect(Collectors.toMap(Sender::kind, Function.identity()));
        this.mail = mailCourier;
        this.properties = properties;
        this.clock = clock;
        this.most = limits.concurrency();
        this.mostOfOneTenant = Math.max(1, most / 4);
        this.threads = new ThreadPoolExecutor(
                0, most, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), Daemons.named("drawbridge-channel"));
    }

    @Override
    public boolean carries(Transport transport) {
        return transport == Transport.WEBHOOK || transport == Transport.SNS;
    }

    /**
     * Begins a turn for every channel that is due and has none; waits for none of them.
     *
     * @return 0, since nothing was sent yet
     */
    @Override
    public int round() {
        outbox.abandonRemoved(ChannelNotices.REMOVED, clock.instant());
        for (ChannelBook.Due due : book.due(clock.instant())) {
            if (begin(due)) {
                turns.register();
                try {
                    threads.execute(() -> turn(due));
                } catch (RejectedExecutionException full) {
                    end(due);
                }
            }
        }
        return 0;
    }

    /** Waits until no turn is under way, for a bounded time; for tests, which cannot look at threads. */
    void awaitTurns(Duration patience) throws TimeoutException, InterruptedException {
        turns.awaitAdvanceInterruptibly(turns.arrive(), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void turn(ChannelBook.Due due) {
        try {
            if (book.claim(due.id(), clock.instant(), LEASE)) {
                try {
                    long until = System.nanoTime() + TURN.toNanos();
                    boolean more = true;
                    while (more
                            && System.nanoTime() < until
                            && !Thread.currentThread().isInterrupted()) {
                        more = deliverNext(due);
                    }
                } finally {
                    book.release(due.id());
                }
            }
        } catch (RuntimeException failure) {
            LOG.warn("Notification channel {} could not be served; it is tried again.", due.id(), failure);
        } finally {
            end(due);
        }
    }

    /** False if nothing is left, or the rest has to wait. */
    private boolean deliverNext(ChannelBook.Due due) {
        Optional<NotificationChannel> channel = channels.find(due.tenant(), due.id());
        Optional<Outbox.Parcel> next = outbox.next(due.id());
        if (channel.isEmpty() || !channel.get().enabled() || next.isEmpty()) {
            return false;
        }
        Outbox.Parcel parcel = next.get();
        Sender sender = senders.get(channel.get().kind());
        if (sender == null) {
            throw new IllegalStateException(
                    "Nobody sends to channels of the kind " + channel.get().kind() + ".");
        }
        Sender.Answer answer = sender.send(
                channel.get(),
                new Sender.Dispatch(String.valueOf(parcel.eventId()), parcel.kind(), parcel.text()),
                clock.instant());
        Instant now = clock.instant();
        switch (answer.outcome()) {
            case TAKEN -> {
                outbox.sent(parcel.id(), now);
                failures.succeeded(due.id());
                return true;
            }
            case REFUSED -> {
                outbox.givenUp(
                        parcel.id(), answer.reason() + " It will never take this event, so it is not sent again.", now);
                book.refused(due.id(), answer.reason(), now);
                LOG.warn(
                        "Notification channel {} does not take event {}: {}",
                        due.id(),
                        parcel.eventId(),
                        answer.reason());
                return true;
            }
            case AGAIN -> {
                Duration pause = pause(channel.get().state().failures(), answer.after());
                outbox.failed(parcel.id(), answer.reason(), now.plus(pause));
                if (channel.get().state().failures() == 0) {
                    LOG.warn(
                            "Notification channel {} was not reached, and is tried again until it is: {}",
                            due.id(),
                            answer.reason());
                }
                failures.failed(due.tenant(), due.id(), answer.reason(), pause, mail.carries(Transport.MAIL));
                return false;
            }
            case GONE -> {
                outbox.failed(parcel.id(), answer.reason(), now);
                failures.stop(due.tenant(), due.id(), answer.reason(), mail.carries(Transport.MAIL));
                return false;
            }
        }
        return false;
    }

    /** What the receiver asks for, but never less than our own pause. */
    private Duration pause(int failedBefore, @Nullable Duration asked) {
        Duration own = properties.pauseAfter(failedBefore);
        return asked == null || asked.compareTo(own) < 0 ? own : asked;
    }

    private synchronized boolean begin(ChannelBook.Due due) {
        int ofTenant = underWay.getOrDefault(due.tenant(), 0);
        if (told.size() >= most || ofTenant >= mostOfOneTenant || !told.add(due.id())) {
            return false;
        }
        underWay.put(due.tenant(), ofTenant + 1);
        return true;
    }

    private void end(ChannelBook.Due due) {
        synchronized (this) {
            told.remove(due.id());
            underWay.computeIfPresent(due.tenant(), (tenant, count) -> count > 1 ? count - 1 : null);
        }
        turns.arriveAndDeregister();
    }

    @Override
    public void destroy() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(properties.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            threads.shutdownNow();
        }
    }
}
