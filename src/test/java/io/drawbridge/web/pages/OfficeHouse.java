package io.drawbridge.web.pages;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.NotConnectedException;
import io.drawbridge.organization.OrganizationSnapshot;
import io.drawbridge.organization.OrganizationSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;

/** The house of the pages with Cedar as its judge, and an AWS that says what a test wants. */
@Import(PagesHouse.class)
@ComponentScan("io.drawbridge.policy")
class OfficeHouse {
    @Bean
    static BeanFactoryPostProcessor cedarJudges() {
        return beans -> beans.getBeanDefinition("accessPolicies").setPrimary(true);
    }

    @Bean
    @Primary
    FakeSource fakeSource() {
        return new FakeSource();
    }

    /** Not connected, until a test says what is read. */
    static final class FakeSource implements OrganizationSource {
        @Nullable
        Supplier<OrganizationSnapshot> read;

        @Override
        public List<TenantId> tenants() {
            return List.of();
        }

        @Override
        public OrganizationSnapshot read(TenantId tenant) {
            if (read == null) {
                throw new NotConnectedException(tenant);
            }
            return read.get();
        }
    }
}
