package io.drawbridge.policy.cedar;

import io.drawbridge.policy.AccessPolicies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.test.util.ReflectionTestUtils;

/** Other policies for acme in a running application, until it is closed; the other tenants have none meanwhile. */
public final class OtherPolicies implements AutoCloseable {
    private final AccessPolicies judge;
    private final Object before;

    private OtherPolicies(AccessPolicies judge, Object before) {
        this.judge = judge;
        this.before = before;
    }

    /** Puts the policies in the place of those that run. */
    public static OtherPolicies instead(AccessPolicies judge, String cedar) {
        try {
            Path folder = Judges.write(Files.createTempDirectory("policies"), cedar);
            PolicyLoader loader = (PolicyLoader) ReflectionTestUtils.getField(judge, "loader");
            Object before = ReflectionTestUtils.getField(judge, "running");
            if (loader == null || before == null) {
                throw new IllegalStateException("The judge of the application is another than expected.");
            }
            PolicyLoader.Books books = loader.load(PolicySources.read(
                    new PathMatchingResourcePatternResolver(), folder.toUri().toString()));
            ReflectionTestUtils.setField(judge, "running", books);
            return new OtherPolicies(judge, before);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() {
        ReflectionTestUtils.setField(judge, "running", before);
    }
}
