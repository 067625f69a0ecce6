package io.drawbridge.web.security;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.Lease;
import io.drawbridge.identity.TenantId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.mock.env.MockEnvironment;

class ProductionGuardTest {

    @Test
    @DisplayName("production names everything of the demo that it finds, and does not start")
    void namesEveryConditionOfTheDemo() {
        MockEnvironment environment = new MockEnvironment();
        environment.setActiveProfiles("production", "demo");

        assertThatThrownBy(() -> guard(environment, true, false).afterSingletonsInstantiated())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("profile demo")
                .hasMessageContaining("logins with passwords")
                .hasMessageContaining("demo organisation")
                .hasMessageContaining("dry-run cloud")
                .hasMessageContaining("H2")
                .hasMessageContaining("drawbridge.sign-in.issuer")
                .hasMessageContaining("drawbridge.base-url")
                .hasMessageContaining("session.cookie.secure");
    }

    @Test
    @DisplayName("R70 production does not start without an issuer, nor with one that is asked without TLS")
    void wantsAnIssuer() {
        MockEnvironment environment = new MockEnvironment();
        environment.setActiveProfiles("production");
        environment.setProperty("drawbridge.base-url", "https://drawbridge.example.org");
        environment.setProperty("server.servlet.session.cookie.secure", "true");

        assertThatThrownBy(() -> guard(environment, false, true).afterSingletonsInstantiated())
                .hasMessageContaining("nobody can sign in");

        environment.setProperty("drawbridge.sign-in.issuer", "http://127.0.0.1:8180/realms/acme");
        assertThatThrownBy(() -> guard(environment, false, true).afterSingletonsInstantiated())
                .hasMessageContaining("asked without TLS");

        environment.setProperty("drawbridge.sign-in.issuer", "https://issuer.example.org");
        assertThatThrownBy(() -> guard(environment, false, true).afterSingletonsInstantiated())
                .extracting(Throwable::getMessage)
                .asString()
                .contains("H2")
                .doesNotContain("issuer")
                .doesNotContain("base-url")
                .doesNotContain("cookie")
                .doesNotContain("internal-proxies");

        environment.setProperty("server.forward-headers-strategy", "native");
        assertThatThrownBy(() -> guard(environment, false, true).afterSingletonsInstantiated())
                .hasMessageContaining("server.tomcat.remoteip.internal-proxies");

        environment.setProperty("server.tomcat.remoteip.internal-proxies", "10\\.0\\.0\\.7");
        assertThatThrownBy(() -> guard(environment, false, true).afterSingletonsInstantiated())
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("internal-proxies");
    }

    @Test
    @DisplayName("production takes the dry-run cloud if it is told so by name, and nothing else of the demo")
    void takesTheDryRunCloudByName() {
        MockEnvironment environment = new MockEnvironment();
        environment.setActiveProfiles("production");

        assertThatThrownBy(() -> guard(environment, false, true).afterSingletonsInstantiated())
                .hasMessageContaining("H2")
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("dry-run")
                .doesNotContain("demo organisation");
        assertThatCode(() -> guard(environment, false, true)).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("production does not start without a key and a directory for the signed heads of the audit chain")
    void wantsASignedAuditChain() {
        MockEnvironment environment = new MockEnvironment();
        environment.setActiveProfiles("production");

        assertThatThrownBy(() -> guard(environment, false, true).afterSingletonsInstantiated())
                .hasMessageContaining("set drawbridge.audit.directory to a directory")
                .hasMessageContaining("set drawbridge.audit.signing-key to a PEM file");

        environment.setProperty("drawbridge.audit.directory", "/var/lib/drawbridge/audit");
        environment.setProperty("drawbridge.audit.signing-key", "/etc/drawbridge/audit.pem");
        assertThatThrownBy(() -> guard(environment, false, true).afterSingletonsInstantiated())
                .extracting(Throwable::getMessage)
                .asString()
                .contains("H2")
                .doesNotContain("audit");
    }

    private static ProductionGuard guard(MockEnvironment environment, boolean withDemo, boolean dryRunWanted) {
        DriverManagerDataSource dataSource =
                new DriverManagerDataSource("jdbc:h2:mem:" + java.util.UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        new ResourceDatabasePopulator(new ClassPathResource("db/migration/V1__drawbridge.sql")).execute(dataSource);
        if (withDemo) {
            new ResourceDatabasePopulator(new ClassPathResource("db/demo/V1000__demo_organisations.sql"))
                    .execute(dataSource);
        }
        return new ProductionGuard(
                environment,
                dataSource,
                JdbcClient.create(dataSource),
                new Unused(),
                new ProductionProperties(dryRunWanted));
    }

    /** A dry-run cloud that nobody asks anything. */
    private static final class Unused implements Cloud {
        @Override
        public String name() {
            return "dry-run";
        }

        @Override
        public void open(Lease lease) {
            throw new IllegalStateException("Nobody opens anything here.");
        }

        @Override
        public void close(Lease lease) {
            throw new IllegalStateException("Nobody closes anything here.");
        }

        @Override
        public Presence presenceOf(Lease lease) {
            throw new IllegalStateException("Nobody asks for anything here.");
        }

        @Override
        public Inventory inventory(TenantId tenant) {
            throw new IllegalStateException("Nobody looks here.");
        }

        @Override
        public void remove(TenantId tenant, Held held) {
            throw new IllegalStateException("Nobody removes anything here.");
        }
    }
}
