package io.drawbridge.workflow.diagram;

import java.util.List;

/** One thing that every deployed diagram keeps. */
interface Rule {

    /** Where the diagram does not keep it; empty if it does. */
    List<Flaw> flaws(Diagram diagram);
}
