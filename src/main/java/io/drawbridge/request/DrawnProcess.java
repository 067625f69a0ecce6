package io.drawbridge.request;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A diagram with the path that was taken and the tokens on it.
 *
 * <p>Lengths are the diagram's own units, which are pixels at a scale of 1; y grows downwards.
 *
 * @param name of the diagram
 * @param version which of its deployed versions this is, from 1
 * @param extent the smallest rectangle with everything in it
 * @param nodes what contains others comes before them
 * @param steps what was entered, in that order
 * @param ended whether it is over; a process that is not may stand between two steps for a moment
 */
public record DrawnProcess(
        String name, int version, boolean ended, Box extent, List<Node> nodes, List<Flow> flows, List<Step> steps) {
    public DrawnProcess {
        nodes = List.copyOf(nodes);
        flows = List.copyOf(flows);
        steps = List.copyOf(steps);
    }

    /** What a node looks like. */
    public enum Kind {
        START,
        INTERMEDIATE,
        BOUNDARY,
        END,
        TASK,
        USER_TASK,
        SERVICE_TASK,
        CALL,
        SUB_PROCESS,
        EXCLUSIVE,
        INCLUSIVE,
        PARALLEL,
        EVENT_BASED
    }

    /** What an event waits for or tells. */
    public enum Symbol {
        NONE,
        TIMER,
        MESSAGE,
        ERROR,
        OTHER
    }

    /** How far a node is. */
    public enum Trace {
        UNTOUCHED,
        PASSED,
        HERE
    }

    /** A rectangle by its upper left corner. */
    public record Box(double x, double y, double width, double height) {}

    public record Point(double x, double y) {}

    /**
     * An event, an activity or a gateway.
     *
     * @param interrupting false only for a boundary event that lets its activity go on
     * @param label where its name stands if not inside, null if nowhere in particular
     */
    public record Node(
            String id,
            Kind kind,
            Symbol symbol,
            boolean interrupting,
            @Nullable String name,
            Box box,
            @Nullable Box label,
            Trace trace) {}

    /** A line from node to node. */
    public record Flow(String id, List<Point> points, @Nullable String name, @Nullable Box label, boolean taken) {
        public Flow {
            points = List.copyOf(points);
        }
    }

    /**
     * A node that was entered and has a name.
     *
     * @param left null while the token stands on it
     * @param broken whether it was left because something else cut it short
     */
    public record Step(String name, Kind kind, Instant entered, @Nullable Instant left, boolean broken) {}
}
