package io.drawbridge.workflow.diagram;

/**
 * What is wrong with a diagram, at one of its elements.
 *
 * @param element id of the element, or of the nearest one around it that has an id; empty if there is none
 * @param sentence what is wrong and how to mend it
 */
public record Flaw(String element, String sentence) {

    @Override
    public String toString() {
        return element.isEmpty() ? sentence : element + ": " + sentence;
    }
}
