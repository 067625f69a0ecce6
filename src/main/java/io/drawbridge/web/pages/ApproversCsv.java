package io.drawbridge.web.pages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.ApproverImportDesk.Flaw;
import io.drawbridge.organization.ApproverImportDesk.Row;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The approvers of an organisation as a table that a spreadsheet reads: one line for each scope, with its approvers in one
 * cell, separated by blanks.
 */
final class ApproversCsv {
    private static final String SCOPE = "scope";
    private static final String NAME = "name";
    private static final String APPROVERS = "approvers";
    private static final String SELF_APPROVAL = "self_approval";
    private static final List<String> COLUMNS = List.of(SCOPE, NAME, APPROVERS, SELF_APPROVAL);
    private static final CsvMapper CSV = CsvMapper.builder()
            .enable(CsvParser.Feature.WRAP_AS_ARRAY, CsvParser.Feature.TRIM_SPACES)
            .build();

    private ApproversCsv() {}

    /** What could be read, and what could not. */
    record Reading(List<Row> rows, List<Flaw> flaws) {}

    static String write(List<Scope> scopes, Map<ScopeId, List<PersonId>> approvers) {
        List<List<String>> lines = new ArrayList<>(List.of(COLUMNS));
        for (Scope scope : scopes) {
            String people = approvers.getOrDefault(scope.id(), List.of()).stream()
                    .map(PersonId::value)
                    .collect(Collectors.joining(" "));
            lines.add(List.of(
                    CsvCell.guarded(scope.id().value()),
                    CsvCell.guarded(scope.name()),
                    CsvCell.guarded(people),
                    word(scope.selfApproval())));
        }
        try {
            return CSV.writer(CsvSchema.emptySchema()).writeValueAsString(lines);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException("The approvers cannot be written as CSV.", impossible);
        }
    }

    /**
     * Reads lines that a comma or a semicolon separates, whichever the first one has. The columns {@code scope} and
     * {@code approvers} have to be there, {@code self_approval} may, and {@code name} is for people only.
     */
    static Reading read(String text) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        String first = plain.lines().findFirst().orElse("");
        char separator = first.indexOf(',') < 0 && first.indexOf(';') >= 0 ? ';' : ',';
        List<Row> rows = new ArrayList<>();
        List<Flaw> flaws = new ArrayList<>();
        int line = 1;
        try (MappingIterator<List<String>> lines = CSV.readerForListOf(String.class)
                .with(CsvSchema.emptySchema().withColumnSeparator(separator))
                .readValues(plain)) {
            Map<String, Integer> columns = null;
            while (true) {
                line = lines.getCurrentLocation().getLineNr();
                if (!lines.hasNext()) {
                    break;
                }
                List<String> cells = lines.next();
                if (columns == null) {
                    columns = columns(cells, flaws);
                    if (!flaws.isEmpty()) {
                        break;
                    }
                } else if (cells.stream().anyMatch(cell -> cell != null && !cell.isBlank())) {
                    row(line, cells, columns, rows, flaws);
                }
            }
            if (columns == null) {
                flaws.add(new Flaw(1, "There is nothing to read; the first line names the columns."));
            }
        } catch (RuntimeJsonMappingException | IOException malformed) {
            flaws.add(new Flaw(line, "The line is no CSV that can be read; is a quotation mark missing?"));
        }
        return new Reading(rows, flaws);
    }

    private static Map<String, Integer> columns(List<String> cells, List<Flaw> flaws) {
        Map<String, Integer> columns = new LinkedHashMap<>();
        for (int at = 0; at < cells.size(); at++) {
            String name = cells.get(at).strip().toLowerCase(Locale.ROOT);
            if (!COLUMNS.contains(name)) {
                flaws.add(new Flaw(
                        1,
                        "\"" + name + "\" is no column of this file; its columns are " + String.join(", ", COLUMNS)
                                + "."));
            } else if (columns.putIfAbsent(name, at) != null) {
                flaws.add(new Flaw(1, "The column \"" + name + "\" is there twice."));
            }
        }
        for (String needed : List.of(SCOPE, APPROVERS)) {
            if (!columns.containsKey(needed)) {
                flaws.add(new Flaw(1, "The column \"" + needed + "\" is missing."));
            }
        }
        return columns;
    }

    private static void row(
            int line, List<String> cells, Map<String, Integer> columns, List<Row> rows, List<Flaw> flaws) {
        if (cells.size() > columns.size()) {
            flaws.add(new Flaw(
                    line,
                    "It has " + cells.size() + " cells for " + columns.size()
                            + " columns; separate several approvers by blanks."));
            return;
        }
        Integer approvers = columns.get(APPROVERS);
        if (approvers == null || approvers >= cells.size()) {
            flaws.add(new Flaw(
                    line, "The cell of the approvers is missing; leave it empty between separators for nobody."));
            return;
        }
        String self = cell(cells, columns.get(SELF_APPROVAL)).toLowerCase(Locale.ROOT);
        if (!List.of("", "on", "off").contains(self)) {
            flaws.add(new Flaw(
                    line, "\"" + self + "\" is no value of self_approval; expected on, off, or nothing to leave it."));
            return;
        }
        rows.add(new Row(
                line,
                cell(cells, columns.get(SCOPE)),
                Arrays.stream(cell(cells, approvers).split("[\\s,;]+"))
                        .filter(name -> !name.isEmpty())
                        .toList(),
                self.isEmpty() ? null : self.equals("on")));
    }

    private static String cell(List<String> cells, @Nullable Integer at) {
        String cell = at == null || at >= cells.size() ? null : cells.get(at);
        return cell == null ? "" : CsvCell.read(cell.strip());
    }

    private static String word(@Nullable Boolean selfApproval) {
        return selfApproval == null ? "" : selfApproval ? "on" : "off";
    }
}
