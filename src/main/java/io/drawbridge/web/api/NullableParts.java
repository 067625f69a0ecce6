package io.drawbridge.web.api;

import com.fasterxml.jackson.databind.JavaType;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Describes what may be null in what the API takes and gives, and what is always there: the description says what the
 * records of the code say.
 *
 * <p>OpenAPI 3.1 has no {@code nullable}: a schema lists {@code null} among its types, or among its alternatives.
 */
@Component
class NullableParts implements ModelConverter {
    private static final String NULL = "null";

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
        Schema<?> resolved = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
        if (resolved == null || type.getType() == null) {
            return resolved;
        }
        JavaType java = Json.mapper().constructType(type.getType());
        if (java != null && java.getRawClass().isRecord()) {
            Schema<?> described = resolved.get$ref() == null
                    ? resolved
                    : context.getDefinedModels()
                            .get(resolved.get$ref().substring(resolved.get$ref().lastIndexOf('/') + 1));
            if (described != null && described.getProperties() != null) {
                describe(java.getRawClass().getRecordComponents(), described);
            }
        }
        return resolved;
    }

    @SuppressWarnings("rawtypes") // As swagger-core has them.
    private static void describe(RecordComponent[] components, Schema<?> described) {
        Map<String, Schema> properties = described.getProperties();
        for (RecordComponent component : components) {
            Schema<?> property = properties.get(component.getName());
            if (property == null) {
                continue;
            }
            if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                properties.put(component.getName(), orNull(property));
            } else if (described.getRequired() == null
                    || !described.getRequired().contains(component.getName())) {
                described.addRequiredItem(component.getName());
            }
        }
    }

    private static Schema<?> orNull(Schema<?> property) {
        if (property.get$ref() != null) {
            Schema<?> nothing = new JsonSchema();
            nothing.setTypes(Set.of(NULL));
            Schema<?> either = new JsonSchema();
            either.setOneOf(List.of(property, nothing));
            return either;
        }
        if (property.getTypes() != null && !property.getTypes().contains(NULL)) {
            Set<String> types = new LinkedHashSet<>(property.getTypes());
            types.add(NULL);
            property.setTypes(types);
        }
        return property;
    }
}
