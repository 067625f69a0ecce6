/** The window: the HTTP API and the pages. */
@NullMarked
package io.drawbridge.web;

import org.jspecify.annotations.NullMarked;
