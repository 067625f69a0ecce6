package io.drawbridge.stage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands until it is moved; the engine's is another, unless it is a {@link TestClock}. */
public class StandingClock extends Clock {
    private volatile Instant now;

    public StandingClock(Instant now) {
        this.now = now;
    }

    public void setTo(Instant instant) {
        now = instant;
    }

    /** Moves it on; nothing that is due by then has happened yet. */
    public final void moveBy(Duration duration) {
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
