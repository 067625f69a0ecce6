package io.drawbridge.workflow;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Circumstances;
import io.drawbridge.identity.TenantId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.impl.context.BpmnExecutionContext;
import org.camunda.bpm.engine.impl.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Which process definition ordered a step, for the audit: its key, its version and the SHA-256 of its diagram.
 *
 * <p>A step that a delegate takes is ordered by the process that called it; one that a person takes, by the process that his
 * request runs by, or ran by. A request that is just being opened will run by the newest definition.
 */
@Component
class EngineCircumstances implements Circumstances {
    private static final String PROCESS = "process";
    private static final String OF_GRANTS = "grant.";

    private final JdbcClient database;
    private final Instances instances;

    /** A definition never changes: an edited diagram is a new one. */
    private final Map<String, Map<String, Object>> known = new ConcurrentHashMap<>();

    EngineCircumstances(JdbcClient database, Instances instances) {
        this.database = database;
        this.instances = instances;
    }

    @Override
    public Map<String, Object> of(TenantId tenant, String action, String subject) {
        String running = running();
        Optional<String> definition = running != null
                ? Optional.of(running)
                : action.startsWith("request.") || action.startsWith(OF_GRANTS)
                        ? ofRequest(action, subject)
                        : Optional.empty();
        return said(definition);
    }

    /** By one query, if all are steps of grants. */
    @Override
    public List<Map<String, Object>> ofAll(List<AuditTrail.Entry> entries) {
        boolean many = entries.size() > 1
                && running() == null
                && entries.stream().allMatch(entry -> entry.action().startsWith(OF_GRANTS));
        if (!many) {
            return Circumstances.super.ofAll(entries);
        }
        Map<String, String> definitions = instances.definitions(
                entries.stream().map(AuditTrail.Entry::subject).collect(Collectors.toSet()),
                ProcessKeys.TIMEBOXED_GRANT);
        return entries.stream()
                .map(entry -> said(Optional.ofNullable(definitions.get(entry.subject()))))
                .toList();
    }

    private Map<String, Object> said(Optional<String> definition) {
        return definition
                .flatMap(this::facts)
                .map(facts -> Map.<String, Object>of(PROCESS, facts))
                .orElse(Map.of());
    }

    private static @Nullable String running() {
        BpmnExecutionContext context = Context.getBpmnExecutionContext();
        return context == null ? null : context.getExecution().getProcessDefinitionId();
    }

    private Optional<String> ofRequest(String action, String request) {
        if (action.equals("request.opened")) {
            return database.sql("select ID_ from ACT_RE_PROCDEF where KEY_ = ? order by VERSION_ desc limit 1")
                    .param(ProcessKeys.ACCESS_REQUEST)
                    .query(String.class)
                    .optional();
        }
        String process = action.startsWith(OF_GRANTS) ? ProcessKeys.TIMEBOXED_GRANT : ProcessKeys.ACCESS_REQUEST;
        return instances.definition(request, process).or(() -> instances.lastDefinition(request, process));
    }

    /** NB. Empty rather than an exception: a revocation must not fail for want of a footnote. */
    private Optional<Map<String, Object>> facts(String definition) {
        Map<String, Object> before = known.get(definition);
        if (before != null) {
            return Optional.of(before);
        }
        Optional<Map<String, Object>> read = database.sql(
                        "select d.KEY_, d.VERSION_, b.BYTES_ from ACT_RE_PROCDEF d join ACT_GE_BYTEARRAY b"
                                + " on b.DEPLOYMENT_ID_ = d.DEPLOYMENT_ID_ and b.NAME_ = d.RESOURCE_NAME_ where d.ID_ = ?")
                .param(definition)
                .query((row, number) -> {
                    Map<String, Object> facts = new LinkedHashMap<>();
                    facts.put("key", row.getString(1));
                    facts.put("version", row.getInt(2));
                    facts.put("sha256", sha256(row.getBytes(3)));
                    return facts;
                })
                .optional();
        read.ifPresent(facts -> known.put(definition, facts));
        return read;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256.", impossible);
        }
    }
}
