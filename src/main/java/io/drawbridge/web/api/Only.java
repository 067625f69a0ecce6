package io.drawbridge.web.api;

import io.drawbridge.identity.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On the parameter of the caller: he needs one of these roles, and gets a 403 before his body is looked at. */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@interface Only {
    Role[] value();
}
