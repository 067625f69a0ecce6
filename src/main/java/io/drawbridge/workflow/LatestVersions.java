package io.drawbridge.workflow;

import io.drawbridge.workflow.diagram.DiagramCheck;
import io.drawbridge.workflow.diagram.Flaw;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.impl.repository.DefaultDeploymentHandler;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.camunda.bpm.engine.repository.Resource;

/**
 * A diagram is deployed anew unless it is the one that counts already, whatever the deployment is called.
 *
 * <p>The engine itself compares with the latest deployment of the same name only (7.24), so that a former file, deployed to
 * undo a change of another name, would be taken for a duplicate and change nothing.
 */
final class LatestVersions extends DefaultDeploymentHandler {
    private final RepositoryService repository;

    LatestVersions(ProcessEngine engine) {
        super(engine);
        this.repository = engine.getRepositoryService();
    }

    @Override
    public boolean shouldDeployResource(Resource wanted, Resource existing) {
        List<Flaw> flaws = DiagramCheck.flaws(wanted.getBytes());
        return !flaws.isEmpty()
                || latest(repository, DiagramCheck.key(wanted.getBytes()))
                        .filter(version -> Arrays.equals(content(repository, version), wanted.getBytes()))
                        .isEmpty();
    }

    /** The version that new instances start with. */
    static Optional<ProcessDefinition> latest(RepositoryService repository, String key) {
        return Optional.ofNullable(repository
                .createProcessDefinitionQuery()
                .processDefinitionKey(key)
                .withoutTenantId()
                .latestVersion()
                .singleResult());
    }

    static byte[] content(RepositoryService repository, ProcessDefinition version) {
        return content(repository, version.getDeploymentId(), version.getResourceName());
    }

    static byte[] content(RepositoryService repository, String deployment, String resource) {
        try (InputStream content = repository.getResourceAsStream(deployment, resource)) {
            return content.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
