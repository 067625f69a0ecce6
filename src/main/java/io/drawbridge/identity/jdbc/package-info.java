/** People, from our own tables. */
@NullMarked
package io.drawbridge.identity.jdbc;

import org.jspecify.annotations.NullMarked;
