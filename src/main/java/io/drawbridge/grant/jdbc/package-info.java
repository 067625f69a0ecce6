/** Grants and leases, in our own tables. */
@NullMarked
package io.drawbridge.grant.jdbc;

import org.jspecify.annotations.NullMarked;
