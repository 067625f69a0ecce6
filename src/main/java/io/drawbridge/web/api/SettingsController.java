package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.web.WrittenSettings;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
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
            @Nullable String timeZone,
            @Nullable Integer removalGuardPercent,
            @Nullable Integer removalGuardCount) {

        static SettingsRepresentation of(TenantSettings settings) {
            return new SettingsRepresentation(
                    settings.requestUserJustification(),
                    access(settings.minDuration()),
                    access(settings.maxDuration()),
                    access(settings.presetDuration()),
                    settings.coolDown().toString(),
                    settings.propagation().toString(),
                    settings.maxRequestsPerIdentityAndHour(),
                    settings.timeZone().getId(),
                    settings.removalGuardPercent(),
                    settings.removalGuardCount());
        }

        /** These settings, and what holds for whatever is not among them. */
        TenantSettings over(TenantSettings now) {
            return new WrittenSettings(
                            requestUserJustification,
                            minDuration,
                            maxDuration,
                            presetDuration,
                            coolDown,
                            propagation,
                            digits(maxRequestsPerIdentityAndHour),
                            timeZone,
                            digits(removalGuardPercent),
                            digits(removalGuardCount))
                    .over(now, "ISO 8601 in whole seconds, such as PT1H");
        }

        private static @Nullable String digits(@Nullable Integer number) {
            return number == null ? null : number.toString();
        }

        private static String access(@Nullable Duration duration) {
            return (duration == null ? AccessDuration.FOREVER : AccessDuration.of(duration)).toString();
        }
    }
}
