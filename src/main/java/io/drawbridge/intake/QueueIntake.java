package io.drawbridge.intake;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.intake.aws.CloudTrailItem;
import io.drawbridge.intake.aws.CloudTrailReader;
import io.drawbridge.intake.aws.Complaints;
import io.drawbridge.intake.aws.QueuedCalls;
import io.drawbridge.intake.aws.UnreadableBodyException;
import io.drawbridge.operations.DatabaseOutage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Component;

/**
 * Takes in what the tenants' queues hold, as each tenant's own intake, who signs in nowhere.
 *
 * <p>What cannot be read becomes a dead letter, for it never can be. What fails otherwise stays in the queue: it comes
 * again, and the queue itself sets it aside after as many times as it is told.
 */
@Component
class QueueIntake implements QueuedCalls {
    private static final Logger LOG = LoggerFactory.getLogger(QueueIntake.class);

    private static final String NAME = AuditTrail.DRAWBRIDGE + "-intake";

    private final CloudTrailReader reader;
    private final RecordDesk desk;
    private final SeenEvents events;
    private final Complaints complaints;

    QueueIntake(CloudTrailReader reader, RecordDesk desk, SeenEvents events, Clock clock) {
        this.reader = reader;
        this.desk = desk;
        this.events = events;
        this.complaints = new Complaints(clock);
    }

    @Override
    public boolean isReady() {
        try {
            events.ping();
            return true;
        } catch (RuntimeException down) {
            LOG.debug("The database is not ready: {}", down.getMessage());
            return false;
        }
    }

    @Override
    public List<Fate> take(TenantId tenant, List<String> bodies) {
        List<CloudTrailItem> items = new ArrayList<>();
        List<Integer> from = new ArrayList<>();
        for (int body = 0; body < bodies.size(); body++) {
            List<CloudTrailItem> read = read(bodies.get(body));
            items.addAll(read);
            from.addAll(Collections.nCopies(read.size(), body));
        }
        List<Fate> fates = new ArrayList<>(Collections.nCopies(bodies.size(), Fate.DONE));
        List<RecordDesk.Taken> taken = desk.take(intakeOf(tenant), items);
        for (int i = 0; i < taken.size(); i++) {
            Fate fate = fate(tenant, taken.get(i));
            if (fate.compareTo(fates.get(from.get(i))) > 0) {
                fates.set(from.get(i), fate);
            }
        }
        return fates;
    }

    private List<CloudTrailItem> read(String body) {
        try {
            return reader.read(body.getBytes(StandardCharsets.UTF_8));
        } catch (UnreadableBodyException unreadable) {
            return List.of(CloudTrailReader.unreadable(body, String.valueOf(unreadable.getMessage())));
        }
    }

    private Fate fate(TenantId tenant, RecordDesk.Taken taken) {
        RuntimeException failure = taken.failure();
        if (failure == null) {
            return Fate.DONE;
        }
        if (DatabaseOutage.isBehind(failure) || failure instanceof ConcurrencyFailureException) {
            LOG.debug("A record of tenant {} is put off.", tenant, failure);
            return Fate.PUT_OFF;
        }
        if (complaints.isDue(tenant.value())) {
            LOG.error("A record of tenant {} could not be handled; it stays in the queue.", tenant, failure);
        }
        return Fate.FAILED;
    }

    private static Caller intakeOf(TenantId tenant) {
        Person intake = new Person(
                new PersonId(NAME), tenant, "Queue of denied calls", "", Set.of(), Set.of(Role.INTAKE), true, "");
        return new Caller(intake, tenant, null, false);
    }
}
