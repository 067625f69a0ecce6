package io.drawbridge.web.pages;

import io.drawbridge.request.DrawnProcess;
import io.drawbridge.request.DrawnProcess.Box;
import io.drawbridge.request.DrawnProcess.Kind;
import io.drawbridge.request.DrawnProcess.Trace;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A diagram as a page draws it, in SVG that needs no script.
 *
 * @param title its name and version
 * @param viewBox what of the plane is shown
 * @param width in pixels at a scale of 1
 * @param here where the tokens stand, in words; empty if it has ended, or is between two steps
 */
record DiagramView(
        String title,
        String viewBox,
        long width,
        long height,
        List<Shape> shapes,
        List<Line> lines,
        List<Step> steps,
        List<String> here,
        boolean ended) {
    /** Room around the picture. */
    private static final int MARGIN = 12;

    private static final int EVENT_LABEL_WIDTH = 90;
    private static final int LABEL_HEIGHT = 44;

    /**
     * A node.
     *
     * @param form which template draws it: event, gateway or activity
     * @param kind in lower case with dashes; a class of the style sheet
     * @param trace untouched, passed or here; a class of the style sheet
     * @param label where its name stands, null if it has none
     */
    record Shape(
            String id,
            String form,
            String kind,
            String symbol,
            boolean interrupting,
            String trace,
            @Nullable String name,
            Box box,
            @Nullable Box label) {
        public String move() {
            return "translate(" + round(box.x()) + " " + round(box.y()) + ")";
        }

        public double radius() {
            return box.width() / 2;
        }

        /** The corners of a gateway. */
        public String diamond() {
            double half = box.width() / 2;
            return half + ",0 " + box.width() + "," + half + " " + half + "," + box.height() + " 0," + half;
        }
    }

    /** A flow; {@code points} is what a polyline takes. */
    record Line(String id, String points, boolean taken, @Nullable String name, @Nullable Box label) {}

    /** A node that was entered; {@code left} is null while the token stands there. */
    record Step(String name, Moment entered, @Nullable Moment left, boolean broken) {}

    static DiagramView of(DrawnProcess drawn) {
        Box extent = drawn.extent();
        return new DiagramView(
                drawn.name() + ", version " + drawn.version(),
                round(extent.x() - MARGIN) + " " + round(extent.y() - MARGIN) + " " + round(extent.width() + 2 * MARGIN)
                        + " " + round(extent.height() + 2 * MARGIN),
                Math.round(extent.width() + 2 * MARGIN),
                Math.round(extent.height() + 2 * MARGIN),
                drawn.nodes().stream().map(DiagramView::shape).toList(),
                drawn.flows().stream().map(DiagramView::line).toList(),
                drawn.steps().stream()
                        .map(step -> new Step(
                                step.name(), Moment.of(step.entered()), Moment.ofNullable(step.left()), step.broken()))
                        .toList(),
                drawn.steps().stream()
                        .filter(step -> step.left() == null && step.kind() != Kind.SUB_PROCESS)
                        .map(DrawnProcess.Step::name)
                        .toList(),
                drawn.ended());
    }

    private static Shape shape(DrawnProcess.Node node) {
        String form =
                switch (node.kind()) {
                    case START, INTERMEDIATE, BOUNDARY, END -> "event";
                    case EXCLUSIVE, INCLUSIVE, PARALLEL, EVENT_BASED -> "gateway";
                    case TASK, USER_TASK, SERVICE_TASK, CALL, SUB_PROCESS -> "activity";
                };
        String name = node.name() == null || node.name().isBlank() ? null : node.name();
        return new Shape(
                node.id(),
                form,
                word(node.kind()),
                word(node.symbol()),
                node.interrupting(),
                word(node.trace() == Trace.HERE && node.kind() == Kind.SUB_PROCESS ? Trace.PASSED : node.trace()),
                name,
                node.box(),
                name == null ? null : label(node, form));
    }

    /** An activity has its name inside; the others beside them, below if the diagram does not say where. */
    private static Box label(DrawnProcess.Node node, String form) {
        Box box = node.box();
        if (node.kind() == Kind.SUB_PROCESS) {
            return new Box(box.x(), box.y() + 4, box.width(), 20);
        }
        if (form.equals("activity")) {
            return new Box(box.x() + 4, box.y() + 4, box.width() - 8, box.height() - 8);
        }
        Box label = node.label();
        return label == null
                ? new Box(
                        box.x() + box.width() / 2 - EVENT_LABEL_WIDTH / 2.0,
                        box.y() + box.height() + 4,
                        EVENT_LABEL_WIDTH,
                        LABEL_HEIGHT)
                : roomy(label);
    }

    private static Line line(DrawnProcess.Flow flow) {
        Box label = flow.label();
        return new Line(
                flow.id(),
                flow.points().stream()
                        .map(point -> round(point.x()) + "," + round(point.y()))
                        .collect(Collectors.joining(" ")),
                flow.taken(),
                flow.name() == null || flow.name().isBlank() ? null : flow.name(),
                label == null ? null : roomy(label));
    }

    /** The reader's letters may be wider than the drawer's. */
    private static Box roomy(Box label) {
        return new Box(label.x() - 10, label.y(), label.width() + 20, Math.max(label.height(), LABEL_HEIGHT));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String round(double length) {
        return String.valueOf(Math.round(length));
    }
}
