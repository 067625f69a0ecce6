package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** One scope: who approves there and what is closed there, of its own or from above; administrators change both. */
@Framed
@Controller
@RequestMapping("/organization/scopes/{id}")
class ScopePage {
    private final OrganizationViews views;
    private final OrganizationDesk desk;
    private final PermissionCatalogue catalogue;
    private final PermissionSets permissionSets;

    ScopePage(
            OrganizationViews views,
            OrganizationDesk desk,
            PermissionCatalogue catalogue,
            PermissionSets permissionSets) {
        this.views = views;
        this.desk = desk;
        this.catalogue = catalogue;
        this.permissionSets = permissionSets;
    }

    /**
     * What was typed into the form of the approvers.
     *
     * @param approver those of the present ones that stay
     * @param add further user names, separated by blanks
     * @param selfApproval {@code on}, {@code off}, or nothing to leave it as it is
     */
    record Assigning(
            @Nullable List<String> approver,
            @Nullable String add,
            @Nullable Boolean overrideBelow,
            @Nullable String selfApproval) {
        static final Assigning NOTHING = new Assigning(null, null, null, null);

        List<PersonId> people() {
            Set<String> named = new LinkedHashSet<>(approver == null ? List.of() : approver);
            if (add != null) {
                named.addAll(Arrays.asList(add.strip().split("[\\s,;]+")));
            }
            return named.stream()
                    .filter(name -> !name.isBlank())
                    .map(PersonId::new)
                    .toList();
        }

        @Nullable
        Boolean wantedSelfApproval() {
            return switch (selfApproval == null ? "" : selfApproval) {
                case "" -> null;
                case "on" -> Boolean.TRUE;
                case "off" -> Boolean.FALSE;
                default -> throw new InvalidInputException("selfApproval", "must be on, off, or left as it is.");
            };
        }
    }

    /** What was typed into the form of a control; {@code exempt} has one identity a line. */
    record Controlling(
            @Nullable String service,
            @Nullable String control,
            @Nullable String exempt,
            @Nullable String way,
            @Nullable String permissionSet) {
        static final Controlling NOTHING = new Controlling(null, null, null, null, null);

        static Controlling of(Controls.ScopeControl set) {
            PermissionSetName opens = set.permissionSet();
            return new Controlling(
                    set.service(),
                    OrganizationViews.word(set.control()),
                    String.join("\n", set.exempt()),
                    set.way().word(),
                    opens == null ? null : opens.name());
        }

        Controls.ScopeControl at(ScopeId scope) {
            return new Controls.ScopeControl(
                    scope,
                    service == null ? "" : service.strip(),
                    wantedControl(),
                    Text.lines(exempt),
                    wantedWay(),
                    wantedSet());
        }

        private Control wantedControl() {
            return Arrays.stream(Control.values())
                    .filter(each -> OrganizationViews.word(each).equals(control))
                    .findFirst()
                    .orElseThrow(() -> new InvalidInputException("control", "must be protected, disabled or none."));
        }

        private Way wantedWay() {
            try {
                return way == null || way.isBlank() ? Way.SCP_EXEMPTION : Way.parse(way);
            } catch (IllegalArgumentException unknown) {
                throw new InvalidInputException("way", "must be scp-exemption or account-assignment.");
            }
        }

        private @Nullable PermissionSetName wantedSet() {
            String name = Text.filled(permissionSet);
            boolean needed = wantedWay() == Way.ACCOUNT_ASSIGNMENT;
            if (needed != (name != null)) {
                throw new InvalidInputException(
                        "permissionSet",
                        needed
                                ? "is missing; choose what is assigned to open the permissions of the service."
                                : "is chosen with the way account-assignment only; leave it empty with the other.");
            }
            try {
                return name == null ? null : new PermissionSetName(name);
            } catch (IllegalArgumentException unreadable) {
                throw new InvalidInputException("permissionSet", "is no name of a permission set.");
            }
        }
    }

    @GetMapping
    ModelAndView look(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String service) {
        Controlling control = service == null || service.isBlank()
                ? Controlling.NOTHING
                : Controlling.of(views.holdingAt(caller.tenant(), scope(id), service.strip()));
        return page(caller, id, Assigning.NOTHING, control);
    }

    @PostMapping("/approvers")
    ModelAndView assign(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            Assigning typed,
            RedirectAttributes flash) {
        demandAdministrator(caller, id);
        try {
            desk.assignApprovers(
                    caller,
                    scope(id),
                    typed.people(),
                    Boolean.TRUE.equals(typed.overrideBelow()),
                    typed.wantedSelfApproval());
        } catch (InvalidInputException refusal) {
            return invalid(caller, id, "approvers", typed, Controlling.NOTHING, refusal);
        } catch (ConcurrencyFailureException busy) {
            return busy(caller, id, "approvers", typed, Controlling.NOTHING);
        }
        flash.addFlashAttribute("done", "The approvers are as you chose them.");
        return new ModelAndView("redirect:/organization/scopes/{id}", Map.of("id", id));
    }

    @PostMapping("/controls")
    ModelAndView control(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            Controlling typed,
            RedirectAttributes flash) {
        demandAdministrator(caller, id);
        try {
            desk.setControl(caller, typed.at(scope(id)));
        } catch (InvalidInputException refusal) {
            return invalid(caller, id, "control", Assigning.NOTHING, typed, refusal);
        } catch (ConcurrencyFailureException busy) {
            return busy(caller, id, "control", Assigning.NOTHING, typed);
        }
        flash.addFlashAttribute("done", "The control of " + typed.service() + " is as you set it.");
        return new ModelAndView("redirect:/organization/scopes/{id}", Map.of("id", id));
    }

    /** Before what was typed is looked at; whoever may not know of the scope is told nothing else. */
    private void demandAdministrator(Caller caller, String id) {
        views.focus(caller.tenant(), scope(id));
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may change approvers and controls.");
        }
    }

    private static ScopeId scope(String id) {
        if (id.isBlank()) {
            throw new NotFoundException("scope", id);
        }
        return new ScopeId(id);
    }

    private ModelAndView invalid(
            Caller caller,
            String id,
            String form,
            Assigning assigning,
            Controlling controlling,
            InvalidInputException refusal) {
        ModelAndView page = page(caller, id, assigning, controlling);
        page.setStatus(HttpStatus.UNPROCESSABLE_ENTITY);
        page.addObject("failed", "That could not be taken; see what is wrong at each field.");
        page.addObject("wrong", refusal.fields());
        page.addObject("sent", form);
        return page;
    }

    private ModelAndView busy(Caller caller, String id, String form, Assigning assigning, Controlling controlling) {
        ModelAndView page = page(caller, id, assigning, controlling);
        page.setStatus(HttpStatus.CONFLICT);
        page.addObject("failed", "Somebody else changed this scope at this very moment. See how it stands now.");
        page.addObject("sent", form);
        return page;
    }

    private ModelAndView page(Caller caller, String id, Assigning assigning, Controlling controlling) {
        ScopeId at = scope(id);
        ModelAndView page = new ModelAndView("scope");
        page.addObject("scope", views.focus(caller.tenant(), at));
        page.addObject("assigning", assigning);
        page.addObject("controlling", controlling);
        page.addObject("wrong", Map.of());
        page.addObject("sent", "");
        if (caller.isAdministrator()) {
            boolean back = !assigning.equals(Assigning.NOTHING);
            List<String> kept = assigning.approver() == null ? List.of() : assigning.approver();
            page.addObject("approvers", views.candidates(caller.tenant(), at, back ? kept : null));
            page.addObject("people", views.everybodyToChoose(caller.tenant()));
            page.addObject("services", catalogue.services());
            page.addObject(
                    "permissionSets",
                    permissionSets.of(caller.tenant()).stream()
                            .map(set -> set.name().name())
                            .toList());
        }
        return page;
    }
}
