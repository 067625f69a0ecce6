package io.drawbridge.web.security;

import static org.springframework.security.config.Customizer.withDefaults;

import io.drawbridge.web.Problems;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.SavedRequestAwareAuthenticationSuccessHandler;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The rules of the door: who comes in where, and by which kind of sign-in.
 *
 * <p>Paths are matched by {@link PathPatternRequestMatcher} throughout: patterns given as strings do not see the requests
 * of Camunda's own servlets. Whatever no rule names needs a signed-in person.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityConfiguration {
    /** Cost of the demo's password hashes, as a power of two; an unknown name has to take as long as a known one. */
    private static final int BCRYPT_COST = 8;

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "TRACE", "OPTIONS");
    private static final String OWN_CONTENT =
            "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
    private static final RequestMatcher CAMUNDA_API = path("/camunda/api/**");
    private static final RequestMatcher CAMUNDA_LOGOUT = path(HttpMethod.POST, "/camunda/api/admin/auth/user/*/logout");

    /** The engine's REST API: each call signs in for itself. */
    @Bean
    @Order(1)
    SecurityFilterChain engineRest(HttpSecurity http, AuthenticationManager signIn) throws Exception {
        return http.securityMatcher(path("/engine-rest/**"))
                .authenticationManager(signIn)
                .authorizeHttpRequests(calls -> calls.anyRequest().hasAnyRole(Roles.PEOPLE))
                .httpBasic(basic -> basic.authenticationEntryPoint(SecurityConfiguration::unauthorized))
                .exceptionHandling(failures -> failures.authenticationEntryPoint(SecurityConfiguration::unauthorized)
                        .accessDeniedHandler(SecurityConfiguration::forbidden))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(csrf -> csrf.disable())
                .requestCache(cache -> cache.disable())
                .logout(logout -> logout.disable())
                .build();
    }

    /** Our own API, its description, and the actuator: a sign-in of the call itself, or the session of a browser. */
    @Bean
    @Order(2)
    SecurityFilterChain api(HttpSecurity http, AuthenticationManager signIn) throws Exception {
        return http.securityMatcher(anyOf(path("/v1/**"), path("/v3/**"), path("/actuator/**")))
                .authenticationManager(signIn)
                .authorizeHttpRequests(calls -> calls.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(path("/actuator/health/**"))
                        .permitAll()
                        .requestMatchers(path("/actuator/**"))
                        .hasAnyRole(Roles.ADMINISTRATOR, Roles.OPERATIONS)
                        .requestMatchers(path("/v1/events/cloudtrail"))
                        .authenticated()
                        .anyRequest()
                        .hasAnyRole(Roles.PEOPLE))
                .httpBasic(basic -> basic.authenticationEntryPoint(SecurityConfiguration::unauthorized))
                .exceptionHandling(failures -> failures.authenticationEntryPoint(SecurityConfiguration::unauthorized)
                        .accessDeniedHandler(SecurityConfiguration::forbidden))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.NEVER))
                .csrf(csrf -> csrf.requireCsrfProtectionMatcher(SecurityConfiguration::needsToken))
                .requestCache(cache -> cache.disable())
                .logout(logout -> logout.disable())
                .headers(headers -> headers.contentSecurityPolicy(
                        policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'")))
                .build();
    }

    /** Camunda's web applications, which set their own content security policy. */
    @Bean
    @Order(3)
    SecurityFilterChain camunda(HttpSecurity http, AuthenticationManager signIn) throws Exception {
        return browser(http.securityMatcher(path("/camunda/**")), signIn)
                .csrf(csrf -> csrf.ignoringRequestMatchers(CAMUNDA_API))
                .authorizeHttpRequests(calls -> calls.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .anyRequest()
                        .hasAnyRole(Roles.PEOPLE))
                .build();
    }

    /** Drawbridge's own pages, and everything that nothing else claims. */
    @Bean
    @Order(4)
    SecurityFilterChain pages(HttpSecurity http, AuthenticationManager signIn) throws Exception {
        return browser(http, signIn)
                .csrf(withDefaults())
                .authorizeHttpRequests(calls -> calls.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(anyOf(
                                path("/error"),
                                path(HttpMethod.GET, "/login"),
                                path(HttpMethod.GET, "/css/**"),
                                path(HttpMethod.GET, "/favicon.ico"),
                                path(HttpMethod.GET, "/favicon.svg"),
                                path(HttpMethod.GET, "/favicon.png")))
                        .permitAll()
                        .anyRequest()
                        .hasAnyRole(Roles.PEOPLE))
                .headers(headers -> headers.addHeaderWriter((request, response) -> response.setHeader(
                        "Content-Security-Policy",
                        // NB. Swagger UI, which is not ours, writes styles into its page and keeps its icons in URLs.
                        path("/swagger-ui/**").matches(request)
                                ? OWN_CONTENT + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
                                : OWN_CONTENT)))
                .build();
    }

    /** A page that was asked for is remembered over the sign-in, a link from a mail among them. */
    private static HttpSecurity browser(HttpSecurity http, AuthenticationManager signIn) throws Exception {
        HttpSessionRequestCache asked = new HttpSessionRequestCache();
        asked.setRequestMatcher(new AndRequestMatcher(
                path(HttpMethod.GET, "/**"),
                new NegatedRequestMatcher(CAMUNDA_API),
                new NegatedRequestMatcher(path("/error")),
                new MediaTypeRequestMatcher(MediaType.TEXT_HTML)));
        asked.setMatchingRequestParameterName(null);
        return http.authenticationManager(signIn)
                .formLogin(login -> login.loginPage("/login").successHandler(backTo(asked)))
                .logout(logout -> logout.logoutRequestMatcher(anyOf(path(HttpMethod.POST, "/logout"), CAMUNDA_LOGOUT))
                        .logoutSuccessHandler((request, response, authentication) -> {
                            if (CAMUNDA_LOGOUT.matches(request)) {
                                response.setStatus(HttpStatus.NO_CONTENT.value());
                            } else {
                                response.sendRedirect(request.getContextPath() + "/login?logout");
                            }
                        }))
                .requestCache(cache -> cache.requestCache(asked))
                .exceptionHandling(failures -> failures.defaultAuthenticationEntryPointFor(
                                new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED), CAMUNDA_API)
                        .defaultAuthenticationEntryPointFor(toLogin(), new NegatedRequestMatcher(CAMUNDA_API))
                        .accessDeniedHandler(SecurityConfiguration::refusedInBrowser));
    }

    /** Leads to the login by a path alone: what a caller wrote into his Host header is repeated nowhere. */
    private static LoginUrlAuthenticationEntryPoint toLogin() {
        LoginUrlAuthenticationEntryPoint entry = new LoginUrlAuthenticationEntryPoint("/login");
        entry.setFavorRelativeUris(true);
        return entry;
    }

    /** Leads back to what was asked for, by its path alone as well. */
    private static SavedRequestAwareAuthenticationSuccessHandler backTo(HttpSessionRequestCache asked) {
        SavedRequestAwareAuthenticationSuccessHandler handler = new SavedRequestAwareAuthenticationSuccessHandler();
        handler.setRequestCache(asked);
        handler.setRedirectStrategy((request, response, target) -> {
            UriComponents parts = UriComponentsBuilder.fromUriString(target).build();
            // One slash only: two would begin the name of another host.
            String path = "/" + StringUtils.trimLeadingCharacter(parts.getPath() == null ? "" : parts.getPath(), '/');
            response.sendRedirect(parts.getQuery() == null ? path : path + "?" + parts.getQuery());
        });
        return handler;
    }

    /**
     * The only way to sign in. Without the demo's logins it lets nobody in, and keeps Spring Boot from inventing a user of
     * its own.
     */
    @Bean
    AuthenticationManager authenticationManager(ObjectProvider<PasswordLogins> logins, PasswordEncoder passwords) {
        UserDetailsService demo = logins.getIfAvailable();
        if (demo == null) {
            return attempt -> {
                throw new BadCredentialsException("Passwords open nothing here.");
            };
        }
        DaoAuthenticationProvider provider = new DaoAuthenticationProvider(demo);
        provider.setPasswordEncoder(passwords);
        return new ProviderManager(provider);
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return new DelegatingPasswordEncoder("bcrypt", Map.of("bcrypt", new BCryptPasswordEncoder(BCRYPT_COST)));
    }

    /** What Spring's firewall does not let through is a bad request, not a fault. */
    @Bean
    RequestRejectedHandler rejectedRequests() {
        return SecurityConfiguration::rejected;
    }

    private static void rejected(
            HttpServletRequest request, HttpServletResponse response, RequestRejectedException rejected)
            throws IOException {
        Problems.write(
                request,
                response,
                new Problems.Problem(
                        400, "bad-request", "Bad request", "The path or a header has characters that are not taken."));
    }

    /**
     * Whether a call has to show a CSRF token: one that changes something and is signed in by nothing but a session, which
     * a browser sends along by itself; or by an {@code Authorization} header that a browser has kept and sends along from
     * somebody else's page.
     */
    private static boolean needsToken(HttpServletRequest request) {
        if (SAFE_METHODS.contains(request.getMethod())) {
            return false;
        }
        if (request.getHeader(HttpHeaders.AUTHORIZATION) != null) {
            return "cross-site".equals(request.getHeader("Sec-Fetch-Site"));
        }
        return SecurityContextHolder.getContext().getAuthentication() != null;
    }

    /** Not signed in. A browser is not asked to pop up its own login where a page has one of its own. */
    private static void unauthorized(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof AuthenticationServiceException) {
            Problems.write(
                    request,
                    response,
                    new Problems.Problem(
                            503, "sign-in-unavailable", "Sign-in unavailable", "Nobody can be signed in at present."));
            return;
        }
        boolean fromPage = request.getRequestedSessionId() != null || request.getHeader("X-Requested-With") != null;
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, (fromPage ? "Session" : "Basic") + " realm=\"Drawbridge\"");
        Problems.write(
                request,
                response,
                new Problems.Problem(401, "not-signed-in", "Not signed in", "This call needs a login that is known."));
    }

    private static void forbidden(
            HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied) throws IOException {
        Problems.write(
                request,
                response,
                denied instanceof CsrfException
                        ? new Problems.Problem(
                                403,
                                "csrf-token-missing",
                                "CSRF token missing",
                                "A call signed in by the session of a browser has to show that session's CSRF token.")
                        : new Problems.Problem(
                                403, "forbidden", "Forbidden", "This is no part of what your roles let you do."));
    }

    /** A form sent after its session has ended leads to the login, not to a refusal that nobody understands. */
    private static void refusedInBrowser(
            HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException, jakarta.servlet.ServletException {
        boolean signedOut = SecurityContextHolder.getContext().getAuthentication() == null;
        if (denied instanceof CsrfException && signedOut && !CAMUNDA_API.matches(request)) {
            response.sendRedirect(request.getContextPath() + "/login");
        } else {
            new AccessDeniedHandlerImpl().handle(request, response, denied);
        }
    }

    private static RequestMatcher path(String pattern) {
        return PathPatternRequestMatcher.withDefaults().matcher(pattern);
    }

    private static RequestMatcher path(HttpMethod method, String pattern) {
        return PathPatternRequestMatcher.withDefaults().matcher(method, pattern);
    }

    private static RequestMatcher anyOf(RequestMatcher... matchers) {
        return new OrRequestMatcher(matchers);
    }
}
