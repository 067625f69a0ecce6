/** The door to AWS: one connection a tenant, the quotas that all nodes share, the fences, and the organisation as AWS has it. */
@NamedInterface("aws")
@NullMarked
package io.drawbridge.organization.aws;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
