package io.drawbridge.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.bpmn.parser.AbstractBpmnParseListener;
import org.camunda.bpm.engine.impl.bpmn.parser.BpmnParseListener;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.pvm.process.ScopeImpl;
import org.camunda.bpm.engine.impl.pvm.process.TransitionImpl;
import org.camunda.bpm.engine.impl.util.xml.Element;

/**
 * Every sequence flow that the engine takes, and a place to fall on each.
 *
 * <p>A fall is a crash of the transaction in which the flow is taken: whatever it did to our tables and to the engine is
 * undone, and whatever it asked of the cloud stays asked.
 */
public final class Tracks extends AbstractProcessEnginePlugin {
    private final Set<String> taken = new ConcurrentSkipListSet<>();
    private final ConcurrentMap<String, Integer> falls = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, CyclicBarrier> meetings = new ConcurrentHashMap<>();

    /** The transaction fell, as it does when the machine goes down before it has committed. */
    public static final class Fall extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fall(String flow) {
            super("Fell on " + flow + ".");
        }
    }

    @Override
    public void preInit(ProcessEngineConfigurationImpl engine) {
        List<BpmnParseListener> listeners = new ArrayList<>();
        if (engine.getCustomPostBPMNParseListeners() != null) {
            listeners.addAll(engine.getCustomPostBPMNParseListeners());
        }
        listeners.add(new AbstractBpmnParseListener() {
            @Override
            public void parseSequenceFlow(Element flow, ScopeImpl scope, TransitionImpl transition) {
                transition.addListener(ExecutionListener.EVENTNAME_TAKE, (ExecutionListener) Tracks.this::take);
            }
        });
        engine.setCustomPostBPMNParseListeners(listeners);
    }

    private void take(DelegateExecution execution) {
        String flow = execution.getCurrentTransitionId();
        taken.add(flow);
        if (falls.merge(flow, -1, Integer::sum) >= 0) {
            throw new Fall(flow);
        }
        CyclicBarrier meeting = meetings.get(flow);
        if (meeting != null) {
            try {
                meeting.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
                throw new Fall(flow);
            }
        }
    }

    /** Ids of the flows taken since the stage was set. */
    public Set<String> taken() {
        return new TreeSet<>(taken);
    }

    /** Whoever takes that flow from now on falls, so many times. */
    public void fallOn(String flow, int times) {
        falls.put(flow, times);
    }

    /** Whoever takes that flow from now on waits for others until they are so many; falls if they do not come. */
    public void meetOn(String flow, int many) {
        meetings.put(flow, new CyclicBarrier(many));
    }

    /** Nobody falls any more. */
    public void standFirm() {
        falls.clear();
    }

    void clear() {
        taken.clear();
        falls.clear();
        meetings.clear();
    }
}
