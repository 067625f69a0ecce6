/** The where: scopes of a tenant, who approves there, which services are controlled, who owns a machine identity. */
@NullMarked
package io.drawbridge.organization;

import org.jspecify.annotations.NullMarked;
