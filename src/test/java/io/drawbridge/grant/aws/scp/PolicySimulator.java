package io.drawbridge.grant.aws.scp;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The evaluator that we did not write, in a process of its own: {@code tools/policy-simulator}. */
final class PolicySimulator implements AutoCloseable {
    private static final Path HOME = Path.of("tools", "policy-simulator");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;

    private PolicySimulator(Process process) {
        this.process = process;
        this.questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts it. Where it is not installed the test is aborted, and on a machine for checks ({@code CI=true}, or
     * {@code -Ddrawbridge.simulator.required=true}) it fails.
     */
    static PolicySimulator start() {
        if (!Files.isDirectory(HOME.resolve("node_modules"))) {
            String missing = "NOT JUDGED: the policy simulator is not installed. Install it with:"
                    + " npm ci --prefix tools/policy-simulator";
            if ("true".equalsIgnoreCase(System.getenv("CI")) || Boolean.getBoolean("drawbridge.simulator.required")) {
                Assertions.fail(missing);
            }
            System.err.println(missing);
            Assumptions.abort(missing);
        }
        try {
            return new PolicySimulator(new ProcessBuilder("node", "judge.mjs")
                    .directory(HOME.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException noNode) {
            throw new UncheckedIOException("Node.js 20 or later is needed to judge policies.", noNode);
        }
    }

    /** What it says of each call: {@code Allowed}, {@code ExplicitlyDenied}, or something that must not be. */
    List<String> judge(Map<String, List<String>> documents, List<PolicyCases.Call> calls) {
        List<Map<String, Object>> asked = new ArrayList<>();
        for (PolicyCases.Call call : calls) {
            Map<String, Object> question = new LinkedHashMap<>();
            question.put("account", call.caller().account());
            question.put("principal", call.caller().principal());
            question.put("action", call.action().toString());
            question.put("resource", call.resource());
            question.put("context", call.context());
            asked.add(question);
        }
        try {
            questions.write(JSON.writeValueAsString(Map.of("documents", documents, "calls", asked)));
            questions.newLine();
            questions.flush();
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("The policy simulator stopped; what it said stands above.");
            }
            return Arrays.asList(JSON.readValue(line, String[].class));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() throws IOException {
        questions.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
