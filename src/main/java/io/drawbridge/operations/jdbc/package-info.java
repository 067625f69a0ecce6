/** What is late, by SQL over the tables of requests and grants. */
@NullMarked
package io.drawbridge.operations.jdbc;

import org.jspecify.annotations.NullMarked;
