package io.drawbridge.request;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Reading;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.Owners;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Way;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Judgement;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Opens requests: from a person who asks, and from a call that was denied. */
@Service
public class OpeningDesk {
    private static final int LONGEST_TICKET = 255;
    private static final Pattern MACHINE =
            Pattern.compile("arn:aws[a-z-]*:iam::(\\d{12}):(user|role)/([\\w+=,.@/-]{1,576})");

    private final AccessRequests requests;
    private final Scopes scopes;
    private final Controls controls;
    private final Owners owners;
    private final PermissionCatalogue catalogue;
    private final PermissionSets permissionSets;
    private final LivingGrants grants;
    private final Questions questions;
    private final ApproverChain chain;
    private final RequestWorkflow workflow;
    private final AuditTrail trail;
    private final Clock clock;

    OpeningDesk(
            AccessRequests requests,
            Scopes scopes,
            Controls controls,
            Owners owners,
            PermissionCatalogue catalogue,
            PermissionSets permissionSets,
            LivingGrants grants,
            Questions questions,
            ApproverChain chain,
            RequestWorkflow workflow,
            AuditTrail trail,
            Clock clock) {
        this.requests = requests;
        this.scopes = scopes;
        this.controls = controls;
        this.owners = owners;
        this.catalogue = catalogue;
        this.permissionSets = permissionSets;
        this.grants = grants;
        this.questions = questions;
        this.chain = chain;
        this.workflow = workflow;
        this.trail = trail;
        this.clock = clock;
    }

    /**
     * A signed-in person asks, for himself or for an identity that he owns. When this returns, the policy has judged.
     *
     * @throws InvalidInputException naming each field that cannot be used
     * @throws AlreadyOpenException if an open request asks for the same
     * @throws StatusConflictException if an emergency was flagged and cannot be granted
     * @throws ForbiddenException if the caller may not ask for that identity, or not at all
     * @throws AccessRequests.DuplicateOpenRequestException if the same was asked at the same moment; ask again
     */
    @Transactional
    public AccessRequest ask(Caller caller, AskForAccess ask) {
        AccessRequest request = read(caller, ask);
        Optional<RequestId> open = requests.findOpen(request.openKey());
        if (open.isPresent()) {
            throw new AlreadyOpenException(open.get());
        }
        requests.add(request);
        opened(request, caller.id().value());
        workflow.start(request);
        return requests.find(request.id()).orElseThrow();
    }

    /**
     * What would happen; nothing is stored and nobody is told.
     *
     * @throws InvalidInputException as {@link #ask} does
     */
    @Transactional(readOnly = true)
    public Preview preview(Caller caller, AskForAccess ask) {
        AccessRequest request = read(caller, ask);
        AccessDuration least = questions.shortest(request.tenant());
        DurationOffer offer = questions.offer(request.tenant(), questions.about(request, least));
        AccessDuration duration = request.requestedDuration().orElse(offer.preset());
        Judgement judgement = questions.judge(questions.about(request, duration));
        questions.demandWithinCap(duration, judgement);
        JudgingDesk.Outcome outcome = judgement.mode() == null ? JudgingDesk.Outcome.DENIED : outcome(judgement.mode());
        List<ApproverChain.Step> asked = outcome == JudgingDesk.Outcome.REQUIRE ? chain.rungs(request) : List.of();
        return new Preview(
                outcome,
                judgement,
                asked,
                offer,
                grants.ending(request.tenant(), request.account(), request.identity(), request.entitlement()),
                requests.findOpen(request.openKey()).orElse(null));
    }

    /**
     * A call was denied that a grant could have let through.
     *
     * @param usedBy names known to be behind the identity
     * @return the new request; the policy has judged it
     * @throws AccessRequests.DuplicateOpenRequestException if the same was opened at the same moment; join it
     */
    @Transactional
    public AccessRequest openFromDenial(
            TenantId tenant,
            PersonId requester,
            Identity identity,
            ScopePath account,
            Entitlement entitlement,
            Liftable liftable,
            Set<String> usedBy) {
        Reading.remember();
        AccessRequest request = AccessRequest.opened(
                tenant,
                requester,
                identity,
                account.account().id(),
                account.toString(),
                entitlement,
                AccessRequest.Origin.EVENT,
                liftable,
                expiredBefore(tenant, identity, account, entitlement),
                null,
                false,
                null,
                false,
                usedBy,
                clock.instant());
        requests.add(request);
        opened(request, AuditTrail.DRAWBRIDGE);
        workflow.start(request);
        return requests.find(request.id()).orElseThrow();
    }

    /** The same call was denied so many times more while its request is open; empty if that is no longer so. */
    @Transactional
    public Optional<RequestId> join(RequestId open, int times, Set<String> usedBy) {
        Optional<AccessRequest> found =
                requests.lock(open).filter(request -> request.status().isOpen());
        found.ifPresent(request -> {
            request.attemptedAgain(times, usedBy);
            requests.save(request);
        });
        return found.map(AccessRequest::id);
    }

    private AccessRequest read(Caller caller, AskForAccess ask) {
        Reading.remember();
        if (!caller.has(Role.REQUESTER)) {
            throw new ForbiddenException("Only people ask for access; " + caller.id() + " is a service.");
        }
        Map<String, String> wrong = new LinkedHashMap<>();
        ScopePath path = account(caller, ask.account(), wrong);
        Entitlement entitlement = entitlement(caller.tenant(), ask, wrong);
        AccessDuration duration = duration(caller.tenant(), ask.duration(), wrong);
        String justification = optional("justification", ask.justification(), Texts.LONGEST, wrong);
        String ticket = optional("ticket", ask.ticket(), LONGEST_TICKET, wrong);
        if (ticket != null && ticket.chars().anyMatch(Character::isISOControl)) {
            wrong.put("ticket", "must be one line without control characters.");
        }
        if (path == null || entitlement == null || !wrong.isEmpty()) {
            throw new InvalidInputException(wrong);
        }
        Identity identity = identity(caller, ask, path);
        PersonId requester = identity.type() == Identity.Type.SSO_USER ? caller.id() : owner(caller, identity);
        if (ask.breakGlass() && !requester.equals(caller.id())) {
            throw new InvalidInputException("breakGlass", "can be flagged only by the requester himself.");
        }
        demandGrantable(caller.tenant(), path, entitlement, identity);
        Set<String> usedBy =
                requester.equals(caller.id()) ? Set.of() : Set.of(caller.id().value());
        AccessRequest request = AccessRequest.opened(
                caller.tenant(),
                requester,
                identity,
                path.account().id(),
                path.toString(),
                entitlement,
                AccessRequest.Origin.PERSON,
                Liftable.YES,
                expiredBefore(caller.tenant(), identity, path, entitlement),
                ticket,
                ask.breakGlass(),
                caller.sourceIp(),
                caller.mfa(),
                usedBy,
                clock.instant());
        if (justification != null) {
            request.justify(
                    justification,
                    duration == null
                            ? questions
                                    .offer(
                                            caller.tenant(),
                                            questions.about(request, questions.shortest(caller.tenant())))
                                    .preset()
                            : duration,
                    caller.sourceIp(),
                    caller.mfa());
        } else if (duration != null) {
            request.assume(duration);
        }
        return request;
    }

    private @Nullable ScopePath account(Caller caller, @Nullable String account, Map<String, String> wrong) {
        if (account == null || account.isBlank()) {
            wrong.put("account", "is missing; give a 12-digit account id.");
            return null;
        }
        Optional<ScopePath> path = account.length() > 64 ? Optional.empty() : scopes.account(caller.tenant(), account);
        if (path.isEmpty()) {
            boolean closed = account.length() <= 64
                    && scopes.find(caller.tenant(), new ScopeId(account))
                            .filter(Scope::closed)
                            .isPresent();
            wrong.put(
                    "account",
                    closed
                            ? "was closed in AWS; no access can be given there."
                            : "is not an account of this organisation; give a 12-digit account id.");
        }
        return path.orElse(null);
    }

    /** One permission or one permission set, and not both. */
    private @Nullable Entitlement entitlement(TenantId tenant, AskForAccess ask, Map<String, String> wrong) {
        String permission = ask.permission();
        String permissionSet = ask.permissionSet();
        if (permissionSet == null || permissionSet.isBlank()) {
            if (permission == null || permission.isBlank()) {
                wrong.put(
                        "permission",
                        "is missing; give an IAM action, such as s3:DeleteBucket, or a permissionSet in its place.");
                return null;
            }
            return permission(permission, wrong);
        }
        if (permission != null && !permission.isBlank()) {
            wrong.put("permissionSet", "cannot be asked for together with a permission; make two requests of it.");
            return null;
        }
        return permissionSet(tenant, permissionSet, wrong);
    }

    private @Nullable PermissionSetName permissionSet(TenantId tenant, String text, Map<String, String> wrong) {
        PermissionSetName name;
        try {
            name = new PermissionSetName(text.strip());
        } catch (IllegalArgumentException unreadable) {
            wrong.put("permissionSet", "is no name of a permission set; expected 1 to 32 letters, digits or _+=,.@-.");
            return null;
        }
        if (permissionSets.find(tenant, name).isEmpty()) {
            wrong.put(
                    "permissionSet",
                    "\"" + name.name()
                            + "\" is not a permission set that Drawbridge may assign; an administrator tags it in IAM"
                            + " Identity Center.");
            return null;
        }
        return name;
    }

    private @Nullable PermissionName permission(String text, Map<String, String> wrong) {
        PermissionName asked;
        try {
            asked = PermissionName.parse(text);
        } catch (IllegalArgumentException unreadable) {
            wrong.put("permission", "is no IAM action; expected service:Action, such as s3:DeleteBucket.");
            return null;
        }
        Optional<PermissionCatalogue.CataloguedPermission> known = catalogue.find(asked.service(), asked.action());
        if (known.isEmpty()) {
            wrong.put("permission", asked + " is not a privileged permission of the catalogue, so nothing closes it.");
        }
        return known.map(PermissionCatalogue.CataloguedPermission::name).orElse(null);
    }

    private @Nullable AccessDuration duration(TenantId tenant, @Nullable String text, Map<String, String> wrong) {
        if (text == null) {
            return null;
        }
        try {
            AccessDuration duration = AccessDuration.parse(text);
            questions.demandWithinBounds(tenant, duration);
            return duration;
        } catch (IllegalArgumentException unreadable) {
            wrong.put("duration", "is no duration; expected ISO 8601 in whole seconds, such as PT1H, or forever.");
        } catch (InvalidInputException outside) {
            wrong.putAll(outside.fields());
        }
        return null;
    }

    private static @Nullable String optional(
            String field, @Nullable String text, int longest, Map<String, String> wrong) {
        if (text == null) {
            return null;
        }
        String stripped = text.strip();
        if (!Texts.isWritten(stripped) || stripped.length() > longest || stripped.indexOf('\0') >= 0) {
            wrong.put(field, "must have 1 to " + longest + " characters, not blank.");
            return null;
        }
        return stripped;
    }

    private static Identity identity(Caller caller, AskForAccess ask, ScopePath path) {
        String arn = ask.identity();
        if (arn == null) {
            return new Identity(
                    Identity.Type.SSO_USER,
                    "arn:aws:identitystore:::user/" + caller.person().identityStoreId(),
                    caller.id().value());
        }
        java.util.regex.Matcher matcher = MACHINE.matcher(arn);
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    "identity", "is no ARN of an IAM user or role; expected arn:aws:iam::111122223333:role/name.");
        }
        if (!matcher.group(1).equals(path.account().id().value())) {
            throw new InvalidInputException(
                    "identity",
                    "lies in account " + matcher.group(1) + ", not in "
                            + path.account().id() + ".");
        }
        String name = matcher.group(3);
        return new Identity(
                matcher.group(2).equals("user") ? Identity.Type.IAM_USER : Identity.Type.IAM_ROLE,
                arn,
                name.substring(name.lastIndexOf('/') + 1));
    }

    private PersonId owner(Caller caller, Identity identity) {
        Optional<PersonId> owner = owners.ownerOf(caller.tenant(), identity.arn());
        if (owner.isPresent() && (owner.get().equals(caller.id()) || caller.isAdministrator())) {
            return owner.get();
        }
        if (!caller.isAdministrator()) {
            throw new ForbiddenException(
                    "Only the registered owner of " + identity.arn() + ", or an administrator, may" + " ask for it.");
        }
        throw new InvalidInputException("identity", "has no registered owner; add one with PUT /v1/owners.");
    }

    private void demandGrantable(TenantId tenant, ScopePath path, Entitlement asked, Identity identity) {
        if (asked instanceof PermissionName permission) {
            demandClosed(controls.effective(tenant, path, permission.service()), path, permission, identity);
        } else {
            demandPerson("permissionSet", asked, identity);
        }
    }

    private static void demandPerson(String field, Entitlement entitlement, Identity identity) {
        if (identity.type() != Identity.Type.SSO_USER) {
            throw new InvalidInputException(
                    field,
                    entitlement + " is given by assigning a permission set, and only a user of IAM Identity Center can"
                            + " be assigned one; ask for yourself.");
        }
    }

    private static void demandClosed(
            Controls.ScopeControl control, ScopePath path, PermissionName permission, Identity identity) {
        if (control.control() == Control.DISABLED) {
            throw new InvalidInputException(
                    "permission",
                    "belongs to " + permission.service() + ", which is disabled here; no request opens it.");
        }
        if (control.control() == Control.NONE) {
            throw new InvalidInputException(
                    "permission",
                    permission + " is not closed in account " + path.account().id() + "; nothing to ask for.");
        }
        if (path.account().management() && control.way() == Way.SCP_EXEMPTION) {
            throw new InvalidInputException(
                    "permission",
                    permission + " is not closed in account " + path.account().id()
                            + ": it is the management account, which no service control policy binds.");
        }
        if (control.exempts(identity.arn(), identity.name())) {
            throw new InvalidInputException(
                    "permission",
                    permission + " is open to " + identity.name() + " by an exemption; nothing to ask for.");
        }
        if (control.way() == Way.ACCOUNT_ASSIGNMENT) {
            demandPerson("permission", permission, identity);
        }
    }

    /** After {@code EXPIRED} the next attempt names the one that expired. */
    private @Nullable RequestId expiredBefore(
            TenantId tenant, Identity identity, ScopePath account, Entitlement entitlement) {
        return requests.findLatestFinal(tenant, identity, account.account().id(), entitlement.toString())
                .filter(former -> former.status() == RequestStatus.EXPIRED)
                .map(AccessRequest::id)
                .orElse(null);
    }

    private void opened(AccessRequest request, String actor) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("origin", request.origin().name());
        details.put("requester", request.requester().value());
        details.put("identity", request.identity().arn());
        details.put("account", request.account().value());
        details.put("permission", request.entitlement().toString());
        details.put("breakGlass", request.breakGlass());
        request.previous().ifPresent(former -> details.put("previous", former.value()));
        trail.record(request.tenant(), actor, "request.opened", request.id().value(), details);
    }

    private static JudgingDesk.Outcome outcome(ApprovalMode mode) {
        return switch (mode) {
            case AUTO -> JudgingDesk.Outcome.AUTO;
            case BREAK_GLASS -> JudgingDesk.Outcome.BREAK_GLASS;
            case REQUIRE -> JudgingDesk.Outcome.REQUIRE;
        };
    }
}
