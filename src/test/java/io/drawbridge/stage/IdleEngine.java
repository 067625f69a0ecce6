package io.drawbridge.stage;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.EngineRoom;
import io.drawbridge.operations.Trouble;
import io.drawbridge.request.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;

/** The desk of operations over an engine in which nothing goes on, for applications without one. */
@TestComponent
@ComponentScan(
        basePackages = "io.drawbridge.operations",
        useDefaultFilters = false,
        includeFilters =
                @ComponentScan.Filter(
                        type = FilterType.REGEX,
                        pattern =
                                "io\\.drawbridge\\.operations\\.(OperationsDesk|EngineHealth|PolicyHealth|jdbc\\..*)"))
public class IdleEngine implements EngineRoom {
    @Override
    public boolean takesJobs() {
        return true;
    }

    @Override
    public Executor executor() {
        return new Executor(true, "idle", 1, List.of(), Duration.ofSeconds(20));
    }

    @Override
    public List<Due> due(Instant now) {
        return List.of();
    }

    @Override
    public List<Stuck> stuck() {
        return List.of();
    }

    @Override
    public List<Trouble> troubles(Set<TenantId> tenants, int limit) {
        return List.of();
    }

    @Override
    public List<Passage> history(RequestId request) {
        return List.of();
    }
}
