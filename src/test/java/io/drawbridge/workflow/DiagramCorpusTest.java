package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.drawbridge.stage.Stage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ParseException;
import org.camunda.bpm.engine.Problem;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.DeploymentBuilder;
import org.camunda.bpm.engine.repository.DeploymentWithDefinitions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Diagrams that the engine deploys and diagrams that it refuses, each in a file of its own.
 *
 * <p>A bad one says in its first comment at which elements it is refused, and with which words.
 */
@DisplayName("The engine")
@SuppressWarnings("NullAway.Init")
class DiagramCorpusTest extends Stage {
    private static final Path DIAGRAMS = Path.of("src/test/resources/diagrams");

    @Autowired
    private RepositoryService repository;

    @Autowired
    private PlatformTransactionManager transactions;

    static Stream<Path> good() {
        return files("good");
    }

    static Stream<Path> bad() {
        return files("bad");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("good")
    @DisplayName("R51 R72 deploys a diagram that is safe, with the forms of this build")
    void deploysWhatIsSafe(Path file) {
        inNoVersion(() -> {
            DeploymentWithDefinitions deployed = named(file).deployWithResult();

            assertThat(deployed.getDeployedProcessDefinitions()).hasSize(1);
            assertThat(repository.getDeploymentResourceNames(deployed.getId()))
                    .contains("forms/approve.html", "forms/justify.html", "forms/review.html");
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    @DisplayName("R51 R72 refuses a diagram that is not, at the element and with a sentence that says how to mend it")
    void refusesWhatIsNot(Path file) {
        List<String[]> expected = expected(read(file));
        assertThat(expected).isNotEmpty();

        inNoVersion(() -> {
            ParseException refusal =
                    catchThrowableOfType(ParseException.class, () -> named(file).deployWithResult());

            assertThat(refusal).as("a refusal").isNotNull();
            List<Problem> problems = refusal.getResorceReports().get(0).getErrors();
            for (String[] one : expected) {
                assertThat(problems)
                        .as("%s | %s", one[0], one[1])
                        .anyMatch(problem -> problem.getMainElementId().equals(one[0])
                                && problem.getMessage().startsWith(one[0])
                                && problem.getMessage().contains(one[1]));
            }
        });
    }

    @Test
    @DisplayName("R72 deploys nothing of a deployment of which one file is bad, and names every flaw of every file")
    void deploysNothingOfADeploymentOfWhichOneFileIsBad() {
        Map<String, String> files = Map.of(
                "a.bpmn", read(DIAGRAMS.resolve("good/sooner-escalation.bpmn")),
                "b.bpmn", read(DIAGRAMS.resolve("bad/hold-without-timer.bpmn")),
                "c.bpmn20.xml", read(DIAGRAMS.resolve("good/drift-as-shipped.bpmn")),
                "d.dmn", "<definitions/>",
                "e.cmmn", "<definitions/>",
                "f.form", "{}",
                "forms/approve.html", "<script>approve()</script>",
                "noextension", "x");
        long before = repository.createProcessDefinitionQuery().count();

        inNoVersion(() -> {
            DeploymentBuilder deployment = repository.createDeployment().name("several");
            files.forEach(deployment::addString);
            ParseException refusal = catchThrowableOfType(ParseException.class, () -> deployment.deployWithResult());

            assertThat(refusal.getResorceReports())
                    .extracting(report -> report.getResourceName())
                    .containsExactlyInAnyOrder(
                            "b.bpmn", "c.bpmn20.xml", "d.dmn", "e.cmmn", "f.form", "forms/approve.html", "noextension");
        });

        assertThat(repository.createProcessDefinitionQuery().count()).isEqualTo(before);
    }

    @Test
    @DisplayName("R72 deploys for no single tenant, because all of them share the diagrams")
    void deploysForNoSingleTenant() {
        inNoVersion(() -> assertThat(catchThrowableOfType(
                        ParseException.class, () -> named(DIAGRAMS.resolve("good/sooner-escalation.bpmn"))
                                .tenantId("acme")
                                .deployWithResult()))
                .hasMessageContaining("leave the tenant id empty"));
    }

    static Stream<Arguments> writings() {
        String shipped = read(Path.of("processes/timeboxed-grant.bpmn"));
        return Stream.of(
                arguments("with a mark of the byte order", "\uFEFF" + shipped, StandardCharsets.UTF_8),
                arguments("in UTF-16", shipped.replace("UTF-8", "UTF-16"), StandardCharsets.UTF_16),
                arguments(
                        "with other prefixes",
                        shipped.replace("bpmn:", "b:")
                                .replace("xmlns:bpmn=", "xmlns:b=")
                                .replace("xmlns:camunda=", "xmlns:c=")
                                .replace("camunda:", "c:"),
                        StandardCharsets.UTF_8),
                arguments(
                        "with the condition as CDATA",
                        shipped.replace("${removal == 'confirmed'}", "<![CDATA[${removal == 'confirmed'}]]>"),
                        StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("writings")
    @DisplayName("R51 R72 looks at what a file says and not at how it is written")
    void looksAtWhatAFileSays(String how, String file, Charset encoding) {
        String leaking = file.replace("attachedToRef=\"ReceiveTask_HoldAccess\"", "attachedToRef=\"Task_OpenGrant\"");

        inNoVersion(() -> {
            assertThat(written(file.getBytes(encoding)).deployWithResult().getDeployedProcessDefinitions())
                    .hasSize(1);
            assertThat(catchThrowableOfType(ParseException.class, () -> written(leaking.getBytes(encoding))
                            .deployWithResult()))
                    .hasMessageContaining("ReceiveTask_HoldAccess: It can wait here while the access is on");
        });
    }

    static Stream<Arguments> oversized() {
        String shipped = read(DIAGRAMS.resolve("bad/hold-without-timer.bpmn"));
        String deep = "<bpmn:subProcess>".repeat(50_000) + "</bpmn:subProcess>".repeat(50_000);
        StringBuilder wide = new StringBuilder("<bpmn:parallelGateway id=\"W\" />");
        for (int i = 0; i < 60; i++) {
            wide.append(
                    """
                    <bpmn:serviceTask id="T%1$d" camunda:asyncBefore="true" camunda:delegateExpression="${notifyExpiringSoonDelegate}" />
                    <bpmn:endEvent id="E%1$d" />
                    <bpmn:sequenceFlow id="A%1$d" sourceRef="W" targetRef="T%1$d" />
                    <bpmn:sequenceFlow id="B%1$d" sourceRef="T%1$d" targetRef="E%1$d" />
                    """
                            .formatted(i));
        }
        return Stream.of(
                arguments("in 50,000 levels", in(shipped, deep), "more than 30 levels"),
                arguments(
                        "with 300 nodes",
                        in(
                                shipped,
                                wide
                                        + wide.toString().replaceAll("\"([WTEAB]\\d*)\"", "\"X$1\"")
                                        + wide.toString().replaceAll("\"([WTEAB]\\d*)\"", "\"Y$1\"")),
                        "more than 200 events, tasks and gateways"),
                arguments(
                        "with 60 ways at once",
                        in(shipped, wide.toString())
                                .replace("targetRef=\"EndEvent_RequesterWarned\"", "targetRef=\"W\""),
                        "too many ways"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oversized")
    @DisplayName("R72 refuses a diagram that is made to keep it busy")
    void refusesADiagramThatIsMadeToKeepItBusy(String how, String file, String words) {
        inNoVersion(() -> assertThat(
                        catchThrowableOfType(ParseException.class, () -> written(file.getBytes(StandardCharsets.UTF_8))
                                .deployWithResult()))
                .hasMessageContaining(words));
    }

    private static String in(String file, String more) {
        return file.replace("</bpmn:process>", more + "</bpmn:process>");
    }

    private DeploymentBuilder written(byte[] file) {
        return repository.createDeployment().name("corpus").addInputStream("a.bpmn", new ByteArrayInputStream(file));
    }

    private DeploymentBuilder named(Path file) {
        return repository
                .createDeployment()
                .name("corpus")
                .addString(file.getFileName().toString(), read(file));
    }

    /** Whatever is deployed is gone afterwards: the tests beside this one start with the shipped diagrams. */
    private void inNoVersion(Runnable steps) {
        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            status.setRollbackOnly();
            steps.run();
        });
    }

    private static List<String[]> expected(String diagram) {
        return diagram.substring(diagram.indexOf("<!--"), diagram.indexOf("-->"))
                .lines()
                .filter(line -> line.contains("| "))
                .map(line -> line.split("\\|", 2))
                .map(parts -> new String[] {parts[0].strip(), parts[1].strip()})
                .toList();
    }

    private static Stream<Path> files(String kind) {
        try (Stream<Path> files = Files.list(DIAGRAMS.resolve(kind))) {
            return files.sorted().toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
