package io.drawbridge.request;

import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.Judgement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Puts a request before the policy, and says which durations can be asked. */
@Component
class Questions {
    private final AccessPolicies policies;
    private final People people;
    private final Scopes scopes;
    private final Controls controls;
    private final Settings settings;
    private final Clock clock;

    Questions(
            AccessPolicies policies, People people, Scopes scopes, Controls controls, Settings settings, Clock clock) {
        this.policies = policies;
        this.people = people;
        this.scopes = scopes;
        this.controls = controls;
        this.settings = settings;
        this.clock = clock;
    }

    /** Where the request's account lies today. */
    ScopePath path(AccessRequest request) {
        return scopes.path(request.tenant(), request.account())
                .orElseThrow(() -> new StatusConflictException("Request " + request.id() + " is for the account "
                        + request.account() + ", which is no longer part of the organisation."));
    }

    /** Why nothing can be opened in the request's account any more; empty if it can. */
    Optional<String> closure(AccessRequest request) {
        return path(request).account().closed()
                ? Optional.of("Account " + request.account() + " was closed in AWS, so no access can be given there;"
                        + " request " + request.id() + " can be denied or withdrawn, or expires by itself.")
                : Optional.empty();
    }

    AccessQuestion about(AccessRequest request, AccessDuration duration) {
        ScopePath path = path(request);
        return new AccessQuestion(
                request.tenant(),
                request.requester(),
                people.find(request.tenant(), request.requester())
                        .map(Person::groups)
                        .orElse(Set.of()),
                path,
                request.entitlement(),
                controls.effective(request.tenant(), path, request.entitlement().service())
                        .control(),
                duration,
                clock.instant(),
                request.justification().orElse(null),
                request.ticket().orElse(null),
                request.breakGlass(),
                request.mfa(),
                request.sourceIp().orElse(null));
    }

    Judgement judge(AccessQuestion question) {
        return policies.judge(question);
    }

    AccessDuration shortest(TenantId tenant) {
        return AccessDuration.of(settings.of(tenant).minDuration());
    }

    /** Longest that the tenant lets anybody have, whatever a policy says. */
    AccessDuration tenantCap(TenantId tenant) {
        Duration longest = settings.of(tenant).maxDuration();
        return longest == null ? AccessDuration.FOREVER : AccessDuration.of(longest);
    }

    /**
     * Checks a duration against the tenant's bounds.
     *
     * @throws InvalidInputException if it is below the minimum or above the cap
     */
    void demandWithinBounds(TenantId tenant, AccessDuration duration) {
        AccessDuration least = shortest(tenant);
        if (duration.compareTo(least) < 0) {
            throw new InvalidInputException("duration", duration + " is too short; at least " + least + ".");
        }
        AccessDuration most = tenantCap(tenant);
        if (duration.compareTo(most) > 0) {
            throw new InvalidInputException("duration", duration + " is too long; at most " + most + ".");
        }
    }

    /**
     * Checks a duration against the cap of the policies that allowed it.
     *
     * @throws InvalidInputException if it is above the cap
     */
    void demandWithinCap(AccessDuration duration, Judgement judgement) {
        judgement.cap().filter(cap -> duration.compareTo(cap) > 0).ifPresent(cap -> {
            throw new InvalidInputException(
                    "duration",
                    duration + " is too long; " + String.join(", ", judgement.policies()) + " lets at most " + cap
                            + ".");
        });
    }

    /** The durations that can be asked, and the one to offer first. */
    DurationOffer offer(TenantId tenant, AccessQuestion question) {
        AccessDuration most = tenantCap(tenant);
        AccessDuration least = shortest(tenant);
        List<AccessDuration> offered = new ArrayList<>();
        AccessDuration maximum = null;
        for (AccessDuration duration : DurationOffer.STANDARD) {
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                continue;
            }
            Judgement judgement = judge(question.forDuration(duration));
            if (!judgement.allowed()) {
                continue;
            }
            AccessDuration cap = judgement.cap().orElse(most).atMost(most);
            if (duration.compareTo(cap) <= 0) {
                offered.add(duration);
                maximum = maximum == null || duration.compareTo(maximum) > 0 ? duration : maximum;
            }
            // NB. Asked with the cap of one policy, another policy may decide, and have a cap of its own.
            if (cap.compareTo(least) >= 0
                    && (maximum == null || cap.compareTo(maximum) > 0)
                    && isTaken(question.forDuration(cap))) {
                maximum = cap;
            }
        }
        if (maximum == null) {
            Judgement shortestJudgement = judge(question.forDuration(least));
            maximum = shortestJudgement.allowed()
                    ? shortestJudgement.cap().orElse(least).atMost(least)
                    : least;
        }
        TenantSettings set = settings.of(tenant);
        Duration wished = set.presetDuration();
        AccessDuration preset = (wished == null ? AccessDuration.FOREVER : AccessDuration.of(wished)).atMost(maximum);
        if (!isTaken(question.forDuration(preset))) {
            AccessDuration ceiling = preset;
            preset = offered.stream()
                    .filter(duration -> duration.compareTo(ceiling) <= 0)
                    .reduce((shorter, longer) -> longer)
                    .orElse(least);
        }
        return new DurationOffer(offered, preset, least, maximum);
    }

    /** Whether the policy, asked with that duration, neither denies it nor caps it. */
    private boolean isTaken(AccessQuestion question) {
        Judgement judgement = judge(question);
        return judgement.allowed()
                && judgement
                        .cap()
                        .filter(cap -> question.duration().compareTo(cap) > 0)
                        .isEmpty();
    }
}
