package io.drawbridge.workflow;

import javax.sql.DataSource;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.db.sql.DbSqlSessionFactory;
import org.flywaydb.core.Flyway;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Migrates what we add to the engine's own tables, once it has created or updated them and before it executes a job.
 *
 * <p>Apart from our other migrations, which are through before there is an engine: an empty database has no table of its by
 * then. Several nodes that start together wait for one another. What is for H2 alone is in {@code db/engine-h2}, and counted
 * with the others: a number is used once in both folders.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class EngineMigrations extends AbstractProcessEnginePlugin {
    private static final String OF_ALL = "classpath:db/engine";
    private static final String HISTORY = "engine_schema_history";

    private final DataSource database;
    private final PatientMigrations patience;

    EngineMigrations(DataSource database, PatientMigrations patience) {
        this.database = database;
        this.patience = patience;
    }

    @Override
    public void postProcessEngineBuild(ProcessEngine engine) {
        Flyway.configure()
                .dataSource(database)
                .callbacks(patience)
                .locations(locations(engine))
                .table(HISTORY)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
    }

    private static String[] locations(ProcessEngine engine) {
        return engine.getProcessEngineConfiguration() instanceof ProcessEngineConfigurationImpl configuration
                        && DbSqlSessionFactory.H2.equals(configuration.getDatabaseType())
                ? new String[] {OF_ALL, OF_ALL + "-h2"}
                : new String[] {OF_ALL};
    }
}
