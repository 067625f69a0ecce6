package io.drawbridge.workflow;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.People;
import io.drawbridge.workflow.diagram.DiagramCheck;
import io.drawbridge.workflow.diagram.Flaw;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.ParseException;
import org.camunda.bpm.engine.Problem;
import org.camunda.bpm.engine.ResourceReport;
import org.camunda.bpm.engine.impl.bpmn.parser.ResourceReportImpl;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.persistence.deploy.Deployer;
import org.camunda.bpm.engine.impl.persistence.entity.DeploymentEntity;
import org.camunda.bpm.engine.impl.persistence.entity.ResourceEntity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses what may not be deployed, whoever deploys it; the first of the engine's deployers, in the deployment's transaction.
 *
 * <p>All flaws of all files come at once, in the shape in which the engine reports what it cannot read, so that Modeler
 * shows them at their elements and the REST API answers 400. What is deployed already is not looked at again: the engine
 * also comes here when it loads an old version, and what runs must go on.
 *
 * <p>A deployment gets the forms of this build where it brings none: a diagram finds its forms in its own deployment only.
 */
final class DeploymentCheck implements Deployer {
    private static final Logger LOG = LoggerFactory.getLogger(DeploymentCheck.class);
    private static final String DIAGRAM = ".bpmn";

    /** Source of a deployment of a person who called it one of the start. */
    static final String BY_OWNER = "process owner";

    private final Map<String, byte[]> forms;
    private final People people;
    private final AuditTrail trail;

    /** @param forms what people are shown, by the name that the diagrams use, such as {@code forms/approve.html} */
    DeploymentCheck(Map<String, byte[]> forms, People people, AuditTrail trail) {
        this.forms = Map.copyOf(forms);
        this.people = people;
        this.trail = trail;
    }

    @Override
    public void deploy(DeploymentEntity deployment) {
        if (!deployment.isNew()) {
            return;
        }
        List<ResourceReport> reports = new ArrayList<>();
        for (ResourceEntity resource : List.copyOf(deployment.getResources().values())) {
            List<Flaw> flaws = flaws(deployment, resource);
            if (!flaws.isEmpty()) {
                List<Problem> problems = new ArrayList<>();
                flaws.forEach(flaw -> problems.add(Found.at(flaw, resource)));
                reports.add(new ResourceReportImpl(resource.getName(), problems, List.of()));
            }
        }
        if (!reports.isEmpty()) {
            refuse(deployment, reports);
        }
        forms.forEach((name, content) -> add(deployment, name, content));
        String person = Context.getCommandContext().getAuthenticatedUserId();
        if (person != null) {
            if (DiagramDeployment.AT_START.equals(deployment.getSource())) {
                // NB. The start tells by it which versions are its own, and nobody else's may be taken for one of them.
                deployment.setSource(BY_OWNER);
            }
            record(deployment, person);
        }
    }

    /** In every tenant, because the diagrams are shared by all of them. */
    private void record(DeploymentEntity deployment, String person) {
        for (ResourceEntity resource : deployment.getResources().values()) {
            if (resource.getName().endsWith(DIAGRAM)) {
                Map<String, String> details = Map.of(
                        "file",
                        resource.getName(),
                        "deployment",
                        deployment.getId(),
                        "sha256",
                        hash(resource.getBytes()));
                String process = DiagramCheck.key(resource.getBytes());
                people.tenants().forEach(tenant -> trail.record(tenant, person, "diagram.deployed", process, details));
            }
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }

    private List<Flaw> flaws(DeploymentEntity deployment, ResourceEntity resource) {
        List<Flaw> flaws = new ArrayList<>();
        if (deployment.getTenantId() != null) {
            flaws.add(new Flaw(
                    "",
                    "It is deployed for the tenant \"" + deployment.getTenantId()
                            + "\", and diagrams are shared by all tenants; leave the tenant id empty."));
        }
        byte[] form = forms.get(resource.getName());
        if (form != null) {
            if (!Arrays.equals(form, resource.getBytes())) {
                flaws.add(new Flaw(
                        "",
                        "A form runs in the browser of whoever decides, and this one is not that of this build; leave"
                                + " forms out, they are added by themselves."));
            }
        } else if (resource.getName().endsWith(DIAGRAM)) {
            flaws.addAll(DiagramCheck.flaws(resource.getBytes()));
        } else {
            flaws.add(new Flaw(
                    "",
                    "Only diagrams are deployed here, in files that end in .bpmn; remove \"" + resource.getName()
                            + "\" from the deployment."));
        }
        return flaws;
    }

    private static void refuse(DeploymentEntity deployment, List<ResourceReport> reports) {
        List<Problem> first = reports.get(0).getErrors();
        String words = reports.stream()
                .flatMap(report -> report.getErrors().stream()
                        .map(problem -> report.getResourceName() + ": " + problem.getMessage()))
                .collect(Collectors.joining("\n"));
        LOG.info(
                "A deployment \"{}\" of {} was refused, first at \"{}\" of {}; nothing of it is deployed.",
                deployment.getName(),
                Context.getCommandContext().getAuthenticatedUserId(),
                first.get(0).getMainElementId(),
                reports.get(0).getResourceName());
        ParseException refusal = new ParseException(
                "Nothing was deployed. " + words, reports.get(0).getResourceName(), first, List.of());
        refusal.getResorceReports().addAll(reports.subList(1, reports.size()));
        throw refusal;
    }

    private static void add(DeploymentEntity deployment, String name, byte[] content) {
        if (deployment.getResources().containsKey(name)) {
            return;
        }
        ResourceEntity form = new ResourceEntity();
        form.setName(name);
        form.setBytes(content);
        form.setDeploymentId(deployment.getId());
        Context.getCommandContext().getResourceManager().insertResource(form);
        deployment.addResource(form);
    }

    /** A flaw, as the engine reports problems: at a line of the file, and at an element that Modeler marks. */
    private record Found(String message, int line, String element) implements Problem {

        static Found at(Flaw flaw, ResourceEntity resource) {
            return new Found(flaw.toString(), line(flaw.element(), resource.getBytes()), flaw.element());
        }

        @Override
        public String getMessage() {
            return message;
        }

        @Override
        public int getLine() {
            return line;
        }

        @Override
        public int getColumn() {
            return 0;
        }

        @Override
        public String getMainElementId() {
            return element;
        }

        @Override
        public List<String> getElementIds() {
            return element.isEmpty() ? List.of() : List.of(element);
        }

        /** From 1; 0 if the element is nowhere. */
        private static int line(String element, byte[] content) {
            String text = new String(content, StandardCharsets.UTF_8);
            int place = element.isEmpty() ? -1 : text.indexOf(" id=\"" + element + "\"");
            return place < 0
                    ? 0
                    : 1
                            + (int) text.substring(0, place)
                                    .chars()
                                    .filter(letter -> letter == '\n')
                                    .count();
        }
    }
}
