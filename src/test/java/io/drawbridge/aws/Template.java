package io.drawbridge.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A CloudFormation template as CloudFormation would read it for one organization, in its home Region.
 *
 * <p>Knows those functions that the templates in the folder aws use, and refuses any other. Every condition holds.
 */
public final class Template {
    public static final Path FOLDER = Path.of("aws");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z:]+)}");

    /** As long as AWS makes them; what is longer in the templates' parameters is of the administrator's choosing. */
    private static final Map<String, Object> VALUES = Map.ofEntries(
            Map.entry("AWS::Partition", "aws"),
            Map.entry("AWS::Region", "eu-central-1"),
            Map.entry("AWS::AccountId", "222233334444"),
            Map.entry("Tenant", "acme"),
            Map.entry("OrganizationId", "o-abcdefghij"),
            Map.entry("ManagementAccountId", "999900001111"),
            Map.entry("DelegatedAccountId", "222233334444"),
            Map.entry("IdentityCenterInstanceId", "ssoins-0123456789abcdef"),
            Map.entry("IdentityStoreId", "d-0123456789"),
            Map.entry("NodePrincipalArn", "arn:aws:iam::555566667777:role/drawbridge-node"),
            Map.entry("DrawbridgeRoleArn", "arn:aws:iam::222233334444:role/Drawbridge-acme"),
            Map.entry(
                    "BreakGlassRoleArns",
                    List.of("arn:aws:iam::111122223333:role/BreakGlass", "arn:aws:iam::444455556666:role/BreakGlass")),
            Map.entry(
                    "AdministratorArns",
                    List.of("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Platform_*")),
            Map.entry("TargetIds", List.of("r-abcd")),
            Map.entry("MemberRoleName", "DrawbridgeMember"),
            Map.entry("RuleState", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
            Map.entry("AlarmTopicArn", "arn:aws:sns:eu-central-1:222233334444:operations"),
            Map.entry("HomeRegion", "eu-central-1"),
            Map.entry("BusArn", "arn:aws:events:eu-central-1:222233334444:event-bus/Drawbridge-acme"),
            Map.entry("ExternalId", "5f0c9b1e-7a44-4c1b-9a51-2f2d1b1c7e10"));

    private final JsonNode resources;

    private Template(JsonNode resources) {
        this.resources = resources;
    }

    public static Template read(String name) {
        LoaderOptions options = new LoaderOptions();
        // CloudFormation reads no aliases.
        options.setMaxAliasesForCollections(0);
        try (var reader = Files.newBufferedReader(FOLDER.resolve(name))) {
            Map<String, Object> file = new Yaml(new WithFunctions(options)).load(reader);
            return new Template(JSON.valueToTree(evaluate(file.get("Resources"))));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The properties of a resource by its logical id. */
    public JsonNode properties(String logicalId) {
        return resources.required(logicalId).required("Properties");
    }

    private static @Nullable Object evaluate(@Nullable Object node) {
        if (node instanceof Function function) {
            return function.value();
        }
        if (node instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> evaluated = new LinkedHashMap<>();
            map.forEach((key, value) -> evaluated.put(String.valueOf(key), evaluate(value)));
            return evaluated;
        }
        if (node instanceof List<?> list) {
            List<@Nullable Object> evaluated = new ArrayList<>();
            list.forEach(item -> evaluated.add(evaluate(item)));
            return evaluated;
        }
        return node;
    }

    /** {@code !Name argument}, not evaluated yet. */
    private record Function(String name, Object argument) {

        @Nullable
        Object value() {
            return switch (name) {
                case "!Ref" -> VALUES.getOrDefault(text(argument), text(argument));
                case "!GetAtt" ->
                    "arn:aws:service:eu-central-1:222233334444:Drawbridge-acme-"
                            + text(argument).replace('.', '-');
                case "!Sub" -> substituted(text(argument));
                case "!Join" -> {
                    List<?> parts = (List<?>) argument;
                    yield ((List<?>) values(parts.get(1)))
                            .stream().map(String::valueOf).collect(Collectors.joining(text(parts.get(0))));
                }
                case "!Split" -> {
                    List<?> parts = (List<?>) argument;
                    yield List.of(String.valueOf(evaluate(parts.get(1))).split(Pattern.quote(text(parts.get(0)))));
                }
                case "!If" -> evaluate(((List<?>) argument).get(1));
                default -> throw new IllegalArgumentException("Function \"" + name + "\" is not known here.");
            };
        }

        private static Object values(Object list) {
            Object evaluated = evaluate(list);
            if (evaluated instanceof List<?>) {
                return evaluated;
            }
            throw new IllegalArgumentException("\"" + evaluated + "\" is no list.");
        }

        private static String substituted(String text) {
            return VARIABLE.matcher(text).replaceAll(variable -> {
                Object value = VALUES.get(variable.group(1));
                if (value == null) {
                    throw new IllegalArgumentException("No value for \"" + variable.group() + "\".");
                }
                return Matcher.quoteReplacement(value.toString());
            });
        }

        private static String text(Object argument) {
            return String.valueOf(argument);
        }
    }

    /** YAML 1.1 with CloudFormation's short forms; all other tags are refused. */
    private static final class WithFunctions extends SafeConstructor {

        WithFunctions(LoaderOptions options) {
            super(options);
            yamlMultiConstructors.put("!", new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    return new Function(node.getTag().getValue(), argument(node));
                }
            });
        }

        private Object argument(Node node) {
            if (node instanceof ScalarNode scalar) {
                return constructScalar(scalar);
            }
            if (node instanceof SequenceNode sequence) {
                return constructSequence(sequence);
            }
            return constructMapping((MappingNode) node);
        }
    }
}
