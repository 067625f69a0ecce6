package io.drawbridge.web.api;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On the parameter of an id: it is taken from the path, and the thing is one that the caller may know of.
 *
 * <p>Who may not gets a 404 before his body is looked at, whatever is wrong with it.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Parameter(name = "id", in = ParameterIn.PATH, required = true, schema = @Schema(type = "string"))
@interface InSight {}
