/** The organisation tree and what hangs on it, from our own tables. */
@NullMarked
package io.drawbridge.organization.jdbc;

import org.jspecify.annotations.NullMarked;
