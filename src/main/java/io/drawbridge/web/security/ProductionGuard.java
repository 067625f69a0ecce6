package io.drawbridge.web.security;

import io.drawbridge.grant.Cloud;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Refuses to start the profile {@code production} with anything of the demo, and names each such thing.
 *
 * <p>Runs before the first port is opened and before the first due timer fires.
 */
@Component
@Profile("production")
class ProductionGuard implements SmartInitializingSingleton {
    private static final String DEMO_KEY = "ZGVtbyBrZXksIG5vdCBhIHNlY3JldCwgMzIgYnl0ZXM=";

    private final Environment environment;
    private final DataSource dataSource;
    private final JdbcClient database;
    private final Cloud cloud;
    private final boolean dryRunWanted;

    ProductionGuard(
            Environment environment,
            DataSource dataSource,
            JdbcClient database,
            Cloud cloud,
            ProductionProperties properties) {
        this.environment = environment;
        this.dataSource = dataSource;
        this.database = database;
        this.cloud = cloud;
        this.dryRunWanted = properties.dryRun();
    }

    /**
     * Looks for what must not be there.
     *
     * @throws IllegalStateException naming each condition and what to do about it
     */
    @Override
    public void afterSingletonsInstantiated() {
        List<String> conditions = new ArrayList<>();
        if (environment.acceptsProfiles(Profiles.of("demo"))) {
            conditions.add("the profile demo is active as well: start with the profile production alone.");
        }
        if (count("select count(*) from person where password_hash is not null") > 0) {
            conditions.add("there are logins with passwords in the table person: production signs in elsewhere.");
        }
        if (count("select count(*) from person where id like '%.example'") > 0) {
            conditions.add("the database holds the demo organisation: start on an empty database.");
        }
        if (cloud.name().equals("dry-run") && !dryRunWanted) {
            conditions.add("the cloud is the dry-run cloud, which grants nothing: set drawbridge.cloud.type, or"
                    + " drawbridge.production.dry-run to true if that is what you want.");
        }
        if (product().contains("h2")) {
            conditions.add("the database is H2: set spring.datasource.url to a PostgreSQL database.");
        }
        if (environment.getProperty("drawbridge.sign-in.issuer", "").isBlank()) {
            conditions.add("nobody can sign in: set drawbridge.sign-in.issuer to an OIDC issuer.");
        } else if (environment.getProperty("drawbridge.sign-in.issuer", "").startsWith("http:")) {
            conditions.add("the issuer is asked without TLS: set drawbridge.sign-in.issuer to its https address.");
        }
        if (!environment.getProperty("drawbridge.base-url", "").startsWith("https://")) {
            conditions.add("people reach Drawbridge without TLS: set drawbridge.base-url to its https address.");
        }
        if (!environment.getProperty("server.servlet.session.cookie.secure", Boolean.class, false)) {
            conditions.add(
                    "the session's cookie goes over unprotected lines: leave server.servlet.session.cookie.secure"
                            + " true.");
        }
        if (!environment.getProperty("server.forward-headers-strategy", "none").equalsIgnoreCase("none")
                && environment
                        .getProperty("server.tomcat.remoteip.internal-proxies", "")
                        .isBlank()) {
            conditions.add(
                    "forwarded headers are believed from every private address, so that people there could choose"
                            + " their own: set server.tomcat.remoteip.internal-proxies to a pattern of the proxies' addresses.");
        }
        for (String key : List.of("drawbridge.audit.directory", "drawbridge.audit.signing-key")) {
            if (environment.getProperty(key, "").isBlank()) {
                conditions.add("the audit chain is not signed with a key of yours: set " + key
                        + (key.endsWith("key")
                                ? " to a PEM file with both halves of an Ed25519 key."
                                : " to a directory outside of the database, best on a disk that only takes more."));
            }
        }
        if (!environment.getProperty("drawbridge.channels.allow-http", "").isBlank()
                || environment.containsProperty("drawbridge.channels.allow-http[0]")) {
            conditions.add(
                    "notification channels would be told without TLS: leave drawbridge.channels.allow-http empty.");
        }
        if (DEMO_KEY.equals(environment.getProperty("drawbridge.channels.secret-keys"))
                || DEMO_KEY.equals(environment.getProperty("drawbridge.channels.secret-keys[0]"))) {
            conditions.add("the secrets of webhooks would be kept with the key of the demo, which everybody knows: set"
                    + " drawbridge.channels.secret-keys to what \"openssl rand -base64 32\" prints.");
        }
        if (!conditions.isEmpty()) {
            throw new IllegalStateException(
                    "Drawbridge does not start in production:\n- " + String.join("\n- ", conditions));
        }
    }

    private int count(String sql) {
        return database.sql(sql).query(Integer.class).single();
    }

    private String product() {
        try (Connection connection = dataSource.getConnection()) {
            return connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        } catch (SQLException unreachable) {
            throw new IllegalStateException("The database cannot be asked what it is.", unreachable);
        }
    }
}
