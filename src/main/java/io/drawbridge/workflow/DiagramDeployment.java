package io.drawbridge.workflow;

import io.drawbridge.workflow.diagram.DiagramCheck;
import io.drawbridge.workflow.diagram.Flaw;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.Deployment;
import org.camunda.bpm.engine.repository.DeploymentBuilder;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;

/**
 * Deploys at the start those diagrams of this build that are not deployed yet, and leaves alone what a process owner has
 * deployed since.
 *
 * <p>By hand, because the engine's own deployment names resources by where they lie on the disk, and the diagrams name
 * their forms {@code deployment:forms/…}. An owner's version stays as long as it passes the check of this build; if it no
 * longer does, the diagram of this build takes its place, and the log says so. What runs keeps the version it started with.
 */
@Component
class DiagramDeployment implements SmartInitializingSingleton {
    static final String AT_START = "start-up";

    private static final Logger LOG = LoggerFactory.getLogger(DiagramDeployment.class);
    private static final String NAME = "drawbridge";

    private final RepositoryService repository;
    private final BuiltDiagrams built;

    DiagramDeployment(RepositoryService repository, BuiltDiagrams built) {
        this.repository = repository;
        this.built = built;
    }

    @Override
    public void afterSingletonsInstantiated() {
        DeploymentBuilder deployment = repository.createDeployment().name(NAME).source(AT_START);
        built.diagrams().forEach((file, content) -> {
            Optional<ProcessDefinition> latest = LatestVersions.latest(repository, DiagramCheck.key(content));
            if (latest.isEmpty() || !stays(latest.get(), file, content)) {
                deployment.addInputStream(file, new ByteArrayInputStream(content));
            }
        });
        if (!deployment.getResourceNames().isEmpty()) {
            deployment.deploy();
        }
    }

    /** Whether the version goes on being the latest, if need be as a new one with the forms of this build. */
    private boolean stays(ProcessDefinition latest, String file, byte[] content) {
        byte[] deployed = LatestVersions.content(repository, latest);
        Deployment deployment = repository
                .createDeploymentQuery()
                .deploymentId(latest.getDeploymentId())
                .singleResult();
        if (Arrays.equals(deployed, content)) {
            return hasTheseForms(latest);
        }
        if (AT_START.equals(deployment.getSource())) {
            return false;
        }
        List<Flaw> flaws = DiagramCheck.flaws(deployed);
        if (!flaws.isEmpty()) {
            LOG.warn(
                    "Version {} of {} does not pass the check of this build, whose own diagram takes its place: {}",
                    latest.getVersion(),
                    latest.getKey(),
                    flaws.stream().map(Flaw::toString).collect(Collectors.joining(" ")));
            return false;
        }
        if (isNew(latest.getKey(), content)) {
            LOG.warn(
                    "This build brings another diagram of {}, and version {}, which a process owner has deployed, stays."
                            + " Compare it with processes/{}, and deploy what you want.",
                    latest.getKey(),
                    latest.getVersion(),
                    file);
        }
        if (!hasTheseForms(latest)) {
            repository
                    .createDeployment()
                    .name(deployment.getName())
                    .source(deployment.getSource())
                    .addInputStream(latest.getResourceName(), new ByteArrayInputStream(deployed))
                    .deploy();
        }
        return true;
    }

    /** No start has ever deployed it. */
    private boolean isNew(String key, byte[] content) {
        return repository.createProcessDefinitionQuery().processDefinitionKey(key).withoutTenantId().list().stream()
                .noneMatch(version -> Arrays.equals(content, LatestVersions.content(repository, version)));
    }

    private boolean hasTheseForms(ProcessDefinition version) {
        Set<String> there = new TreeSet<>(repository.getDeploymentResourceNames(version.getDeploymentId()));
        return built.forms().entrySet().stream()
                .allMatch(form -> there.contains(form.getKey())
                        && Arrays.equals(
                                form.getValue(),
                                LatestVersions.content(repository, version.getDeploymentId(), form.getKey())));
    }
}
