package io.drawbridge.web.api;

import io.drawbridge.grant.DriftDesk;
import io.drawbridge.grant.DriftFindingId;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantId;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestReader;
import io.drawbridge.web.security.Callers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Gives controllers the caller, and the ids of things that he may know of.
 *
 * <p>Spring fills parameters from left to right: with the caller first, the id second and the body last, a refusal comes
 * in the order sign-in, sight, role, input.
 */
@Component
class CallArguments implements HandlerMethodArgumentResolver {
    private final Callers callers;
    private final RequestReader requests;
    private final GrantDesk grants;
    private final DriftDesk drift;
    private final Scopes scopes;
    private final PermissionSets permissionSets;

    CallArguments(
            Callers callers,
            RequestReader requests,
            GrantDesk grants,
            DriftDesk drift,
            Scopes scopes,
            PermissionSets permissionSets) {
        this.callers = callers;
        this.requests = requests;
        this.grants = grants;
        this.drift = drift;
        this.scopes = scopes;
        this.permissionSets = permissionSets;
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Caller.class || parameter.hasParameterAnnotation(InSight.class);
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        HttpServletRequest call = request.getNativeRequest(HttpServletRequest.class);
        if (call == null) {
            throw new IllegalStateException("A controller was called without a request.");
        }
        Caller caller = callers.of(call);
        if (parameter.getParameterType() == Caller.class) {
            Only only = parameter.getParameterAnnotation(Only.class);
            if (only != null) {
                demand(caller, only.value());
            }
            return caller;
        }
        return inSight(caller, parameter.getParameterType(), idOf(request));
    }

    private Object inSight(Caller caller, Class<?> kind, String id) {
        if (kind == RequestId.class) {
            demandNamed("request", id);
            return requests.read(caller, new RequestId(id)).id();
        }
        if (kind == GrantId.class) {
            demandNamed("grant", id);
            return grants.read(caller, new GrantId(id)).id();
        }
        if (kind == DriftFindingId.class) {
            demandNamed("finding", id);
            return drift.read(caller, new DriftFindingId(id)).id();
        }
        if (kind == ScopeId.class) {
            demandNamed("scope", id);
            return scopes.find(caller.tenant(), new ScopeId(id))
                    .orElseThrow(() -> new NotFoundException("scope", id))
                    .id();
        }
        if (kind == PermissionSetName.class) {
            return permissionSet(caller, id);
        }
        throw new IllegalStateException("There is no way to see a " + kind.getSimpleName() + ".");
    }

    private PermissionSetName permissionSet(Caller caller, String name) {
        try {
            return permissionSets
                    .find(caller.tenant(), new PermissionSetName(name))
                    .map(PermissionSets.PermissionSet::name)
                    .orElseThrow(() -> new NotFoundException("permission set", name));
        } catch (IllegalArgumentException unreadable) {
            throw new NotFoundException("permission set", name);
        }
    }

    private static void demandNamed(String kind, String id) {
        if (id.isBlank() || !ApiJson.flawIn(id).isEmpty()) {
            throw new NotFoundException(kind, id);
        }
    }

    private static String idOf(NativeWebRequest request) {
        Object variables =
                request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        Object id = variables instanceof Map<?, ?> map ? map.get("id") : null;
        return id == null ? "" : id.toString();
    }

    private static void demand(Caller caller, Role[] roles) {
        if (Arrays.stream(roles).noneMatch(caller::has)) {
            throw new ForbiddenException("Only somebody with the role "
                    + Arrays.stream(roles)
                            .map(role -> role.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                            .collect(Collectors.joining(" or "))
                    + " may do this.");
        }
    }
}
