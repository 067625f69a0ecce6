package io.drawbridge.organization.aws;

import io.drawbridge.identity.TenantId;
import io.drawbridge.stage.Moto;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** A database and connections to an AWS that is not one, for tests of what speaks to AWS. */
public final class AwsUnderTest {
    public static final TenantId ACME = new TenantId("acme");

    /** Quotas that no test waits for. */
    public static final AwsProperties.Rate PLENTY = new AwsProperties.Rate(1e6, 1e6);

    private final Clock clock;
    private final DriverManagerDataSource dataSource;
    private final JdbcClient database;
    private final PlatformTransactionManager transactions;

    /** An empty database with our tables. */
    public AwsUnderTest(Clock clock) {
        this.clock = clock;
        dataSource = new DriverManagerDataSource(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
        Flyway.configure().dataSource(dataSource).load().migrate();
        database = JdbcClient.create(dataSource);
        transactions = new DataSourceTransactionManager(dataSource);
    }

    public DriverManagerDataSource dataSource() {
        return dataSource;
    }

    public JdbcClient database() {
        return database;
    }

    public PlatformTransactionManager transactions() {
        return transactions;
    }

    public Fences fences() {
        return new Fences(database, transactions, clock);
    }

    public AwsQuotas quotas(AwsProperties properties) {
        return new AwsQuotas(database, transactions, properties, clock);
    }

    /** A tenant whose organisation has nothing special. */
    public static AwsProperties.Tenant tenant(String account) {
        return new AwsProperties.Tenant(
                account, null, null, "eu-central-1", null, null, null, "DrawbridgeMember", List.of(), List.of(), null);
    }

    /** Connections of these tenants to an endpoint, with quotas that nobody waits for unless some are given. */
    public AwsConnections connections(
            URI endpoint, Map<String, AwsProperties.Tenant> tenants, Map<String, AwsProperties.Rate> quotas) {
        AwsProperties properties = new AwsProperties(endpoint, Duration.ofSeconds(10), tenants, quotas);
        StaticListableBeanFactory beans = new StaticListableBeanFactory();
        beans.addBean("credentials", Moto.credentials());
        return new AwsConnections(properties, quotas(properties), beans.getBeanProvider(AwsCredentialsProvider.class));
    }
}
