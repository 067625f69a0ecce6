package io.drawbridge.web.pages;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;

/** The house of the pages with Cedar as its judge. */
@Import(PagesHouse.class)
@ComponentScan("io.drawbridge.policy")
class OfficeHouse {
    @Bean
    static BeanFactoryPostProcessor cedarJudges() {
        return beans -> beans.getBeanDefinition("accessPolicies").setPrimary(true);
    }
}
