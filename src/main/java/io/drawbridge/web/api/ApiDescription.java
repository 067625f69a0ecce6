package io.drawbridge.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.identity.Caller;
import io.drawbridge.web.security.Callers;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;

/** Describes the API to programs and to people who try it. */
@Configuration(proxyBeanMethods = false)
class ApiDescription {
    private static final String PROBLEM = "Problem";
    private static final List<Integer> EVERYWHERE = List.of(400, 401, 403);

    static {
        SpringDocUtils.getConfig()
                .addRequestWrapperToIgnore(Caller.class)
                .replaceWithClass(JsonNode.class, Object.class);
    }

    @Bean
    OpenAPI openApi(ObjectProvider<BuildProperties> build) {
        BuildProperties built = build.getIfAvailable();
        return new OpenAPI()
                .info(
                        new Info()
                                .title("Drawbridge")
                                .version(built == null ? "development" : built.getVersion())
                                .description(
                                        "Privileged cloud permissions on demand: asked for, judged, approved, opened, and taken back on time."))
                .addServersItem(new Server().url("/").description("Where this was read."))
                .addSecurityItem(new SecurityRequirement().addList("bearer"))
                .addSecurityItem(new SecurityRequirement().addList("basic"))
                .components(new Components()
                        .addSecuritySchemes(
                                "bearer",
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")
                                        .description("An access token of the issuer, or an API key."))
                        .addSecuritySchemes(
                                "basic",
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("basic")
                                        .description("User name and password; in the demo only."))
                        .addSchemas(PROBLEM, problem()));
    }

    /** Adds to each call what all calls have in common, and the problems that it names. */
    @Bean
    OperationCustomizer commonToAllCalls() {
        return (operation, method) -> {
            operation.addParametersItem(new HeaderParameter()
                    .name(Callers.TENANT_HEADER)
                    .description("One of the caller's tenants; needed only by who has several.")
                    .required(false)
                    .schema(new StringSchema()));
            if (writes(method)) {
                operation.addParametersItem(new HeaderParameter()
                        .name(IdempotencyFilter.KEY)
                        .description("The same key with the same call is answered as the first was; kept for 24 hours.")
                        .required(false)
                        .schema(new StringSchema().minLength(1).maxLength(255)));
            }
            describeLimit(operation);
            List<Integer> statuses = new ArrayList<>(EVERYWHERE);
            if (writes(method)) {
                statuses.add(HttpStatus.TOO_MANY_REQUESTS.value());
            }
            ProblemStatuses named = method.getMethodAnnotation(ProblemStatuses.class);
            if (named != null) {
                for (int status : named.value()) {
                    statuses.add(status);
                }
            }
            statuses.stream().sorted().forEach(status -> addProblem(operation, status));
            return operation;
        };
    }

    /** Read as text, so that a wrong one is named as any other field is; meant as a number. */
    private static void describeLimit(Operation operation) {
        operation.getParameters().stream()
                .filter(parameter -> parameter.getName().equals("limit"))
                .forEach(parameter -> parameter
                        .description("How many at most; " + Given.USUAL_PAGE + " if left out.")
                        .setSchema(new IntegerSchema().minimum(BigDecimal.ONE)));
    }

    private static boolean writes(HandlerMethod method) {
        return !method.hasMethodAnnotation(org.springframework.web.bind.annotation.GetMapping.class);
    }

    private static void addProblem(Operation operation, int status) {
        operation
                .getResponses()
                .addApiResponse(
                        String.valueOf(status),
                        new ApiResponse()
                                .description(HttpStatus.valueOf(status).getReasonPhrase())
                                .content(new Content()
                                        .addMediaType(
                                                "application/problem+json",
                                                new MediaType()
                                                        .schema(new Schema<>()
                                                                .$ref("#/components/schemas/" + PROBLEM)))));
    }

    private static Schema<?> problem() {
        return new ObjectSchema()
                .description("What went wrong, as RFC 9457 has it.")
                .addProperty("type", new StringSchema().description("Stable: urn:drawbridge:problem: and a word."))
                .addProperty("title", new StringSchema())
                .addProperty("status", new IntegerSchema())
                .addProperty("detail", new StringSchema())
                .addProperty("instance", new StringSchema())
                .addProperty(
                        "errors",
                        new ArraySchema()
                                .items(new ObjectSchema()
                                        .addProperty("field", new StringSchema())
                                        .addProperty("message", new StringSchema()))
                                .description("What is wrong, by field; with 422."))
                .addProperty(
                        "openRequest",
                        new StringSchema().description("Id of the open request that asks for the same; with 409."));
    }
}
