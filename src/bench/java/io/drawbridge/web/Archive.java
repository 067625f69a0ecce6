package io.drawbridge.web;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.OpeningDesk;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * An organisation that has used Drawbridge for years: 400 accounts in 20 OUs, 1,000 people, and as many requests as asked
 * for, with everything that they leave behind.
 *
 * <p>One in 100 requests waits for its approvers and is opened by the desk, engine and all; the others are over, and are
 * written as the desks would have left them.
 */
final class Archive {
    private static final TenantId ACME = new TenantId("acme");
    private static final int ACCOUNTS = 400;
    private static final int PEOPLE = 1_000;
    private static final List<String> PERMISSIONS = List.of(
            "s3:DeleteBucket",
            "s3:PutBucketPolicy",
            "kms:ScheduleKeyDeletion",
            "kms:PutKeyPolicy",
            "rds:DeleteDBInstance",
            "iam:CreateUser",
            "iam:AttachRolePolicy",
            "ec2:TerminateInstances");

    private final JdbcClient database;
    private final OpeningDesk opening;
    private final People people;

    Archive(JdbcClient database, OpeningDesk opening, People people) {
        this.database = database;
        this.opening = opening;
        this.people = people;
    }

    /** Fills an empty demo on PostgreSQL. */
    void fill(int requests) {
        organisation();
        int waiting = requests / 100;
        past(requests - waiting);
        waiting(waiting);
        database.sql("analyze").update();
    }

    private void organisation() {
        database.sql("insert into scope (tenant_id, id, parent_id, kind, name, environment)"
                        + " select 'acme', 'ou-team-' || n, 'ou-production', 'ORGANIZATIONAL_UNIT', 'Team ' || n, 'production'"
                        + " from generate_series(1, 20) n")
                .update();
        database.sql("insert into scope (tenant_id, id, parent_id, kind, name, environment)"
                        + " select 'acme', (200000000000 + n)::text, 'ou-team-' || (1 + n % 20), 'ACCOUNT', 'service-' || n,"
                        + " 'production' from generate_series(1, :accounts) n")
                .param("accounts", ACCOUNTS)
                .update();
        database.sql("insert into person (id, tenant_id, name, email, identity_store_id)"
                        + " select 'person-' || n || '@acme.example', 'acme', 'Person ' || n,"
                        + " 'person-' || n || '@acme.example', '9067-' || n from generate_series(1, :people) n")
                .param("people", PEOPLE)
                .update();
        database.sql(
                        "insert into person_role (person_id, role) select id, 'REQUESTER' from person where id like 'person-%'")
                .update();
        database.sql("insert into person_group (person_id, group_name)"
                        + " select id, 'engineers' from person where id like 'person-%'")
                .update();
        database.sql(
                        "insert into approver (tenant_id, scope_id, person_id, assigned_at)"
                                + " select 'acme', 'ou-team-' || n, 'person-' || n || '@acme.example', now() from generate_series(1, 20) n")
                .update();
    }

    /** Requests that are over: seven in ten were approved, and their access is gone. */
    private void past(int count) {
        database.sql(
                        """
                        insert into access_request (id, tenant_id, status, status_since, created_at, origin, requester_id,
                            identity_type, identity_arn, identity_name, identity_key, account_id, scope_path, service, permission,
                            attempts, justification, break_glass, confirmed, mfa, liftable, requested_duration,
                            granted_duration, mode, policies, decided_by, decider_id, decision_message, decided_at)
                        select gen_random_uuid()::text, 'acme',
                            (array['APPROVED','APPROVED','APPROVED','APPROVED','APPROVED','APPROVED','APPROVED','DENIED',
                                'EXPIRED','ABANDONED'])[1 + n % 10],
                            made + interval '20 minutes', made, case n % 2 when 0 then 'EVENT' else 'PERSON' end, person,
                            'SSO_USER', 'arn:aws:identitystore:::user/9067-' || who, person, 'SSO_USER:' || person, account,
                            'r-acme/ou-workloads/ou-production/ou-team-' || (1 + place % 20) || '/' || account,
                            split_part(permission, ':', 1), permission, 1 + n % 3,
                            'Ticket OPS-' || n || ': the bucket of the old archive has to go before the end of the month.',
                            false, true, false, 'YES', 'PT1H', case when n % 10 < 7 then 'PT1H' end, 'require',
                            'require-protected', case when n % 10 < 8 then 'APPROVER' end,
                            case when n % 10 < 8 then 'person-' || (1 + place % 20) || '@acme.example' end,
                            case when n % 10 < 8 then 'Agreed.' end,
                            case when n % 10 < 8 then made + interval '20 minutes' end
                        from (select n, 1 + n * 7919 % 1000 as who, 1 + n * 104729 % 400 as place,
                                'person-' || (1 + n * 7919 % 1000) || '@acme.example' as person,
                                (200000000001 + n * 104729 % 400)::text as account,
                                (array[:permissions])[1 + n % :kinds] as permission,
                                now() - interval '2 hours' - n * interval '5 minutes' as made
                            from generate_series(1::bigint, :count) n) rows""")
                .param("permissions", PERMISSIONS)
                .param("kinds", PERMISSIONS.size())
                .param("count", count)
                .update();
        database.sql(
                        """
                        insert into request_rung (request_id, level, scope_id, people, notified_at)
                        select id, 0, split_part(scope_path, '/', 4),
                            'person-' || substr(split_part(scope_path, '/', 4), 9) || '@acme.example', created_at
                        from access_request where tenant_id = 'acme'""")
                .update();
        database.sql(
                        """
                        insert into access_grant (id, tenant_id, request_id, person_id, identity_type, identity_arn,
                            identity_name, account_id, permission, opens, state, state_since, starts_at, ends_at, active_at,
                            revoking_at, revoked_at, attempts, break_glass)
                        select gen_random_uuid()::text, tenant_id, id, requester_id, identity_type, identity_arn,
                            identity_name, account_id, permission, permission, 'REVOKED', decided_at + interval '1 hour',
                            decided_at, decided_at + interval '1 hour', decided_at + interval '2 seconds',
                            decided_at + interval '1 hour', decided_at + interval '1 hour', 1, false
                        from access_request where status = 'APPROVED'""")
                .update();
        database.sql(
                        """
                        insert into policy_decision (tenant_id, request_id, asked_at, occasion, allowed, mode, policies,
                            errors, set_hash, evidence)
                        select tenant_id, id, created_at, occasion, true, 'require', policies, '[]', 'hash', '{}'
                        from access_request, unnest(array['ARRIVAL', 'JUSTIFIED']) occasion""")
                .update();
        database.sql(
                        """
                        insert into audit_record (tenant_id, recorded_at, actor, action, subject, details)
                        select tenant_id, created_at, case action when 'request.approved' then decider_id else requester_id end,
                            action, id, '{"permission":"' || permission || '"}'
                        from access_request, unnest(array['request.opened', 'request.justified', 'request.approvers_asked',
                            'request.approved', 'grant.active', 'grant.revoked']) action
                        where action not in ('request.approved', 'grant.active', 'grant.revoked') or status = 'APPROVED'
                        order by created_at""")
                .update();
        database.sql(
                        """
                        insert into notice (id, tenant_id, kind, recipient_id, address, subject, body_text, body_html,
                            request_id, created_at, sent_at, attempts, next_attempt_at)
                        select gen_random_uuid()::text, tenant_id, kind, requester_id, requester_id, 'About ' || permission,
                            'Text', '<p>Text</p>', id, created_at, created_at, 1, created_at
                        from access_request, unnest(array['pending', 'approved', 'revoked']) kind""")
                .update();
    }

    private void waiting(int count) {
        for (int number = 0; number < count; number++) {
            PersonId who = new PersonId("person-" + (21 + number % 900) + "@acme.example");
            Caller caller = new Caller(people.find(who).orElseThrow(), ACME, "198.51.100.23", false);
            String account = String.format(Locale.ROOT, "%d", 200000000001L + number % ACCOUNTS);
            opening.ask(
                    caller,
                    new AskForAccess(
                            account,
                            PERMISSIONS.get(number / 900 % PERMISSIONS.size()),
                            null,
                            "PT1H",
                            "The archive has to go.",
                            false,
                            null,
                            null));
        }
    }
}
