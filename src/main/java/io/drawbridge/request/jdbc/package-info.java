/** Requests, in our own tables. */
@NullMarked
package io.drawbridge.request.jdbc;

import org.jspecify.annotations.NullMarked;
