package io.drawbridge.cluster;

import io.drawbridge.Drawbridge;
import io.drawbridge.grant.dryrun.DryRunCloud;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Scheduled;

/** Drawbridge with a dry-run cloud that is down while a file is there. */
public final class TrialNode {
    /** System property with the file. */
    static final String CLOUD_IS_DOWN = "trial.cloud-is-down";

    private TrialNode() {}

    public static void main(String[] args) {
        new SpringApplicationBuilder(Drawbridge.class, Troubles.class).run(args);
    }

    /** What goes wrong. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(CLOUD_IS_DOWN)
    static class Troubles {
        @Bean
        CloudSwitch cloudSwitch(DryRunCloud cloud) {
            return new CloudSwitch(cloud, Path.of(System.getProperty(CLOUD_IS_DOWN)));
        }
    }

    /** Looks for the file. */
    static final class CloudSwitch {
        private final DryRunCloud cloud;
        private final Path file;

        CloudSwitch(DryRunCloud cloud, Path file) {
            this.cloud = cloud;
            this.file = file;
        }

        @Scheduled(fixedDelay = 250)
        void look() {
            boolean down = Files.exists(file);
            cloud.failToOpen(down);
            cloud.failToClose(down);
        }
    }
}
