/** The pages: what people see of Drawbridge in a browser. */
@NullMarked
package io.drawbridge.web.pages;

import org.jspecify.annotations.NullMarked;
