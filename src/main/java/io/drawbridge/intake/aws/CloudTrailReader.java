package io.drawbridge.intake.aws;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.intake.aws.CloudTrailItem.DeadLetter;
import io.drawbridge.intake.aws.CloudTrailItem.DeniedCall;
import io.drawbridge.intake.aws.CloudTrailItem.EncodedMessage;
import io.drawbridge.intake.aws.CloudTrailItem.OtherCall;
import io.drawbridge.organization.PermissionName;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * Reads what CloudTrail writes: one record, EventBridge's envelope around one, or a log file of many.
 *
 * <p>Takes no record's word for anything: each is checked by itself, and one that cannot be used becomes a dead letter
 * while the next is read. Keeps nothing; the same body gives the same items. Whether the account is ours, and whether the
 * record came before, is for the caller to ask. Sources: AWS CloudTrail User Guide, "CloudTrail record contents" and
 * "CloudTrail log file examples"; Amazon EventBridge User Guide, "AWS service events delivered via AWS CloudTrail".
 */
@Component
public final class CloudTrailReader {

    /** Largest body, in bytes, included. */
    public static final int LARGEST_BODY = 20 * 1024 * 1024;

    /** Most records in one body, included. */
    public static final int MOST_RECORDS = 50_000;

    /** Longest text of a record that is passed on, in characters, included; the rest is cut off. */
    public static final int LONGEST_TEXT = 64 * 1024;

    /** Deepest nesting of one record, included; AWS's own stay far below. */
    private static final int DEEPEST = 60;

    /** Most values in one record, and most characters in all its texts, included; CloudTrail's largest event has 1 MB. */
    private static final int MOST_VALUES = 20_000;

    private static final int MOST_CHARACTERS = 1024 * 1024;

    private static final String API_CALL = "AWS API Call via CloudTrail";
    private static final Set<String> RECORD_FIELDS =
            Set.of("eventVersion", "eventID", "eventTime", "eventSource", "eventName", "userIdentity");

    private static final Pattern VERSION = Pattern.compile("\\d{1,3}\\.\\d{1,4}");
    private static final Pattern EVENT_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern TIME = Pattern.compile("20\\d{2}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?Z");
    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern SOURCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,127}");
    private static final Pattern NAME = Pattern.compile("[!-~]{1,128}");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern ERROR_CODE = Pattern.compile("[ -~]{1,1024}");
    private static final Pattern ENVELOPE_TEXT = Pattern.compile("[ -~]{1,256}");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ActionTable actions = ActionTable.builtIn();

    /**
     * Reads a body of JSON, in the order of its records.
     *
     * @throws UnreadableBodyException if it is too large, no JSON, or none of the three forms; then no record counts
     */
    public List<CloudTrailItem> read(byte[] body) {
        if (body.length > LARGEST_BODY) {
            throw new UnreadableBodyException("The body has " + body.length + " bytes; expected at most " + LARGEST_BODY
                    + ". Hand it in by parts.");
        }
        JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (IOException unreadable) {
            throw new UnreadableBodyException(
                    "The body is no JSON that can be read; expected a CloudTrail record, an EventBridge event, or a log"
                            + " file with \"Records\".",
                    unreadable);
        }
        if (root.isObject() && root.has("Records")) {
            return logFile(root.get("Records"));
        }
        if (root.isObject() && (root.has("detail-type") || root.has("detail"))) {
            return List.of(item(root, true));
        }
        if (root.isObject() && RECORD_FIELDS.stream().anyMatch(root::has)) {
            return List.of(item(root, false));
        }
        throw new UnreadableBodyException("The body is JSON, but neither a CloudTrail record, nor an EventBridge event,"
                + " nor a log file with \"Records\".");
    }

    /** A dead letter of a body that {@link #read} does not take. */
    public static DeadLetter unreadable(String body, String reason) {
        return new DeadLetter(
                null,
                reason.length() > 500 ? reason.substring(0, 500) : reason,
                Fields.printable(body.length() > LONGEST_TEXT ? body.substring(0, LONGEST_TEXT) : body));
    }

    private List<CloudTrailItem> logFile(JsonNode records) {
        if (!records.isArray()) {
            throw new UnreadableBodyException("\"Records\" is of type " + records.getNodeType() + "; expected a list.");
        }
        if (records.size() > MOST_RECORDS) {
            throw new UnreadableBodyException("The body has " + records.size() + " records; expected at most "
                    + MOST_RECORDS + ". Hand it in by parts.");
        }
        List<CloudTrailItem> items = new ArrayList<>(records.size());
        records.forEach(entry -> items.add(item(entry, false)));
        return items;
    }

    private CloudTrailItem item(JsonNode node, boolean enveloped) {
        JsonNode detail = enveloped ? node.path("detail") : node;
        try {
            requireBounds(node);
            if (enveloped) {
                requireApiCall(new Fields(node, ""));
            }
            if (!detail.isObject()) {
                throw new MalformedRecordException(
                        "The record is of type " + detail.getNodeType() + "; expected an object.");
            }
            CloudTrailRecord call = call(new Fields(detail, ""));
            if (enveloped) {
                requireAgreement(new Fields(node, ""), call);
            }
            if (!DenialCodes.isDenial(call.eventSource(), call.errorCode())) {
                return new OtherCall(call);
            }
            return denied(call, new Fields(detail, "").nested("userIdentity"), text(node));
        } catch (MalformedRecordException malformed) {
            return deadLetter(detail, String.valueOf(malformed.getMessage()), text(node));
        }
    }

    private DeniedCall denied(CloudTrailRecord call, Fields identity, String record) {
        String text = call.errorMessage();
        String arn = identity.free("arn", 2_048);
        DenialMessage message = new DenialMessage(text == null ? "" : text, arn);
        DenialCause cause = message.cause();
        boolean complete = message.action().isPresent() && cause.kind() != DenialCause.Kind.UNKNOWN;
        EncodedMessage encoded = complete
                ? null
                : message.encoded().map(more -> new EncodedMessage(more, arn)).orElse(null);
        return new DeniedCall(call, action(call, message), cause, encoded, record);
    }

    private DeniedAction action(CloudTrailRecord call, DenialMessage message) {
        DeniedAction byTable = actions.action(call.eventSource(), call.eventName());
        Optional<PermissionName> named = message.action();
        if (named.isEmpty()) {
            return byTable;
        }
        boolean cut = message.endsWith(named.get())
                && byTable.permission()
                        .filter(longer -> !longer.equals(named.get())
                                && longer.toString().startsWith(named.get().toString()))
                        .isPresent();
        return cut ? byTable : DeniedAction.of(named.get(), "By the error message.");
    }

    private static CloudTrailRecord call(Fields fields) {
        String version = fields.required("eventVersion", VERSION);
        if (!version.startsWith("1.")) {
            throw new MalformedRecordException(
                    "The field \"eventVersion\" is " + Quotation.of(version) + "; expected version 1.x.");
        }
        String eventId = fields.required("eventID", EVENT_ID);
        Instant time = time(fields.required("eventTime", TIME));
        String source = fields.required("eventSource", SOURCE).toLowerCase(Locale.ROOT);
        String name = fields.required("eventName", NAME);
        String account = fields.required("recipientAccountId", ACCOUNT);
        Fields identity = fields.nested("userIdentity");
        if (!identity.object().isObject()) {
            throw new MalformedRecordException("The field \"userIdentity\" is missing.");
        }
        return new CloudTrailRecord(
                eventId,
                time,
                account,
                source,
                name,
                fields.optional("awsRegion", REGION),
                fields.optional("errorCode", ERROR_CODE),
                fields.free("errorMessage", 8_192),
                IdentityReader.read(identity),
                fields.free("sourceIPAddress", 256),
                fields.free("userAgent", 8_192));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException unreadable) {
            throw new MalformedRecordException("The field \"eventTime\" is " + Quotation.of(text)
                    + "; expected a moment such as 2026-01-15T13:00:00Z.");
        }
    }

    private static void requireApiCall(Fields envelope) {
        String type = envelope.required("detail-type", ENVELOPE_TEXT);
        if (!type.equals(API_CALL)) {
            throw new MalformedRecordException(
                    "The envelope is of type " + Quotation.of(type) + "; expected \"" + API_CALL + "\".");
        }
    }

    /** An envelope names account, region and service once more; one that says otherwise was put around by another. */
    private void requireAgreement(Fields envelope, CloudTrailRecord call) {
        requireSame("account", envelope.required("account", ENVELOPE_TEXT), call.accountId());
        requireSame("region", envelope.required("region", ENVELOPE_TEXT), String.valueOf(call.region()));
        String source = envelope.required("source", ENVELOPE_TEXT);
        String service = call.eventSource().replaceFirst("\\.amazonaws\\.com$", "");
        if (!source.equals("aws." + service)
                && !source.equals("aws." + actions.prefix(call.eventSource()).orElse(service))) {
            requireSame("source", source, "aws." + service);
        }
    }

    private static void requireSame(String field, String envelope, String inside) {
        if (!envelope.equals(inside)) {
            throw new MalformedRecordException("The envelope disagrees with the record inside: \"" + field + "\" is "
                    + Quotation.of(envelope) + "; expected " + Quotation.of(inside) + ".");
        }
    }

    /** Walks the whole record without recursion. */
    private static void requireBounds(JsonNode record) {
        record Step(JsonNode node, int depth) {}
        Deque<Step> steps = new ArrayDeque<>();
        steps.push(new Step(record, 1));
        int values = 0;
        int characters = 0;
        while (!steps.isEmpty()) {
            Step step = steps.pop();
            values++;
            characters += step.node().isTextual() ? step.node().textValue().length() : 0;
            if (step.depth() > DEEPEST) {
                throw new MalformedRecordException("The record is nested deeper than " + DEEPEST + " levels.");
            }
            if (values > MOST_VALUES || characters > MOST_CHARACTERS) {
                throw new MalformedRecordException("The record is too large; expected at most " + MOST_VALUES
                        + " values and " + MOST_CHARACTERS + " characters.");
            }
            step.node().forEach(child -> steps.push(new Step(child, step.depth() + 1)));
        }
    }

    private static DeadLetter deadLetter(JsonNode record, String reason, String text) {
        String id = record.path("eventID").asText("");
        return new DeadLetter(
                EVENT_ID.matcher(id).matches() ? id : null,
                reason.length() > 500 ? reason.substring(0, 500) : reason,
                text);
    }

    /** JSON without anything that a database could refuse; control characters are escaped in it already. */
    private static String text(JsonNode node) {
        String json = node.toString();
        return Fields.printable(json.length() > LONGEST_TEXT ? json.substring(0, LONGEST_TEXT) : json);
    }
}
