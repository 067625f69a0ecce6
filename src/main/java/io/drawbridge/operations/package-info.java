/** The watching: what is late, stuck or waiting, for those who keep the installation running, and its figures. */
@NullMarked
package io.drawbridge.operations;

import org.jspecify.annotations.NullMarked;
