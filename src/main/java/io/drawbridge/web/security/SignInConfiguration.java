package io.drawbridge.web.security;

import io.drawbridge.identity.ApiKeyDesk;
import io.drawbridge.identity.GroupRoles;
import java.time.Clock;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;

/** The ways to sign in: at an issuer, by a token or key, and in the demo by a password. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    SignInProperties.class,
    LimitProperties.class,
    ConfiguredTenants.Properties.class,
    ProductionProperties.class
})
class SignInConfiguration {
    /** Cost of the demo's password hashes, as a power of two; an unknown name has to take as long as a known one. */
    private static final int BCRYPT_COST = 8;

    /** The issuer, and how its logins are kept. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("drawbridge.sign-in.issuer")
    static class AtIssuer {
        @Bean
        Issuer issuer(SignInProperties properties, Environment environment, Clock clock) {
            return new Issuer(properties, environment, clock);
        }

        @Bean
        IssuerUsers issuerUsers(Admission admission, SignInProperties properties, Clock clock) {
            return new IssuerUsers(admission, properties, clock);
        }

        @Bean
        JwtDecoderFactory<ClientRegistration> loginTokens(Issuer issuer) {
            return registration -> issuer.loginTokens();
        }

        /** Changes the code of a login for tokens. */
        @Bean
        OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> codes() {
            RestClientAuthorizationCodeTokenResponseClient codes = new RestClientAuthorizationCodeTokenResponseClient();
            codes.setRestClient(Issuer.tokenCalls());
            return codes;
        }

        /** In the session, so that the tokens end with it. */
        @Bean
        OAuth2AuthorizedClientRepository tokensOfSessions() {
            return new HttpSessionOAuth2AuthorizedClientRepository();
        }
    }

    @Bean
    GroupRoles rolesOfGroups(SignInProperties properties) {
        return new GroupRoles(properties.roles());
    }

    @Bean
    BearerTokens bearerTokens(ApiKeyDesk keys, SignInProperties properties, ObjectProvider<Issuer> issuer) {
        return new BearerTokens(keys, properties, issuer.getIfAvailable());
    }

    /** The only way to sign in by a password. Without the demo's logins it lets nobody in. */
    @Bean
    AuthenticationProvider passwordProvider(ObjectProvider<PasswordLogins> logins, PasswordEncoder passwords) {
        UserDetailsService demo = logins.getIfAvailable();
        if (demo == null) {
            return new NoPasswords();
        }
        DaoAuthenticationProvider provider = new DaoAuthenticationProvider(demo);
        provider.setPasswordEncoder(passwords);
        return provider;
    }

    /** Keeps Spring Boot from inventing a user of its own. */
    @Bean
    AuthenticationManager authenticationManager(AuthenticationProvider passwords) {
        return new ProviderManager(passwords);
    }

    private static final class NoPasswords implements AuthenticationProvider {
        @Override
        public Authentication authenticate(Authentication attempt) {
            throw new BadCredentialsException("Passwords open nothing here.");
        }

        @Override
        public boolean supports(Class<?> kind) {
            return UsernamePasswordAuthenticationToken.class.isAssignableFrom(kind);
        }
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return new DelegatingPasswordEncoder("bcrypt", Map.of("bcrypt", new BCryptPasswordEncoder(BCRYPT_COST)));
    }
}
