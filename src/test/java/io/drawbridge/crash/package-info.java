/** The process is killed at every step of a grant, and has to converge when it is started again. */
@NullMarked
package io.drawbridge.crash;

import org.jspecify.annotations.NullMarked;
