package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import jakarta.servlet.http.HttpServletRequest;

/** Says who has signed in and looks at a page. */
@FunctionalInterface
public interface SignedIn {
    /** Who makes this call; only asked behind the login. */
    Caller caller(HttpServletRequest request);
}
