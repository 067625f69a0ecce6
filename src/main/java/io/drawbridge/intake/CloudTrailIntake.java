package io.drawbridge.intake;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.Role;
import io.drawbridge.intake.aws.CloudTrailItem;
import io.drawbridge.intake.aws.CloudTrailItem.DeniedCall;
import io.drawbridge.intake.aws.CloudTrailItem.OtherCall;
import io.drawbridge.intake.aws.CloudTrailReader;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Takes in what somebody hands in.
 *
 * <p>A record that fails becomes a dead letter. Only if that cannot be stored either does the call fail; whoever hands in
 * the same body again then loses nothing, because what was handled is known.
 */
@Service
class CloudTrailIntake implements DeniedCallIntake {
    private static final Logger LOG = LoggerFactory.getLogger(CloudTrailIntake.class);

    private static final int MOST_DEAD_LETTERS = 1_000;

    private final CloudTrailReader reader;
    private final RecordDesk desk;
    private final DeadLetters deadLetters;

    CloudTrailIntake(CloudTrailReader reader, RecordDesk desk, DeadLetters deadLetters) {
        this.reader = reader;
        this.desk = desk;
        this.deadLetters = deadLetters;
    }

    @Override
    public Receipt receive(Caller caller, String body) {
        if (!caller.has(Role.INTAKE) && !caller.isAdministrator()) {
            throw new ForbiddenException("Only the intake service and administrators hand in events.");
        }
        List<Outcome> outcomes = new ArrayList<>();
        Map<RecordOutcome, Integer> counts = new EnumMap<>(RecordOutcome.class);
        for (RecordDesk.Taken taken : desk.take(caller, read(body))) {
            Verdict verdict = verdict(caller, taken);
            counts.merge(verdict.outcome(), 1, Integer::sum);
            RequestId request = verdict.request();
            outcomes.add(new Outcome(
                    eventId(taken.item()),
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

    private Verdict verdict(Caller caller, RecordDesk.Taken taken) {
        Verdict verdict = taken.verdict();
        RuntimeException failure = taken.failure();
        if (verdict != null) {
            return verdict;
        }
        if (failure != null && !(taken.item() instanceof DeniedCall)) {
            throw failure;
        }
        DeniedCall denied = (DeniedCall) taken.item();
        String eventId = denied.call().eventId();
        LOG.error("Event {} of tenant {} could not be handled.", eventId, caller.tenant(), failure);
        String kind = failure == null ? "" : " (" + failure.getClass().getSimpleName() + ")";
        return desk.deadLetter(
                caller,
                new CloudTrailItem.DeadLetter(
                        eventId,
                        "The record could not be handled" + kind
                                + "; the log says why. Nothing of it was kept, so it can be handed in again.",
                        denied.text()));
    }

    private static @Nullable String eventId(CloudTrailItem item) {
        if (item instanceof DeniedCall denied) {
            return denied.call().eventId();
        }
        return item instanceof OtherCall other ? other.call().eventId() : ((CloudTrailItem.DeadLetter) item).eventId();
    }
}
