package io.drawbridge.policy.cedar;

import com.cedarpolicy.value.EntityTypeName;
import com.cedarpolicy.value.EntityUID;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Scope;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import java.util.Locale;

/** The words that policies are written in; the schema declares the same. */
final class Vocabulary {
    static final String USER = "Drawbridge::User";
    static final String GROUP = "Drawbridge::Group";
    static final String ORGANIZATION = "Drawbridge::Organization";
    static final String ORG_UNIT = "Drawbridge::OrgUnit";
    static final String ACCOUNT = "Drawbridge::Account";
    static final String SERVICE = "Drawbridge::Service";
    static final String PERMISSION = "Drawbridge::Permission";
    static final String ACCESS_REQUEST = "Drawbridge::AccessRequest";
    static final String ACTION = "Drawbridge::Action";

    static final EntityRef REQUEST_ACCESS_REF = new EntityRef(ACTION, "request_access");
    static final EntityRef APPROVE_REQUEST_REF = new EntityRef(ACTION, "approve_request");

    // Parsed once: each parse is a native call.
    static final EntityTypeName USER_TYPE = type(USER);
    static final EntityTypeName GROUP_TYPE = type(GROUP);
    static final EntityTypeName ORGANIZATION_TYPE = type(ORGANIZATION);
    static final EntityTypeName ORG_UNIT_TYPE = type(ORG_UNIT);
    static final EntityTypeName ACCOUNT_TYPE = type(ACCOUNT);
    static final EntityTypeName SERVICE_TYPE = type(SERVICE);
    static final EntityTypeName PERMISSION_TYPE = type(PERMISSION);
    static final EntityTypeName PERMISSION_SET_TYPE = type("Drawbridge::PermissionSet");
    static final EntityTypeName ACCESS_REQUEST_TYPE = type(ACCESS_REQUEST);
    static final EntityUID REQUEST_ACCESS = type(ACTION).of("request_access");
    static final EntityUID APPROVE_REQUEST = type(ACTION).of("approve_request");

    private Vocabulary() {}

    private static EntityTypeName type(String name) {
        return EntityTypeName.parse(name).orElseThrow(() -> new IllegalStateException("No type name: " + name));
    }

    static EntityUID uid(Scope scope) {
        return switch (scope.kind()) {
            case ORGANIZATION -> ORGANIZATION_TYPE.of(scope.id().value());
            case ORGANIZATIONAL_UNIT -> ORG_UNIT_TYPE.of(scope.id().value());
            case ACCOUNT -> ACCOUNT_TYPE.of(scope.id().value());
        };
    }

    static EntityRef reference(Scope scope) {
        return switch (scope.kind()) {
            case ORGANIZATION -> new EntityRef(ORGANIZATION, scope.id().value());
            case ORGANIZATIONAL_UNIT -> new EntityRef(ORG_UNIT, scope.id().value());
            case ACCOUNT -> new EntityRef(ACCOUNT, scope.id().value());
        };
    }

    static String word(Control control) {
        return control.name().toLowerCase(Locale.ROOT);
    }
}
