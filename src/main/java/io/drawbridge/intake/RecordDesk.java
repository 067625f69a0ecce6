package io.drawbridge.intake;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.TenantId;
import io.drawbridge.intake.aws.CloudTrailItem;
import io.drawbridge.intake.aws.CloudTrailItem.DeniedCall;
import io.drawbridge.intake.aws.CloudTrailItem.OtherCall;
import io.drawbridge.intake.aws.MessageDecoder;
import io.drawbridge.operations.DatabaseOutage;
import io.drawbridge.organization.Scopes;
import io.drawbridge.request.AccessRequests.DuplicateOpenRequestException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes records in, several in one transaction where nothing speaks against it.
 *
 * <p>A commit costs more than what most records do. So records are first tried together; if one of them fails, nothing of
 * them is kept and each is handled by itself, as if it had come alone. Records of one identity are handled side by side,
 * so that nodes take the locks of identities in one order.
 */
@Component
class RecordDesk {
    private static final Logger LOG = LoggerFactory.getLogger(RecordDesk.class);

    /** Records in one transaction; more would hold locks for long and win little. */
    private static final int MOST_TOGETHER = 25;

    /** How often a record is begun anew because others moved the same at the same moment. */
    private static final int MOST_ATTEMPTS = 5;

    /** Longest that the records of one call wait for AWS to decode messages, all together. */
    private static final Duration LONGEST_DECODING = Duration.ofSeconds(5);

    private final Triage triage;
    private final MessageDecoder decoder;
    private final Scopes scopes;
    private final DeadLetters deadLetters;
    private final Announcements announcements;
    private final TransactionTemplate apart;
    private final Clock clock;
    private final DenialTimes times;
    private final Map<RecordOutcome, Counter> counters = new EnumMap<>(RecordOutcome.class);

    RecordDesk(
            Triage triage,
            MessageDecoder decoder,
            Scopes scopes,
            DeadLetters deadLetters,
            Announcements announcements,
            PlatformTransactionManager transactions,
            MeterRegistry meters,
            DenialTimes times,
            Clock clock) {
        this.triage = triage;
        this.decoder = decoder;
        this.scopes = scopes;
        this.deadLetters = deadLetters;
        this.announcements = announcements;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.times = times;
        this.clock = clock;
        Arrays.stream(RecordOutcome.values())
                .forEach(outcome -> counters.put(
                        outcome,
                        Counter.builder("drawbridge.intake.records")
                                .description("CloudTrail records taken in, by what became of them")
                                .tag("outcome", outcome.word())
                                .register(meters)));
    }

    /**
     * A record that was taken, or could not be.
     *
     * @param verdict what became of it, committed; null if it failed
     * @param failure why nothing of it was kept; null if it did not fail
     */
    record Taken(CloudTrailItem item, @Nullable Verdict verdict, @Nullable RuntimeException failure) {}

    /** Takes the records in; the answer is in their order. A record that fails keeps no other from its turn. */
    List<Taken> take(Caller caller, List<CloudTrailItem> items) {
        Taken[] taken = new Taken[items.size()];
        List<Numbered> denied = new ArrayList<>();
        long decodingUntil = System.nanoTime() + LONGEST_DECODING.toNanos();
        for (int number = 0; number < taken.length; number++) {
            CloudTrailItem item = items.get(number);
            if (item instanceof DeniedCall call) {
                boolean inTime = System.nanoTime() - decodingUntil < 0;
                denied.add(new Numbered(number, inTime ? decoded(caller.tenant(), call) : call));
            } else {
                taken[number] = other(caller, item);
            }
        }
        denied.sort(Comparator.comparing(Numbered::identity));
        for (int from = 0; from < denied.size(); from += MOST_TOGETHER) {
            takeTogether(caller, denied.subList(from, Math.min(denied.size(), from + MOST_TOGETHER)), taken);
        }
        return List.of(taken);
    }

    /** Keeps a record that could not be handled, in a transaction of its own. */
    Verdict deadLetter(Caller caller, CloudTrailItem.DeadLetter letter) {
        boolean audited = untilUndisturbed(() -> Boolean.TRUE.equals(apart.execute(status -> keep(caller, letter))));
        if (audited) {
            LOG.warn("Tenant {} has dead letters; one of them: {}", caller.tenant(), letter.reason());
        }
        count(RecordOutcome.DEAD_LETTER);
        return Verdict.of(RecordOutcome.DEAD_LETTER, letter.reason());
    }

    /** A denied call with its place in the answer. */
    private record Numbered(int number, DeniedCall call) {
        String identity() {
            return Claimant.of(call.call().identity())
                    .map(claimant -> claimant.identity().key())
                    .orElse("");
        }
    }

    /** Only for accounts of the tenant: whoever hands in a record must not send us with it to any other. */
    private DeniedCall decoded(TenantId tenant, DeniedCall call) {
        try {
            boolean ours = call.encoded() != null
                    && scopes.account(tenant, call.call().accountId()).isPresent();
            return ours ? decoder.decode(tenant, call) : call;
        } catch (RuntimeException unexpected) {
            LOG.warn(
                    "The message of event {} of tenant {} could not be decoded; it is taken in with what its record says.",
                    call.call().eventId(),
                    tenant,
                    unexpected);
            return call;
        }
    }

    private Taken other(Caller caller, CloudTrailItem item) {
        if (item instanceof OtherCall) {
            count(RecordOutcome.NOT_DENIED);
            return new Taken(
                    item,
                    Verdict.of(RecordOutcome.NOT_DENIED, "The call was not denied for want of a permission."),
                    null);
        }
        try {
            return new Taken(item, deadLetter(caller, (CloudTrailItem.DeadLetter) item), null);
        } catch (RuntimeException failure) {
            return new Taken(item, null, failure);
        }
    }

    private void takeTogether(Caller caller, List<Numbered> calls, Taken[] taken) {
        RuntimeException outage = null;
        if (calls.size() > 1) {
            try {
                putAll(caller, calls, taken);
                return;
            } catch (RuntimeException failure) {
                LOG.debug("{} records are handled one by one: {}", calls.size(), failure.getMessage());
                outage = DatabaseOutage.isBehind(failure) ? failure : null;
            }
        }
        for (Numbered each : calls) {
            RuntimeException failure = outage;
            if (failure == null) {
                failure = takeAlone(caller, each, taken);
                outage = failure != null && DatabaseOutage.isBehind(failure) ? failure : null;
            }
            if (failure != null) {
                taken[each.number()] = new Taken(each.call(), null, failure);
            }
        }
    }

    /** Null if it was taken. */
    private @Nullable RuntimeException takeAlone(Caller caller, Numbered each, Taken[] taken) {
        try {
            untilUndisturbed(() -> {
                putAll(caller, List.of(each), taken);
                return each;
            });
            return null;
        } catch (RuntimeException failure) {
            return failure;
        }
    }

    /** All or, if it throws, none. */
    private void putAll(Caller caller, List<Numbered> calls, Taken[] taken) {
        List<DeniedCall> denied = calls.stream().map(Numbered::call).toList();
        List<Verdict> verdicts = Objects.requireNonNull(apart.execute(status -> triage.decide(caller, denied)));
        for (int i = 0; i < calls.size(); i++) {
            count(verdicts.get(i).outcome());
            if (verdicts.get(i).outcome() == RecordOutcome.OPENED) {
                times.opened(caller.tenant(), denied.get(i).call().eventTime());
            }
            taken[calls.get(i).number()] = new Taken(denied.get(i), verdicts.get(i), null);
        }
    }

    /** Does the work, and begins it anew when somebody else moved the same at the same moment. */
    private static <T> T untilUndisturbed(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (DuplicateOpenRequestException | ConcurrencyFailureException disturbed) {
                if (attempt == MOST_ATTEMPTS) {
                    throw disturbed;
                }
                LOG.debug("A record is begun anew: {}", disturbed.getMessage());
            }
        }
    }

    private boolean keep(Caller caller, CloudTrailItem.DeadLetter letter) {
        String eventId = letter.eventId();
        deadLetters.add(caller.tenant(), clock.instant(), eventId, letter.reason(), letter.text());
        Map<String, Object> details = new LinkedHashMap<>();
        if (eventId != null) {
            details.put("eventId", eventId);
        }
        details.put("reason", letter.reason());
        return announcements.record(caller, RecordOutcome.DEAD_LETTER, "cloudtrail", "cloudtrail", details);
    }

    private void count(RecordOutcome outcome) {
        Counter counter = counters.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }
}
