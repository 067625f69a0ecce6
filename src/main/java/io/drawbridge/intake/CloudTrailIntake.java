package io.drawbridge.intake;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.Role;
import io.drawbridge.intake.aws.CloudTrailItem;
import io.drawbridge.intake.aws.CloudTrailItem.DeniedCall;
import io.drawbridge.intake.aws.CloudTrailItem.OtherCall;
import io.drawbridge.intake.aws.CloudTrailReader;
import io.drawbridge.request.AccessRequests.DuplicateOpenRequestException;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.RequestId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes in what CloudTrail writes, record by record.
 *
 * <p>Each record has a transaction of its own, and one that fails becomes a dead letter. Only if that cannot be stored
 * either does the call fail; whoever hands in the same body again then loses nothing, because what was handled is known.
 */
@Service
class CloudTrailIntake implements DeniedCallIntake {
    private static final Logger LOG = LoggerFactory.getLogger(CloudTrailIntake.class);

    /** How often a record is begun anew because others moved the same at the same moment. */
    private static final int MOST_ATTEMPTS = 5;

    private static final int MOST_DEAD_LETTERS = 1_000;

    private final CloudTrailReader reader;
    private final Triage triage;
    private final DeadLetters deadLetters;
    private final Announcements announcements;
    private final TransactionTemplate apart;
    private final Clock clock;
    private final Map<RecordOutcome, Counter> counters = new EnumMap<>(RecordOutcome.class);

    CloudTrailIntake(
            CloudTrailReader reader,
            Triage triage,
            DeadLetters deadLetters,
            Announcements announcements,
            PlatformTransactionManager transactions,
            MeterRegistry meters,
            Clock clock) {
        this.reader = reader;
        this.triage = triage;
        this.deadLetters = deadLetters;
        this.announcements = announcements;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.clock = clock;
        Arrays.stream(RecordOutcome.values())
                .forEach(outcome -> counters.put(
                        outcome,
                        Counter.builder("drawbridge.intake.records")
                                .description("CloudTrail records taken in, by what became of them")
                                .tag("outcome", outcome.word())
                                .register(meters)));
    }

    @Override
    public Receipt receive(Caller caller, String body) {
        if (!caller.has(Role.INTAKE) && !caller.isAdministrator()) {
            throw new ForbiddenException("Only the intake service and administrators hand in events.");
        }
        List<Outcome> outcomes = new ArrayList<>();
        Map<RecordOutcome, Integer> counts = new EnumMap<>(RecordOutcome.class);
        for (CloudTrailItem item : read(body)) {
            Verdict verdict = handle(caller, item);
            counts.merge(verdict.outcome(), 1, Integer::sum);
            counted(verdict.outcome());
            RequestId request = verdict.request();
            outcomes.add(new Outcome(
                    eventId(item),
                    verdict.outcome().word(),
                    request == null ? null : request.value(),
                    verdict.reason()));
        }
        LOG.info("Tenant {} handed in {} records: {}.", caller.tenant(), outcomes.size(), counts);
        return new Receipt(
                outcomes.size(),
                counts.getOrDefault(RecordOutcome.OPENED, 0),
                counts.getOrDefault(RecordOutcome.JOINED, 0),
                counts.entrySet().stream()
                        .filter(count -> count.getKey().isIgnored())
                        .mapToInt(Map.Entry::getValue)
                        .sum(),
                counts.getOrDefault(RecordOutcome.DEAD_LETTER, 0),
                outcomes);
    }

    @Override
    public List<DeadLetter> deadLetters(Caller caller, int limit) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only administrators read the dead letters.");
        }
        return deadLetters.find(caller.tenant(), Math.max(1, Math.min(limit, MOST_DEAD_LETTERS)));
    }

    private List<CloudTrailItem> read(String body) {
        try {
            return reader.read(body.getBytes(StandardCharsets.UTF_8));
        } catch (io.drawbridge.intake.aws.UnreadableBodyException unreadable) {
            throw new UnreadableBodyException(String.valueOf(unreadable.getMessage()));
        }
    }

    private Verdict handle(Caller caller, CloudTrailItem item) {
        if (item instanceof OtherCall) {
            return Verdict.of(RecordOutcome.NOT_DENIED, "The call was not denied for want of a permission.");
        }
        if (item instanceof CloudTrailItem.DeadLetter letter) {
            return deadLetter(caller, letter);
        }
        return handle(caller, (DeniedCall) item);
    }

    private Verdict handle(Caller caller, DeniedCall denied) {
        try {
            return untilUndisturbed(() -> triage.decide(caller, denied));
        } catch (RuntimeException unexpected) {
            String eventId = denied.call().eventId();
            LOG.error("Event {} of tenant {} could not be handled.", eventId, caller.tenant(), unexpected);
            return deadLetter(
                    caller,
                    new CloudTrailItem.DeadLetter(
                            eventId,
                            "The record could not be handled ("
                                    + unexpected.getClass().getSimpleName()
                                    + "); the log says why. Nothing of it was kept, so it can be handed in again.",
                            denied.text()));
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

    private Verdict deadLetter(Caller caller, CloudTrailItem.DeadLetter letter) {
        boolean audited = untilUndisturbed(() -> Boolean.TRUE.equals(apart.execute(status -> keep(caller, letter))));
        if (audited) {
            LOG.warn("Tenant {} has dead letters; one of them: {}", caller.tenant(), letter.reason());
        }
        return Verdict.of(RecordOutcome.DEAD_LETTER, letter.reason());
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

    private void counted(RecordOutcome outcome) {
        Counter counter = counters.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    private static @Nullable String eventId(CloudTrailItem item) {
        if (item instanceof DeniedCall denied) {
            return denied.call().eventId();
        }
        return item instanceof OtherCall other ? other.call().eventId() : ((CloudTrailItem.DeadLetter) item).eventId();
    }
}
