package io.drawbridge.policy.cedar;

import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.value.DateTime;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.IpAddress;
import com.cedarpolicy.value.PrimBool;
import com.cedarpolicy.value.PrimString;
import com.cedarpolicy.value.Value;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.DecisionQuestion;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A question as Cedar is asked it, with exactly the entities that it is about.
 *
 * <p>Each entity costs some thirty microseconds a decision, so none is sent that says nothing: groups, the organization
 * and the service have no attributes and nothing above them, and it is enough that others name them as parents.
 *
 * @param principals the principal and all that it is in
 * @param resources the resource and all that it is in
 * @param breakGlass whether permits of that mode may match
 */
record Question(
        EntityRef actionRef,
        EntityUID principal,
        EntityUID action,
        EntityUID resource,
        Map<String, Value> context,
        Set<Entity> entities,
        Collection<EntityRef> principals,
        Collection<EntityRef> resources,
        boolean breakGlass) {

    /**
     * NB. Whole seconds with an offset: cedar-java (4.10.0, DateTime) tries one form after the other, and every other form
     * of a moment costs it an exception or two with the whole stack.
     */
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss'+0000'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /**
     * May somebody have access?
     *
     * @throws IllegalArgumentException if a value cannot be told to Cedar
     */
    static Question of(AccessQuestion asked) {
        Set<Entity> entities = new LinkedHashSet<>();
        EntityUID user = addUser(asked.requester(), asked.groups(), entities);
        EntityUID permission = addPermission(asked.entitlement(), asked.control(), entities);
        EntityUID account = addPath(asked.account(), entities);

        Instant now = asked.now().truncatedTo(ChronoUnit.SECONDS);
        Map<String, Value> context = new TreeMap<>();
        context.put("permission", permission);
        context.put("duration", duration(asked.duration().lengthFrom(now)));
        context.put("now", dateTime(now));
        context.put("breakGlass", new PrimBool(asked.breakGlass()));
        context.put("mfa", new PrimBool(asked.mfa()));
        if (asked.justification() != null) {
            context.put("justification", new PrimString(asked.justification()));
        }
        if (asked.ticket() != null) {
            context.put("ticket", new PrimString(asked.ticket()));
        }
        if (asked.sourceIp() != null) {
            context.put("sourceIp", address(asked.sourceIp()));
        }
        return new Question(
                Vocabulary.REQUEST_ACCESS_REF,
                user,
                Vocabulary.REQUEST_ACCESS,
                account,
                context,
                entities,
                principals(asked.requester(), asked.groups()),
                resources(asked.account(), null),
                asked.breakGlass());
    }

    /** May somebody decide? */
    static Question of(DecisionQuestion asked) {
        Set<Entity> entities = new LinkedHashSet<>();
        EntityUID user = addUser(asked.approver().id(), asked.approver().groups(), entities);
        EntityUID requester = Vocabulary.USER_TYPE.of(asked.requester().value());
        EntityUID permission = addPermission(asked.entitlement(), asked.control(), entities);
        EntityUID account = addPath(asked.account(), entities);
        EntityUID request = Vocabulary.ACCESS_REQUEST_TYPE.of(asked.requestId());
        entities.add(new Entity(
                request,
                Map.of("requester", requester, "account", account, "permission", permission),
                Set.of(account)));
        Map<String, Value> context = new TreeMap<>();
        context.put("now", dateTime(asked.now().truncatedTo(ChronoUnit.SECONDS)));
        context.put("mfa", new PrimBool(asked.mfa()));
        return new Question(
                Vocabulary.APPROVE_REQUEST_REF,
                user,
                Vocabulary.APPROVE_REQUEST,
                request,
                context,
                entities,
                principals(asked.approver().id(), asked.approver().groups()),
                resources(asked.account(), new EntityRef(Vocabulary.ACCESS_REQUEST, asked.requestId())),
                false);
    }

    static EntityUID addUser(PersonId person, Set<String> groups, Collection<Entity> entities) {
        EntityUID user = Vocabulary.USER_TYPE.of(person.value());
        Set<EntityUID> parents = new LinkedHashSet<>();
        groups.stream().sorted().forEach(group -> parents.add(Vocabulary.GROUP_TYPE.of(group)));
        entities.add(new Entity(user, Map.of(), parents));
        return user;
    }

    /**
     * Adds what is asked for. A permission set has no service and no control: only a policy that names it permits it.
     */
    static EntityUID addPermission(Entitlement name, Control control, Collection<Entity> entities) {
        EntityUID permission = Vocabulary.PERMISSION_TYPE.of(name.toString());
        entities.add(new Entity(
                permission,
                Map.of("control", new PrimString(Vocabulary.word(control))),
                Set.of(
                        name instanceof PermissionSetName set
                                ? Vocabulary.PERMISSION_SET_TYPE.of(set.name())
                                : Vocabulary.SERVICE_TYPE.of(name.service()))));
        return permission;
    }

    private static EntityUID addPath(ScopePath path, Collection<Entity> entities) {
        List<Scope> scopes = path.fromAccount();
        for (int i = 0; i < scopes.size(); i++) {
            addScope(scopes.get(i), i + 1 < scopes.size() ? Vocabulary.uid(scopes.get(i + 1)) : null, entities);
        }
        return Vocabulary.uid(path.account());
    }

    static void addScope(Scope scope, @Nullable EntityUID parent, Collection<Entity> entities) {
        if (scope.kind() != Scope.Kind.ORGANIZATION) {
            entities.add(new Entity(
                    Vocabulary.uid(scope),
                    Map.of(
                            "name", new PrimString(scope.name()),
                            "environment", new PrimString(scope.environment())),
                    parent == null ? Set.of() : Set.of(parent)));
        }
    }

    private static List<EntityRef> principals(PersonId person, Set<String> groups) {
        List<EntityRef> principals = new ArrayList<>(groups.size() + 1);
        principals.add(new EntityRef(Vocabulary.USER, person.value()));
        groups.forEach(group -> principals.add(new EntityRef(Vocabulary.GROUP, group)));
        return principals;
    }

    private static List<EntityRef> resources(ScopePath path, @Nullable EntityRef self) {
        List<EntityRef> resources = new ArrayList<>();
        if (self != null) {
            resources.add(self);
        }
        path.fromAccount().forEach(scope -> resources.add(Vocabulary.reference(scope)));
        return resources;
    }

    /** @param instant a whole second */
    private static DateTime dateTime(Instant instant) {
        return new DateTime(SECONDS.format(instant));
    }

    /** In Cedar's notation, such as {@code 1h30m}; whole seconds. */
    private static com.cedarpolicy.value.Duration duration(Duration length) {
        StringBuilder text = new StringBuilder();
        append(text, length.toDays(), "d");
        append(text, length.toHoursPart(), "h");
        append(text, length.toMinutesPart(), "m");
        append(text, length.toSecondsPart(), "s");
        append(text, length.toMillisPart(), "ms");
        return new com.cedarpolicy.value.Duration(text.isEmpty() ? "0s" : text.toString());
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount > 0) {
            text.append(amount).append(unit);
        }
    }

    /** Without an IPv6 zone, and an IPv4 address in its own notation: Cedar knows neither. */
    private static IpAddress address(String address) {
        int zone = address.indexOf('%');
        String plain = zone < 0 ? address : address.substring(0, zone);
        if (plain.toLowerCase(Locale.ROOT).startsWith("::ffff:") && plain.indexOf('.') > 0) {
            plain = plain.substring("::ffff:".length());
        }
        return new IpAddress(plain);
    }
}
