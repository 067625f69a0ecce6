package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.ApproverImportDesk;
import io.drawbridge.organization.Assignments;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.Owners;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.Scopes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The organisation as a whole: its tree, the owners of IAM users and roles, and the approvers of all scopes as a file. */
@Framed
@Controller
@RequestMapping("/organization")
class OrganizationPage {
    /** Characters; some fifteen hundred lines. Three bytes each and escaped, they stay below Tomcat's 2 MB for a form. */
    private static final int LONGEST_FILE = 200_000;

    private static final String BUSY = "Somebody else changed the organisation at this very moment. Try again.";

    private final OrganizationViews views;
    private final OrganizationDesk desk;
    private final ApproverImportDesk imports;
    private final Owners owners;
    private final Scopes scopes;
    private final Assignments assignments;

    OrganizationPage(
            OrganizationViews views,
            OrganizationDesk desk,
            ApproverImportDesk imports,
            Owners owners,
            Scopes scopes,
            Assignments assignments) {
        this.views = views;
        this.desk = desk;
        this.imports = imports;
        this.owners = owners;
        this.scopes = scopes;
        this.assignments = assignments;
    }

    /** One line of what an import would change, in words. */
    record Changed(int line, String id, String name, String before, String after, @Nullable String selfApproval) {}

    @GetMapping
    ModelAndView tree(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String q) {
        String text = Text.filled(q);
        ModelAndView page = new ModelAndView("organization");
        page.addObject("q", text);
        page.addObject("found", text == null ? null : views.search(caller.tenant(), text));
        page.addObject("roots", text == null ? views.tree(caller.tenant()) : List.of());
        return page;
    }

    @GetMapping("/owners")
    ModelAndView owners(@ModelAttribute(name = "caller", binding = false) Caller caller) {
        demandAdministrator(caller, "read the owners of IAM users and roles");
        return owners(caller, null);
    }

    /** Replaces all owners by the lines of the form. */
    @PostMapping("/owners")
    ModelAndView replaceOwners(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String entries,
            RedirectAttributes flash) {
        demandAdministrator(caller, "change owners");
        List<Owners.Owner> named = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        int at = 0;
        for (String line : entries == null ? List.<String>of() : entries.lines().toList()) {
            at++;
            String[] parts = line.strip().split("\\s+", -1);
            if (parts.length == 2) {
                named.add(new Owners.Owner(parts[0], new PersonId(parts[1])));
            } else if (!line.isBlank()) {
                wrong.add("Line " + at + ": \"" + line.strip()
                        + "\" is not an ARN and a user name, separated by a blank.");
            }
        }
        if (!wrong.isEmpty()) {
            return refusedOwners(caller, entries, HttpStatus.UNPROCESSABLE_ENTITY, String.join(" ", wrong));
        }
        try {
            desk.replaceOwners(caller, named);
        } catch (InvalidInputException refusal) {
            return refusedOwners(
                    caller,
                    entries,
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    String.join(" ", refusal.fields().values()));
        } catch (ConcurrencyFailureException busy) {
            return refusedOwners(caller, entries, HttpStatus.CONFLICT, BUSY);
        }
        flash.addFlashAttribute("done", "The owners are as you wrote them.");
        return new ModelAndView("redirect:/organization/owners");
    }

    @GetMapping("/approvers")
    ModelAndView file(@ModelAttribute(name = "caller", binding = false) Caller caller) {
        demandAdministrator(caller, "change approvers");
        return new ModelAndView("organization-approvers");
    }

    /** All scopes with their approvers, to be changed and brought back. */
    @GetMapping("/approvers.csv")
    ResponseEntity<byte[]> export(@ModelAttribute(name = "caller", binding = false) Caller caller) {
        demandAdministrator(caller, "take the approvers away as a file");
        List<Scope> all = scopes.of(caller.tenant());
        String csv = ApproversCsv.write(
                all,
                assignments.approversAt(
                        caller.tenant(), all.stream().map(Scope::id).toList()));
        return ResponseEntity.ok()
                .contentType(new MediaType("text", "csv", StandardCharsets.UTF_8))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename("approvers-" + caller.tenant() + ".csv")
                                .build()
                                .toString())
                .body(csv.getBytes(StandardCharsets.UTF_8));
    }

    /** Shows what the file would change, or changes it if that is what was shown. */
    @PostMapping("/approvers")
    ModelAndView bring(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String csv,
            @RequestParam(required = false) @Nullable String seen,
            RedirectAttributes flash) {
        demandAdministrator(caller, "change approvers");
        String text = csv == null ? "" : csv;
        if (text.isBlank() || text.length() > LONGEST_FILE) {
            return refusedFile(
                    text.isBlank() ? "" : text.substring(0, LONGEST_FILE),
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    text.isBlank()
                            ? "There is nothing to read; paste the file, its first line with the names of the columns."
                            : "The file has " + text.length() + " characters; at most " + LONGEST_FILE
                                    + " are taken. Bring it in parts.");
        }
        try {
            ApproversCsv.Reading reading = ApproversCsv.read(text);
            ApproverImportDesk.Plan plan = imports.foresee(caller, reading.rows());
            List<ApproverImportDesk.Flaw> flaws = new ArrayList<>(reading.flaws());
            flaws.addAll(plan.flaws());
            String fingerprint = Text.fingerprint(
                    plan.changes().stream().map(String::valueOf).toList());
            if (flaws.isEmpty() && !plan.changes().isEmpty() && fingerprint.equals(seen)) {
                int changed = imports.apply(caller, reading.rows()).changes().size();
                flash.addFlashAttribute(
                        "done",
                        "The approvers of " + (changed == 1 ? "1 scope" : changed + " scopes")
                                + " are as the file says.");
                return new ModelAndView("redirect:/organization");
            }
            return plan(text, plan, flaws, fingerprint, seen != null);
        } catch (InvalidInputException | ConcurrencyFailureException meanwhile) {
            return refusedFile(
                    text,
                    HttpStatus.CONFLICT,
                    "The organisation changed at this very moment; nothing of the file was taken. Try again.");
        }
    }

    private static ModelAndView plan(
            String text,
            ApproverImportDesk.Plan plan,
            List<ApproverImportDesk.Flaw> flaws,
            String fingerprint,
            boolean changed) {
        ModelAndView page = new ModelAndView("organization-approvers");
        page.setStatus(flaws.isEmpty() ? HttpStatus.OK : HttpStatus.UNPROCESSABLE_ENTITY);
        page.addObject("csv", text);
        page.addObject("shown", true);
        page.addObject(
                "changes",
                plan.changes().stream().map(OrganizationPage::changed).toList());
        page.addObject(
                "flaws",
                flaws.stream()
                        .sorted(java.util.Comparator.comparing(ApproverImportDesk.Flaw::line))
                        .toList());
        page.addObject("unchanged", plan.unchanged());
        page.addObject("fingerprint", fingerprint);
        page.addObject("changed", changed && flaws.isEmpty());
        return page;
    }

    private static Changed changed(ApproverImportDesk.Change change) {
        Boolean wanted = change.selfApproval();
        Boolean before = change.selfApprovalBefore();
        return new Changed(
                change.line(),
                change.scope().id().value(),
                change.scope().name(),
                names(change.before()),
                names(change.after()),
                wanted == null || wanted.equals(before)
                        ? null
                        : (before == null ? "inherited" : before ? "on" : "off") + " → " + (wanted ? "on" : "off"));
    }

    private static String names(List<PersonId> people) {
        return people.isEmpty()
                ? "nobody"
                : people.stream().map(PersonId::value).collect(Collectors.joining(", "));
    }

    private static ModelAndView refusedFile(String text, HttpStatus status, String why) {
        ModelAndView page = new ModelAndView("organization-approvers", status);
        page.addObject("csv", text);
        page.addObject("failed", why);
        return page;
    }

    private ModelAndView owners(Caller caller, @Nullable String typed) {
        ModelAndView page = new ModelAndView("organization-owners");
        List<Owners.Owner> now = owners.of(caller.tenant());
        page.addObject("owners", now);
        page.addObject(
                "entries",
                typed != null
                        ? typed
                        : now.stream()
                                .map(owner -> owner.pattern() + " " + owner.owner())
                                .collect(Collectors.joining("\n")));
        page.addObject("wrong", Map.of());
        return page;
    }

    private ModelAndView refusedOwners(Caller caller, @Nullable String typed, HttpStatus status, String why) {
        ModelAndView page = owners(caller, typed == null ? "" : typed);
        page.setStatus(status);
        page.addObject("failed", "The owners are as they were; see what is wrong.");
        page.addObject("wrong", Map.of("entries", why));
        return page;
    }

    private static void demandAdministrator(Caller caller, String deed) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may " + deed + ".");
        }
    }
}
