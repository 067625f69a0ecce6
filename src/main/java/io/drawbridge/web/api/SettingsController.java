package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.policy.AccessDuration;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a tenant can change about how Drawbridge works for it. */
@RestController
@RequestMapping(path = "/v1/settings", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Organisation")
class SettingsController {
    private static final int LONGEST_ZONE = 64;

    private final OrganizationDesk organization;
    private final Settings settings;

    SettingsController(OrganizationDesk organization, Settings settings) {
        this.organization = organization;
        this.settings = settings;
    }

    @GetMapping
    @Operation(summary = "Read the tenant's settings.")
    @ApiResponse(responseCode = "200", description = "What holds now.")
    SettingsRepresentation read(Caller caller) {
        return SettingsRepresentation.of(settings.of(caller.tenant()));
    }

    @PutMapping
    @Operation(summary = "Change the tenant's settings; what is left out stays as it is; for administrators.")
    @ApiResponse(responseCode = "200", description = "What holds from now on.")
    @ProblemStatuses({409, 422})
    SettingsRepresentation replace(
            @Only(Role.ADMINISTRATOR) Caller caller, @RequestBody SettingsRepresentation wanted) {
        organization.changeSettings(caller, wanted.over(settings.of(caller.tenant())));
        return SettingsRepresentation.of(settings.of(caller.tenant()));
    }

    /** The settings; durations in ISO 8601, the longest and the preset also {@code forever}. */
    record SettingsRepresentation(
            @Nullable Boolean requestUserJustification,
            @Nullable String minDuration,
            @Nullable String maxDuration,
            @Nullable String presetDuration,
            @Nullable String coolDown,
            @Nullable String propagation,
            @Nullable Integer maxRequestsPerIdentityAndHour,
            @Nullable String timeZone) {

        static SettingsRepresentation of(TenantSettings settings) {
            return new SettingsRepresentation(
                    settings.requestUserJustification(),
                    access(settings.minDuration()),
                    access(settings.maxDuration()),
                    access(settings.presetDuration()),
                    settings.coolDown().toString(),
                    settings.propagation().toString(),
                    settings.maxRequestsPerIdentityAndHour(),
                    settings.timeZone().getId());
        }

        /** These settings, and what holds for whatever is not among them. */
        TenantSettings over(TenantSettings now) {
            Map<String, String> wrong = new LinkedHashMap<>();
            Duration least = limited("minDuration", minDuration, now.minDuration(), wrong);
            if (least == null) {
                wrong.putIfAbsent("minDuration", "must not be forever.");
            }
            Duration most = limited("maxDuration", maxDuration, now.maxDuration(), wrong);
            Duration preset = limited("presetDuration", presetDuration, now.presetDuration(), wrong);
            Duration coolDownWanted = wait("coolDown", coolDown, now.coolDown(), wrong);
            Duration propagationWanted = wait("propagation", propagation, now.propagation(), wrong);
            ZoneId zone = zone(now.timeZone(), wrong);
            if (!wrong.isEmpty() || least == null) {
                throw new InvalidInputException(wrong);
            }
            return new TenantSettings(
                    requestUserJustification == null ? now.requestUserJustification() : requestUserJustification,
                    least,
                    most,
                    preset,
                    coolDownWanted,
                    propagationWanted,
                    maxRequestsPerIdentityAndHour == null
                            ? now.maxRequestsPerIdentityAndHour()
                            : maxRequestsPerIdentityAndHour,
                    zone);
        }

        private static String access(@Nullable Duration duration) {
            return (duration == null ? AccessDuration.FOREVER : AccessDuration.of(duration)).toString();
        }

        private static @Nullable Duration limited(
                String field, @Nullable String text, @Nullable Duration now, Map<String, String> wrong) {
            if (text == null) {
                return now;
            }
            try {
                AccessDuration duration = AccessDuration.parse(text.strip());
                return duration.isForever() ? null : duration.lengthFrom(Instant.EPOCH);
            } catch (IllegalArgumentException unreadable) {
                wrong.put(field, "is no duration; expected ISO 8601 in whole seconds, such as PT1H, or forever.");
                return now;
            }
        }

        private static Duration wait(String field, @Nullable String text, Duration now, Map<String, String> wrong) {
            if (text == null) {
                return now;
            }
            try {
                Duration duration = Duration.parse(text.strip());
                if (duration.equals(duration.truncatedTo(ChronoUnit.SECONDS))) {
                    return duration;
                }
            } catch (DateTimeException | ArithmeticException unreadable) {
                wrong.put(field, "is no duration; expected ISO 8601 in whole seconds, such as PT15M.");
            }
            wrong.putIfAbsent(field, "must be in whole seconds, such as PT15M.");
            return now;
        }

        private ZoneId zone(ZoneId now, Map<String, String> wrong) {
            if (timeZone == null) {
                return now;
            }
            try {
                if (timeZone.length() <= LONGEST_ZONE) {
                    return ZoneId.of(timeZone);
                }
            } catch (DateTimeException unknown) {
                wrong.put("timeZone", "is not known; expected a zone such as Europe/Berlin or UTC.");
            }
            wrong.putIfAbsent("timeZone", "has more than " + LONGEST_ZONE + " characters.");
            return now;
        }
    }
}
