/** The application as people see it, in a real browser. */
@NullMarked
package io.drawbridge.browser;

import org.jspecify.annotations.NullMarked;
