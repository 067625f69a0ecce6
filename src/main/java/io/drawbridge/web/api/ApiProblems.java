package io.drawbridge.web.api;

import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.DriftStateException;
import io.drawbridge.grant.GrantStateException;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.operations.DatabaseOutage;
import io.drawbridge.organization.NotConnectedException;
import io.drawbridge.organization.OrganizationUnreadableException;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.request.AccessRequests.DuplicateOpenRequestException;
import io.drawbridge.request.AlreadyOpenException;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.StatusConflictException;
import io.drawbridge.web.Problems;
import io.drawbridge.web.Problems.Problem;
import io.drawbridge.web.security.Callers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * The one place at which whatever goes wrong in a call of the API becomes a problem.
 *
 * <p>A resolver and no {@code @RestControllerAdvice}: an advice for these controllers alone would not see the calls that
 * reach none of them (unknown path, wrong method), and one for all would answer for the pages, too.
 */
@Component
class ApiProblems implements HandlerExceptionResolver, Ordered {
    private static final Logger log = LoggerFactory.getLogger(ApiProblems.class);

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (!request.getRequestURI().startsWith(request.getContextPath() + "/v1")) {
            return null;
        }
        try {
            if (failure instanceof ErrorResponse known) {
                known.getHeaders().forEach((name, values) -> values.forEach(each -> response.addHeader(name, each)));
            }
            if (failure instanceof AuthenticationException) {
                response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Session realm=\"Drawbridge\"");
            }
            if (failure instanceof TransientDataAccessException || failure instanceof DuplicateOpenRequestException) {
                response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            }
            Problems.write(request, response, problem(request, failure));
        } catch (IOException gone) {
            log.debug("The caller of {} did not wait for the answer.", request.getRequestURI(), gone);
        }
        return new ModelAndView();
    }

    private static Problem problem(HttpServletRequest request, Exception failure) {
        if (failure instanceof NotFoundException) {
            return new Problem(404, "not-found", "Not found", text(failure));
        }
        if (failure instanceof ForbiddenException) {
            return new Problem(403, "forbidden", "Forbidden", text(failure));
        }
        if (failure instanceof InvalidInputException invalid) {
            return invalid(invalid.fields());
        }
        if (failure instanceof InvalidPolicyException invalid) {
            return invalidPolicy(invalid);
        }
        if (failure instanceof StatusConflictException
                || failure instanceof GrantStateException
                || failure instanceof DriftStateException) {
            return new Problem(409, "status-conflict", "Status conflict", text(failure));
        }
        if (failure instanceof CloudException) {
            return new Problem(
                    503,
                    "cloud-unavailable",
                    "Cloud unavailable",
                    "The cloud did not take it; nothing of this call was kept. " + text(failure));
        }
        if (failure instanceof NotConnectedException) {
            return new Problem(409, "not-connected", "Not connected", text(failure));
        }
        if (failure instanceof OrganizationUnreadableException) {
            log.warn("{} failed: {}", request.getRequestURI(), failure.getMessage(), failure);
            return new Problem(502, "organization-unreadable", "Organization unreadable", text(failure));
        }
        if (failure instanceof PolicyDeniesException denied) {
            return new Problem(
                    409, "policy-denies", "The policy denies", text(failure), Map.of("policies", denied.policies()));
        }
        if (failure instanceof AlreadyOpenException open) {
            return new Problem(
                    409,
                    "already-open",
                    "Already open",
                    text(failure),
                    Map.of("openRequest", open.open().value()));
        }
        // A lock that was not had in time, a deadlock, a version that has moved on: whoever comes second may try again.
        if (failure instanceof TransientDataAccessException || failure instanceof DuplicateOpenRequestException) {
            return new Problem(
                    409,
                    "concurrent-change",
                    "Concurrent change",
                    "Somebody else changed the same at the same moment. Nothing of this call was kept; look again.");
        }
        if (DatabaseOutage.isBehind(failure)) {
            log.warn(
                    "{} {} failed for want of the database: {}",
                    request.getMethod(),
                    request.getRequestURI(),
                    text(failure));
            return new Problem(
                    503,
                    "database-unavailable",
                    "Database unavailable",
                    "The database cannot be reached, or went away in the middle. Look whether this call was done before you send"
                            + " it again.");
        }
        if (failure instanceof DeniedCallIntake.UnreadableBodyException) {
            return new Problem(400, "unreadable-body", "Unreadable body", text(failure));
        }
        if (failure instanceof Callers.TenantMissingException) {
            return new Problem(400, "tenant-missing", "Tenant missing", text(failure));
        }
        if (failure instanceof HttpMessageNotReadableException unreadable) {
            return unreadable(unreadable);
        }
        if (failure instanceof AuthenticationException) {
            return new Problem(401, "not-signed-in", "Not signed in", "This call needs a login that is known.");
        }
        if (failure instanceof AccessDeniedException) {
            return new Problem(403, "forbidden", "Forbidden", "This is no part of what your roles let you do.");
        }
        if (failure instanceof RequestRejectedException) {
            return new Problem(
                    400, "bad-request", "Bad request", "The path or a header has characters that are not taken.");
        }
        if (failure instanceof NoResourceFoundException) {
            return new Problem(404, "not-found", "Not found", "There is nothing at this path.");
        }
        if (failure instanceof ErrorResponse known && !known.getStatusCode().is5xxServerError()) {
            HttpStatus status = HttpStatus.valueOf(known.getStatusCode().value());
            String detail = known.getBody().getDetail();
            return new Problem(
                    status.value(),
                    status.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    status.getReasonPhrase(),
                    detail == null ? status.getReasonPhrase() + "." : detail);
        }
        String id = UUID.randomUUID().toString();
        log.error("{} {} failed; problem {}.", request.getMethod(), request.getRequestURI(), id, failure);
        return new Problem(
                500,
                "internal-error",
                "Internal error",
                "Something went wrong here that is not your fault. Tell whoever runs Drawbridge this id: " + id + ".",
                Map.of("id", id));
    }

    private static Problem invalid(Map<String, String> fields) {
        List<Map<String, String>> errors = new ArrayList<>();
        fields.forEach((field, message) -> errors.add(error(field, message)));
        return new Problem(
                422,
                "invalid-input",
                "Invalid input",
                fields.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .collect(Collectors.joining(" ")),
                Map.of("errors", errors));
    }

    private static Map<String, String> error(String field, String message) {
        Map<String, String> error = new LinkedHashMap<>();
        error.put("field", field);
        error.put("message", message);
        return error;
    }

    private static Problem invalidPolicy(InvalidPolicyException invalid) {
        List<Map<String, Object>> errors = new ArrayList<>();
        for (InvalidPolicyException.Problem each : invalid.problems()) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("field", each.source());
            error.put("policy", each.policy());
            error.put("line", each.line());
            error.put("column", each.column());
            error.put("message", each.message());
            errors.add(error);
        }
        return new Problem(422, "invalid-policy", "Invalid policy", text(invalid), Map.of("errors", errors));
    }

    private static Problem unreadable(HttpMessageNotReadableException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyLimitFilter.BodyTooLongException tooLong) {
                return tooLong.problem();
            }
            if (cause instanceof com.fasterxml.jackson.core.exc.InputCoercionException
                    && failure.getCause() instanceof com.fasterxml.jackson.databind.JsonMappingException mapping) {
                return invalid(Map.of(path(mapping), "is a number out of its range."));
            }
            if (cause instanceof StreamReadException malformed) {
                return new Problem(
                        400,
                        "malformed-json",
                        "Malformed JSON",
                        "The body is no JSON that can be read" + place(malformed) + ".");
            }
            if (cause instanceof UnrecognizedPropertyException unknown) {
                Collection<Object> known = unknown.getKnownPropertyIds();
                return invalid(Map.of(
                        path(unknown),
                        "is not a field of this call"
                                + (known == null || known.isEmpty()
                                        ? "."
                                        : "; its fields are "
                                                + known.stream()
                                                        .map(String::valueOf)
                                                        .sorted()
                                                        .collect(Collectors.joining(", "))
                                                + ".")));
            }
            if (cause instanceof ApiJson.UnusableTextException unusable) {
                return invalid(Map.of(path(unusable), unusable.getOriginalMessage()));
            }
            if (cause instanceof MismatchedInputException mismatch) {
                return invalid(Map.of(path(mismatch), "must be " + kind(mismatch.getTargetType()) + "."));
            }
        }
        return failure.getCause() == null
                ? new Problem(400, "body-missing", "Body missing", "This call needs a JSON object as its body.")
                : new Problem(400, "malformed-json", "Malformed JSON", "The body is no JSON that can be read.");
    }

    private static String place(StreamReadException malformed) {
        return malformed.getLocation() == null
                ? ""
                : ": line " + malformed.getLocation().getLineNr() + ", column "
                        + malformed.getLocation().getColumnNr();
    }

    /** Where in the body, such as {@code request.principal} or {@code approvers[0]}; {@code body} for all of it. */
    private static String path(JsonMappingException failure) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : failure.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.length() == 0 ? "" : ".").append(step.getFieldName());
            }
        }
        return path.length() == 0 ? "body" : path.toString();
    }

    private static String kind(@Nullable Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (type == String.class) {
            return "a string";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a whole number";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
    }

    private static String text(Exception failure) {
        return String.valueOf(failure.getMessage());
    }
}
