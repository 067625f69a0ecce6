package io.drawbridge.workflow;

import java.io.IOException;
import java.io.InputStream;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.DeploymentBuilder;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * Deploys the diagrams and their forms at the start, as one deployment, if one of them has changed.
 *
 * <p>By hand, because the engine's own deployment names resources by where they lie on the disk, and the diagrams name
 * their forms {@code deployment:forms/…}; and always all of them, because a diagram finds its forms in its own deployment
 * only. Nothing else deploys anything. What runs keeps the version it started with.
 */
@Component
class DiagramDeployment implements SmartInitializingSingleton {
    private static final String ROOT = "processes/";

    private final RepositoryService repository;
    private final ResourcePatternResolver resources;

    DiagramDeployment(RepositoryService repository, ResourcePatternResolver resources) {
        this.repository = repository;
        this.resources = resources;
    }

    @Override
    public void afterSingletonsInstantiated() {
        DeploymentBuilder deployment = repository
                .createDeployment()
                .name("drawbridge")
                .source("start-up")
                .enableDuplicateFiltering(false);
        try {
            add(deployment, "*.bpmn");
            add(deployment, "forms/*.html");
        } catch (IOException unreadable) {
            throw new IllegalStateException("The diagrams in " + ROOT + " cannot be read.", unreadable);
        }
        deployment.deploy();
    }

    private void add(DeploymentBuilder deployment, String pattern) throws IOException {
        Resource[] found = resources.getResources("classpath:/" + ROOT + pattern);
        if (found.length == 0) {
            throw new IllegalStateException(
                    "There is no " + ROOT + pattern + " on the classpath; the build is not whole.");
        }
        String folder = pattern.substring(0, pattern.lastIndexOf('/') + 1);
        for (Resource resource : found) {
            try (InputStream content = resource.getInputStream()) {
                deployment.addInputStream(folder + resource.getFilename(), content);
            }
        }
    }
}
