package io.drawbridge.stage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import org.camunda.bpm.engine.impl.util.ClockUtil;

/** The one clock of a test: the domain's and the engine's, moved together. */
public final class TestClock extends Clock {
    public static final Instant START = Instant.parse("2026-01-15T12:00:00Z");

    private volatile Instant now = START;

    /** Sets both clocks. */
    public void setTo(Instant instant) {
        now = instant;
        ClockUtil.setCurrentTime(Date.from(instant));
    }

    /** Moves both clocks on; nothing that is due by then has happened yet. */
    public void moveBy(Duration duration) {
        setTo(now.plus(duration));
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
