package io.drawbridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The list of what Drawbridge asks of AWS, against the calls that stand in its code. */
class AwsCallsTest {
    /** The prefix of IAM actions, by the package of the SDK's client. */
    private static final Map<String, String> PREFIXES = Map.of(
            "organizations", "organizations",
            "ssoadmin", "sso",
            "identitystore", "identitystore",
            "iam", "iam",
            "sts", "sts",
            "sqs", "sqs",
            "sns", "sns");

    /** Calls for which IAM has another name than the SDK, or that the SDK makes by itself. */
    private static final Map<String, String> RENAMED = Map.of(
            "sqs:DeleteMessageBatch", "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility");

    /** The role is assumed by the SDK's credentials; a policy is tagged by the call that makes it. */
    private static final Set<String> BY_ITSELF = Set.of("sts:AssumeRole", "organizations:TagResource");

    @Test
    @DisplayName(
            "R57 asks AWS for nothing but what is listed with its purpose, and lists nothing that it does not ask for")
    void listsWhatTheCodeAsksFor() throws IOException {
        JavaClasses house = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.drawbridge");
        Set<String> asked = new TreeSet<>(BY_ITSELF);
        house.forEach(each -> each.getMethodCallsFromSelf().forEach(call -> {
            String owner = call.getTargetOwner().getPackageName();
            String service = owner.substring(owner.lastIndexOf('.') + 1);
            String method = call.getTarget().getName();
            if (owner.startsWith("software.amazon.awssdk.services.")
                    && call.getTargetOwner().getSimpleName().endsWith("Client")
                    && PREFIXES.containsKey(service)
                    && !Set.of("builder", "close", "create").contains(method)) {
                String operation = method.endsWith("Paginator") ? method.substring(0, method.length() - 9) : method;
                String action = PREFIXES.get(service) + ":" + Character.toUpperCase(operation.charAt(0))
                        + operation.substring(1);
                asked.add(RENAMED.getOrDefault(action, action));
            }
        }));

        Set<String> listed = Files.readAllLines(Path.of("aws", "calls.txt")).stream()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.split(" ", 3)[1])
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(listed).isEqualTo(asked);
    }
}
