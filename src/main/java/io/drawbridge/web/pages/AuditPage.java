package io.drawbridge.web.pages;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.drawbridge.identity.AuditChain;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.AuditTrail.AuditRecord;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The audit trail: searched page by page, and taken away as a file. */
@Framed
@Controller
class AuditPage {
    private static final int PAGE = 50;

    /** A text is looked for in so many records at a time, so that a page comes quickly however long the trail is. */
    private static final int LOOKED_THROUGH = 5_000;

    /** Records that one file holds at most. */
    private static final int MOST_EXPORTED = 100_000;

    /** Records that are read at once while a file is written. */
    private static final int CHUNK = 1000;

    private static final int LONGEST_TEXT = 255;

    private static final CsvSchema COLUMNS = CsvSchema.builder()
            .addColumn("number")
            .addColumn("at")
            .addColumn("actor")
            .addColumn("action")
            .addColumn("subject")
            .addColumn("details")
            .build()
            .withHeader();

    private final AuditTrail trail;
    private final AuditChain chain;
    private final int mostExported;
    private final JsonMapper json = JsonMapper.builder().build();
    private final CsvMapper csv = CsvMapper.csvBuilder().build();

    @Autowired
    AuditPage(AuditTrail trail, AuditChain chain) {
        this(trail, chain, MOST_EXPORTED);
    }

    /** One whose files hold no more records than that. */
    AuditPage(AuditTrail trail, AuditChain chain, int mostExported) {
        this.trail = trail;
        this.chain = chain;
        this.mostExported = mostExported;
    }

    /** What is searched for, as it was typed; times are in UTC. Every field may be missing. */
    record Filter(
            @Nullable String since,
            @Nullable String until,
            @Nullable String actor,
            @Nullable String action,
            @Nullable String subject,
            @Nullable String q) {
        public boolean nothing() {
            return Text.filled(since) == null
                    && Text.filled(until) == null
                    && Text.filled(actor) == null
                    && Text.filled(action) == null
                    && Text.filled(subject) == null
                    && Text.filled(q) == null;
        }
    }

    /** One record; {@code request} is the id of the request that it is about, null if it is about something else. */
    record Entry(
            long number,
            Moment at,
            String actor,
            String action,
            String subject,
            @Nullable String request,
            List<Detail> details) {}

    /** One detail of a record. */
    record Detail(String name, String value) {}

    @GetMapping("/audit")
    ModelAndView search(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            Filter filter,
            @RequestParam(required = false) @Nullable String before,
            @RequestParam(required = false) @Nullable String verify) {
        demandAdministrator(caller);
        ModelAndView page = empty(filter);
        if (verify != null) {
            page.addObject("checked", chain.verify(caller.tenant()));
        }
        try {
            AuditTrail.Query query = query(filter, number(before), PAGE + 1);
            String text = text("q", filter.q());
            AuditTrail.Found found = text == null
                    ? new AuditTrail.Found(trail.find(caller.tenant(), query), null)
                    : trail.search(caller.tenant(), query, text, LOOKED_THROUGH);
            List<AuditRecord> records = found.records();
            boolean more = records.size() > PAGE;
            List<AuditRecord> shown = more ? records.subList(0, PAGE) : records;
            page.addObject("entries", shown.stream().map(this::entry).toList());
            page.addObject("next", more ? Long.valueOf(shown.get(PAGE - 1).number()) : found.lookedDownTo());
            page.addObject("lookedThrough", !more && found.lookedDownTo() != null);
        } catch (InvalidInputException refusal) {
            refused(page, refusal);
        }
        page.addObject("first", before == null);
        return page;
    }

    /** Everything that the filter finds, as CSV that a spreadsheet opens without taking any of it for a formula. */
    @GetMapping("/audit.csv")
    @Nullable
    ModelAndView asCsv(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            Filter filter,
            HttpServletResponse response)
            throws IOException {
        ModelAndView refusal = refusal(caller, filter);
        if (refusal != null) {
            return refusal;
        }
        begin(response, "text/csv;charset=UTF-8", "audit-" + caller.tenant() + ".csv");
        try (SequenceWriter rows = csv.writer(COLUMNS).forType(List.class).writeValues(response.getOutputStream())) {
            each(
                    caller,
                    filter,
                    entry -> rows.write(List.of(
                            String.valueOf(entry.number()),
                            entry.at().toString(),
                            CsvCell.guarded(entry.actor()),
                            CsvCell.guarded(entry.action()),
                            CsvCell.guarded(entry.subject()),
                            CsvCell.guarded(entry.details()))));
        }
        return null;
    }

    /** Everything that the filter finds, as JSON of the form in which the API lists it. */
    @GetMapping("/audit.json")
    @Nullable
    ModelAndView asJson(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            Filter filter,
            HttpServletResponse response)
            throws IOException {
        ModelAndView refusal = refusal(caller, filter);
        if (refusal != null) {
            return refusal;
        }
        begin(response, "application/json", "audit-" + caller.tenant() + ".json");
        try (JsonGenerator out = json.getFactory().createGenerator(response.getOutputStream())) {
            out.writeStartObject();
            out.writeArrayFieldStart("items");
            each(caller, filter, entry -> {
                out.writeStartObject();
                out.writeNumberField("number", entry.number());
                out.writeStringField("at", entry.at().toString());
                out.writeStringField("actor", entry.actor());
                out.writeStringField("action", entry.action());
                out.writeStringField("subject", entry.subject());
                out.writeFieldName("details");
                json.writeTree(out, details(entry));
                out.writeEndObject();
            });
            out.writeEndArray();
            out.writeNullField("next");
            out.writeEndObject();
        }
        return null;
    }

    /** The whole chain, whatever the filter, as lines of JSON that can be verified without Drawbridge. */
    @GetMapping("/audit.jsonl")
    void asLines(@ModelAttribute(name = "caller", binding = false) Caller caller, HttpServletResponse response)
            throws IOException {
        demandAdministrator(caller);
        begin(response, "application/x-ndjson", "audit-" + caller.tenant() + ".jsonl");
        Writer out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        chain.export(caller.tenant(), line -> out.append(line).append('\n'));
        out.flush();
    }

    /** Takes one record after another. */
    @FunctionalInterface
    private interface Sink {
        void take(AuditRecord entry) throws IOException;
    }

    /** Hands on all that the filter finds, newest first; holds no more than a chunk of it at a time. */
    private void each(Caller caller, Filter filter, Sink sink) throws IOException {
        String text = text("q", filter.q());
        Long before = null;
        while (true) {
            AuditTrail.Query query = query(filter, before, CHUNK);
            AuditTrail.Found found = text == null
                    ? new AuditTrail.Found(trail.find(caller.tenant(), query), null)
                    : trail.search(caller.tenant(), query, text, CHUNK);
            List<AuditRecord> records = found.records();
            for (AuditRecord entry : records) {
                sink.take(entry);
            }
            if (text != null) {
                before = found.lookedDownTo();
            } else {
                before = records.size() < CHUNK
                        ? null
                        : Long.valueOf(records.get(CHUNK - 1).number());
            }
            if (before == null) {
                return;
            }
        }
    }

    /** The page that says why there is no file; null if there will be one. */
    private @Nullable ModelAndView refusal(Caller caller, Filter filter) {
        demandAdministrator(caller);
        ModelAndView page = empty(filter);
        page.addObject("first", true);
        try {
            AuditTrail.Query query = query(filter, null, CHUNK);
            text("q", filter.q());
            if (trail.count(caller.tenant(), query, mostExported + 1) <= mostExported) {
                return null;
            }
            page.setStatus(HttpStatus.UNPROCESSABLE_ENTITY);
            page.addObject(
                    "failed",
                    "More than " + mostExported + " records match, which is more than one file holds. Narrow the time,"
                            + " the actor, the action or the subject, and take the trail away in parts.");
        } catch (InvalidInputException refusal) {
            refused(page, refusal);
        }
        return page;
    }

    private static void begin(HttpServletResponse response, String type, String file) {
        response.setContentType(type);
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment().filename(file).build().toString());
    }

    private static ModelAndView empty(Filter filter) {
        ModelAndView page = new ModelAndView("audit");
        page.addObject("filter", filter);
        page.addObject("entries", List.of());
        page.addObject("lookedThrough", false);
        page.addObject("wrong", Map.of());
        return page;
    }

    private static void refused(ModelAndView page, InvalidInputException refusal) {
        page.setStatus(HttpStatus.UNPROCESSABLE_ENTITY);
        page.addObject("failed", "That cannot be searched for; see what is wrong at each field.");
        page.addObject("wrong", refusal.fields());
    }

    private static AuditTrail.Query query(Filter filter, @Nullable Long before, int limit) {
        Map<String, String> wrong = new LinkedHashMap<>();
        AuditTrail.Query query = new AuditTrail.Query(
                moment("since", filter.since(), wrong),
                moment("until", filter.until(), wrong),
                text("actor", filter.actor()),
                text("action", filter.action()),
                text("subject", filter.subject()),
                before,
                limit);
        if (!wrong.isEmpty()) {
            throw new InvalidInputException(wrong);
        }
        return query;
    }

    private static @Nullable String text(String field, @Nullable String typed) {
        String text = Text.filled(typed);
        if (text != null && text.length() > LONGEST_TEXT) {
            throw new InvalidInputException(field, "must have at most " + LONGEST_TEXT + " characters.");
        }
        return text;
    }

    /** A day, a minute or a second in UTC, or a moment with its own offset; null if nothing was typed. */
    private static @Nullable Instant moment(String field, @Nullable String typed, Map<String, String> wrong) {
        String text = Text.filled(typed);
        if (text == null) {
            return null;
        }
        try {
            Instant at = text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : text.matches(".*(Z|[+-]\\d\\d:\\d\\d)")
                            ? OffsetDateTime.parse(text).toInstant()
                            : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            int year = at.atOffset(ZoneOffset.UTC).getYear();
            if (year >= 1970 && year <= 9999) {
                return at;
            }
        } catch (DateTimeException unreadable) {
            wrong.put(field, "is no time; expected such as 2026-01-15, or 2026-01-15T13:00, in UTC.");
        }
        wrong.putIfAbsent(field, "must lie between the years 1970 and 9999.");
        return null;
    }

    /** Where to go on; a place that cannot be read leads to the newest. */
    private static @Nullable Long number(@Nullable String before) {
        try {
            return before == null ? null : Long.valueOf(before);
        } catch (NumberFormatException unreadable) {
            return null;
        }
    }

    private Entry entry(AuditRecord entry) {
        boolean ofRequest =
                (entry.action().startsWith("request.") || entry.action().startsWith("grant."))
                        && entry.subject().matches("[0-9a-f-]{36}");
        List<Detail> details = new ArrayList<>();
        JsonNode read = details(entry);
        if (read.isObject()) {
            for (Map.Entry<String, JsonNode> each : read.properties()) {
                String value = words(each.getValue());
                if (!value.isEmpty()) {
                    details.add(new Detail(each.getKey(), value));
                }
            }
        } else {
            details.add(new Detail("details", words(read)));
        }
        return new Entry(
                entry.number(),
                Moment.of(entry.at()),
                entry.actor().equals(AuditTrail.DRAWBRIDGE) ? "Drawbridge" : entry.actor(),
                entry.action(),
                entry.subject(),
                ofRequest ? entry.subject() : null,
                details);
    }

    private static String words(JsonNode value) {
        if (!value.isArray()) {
            return value.isTextual() ? value.textValue() : value.toString();
        }
        List<String> parts = new ArrayList<>();
        value.forEach(each -> parts.add(words(each)));
        return Optional.of(String.join(", ", parts))
                .filter(text -> !text.isEmpty())
                .orElse("none");
    }

    private JsonNode details(AuditRecord entry) {
        try {
            return json.readTree(entry.details());
        } catch (JsonProcessingException unreadable) {
            return TextNode.valueOf(entry.details());
        }
    }

    private static void demandAdministrator(Caller caller) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only administrators read the audit trail.");
        }
    }
}
