package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.GrantState;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.workflow.diagram.Delegate;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What becomes of an owner's version when Drawbridge starts again, and of what runs when a new version comes. */
@DisplayName("A process owner's version")
@SuppressWarnings("NullAway.Init")
class OwnersVersionsTest extends GrantStage {
    private static final String GRANT = "timeboxed-grant.bpmn";

    @Autowired
    private RepositoryService repository;

    @Autowired
    private BuiltDiagrams built;

    @Autowired
    private DiagramDeployment start;

    @Autowired
    private PlatformTransactionManager transactions;

    @Autowired
    private ApplicationContext application;

    @Test
    @DisplayName("R72 stays the latest when Drawbridge starts again")
    void staysWhenDrawbridgeStartsAgain() {
        rolledBack(() -> {
            String owners = edited();
            deployAsOwner(owners);
            int version = latest().getVersion();

            start.afterSingletonsInstantiated();

            assertThat(latest().getVersion()).isEqualTo(version);
            assertThat(content()).isEqualTo(owners);
        });
    }

    @Test
    @DisplayName("R51 gives way to the one of the build when it no longer passes the check")
    void givesWayWhenItNoLongerPasses() {
        rolledBack(() -> {
            deployAsOwner(edited());
            database.sql("update ACT_GE_BYTEARRAY set BYTES_ = ? where DEPLOYMENT_ID_ = ? and NAME_ = ?")
                    .param(edited().replace("camunda:jobPriority=\"100\"", "camunda:jobPriority=\"1\"")
                            .getBytes(StandardCharsets.UTF_8))
                    .param(latest().getDeploymentId())
                    .param(GRANT)
                    .update();

            start.afterSingletonsInstantiated();

            assertThat(content()).isEqualTo(shipped());
        });
    }

    @Test
    @DisplayName("R72 goes on with the forms of a new build")
    void goesOnWithTheFormsOfANewBuild() {
        rolledBack(() -> {
            String owners = edited();
            deployAsOwner(owners);
            database.sql("update ACT_GE_BYTEARRAY set BYTES_ = ? where DEPLOYMENT_ID_ = ? and NAME_ = ?")
                    .param("<p>old</p>".getBytes(StandardCharsets.UTF_8))
                    .param(latest().getDeploymentId())
                    .param("forms/approve.html")
                    .update();

            start.afterSingletonsInstantiated();

            assertThat(content()).isEqualTo(owners);
            assertThat(LatestVersions.content(repository, latest().getDeploymentId(), "forms/approve.html"))
                    .isEqualTo(built.forms().get("forms/approve.html"));
        });
    }

    @Test
    @DisplayName("R72 changes nothing where the start finds what it has deployed already")
    void changesNothingWhereNothingIsNew() {
        long before = repository.createDeploymentQuery().count();

        start.afterSingletonsInstantiated();

        assertThat(repository.createDeploymentQuery().count()).isEqualTo(before);
    }

    @Test
    @DisplayName("R50 R53 leaves a grant that runs its version, its end and its revocation")
    void leavesAGrantThatRunsItsRevocation() {
        AccessRequest request = anActiveRequest();
        ProcessDefinition old = latest();
        String deployment = deployAsOwner(edited());
        try {
            assertThat(grantInstance(request.id()).getProcessDefinitionId()).isEqualTo(old.getId());

            at(grantOf(request.id()).endsAt());

            assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
            assertThat(cloud.whoHasAccess()).isEmpty();
        } finally {
            repository.deleteDeployment(deployment, true);
        }
    }

    @Test
    @DisplayName("R72 can name exactly the delegates that there are")
    void canNameTheDelegatesThatThereAre() {
        assertThat(Arrays.stream(Delegate.values()).map(Delegate::bean))
                .containsExactlyInAnyOrder(application.getBeanNamesForType(JavaDelegate.class));
    }

    private String deployAsOwner(String diagram) {
        return repository
                .createDeployment()
                .name("owner")
                .source(DeploymentCheck.BY_OWNER)
                .addString(GRANT, diagram)
                .deploy()
                .getId();
    }

    private String shipped() {
        return new String(Objects.requireNonNull(built.diagrams().get(GRANT)), StandardCharsets.UTF_8);
    }

    private String edited() {
        return shipped().replace("PT2S,PT5S,PT10S,PT20S", "PT3S,PT6S,PT9S");
    }

    private ProcessDefinition latest() {
        return LatestVersions.latest(repository, ProcessKeys.TIMEBOXED_GRANT).orElseThrow();
    }

    private String content() {
        return new String(LatestVersions.content(repository, latest()), StandardCharsets.UTF_8);
    }

    private void rolledBack(Runnable steps) {
        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            status.setRollbackOnly();
            steps.run();
        });
    }
}
