package io.drawbridge.workflow;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Makes many of one: copies all rows that one instance of the engine has, and what of our own tables belongs to it, each copy
 * with ids of its own. PostgreSQL only.
 *
 * <p>The instance has to be the only one in the database. The copies are what the engine and the desks would have written,
 * but for the moments, which are those of the template.
 */
final class Copies {
    private static final List<String> OF_THE_ENGINE = List.of(
            "act_ru_execution",
            "act_ru_task",
            "act_ru_job",
            "act_ru_variable",
            "act_ru_event_subscr",
            "act_ru_identitylink",
            "act_hi_procinst",
            "act_hi_actinst",
            "act_hi_taskinst",
            "act_hi_varinst",
            "act_hi_detail",
            "act_hi_job_log",
            "act_hi_identitylink");
    private static final List<String> OURS = List.of(
            "access_request",
            "request_rung",
            "policy_decision",
            "access_grant",
            "lease",
            "cloud_object",
            "dry_run_access",
            "audit_record",
            "notice");

    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,9}|\\w+:[0-9a-f-]+");

    /** What makes each copy of ours another person's request for another account or permission. */
    private static final String ACCOUNT = "(300000000001 + n % " + WholeApplication.ACCOUNTS + ")::text";

    private static final String PERSON =
            "'person-' || n / " + WholeApplication.ACCOUNTS + " % " + WholeApplication.PEOPLE + " || '@acme.example'";
    private static final String PERMISSION = "(array["
            + WholeApplication.PERMISSIONS.stream()
                    .map(each -> "'" + each + "'")
                    .collect(Collectors.joining(", "))
            + "])[1 + n / " + WholeApplication.ACCOUNTS * WholeApplication.PEOPLE + "]";
    private static final String OBJECT = ACCOUNT + " || '|' || " + PERMISSION + " || '|SSO_USER:' || " + PERSON;
    private static final Map<String, String> OTHERWISE = Map.ofEntries(
            Map.entry("access_request.account_id", ACCOUNT),
            Map.entry("access_request.requester_id", PERSON),
            Map.entry("access_request.identity_name", PERSON),
            Map.entry("access_request.identity_key", "'SSO_USER:' || " + PERSON),
            Map.entry("access_request.permission", PERMISSION),
            Map.entry("access_request.service", "split_part(" + PERMISSION + ", ':', 1)"),
            Map.entry("access_request.identity_arn", "'arn:aws:identitystore:::user/9067-' || n"),
            Map.entry("access_request.scope_path", "'r-acme/ou-workloads/ou-production/' || " + ACCOUNT),
            Map.entry(
                    "access_request.open_key",
                    "case when open_key is null then null else 'acme|' || " + OBJECT + " end"),
            Map.entry("access_grant.account_id", ACCOUNT),
            Map.entry("access_grant.person_id", PERSON),
            Map.entry("access_grant.identity_name", PERSON),
            Map.entry("access_grant.permission", PERMISSION),
            Map.entry("access_grant.opens", PERMISSION),
            Map.entry("access_grant.identity_arn", "'arn:aws:identitystore:::user/9067-' || n"),
            Map.entry("lease.object_key", OBJECT),
            Map.entry("cloud_object.object_key", OBJECT),
            Map.entry("dry_run_access.object_key", OBJECT),
            Map.entry("dry_run_access.account_id", ACCOUNT),
            Map.entry("dry_run_access.permission", PERMISSION),
            Map.entry("dry_run_access.identity", "'SSO_USER:' || " + PERSON),
            Map.entry("notice.recipient_id", PERSON),
            Map.entry("notice.address", PERSON));

    private final JdbcClient database;

    Copies(JdbcClient database) {
        this.database = database;
    }

    /**
     * Makes copies of the only instance.
     *
     * @param ours whether our own tables are there too
     * @param count how many more there are afterwards
     */
    void make(boolean ours, int count) {
        List<String> tables = new ArrayList<>(ours ? OURS : List.of());
        tables.addAll(OF_THE_ENGINE);
        Set<String> ids = new LinkedHashSet<>();
        for (String table : tables) {
            for (String column : columns(table)) {
                if (column.equals("id")
                        || column.equals("id_")
                        || column.equals("business_key_")
                        || column.equals("act_inst_id_")) {
                    ids.addAll(database.sql("select distinct " + column + " from " + table + " where " + column
                                    + " is not null")
                            .query(String.class)
                            .list());
                }
            }
        }
        ids.removeIf(id -> !ID.matcher(id).matches());
        String known = ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(", "));
        // NB. All are read before one is written: the rows that are there are the template.
        for (String table : tables) {
            List<String> columns = columns(table);
            String values =
                    columns.stream().map(column -> value(table, column, known)).collect(Collectors.joining(", "));
            database.sql("create unlogged table template as select * from " + table)
                    .update();
            database.sql("insert into " + table + " (" + String.join(", ", columns) + ") select " + values
                            + " from template, generate_series(1, " + count + ") n")
                    .update();
            database.sql("drop table template").update();
        }
        if (database.sql("select count(*) from act_ru_authorization where resource_type_ = 7 and resource_id_ <> '*'")
                        .query(Integer.class)
                        .single()
                > 0) {
            database.sql(
                            "insert into act_ru_authorization (id_, rev_, type_, user_id_, resource_type_, resource_id_, perms_)"
                                    + " select md5(id_ || '/' || n)::uuid::text, rev_, type_, user_id_, resource_type_,"
                                    + " md5(resource_id_ || '/' || n)::uuid::text, perms_ from act_ru_authorization,"
                                    + " generate_series(1, " + count
                                    + ") n where resource_type_ = 7 and resource_id_ <> '*'")
                    .update();
        }
        database.sql("analyze").update();
    }

    private String value(String table, String column, String known) {
        String otherwise = OTHERWISE.get(table + "." + column);
        if (otherwise != null) {
            return otherwise;
        }
        boolean names = column.endsWith("id")
                || column.endsWith("id_")
                || column.equals("subject")
                || column.equals("business_key_")
                || column.equals("text_")
                || column.equals("super_exec_")
                || column.equals("var_scope_");
        boolean kept = column.startsWith("proc_def_")
                || column.startsWith("job_def_")
                || column.startsWith("tenant_")
                || column.startsWith("deployment_")
                || column.equals("act_id_")
                || column.equals("activity_id_")
                || (column.equals("text_") && !table.equals("act_ru_variable") && !table.equals("act_hi_varinst"));
        return names && !kept
                ? "case when " + column + " in (" + known + ") then md5(" + column + " || '/' || n)::uuid::text else "
                        + column + " end"
                : column;
    }

    /** All columns that the database does not number itself. */
    private List<String> columns(String table) {
        return database.sql("select column_name from information_schema.columns where table_schema = 'public'"
                        + " and table_name = ? and is_identity = 'NO' order by ordinal_position")
                .param(table)
                .query(String.class)
                .list();
    }
}
