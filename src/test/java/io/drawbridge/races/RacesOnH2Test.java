package io.drawbridge.races;

/** On the embedded database of the demo. */
class RacesOnH2Test extends Races {}
