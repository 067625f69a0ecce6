package io.drawbridge.intake;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Records as CloudTrail writes them; each is a denial until something else is said. */
final class CloudTrailRecords {
    static final String PROD = "111122223333";
    static final String DEV = "444455556666";
    static final String GLOBEX = "999900001111";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode json = JSON.createObjectNode();
    private String account = PROD;
    private String permission = "s3:DeleteBucket";
    private String because =
            " with an explicit deny in a service control policy: arn:aws:organizations::999900001111:policy/o-acmeexample"
                    + "/service_control_policy/p-drawbrdg1";

    private CloudTrailRecords() {
        json.put("eventVersion", "1.11");
        json.put("eventTime", "2026-01-15T13:00:00Z");
        json.put("awsRegion", "eu-west-1");
        json.put("eventID", UUID.randomUUID().toString());
        json.put("errorCode", "AccessDenied");
        json.put("eventType", "AwsApiCall");
    }

    /** Alice, in payments-prod, tried s3:DeleteBucket; our own service control policy said no. */
    static CloudTrailRecords aDenial() {
        return new CloudTrailRecords().by("alice@acme.example");
    }

    static String sample(String name) {
        try {
            return Files.readString(Path.of("samples", name));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static String logFile(CloudTrailRecords... records) {
        ObjectNode file = JSON.createObjectNode();
        ArrayNode all = file.putArray("Records");
        for (CloudTrailRecords each : records) {
            all.add(each.node());
        }
        return file.toString();
    }

    CloudTrailRecords eventId(String id) {
        json.put("eventID", id);
        return this;
    }

    CloudTrailRecords in(String id) {
        String former = account;
        account = id;
        json.set("userIdentity", read(json.get("userIdentity").toString().replace(former, id)));
        return this;
    }

    /** Given to another account than that of the identity. */
    CloudTrailRecords receivedBy(String id) {
        account = id;
        return this;
    }

    CloudTrailRecords of(String iamAction) {
        permission = iamAction;
        return this;
    }

    /** The end of the message, from "because" or "with" on; empty for none. */
    CloudTrailRecords because(String text) {
        because = text.isEmpty() ? "" : " " + text;
        return this;
    }

    CloudTrailRecords by(String person) {
        return byPermissionSet("Engineer_0a1b2c3d4e5f6071", person);
    }

    CloudTrailRecords byPermissionSet(String set, String person) {
        return session("role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_" + set, person);
    }

    CloudTrailRecords byRole(String role, String sessionName) {
        return session("role/" + role, sessionName);
    }

    CloudTrailRecords byUser(String name) {
        ObjectNode identity = json.putObject("userIdentity");
        identity.put("type", "IAMUser");
        identity.put("principalId", "AIDADRAWBRIDGE");
        identity.put("arn", "arn:aws:iam::" + account + ":user/" + name);
        identity.put("accountId", account);
        identity.put("userName", name);
        return this;
    }

    CloudTrailRecords byRoot() {
        ObjectNode identity = json.putObject("userIdentity");
        identity.put("type", "Root");
        identity.put("arn", "arn:aws:iam::" + account + ":root");
        identity.put("accountId", account);
        return this;
    }

    CloudTrailRecords sourceIdentity(String name) {
        ((ObjectNode) json.at("/userIdentity/sessionContext")).put("sourceIdentity", name);
        return this;
    }

    CloudTrailRecords with(String field, String value) {
        json.put(field, value);
        return this;
    }

    CloudTrailRecords without(String field) {
        json.remove(field);
        return this;
    }

    String envelope(String source, String envelopeAccount) {
        ObjectNode envelope = JSON.createObjectNode();
        envelope.put("detail-type", "AWS API Call via CloudTrail");
        envelope.put("source", source);
        envelope.put("account", envelopeAccount);
        envelope.put("region", "eu-west-1");
        envelope.set("detail", node());
        return envelope.toString();
    }

    String json() {
        return node().toString();
    }

    private ObjectNode node() {
        ObjectNode record = json.deepCopy();
        String service = permission.substring(0, permission.indexOf(':'));
        String action = permission.substring(permission.indexOf(':') + 1);
        fill(record, "recipientAccountId", account);
        fill(record, "eventSource", service + ".amazonaws.com");
        fill(record, "eventName", action);
        fill(
                record,
                "errorMessage",
                "User: " + record.at("/userIdentity/arn").asText() + " is not authorized to perform: " + permission
                        + " on resource: \"arn:aws:" + service + ":::x\"" + because);
        return record;
    }

    private static void fill(ObjectNode record, String field, String value) {
        if (!record.has(field)) {
            record.put(field, value);
        }
    }

    private CloudTrailRecords session(String role, String sessionName) {
        String name = role.substring(role.lastIndexOf('/') + 1);
        ObjectNode identity = json.putObject("userIdentity");
        identity.put("type", "AssumedRole");
        identity.put("principalId", "AROADRAWBRIDGE:" + sessionName);
        identity.put("arn", "arn:aws:sts::" + account + ":assumed-role/" + name + "/" + sessionName);
        identity.put("accountId", account);
        identity.putObject("sessionContext")
                .putObject("sessionIssuer")
                .put("type", "Role")
                .put("arn", "arn:aws:iam::" + account + ":" + role);
        return this;
    }

    private static ObjectNode read(String text) {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
