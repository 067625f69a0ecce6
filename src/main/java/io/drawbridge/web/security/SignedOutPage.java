package io.drawbridge.web.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** Where Camunda's pages go when somebody has signed out in their menu; shows nothing. */
@Controller
class SignedOutPage {
    @GetMapping(IssuerLogout.REST_OF_IT)
    void leave(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.sendRedirect(IssuerLogout.restOf(request));
    }
}
