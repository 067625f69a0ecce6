package io.drawbridge.web.security;

import static org.springframework.security.config.Customizer.withDefaults;

import io.drawbridge.identity.Role;
import io.drawbridge.web.Problems;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.authentication.builders.AuthenticationManagerBuilder;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.SavedRequestAwareAuthenticationSuccessHandler;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
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
    private static final Logger log = LoggerFactory.getLogger(SecurityConfiguration.class);
    private static final Pattern WORD = Pattern.compile("[a-z_-]{1,40}");
    private static final Pattern UNPRINTED = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "TRACE", "OPTIONS");
    private static final String OWN_CONTENT =
            "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";
    private static final String AT_ISSUER = "/oauth2/authorization/" + Issuer.REGISTRATION;
    private static final RequestMatcher CAMUNDA_API = path("/camunda/api/**");
    private static final RequestMatcher CAMUNDA_LOGOUT = path(HttpMethod.POST, "/camunda/api/admin/auth/user/*/logout");

    private final Door door;
    private final Limits limits;
    private final BearerTokens tokens;
    private final Refusals refusals;
    private final SignInProperties properties;
    private final Clock clock;
    private final String baseUrl;
    private final boolean passwords;
    private final RolesOfCallerFilter rolesOfCaller;
    private final @Nullable Issuer issuer;
    private final @Nullable IssuerUsers users;
    private final @Nullable OAuth2AuthorizedClientRepository clients;

    SecurityConfiguration(
            Door door,
            Callers callers,
            Limits limits,
            BearerTokens tokens,
            SignInProperties properties,
            Clock clock,
            @Value("${drawbridge.base-url:http://127.0.0.1:8080}") String baseUrl,
            ObjectProvider<PasswordLogins> logins,
            ObjectProvider<Issuer> issuer,
            ObjectProvider<IssuerUsers> users,
            ObjectProvider<OAuth2AuthorizedClientRepository> clients) {
        this.door = door;
        this.rolesOfCaller = new RolesOfCallerFilter(callers);
        this.limits = limits;
        this.tokens = tokens;
        this.properties = properties;
        this.clock = clock;
        this.baseUrl = StringUtils.trimTrailingCharacter(baseUrl, '/');
        this.passwords = logins.getIfAvailable() != null;
        this.refusals = new Refusals(limits, passwords);
        this.issuer = issuer.getIfAvailable();
        this.users = users.getIfAvailable();
        this.clients = clients.getIfAvailable();
    }

    /** The engine's REST API: a sign-in of the call itself, or the session of a browser; for people only. */
    @Bean
    @Order(1)
    SecurityFilterChain engineRest(HttpSecurity http, AuthenticationManager signIn) throws Exception {
        return programs(http.securityMatcher(path("/engine-rest/**")), signIn)
                .authorizeHttpRequests(calls -> calls.anyRequest().access(door.people()))
                .build();
    }

    /** Our own API, its description, and the actuator: a sign-in of the call itself, or the session of a browser. */
    @Bean
    @Order(2)
    SecurityFilterChain api(HttpSecurity http, AuthenticationManager signIn) throws Exception {
        return programs(http.securityMatcher(anyOf(path("/v1/**"), path("/v3/**"), path("/actuator/**"))), signIn)
                .authorizeHttpRequests(calls -> calls.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(path("/actuator/health/**"))
                        .permitAll()
                        .requestMatchers(path("/actuator/**"))
                        .access(door.only(Role.OPERATIONS))
                        .requestMatchers(path("/v1/events/cloudtrail"))
                        .access(door.known())
                        .anyRequest()
                        .access(door.everybody()))
                .headers(headers -> headers.contentSecurityPolicy(
                        policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'")))
                .addFilterAfter(rolesOfCaller, AuthorizationFilter.class)
                .build();
    }

    /** Camunda's web applications, which set their own content security policy. */
    @Bean
    @Order(3)
    SecurityFilterChain camunda(HttpSecurity http, AuthenticationProvider signIn) throws Exception {
        return browser(http.securityMatcher(path("/camunda/**")), signIn)
                .csrf(csrf -> csrf.ignoringRequestMatchers(CAMUNDA_API))
                .authorizeHttpRequests(calls -> calls.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .anyRequest()
                        .access(door.people()))
                .build();
    }

    /**
     * Where chat platforms call: without a sign-in, a session or a CSRF token, since all that counts of a call is what the
     * platform has signed. The door behind it answers 401 to what it has not.
     */
    @Bean
    @Order(4)
    SecurityFilterChain chat(HttpSecurity http) throws Exception {
        return http.securityMatcher(anyOf(path(HttpMethod.POST, "/chat/slack"), path(HttpMethod.POST, "/chat/teams")))
                .authorizeHttpRequests(calls -> calls.anyRequest().permitAll())
                .csrf(csrf -> csrf.disable())
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(cache -> cache.disable())
                .logout(logout -> logout.disable())
                .headers(headers -> headers.contentSecurityPolicy(
                        policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'")))
                .build();
    }

    /** Drawbridge's own pages, and everything that nothing else claims. */
    @Bean
    @Order(5)
    SecurityFilterChain pages(HttpSecurity http, AuthenticationProvider signIn) throws Exception {
        String content = issuerAddress()
                .map(address -> OWN_CONTENT + " " + Issuer.origin(address))
                .orElse(OWN_CONTENT);
        return browser(http, signIn)
                .csrf(withDefaults())
                .authorizeHttpRequests(calls -> calls.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(path("/error"))
                        .denyAll()
                        .requestMatchers(anyOf(
                                path(HttpMethod.GET, "/login"),
                                path(HttpMethod.GET, IssuerLogout.REST_OF_IT),
                                path(HttpMethod.GET, "/css/**"),
                                path(HttpMethod.GET, "/favicon.ico"),
                                path(HttpMethod.GET, "/favicon.svg"),
                                path(HttpMethod.GET, "/favicon.png")))
                        .permitAll()
                        .anyRequest()
                        .access(door.people()))
                .headers(headers -> headers.addHeaderWriter((request, response) -> response.setHeader(
                        "Content-Security-Policy",
                        // NB. Swagger UI, which is not ours, writes styles into its page and keeps its icons in URLs.
                        path("/swagger-ui/**").matches(request)
                                ? content + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
                                : content)))
                .build();
    }

    /** Calls that sign in for themselves, or that a page makes with its session. */
    private HttpSecurity programs(HttpSecurity http, AuthenticationManager signIn) throws Exception {
        return common(http.authenticationManager(signIn))
                .httpBasic(basic -> basic.authenticationEntryPoint(refusals::unauthorized))
                .oauth2ResourceServer(bearer -> bearer.authenticationManagerResolver(call -> tokens::authenticate)
                        .authenticationEntryPoint(refusals::unauthorized)
                        .accessDeniedHandler(Refusals::forbidden)
                        .withObjectPostProcessor(new ObjectPostProcessor<BearerTokenAuthenticationFilter>() {
                            @Override
                            public <F extends BearerTokenAuthenticationFilter> F postProcess(F filter) {
                                filter.setAuthenticationFailureHandler(refusals::unauthorized);
                                return filter;
                            }
                        }))
                .exceptionHandling(failures -> failures.authenticationEntryPoint(refusals::unauthorized)
                        .accessDeniedHandler(Refusals::forbidden))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.NEVER))
                .csrf(csrf -> csrf.requireCsrfProtectionMatcher(SecurityConfiguration::needsToken))
                .requestCache(cache -> cache.disable())
                .logout(logout -> logout.disable());
    }

    /** A page that was asked for is remembered over the sign-in, a link from a mail among them. */
    private HttpSecurity browser(HttpSecurity http, AuthenticationProvider signIn) throws Exception {
        HttpSessionRequestCache asked = new HttpSessionRequestCache();
        asked.setRequestMatcher(new AndRequestMatcher(
                path(HttpMethod.GET, "/**"),
                new NegatedRequestMatcher(CAMUNDA_API),
                new NegatedRequestMatcher(path("/error")),
                new MediaTypeRequestMatcher(MediaType.TEXT_HTML)));
        asked.setMatchingRequestParameterName(null);
        IssuerLogout leaving = new IssuerLogout(CAMUNDA_LOGOUT, issuer, baseUrl);
        // Beside it, the providers of the login at the issuer; behind them nobody else is asked.
        http.getSharedObject(AuthenticationManagerBuilder.class).parentAuthenticationManager(null);
        common(http.authenticationProvider(signIn))
                .formLogin(login -> login.loginPage("/login")
                        .successHandler(backTo(asked))
                        .failureHandler((request, response, failure) -> {
                            limits.failed(request);
                            response.sendRedirect(request.getContextPath() + "/login?error");
                        }))
                .logout(logout -> logout.logoutRequestMatcher(anyOf(path(HttpMethod.POST, "/logout"), CAMUNDA_LOGOUT))
                        .logoutSuccessHandler(leaving))
                .requestCache(cache -> cache.requestCache(asked))
                .exceptionHandling(failures -> failures.defaultAuthenticationEntryPointFor(
                                new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED), CAMUNDA_API)
                        .defaultAuthenticationEntryPointFor(toLogin(), new NegatedRequestMatcher(CAMUNDA_API))
                        .accessDeniedHandler(this::refusedInBrowser));
        return issuer == null ? http : atIssuer(http, issuer, asked);
    }

    /** The login at the issuer: authorization code with PKCE, state and nonce. */
    private HttpSecurity atIssuer(HttpSecurity http, Issuer at, HttpSessionRequestCache asked) throws Exception {
        DefaultOAuth2AuthorizationRequestResolver resolver =
                new DefaultOAuth2AuthorizationRequestResolver(at, "/oauth2/authorization");
        resolver.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
        return http.oauth2Login(login -> login.loginPage("/login")
                .clientRegistrationRepository(at)
                .authorizedClientRepository(clients)
                .authorizationEndpoint(begin -> begin.authorizationRequestResolver(resolver))
                .userInfoEndpoint(
                        end -> end.oidcUserService(request -> demand(users).loadUser(request)))
                .successHandler(backTo(asked))
                .failureHandler(SecurityConfiguration::refusedAtIssuer)
                .withObjectPostProcessor(new ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter>() {
                    @Override
                    public <F extends OAuth2AuthorizationRequestRedirectFilter> F postProcess(F filter) {
                        filter.setAuthenticationFailureHandler(SecurityConfiguration::refusedAtIssuer);
                        return filter;
                    }
                }));
    }

    /** What holds at every door. */
    private HttpSecurity common(HttpSecurity http) throws Exception {
        http.addFilterBefore(limits.beforePasswords(), LogoutFilter.class)
                .addFilterAfter(limits.beforeWrites(), AuthorizationFilter.class);
        if (issuer != null) {
            http.addFilterBefore(
                    new RecheckFilter(issuer, demand(users), demand(clients), properties, clock),
                    AnonymousAuthenticationFilter.class);
        }
        if (baseUrl.startsWith("https:")) {
            // Said always: behind a proxy that ends TLS, no call looks secure from here.
            http.headers(headers ->
                    headers.httpStrictTransportSecurity(hsts -> hsts.requestMatcher(AnyRequestMatcher.INSTANCE)));
        }
        return http;
    }

    private static <T> T demand(@Nullable T there) {
        if (there == null) {
            throw new IllegalStateException("An issuer is configured, and what belongs to it is missing.");
        }
        return there;
    }

    private Optional<URI> issuerAddress() {
        return Optional.ofNullable(properties.issuer());
    }

    /** Leads to the login by a path alone: what a caller wrote into his Host header is repeated nowhere. */
    private LoginUrlAuthenticationEntryPoint toLogin() {
        LoginUrlAuthenticationEntryPoint entry =
                new LoginUrlAuthenticationEntryPoint(issuer == null || passwords ? "/login" : AT_ISSUER);
        entry.setFavorRelativeUris(true);
        return entry;
    }

    /** Explains on the page of the login; what the issuer says in its own words is repeated nowhere. */
    private static void refusedAtIssuer(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        String word = failure instanceof OAuth2AuthenticationException oidc
                ? oidc.getError().getErrorCode()
                : "unavailable";
        log.info("A login at the issuer was refused ({}): {}", inOneLine(word), inOneLine(failure.getMessage()));
        response.sendRedirect(request.getContextPath() + "/login?refused="
                + (WORD.matcher(word).matches() ? word : "failed"));
    }

    /** Whoever sends a browser here with an error of his own begins no line of the log. */
    private static String inOneLine(@Nullable String text) {
        return UNPRINTED.matcher(String.valueOf(text)).replaceAll(" ");
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

    /** A form sent after its session has ended leads to the login, not to a refusal that nobody understands. */
    private void refusedInBrowser(
            HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException, jakarta.servlet.ServletException {
        boolean signedOut = SecurityContextHolder.getContext().getAuthentication() == null;
        if (denied instanceof CsrfException && signedOut && !CAMUNDA_API.matches(request)) {
            response.sendRedirect(request.getContextPath() + "/login");
        } else if (CAMUNDA_API.matches(request)) {
            Refusals.forbidden(request, response, denied);
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
