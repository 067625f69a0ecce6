package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.workflow.diagram.Delegate;
import io.drawbridge.workflow.diagram.DiagramCheck;
import io.drawbridge.workflow.diagram.Flaw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.TimerEventDefinition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What process owners read, held against what the check says and what the diagrams name. */
@DisplayName("The guide for process owners")
class OwnersGuideTest {
    private static final Path RULES = Path.of("src/main/java/io/drawbridge/workflow/diagram");
    private static final Path TEMPLATES = Path.of("processes/element-templates");
    private static final Pattern ROW = Pattern.compile("\\| (.+?) \\| .+ \\|");

    /** In front of the rules stands the reading of the file, which no diagram of the corpus is large enough for. */
    private static final Set<String> WITHOUT_A_DIAGRAM = Set.of(
            "The file is larger than 2 MB",
            "Its elements lie in more than 30 levels",
            "events, tasks and gateways; make it simpler",
            "It has too many ways",
            "It is attached to nothing",
            "into or out of an event sub-process",
            "The default flow has a condition");

    @Test
    @DisplayName("says of every refusal of the corpus how to mend it, and of none that does not exist")
    void saysOfEveryRefusalHowToMendIt() throws IOException {
        List<String> rows = rows();
        Set<String> used = new HashSet<>(WITHOUT_A_DIAGRAM);
        List<String> untold = new ArrayList<>();

        for (Path file : files(Path.of("src/test/resources/diagrams/bad"))) {
            for (Flaw flaw : DiagramCheck.flaws(Files.readAllBytes(file))) {
                List<String> matching = rows.stream()
                        .filter(row -> flaw.sentence().contains(row))
                        .toList();
                used.addAll(matching);
                if (matching.isEmpty()) {
                    untold.add(file.getFileName() + ": " + flaw);
                }
            }
        }

        assertThat(untold).isEmpty();
        assertThat(rows).hasSizeGreaterThan(50).allMatch(used::contains);
    }

    @Test
    @DisplayName("has words of the rules in every row")
    void hasWordsOfTheRulesInEveryRow() throws IOException {
        StringBuilder sources = new StringBuilder();
        for (Path file : files(RULES)) {
            sources.append(Files.readString(file).replaceAll("\"\\s*\\+ \"", ""));
        }

        assertThat(rows()).allSatisfy(row -> assertThat(sources.toString()).contains(row));
    }

    @Test
    @DisplayName("comes with a template for every delegate, named as the diagrams name it")
    void comesWithATemplateForEveryDelegate() throws IOException {
        List<String> expressions = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Path file : files(TEMPLATES)) {
            for (JsonNode template : JsonMapper.builder().build().readTree(file.toFile())) {
                assertThat(ids.add(template.at("/id").asText())).isTrue();
                assertThat(template.at("/description").asText()).endsWith(".");
                for (JsonNode property : template.at("/properties")) {
                    if (property.at("/binding/name").asText().equals("camunda:delegateExpression")) {
                        expressions.add(property.at("/value").asText());
                    }
                }
            }
        }

        assertThat(expressions)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Delegate.values())
                        .map(delegate -> "${" + delegate.bean() + "}")
                        .toList());
        assertThat(ids).contains("io.drawbridge.timer.approvalOverdue", "io.drawbridge.timer.accessEnded");
    }

    @Test
    @DisplayName("comes with diagrams of which each delegate and each timer has its template, and is what it says")
    void comesWithDiagramsThatCarryTheirTemplates() throws Exception {
        Map<String, JsonNode> templates = new HashMap<>();
        for (Path file : files(TEMPLATES)) {
            for (JsonNode template : JsonMapper.builder().build().readTree(file.toFile())) {
                templates.put(template.at("/id").asText(), template);
            }
        }
        List<String> marked = new ArrayList<>();
        List<String> unmarked = new ArrayList<>();

        for (Path file : files(Path.of("processes"))) {
            if (!file.toString().endsWith(".bpmn")) {
                continue;
            }
            BpmnModelInstance model = Bpmn.readModelFromFile(file.toFile());
            for (FlowNode node : model.getModelElementsByType(FlowNode.class)) {
                boolean timer = node instanceof CatchEvent event
                        && event.getEventDefinitions().stream().anyMatch(TimerEventDefinition.class::isInstance);
                if (!(node instanceof ServiceTask) && !timer) {
                    continue;
                }
                JsonNode template = templates.get(attribute(node, "modelerTemplate"));
                if (template == null) {
                    unmarked.add(file.getFileName() + ": " + node.getId());
                    continue;
                }
                marked.add(template.at("/id").asText());
                assertThat(template.at("/version").asText())
                        .as("version at %s", node.getId())
                        .isEqualTo(attribute(node, "modelerTemplateVersion"));
                assertThat(template.at("/appliesTo").toString())
                        .containsIgnoringCase("\"bpmn:" + node.getElementType().getTypeName() + "\"");
                for (JsonNode property : template.at("/properties")) {
                    String name = property.at("/binding/name").asText();
                    assertThat(name).startsWith("camunda:");
                    assertThat(attribute(node, name.substring("camunda:".length())))
                            .as("%s of %s, as its template has it", name, node.getId())
                            .isEqualTo(property.at("/value").asText());
                }
            }
        }

        assertThat(unmarked).isEmpty();
        assertThat(marked).containsExactlyInAnyOrderElementsOf(templates.keySet());
    }

    private static String attribute(FlowNode node, String name) {
        return String.valueOf(node.getAttributeValueNs("http://camunda.org/schema/1.0/bpmn", name));
    }

    private static List<String> rows() throws IOException {
        String guide = Files.readString(Path.of("docs/process-owners.md"));
        String table =
                guide.substring(guide.indexOf("## When it is refused"), guide.indexOf("## What a diagram may hold"));
        List<String> rows = new ArrayList<>();
        Matcher row = ROW.matcher(table);
        while (row.find()) {
            rows.add(row.group(1));
        }
        rows.removeAll(List.of("it says", "---"));
        return rows;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
