/** The catalogue of privileged permissions, read from YAML files that an administrator can read and extend. */
@NullMarked
package io.drawbridge.organization.catalogue;

import org.jspecify.annotations.NullMarked;
