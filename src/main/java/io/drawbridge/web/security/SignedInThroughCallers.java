package io.drawbridge.web.security;

import io.drawbridge.identity.Caller;
import io.drawbridge.web.pages.SignedIn;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Component;

/** The pages know who looks at them as the API does. */
@Component
class SignedInThroughCallers implements SignedIn {
    private final Callers callers;

    SignedInThroughCallers(Callers callers) {
        this.callers = callers;
    }

    @Override
    public Caller caller(HttpServletRequest request) {
        return callers.of(request);
    }
}
