package io.drawbridge.web.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a call whose answer holds what is shown this once: the answer is kept nowhere, not for an Idempotency-Key either. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface SaysASecret {}
