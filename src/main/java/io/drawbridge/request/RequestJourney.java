package io.drawbridge.request;

import java.util.List;

/**
 * The way a request took through the diagrams that order it.
 *
 * <p>Implemented by the engine's floor, since only the engine knows which version of a diagram a request runs by and where
 * its tokens stand.
 */
@FunctionalInterface
public interface RequestJourney {
    /**
     * The diagram of the request and those of what it called, each as it was deployed when it was started, outermost first.
     *
     * @return empty if the engine has forgotten the request, or never had it
     */
    List<DrawnProcess> of(RequestId request);
}
