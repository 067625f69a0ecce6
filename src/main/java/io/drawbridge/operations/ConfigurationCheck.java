package io.drawbridge.operations;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.stereotype.Component;

/**
 * Reads all of our configuration before anything that goes by it is made.
 *
 * <p>A value that cannot be right stops the start by its key. The database is untouched then; and no timer has stumbled over
 * the same value, which would name its method and not the key.
 */
@Component
@EnableConfigurationProperties({OperationsProperties.class, CloudProperties.class})
class ConfigurationCheck implements BeanFactoryPostProcessor {
    private static final String OURS = "drawbridge";

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        for (String name : factory.getBeanDefinitionNames()) {
            if (isOurs(factory.getBeanDefinition(name))) {
                factory.getBean(name);
            }
        }
    }

    private static boolean isOurs(BeanDefinition definition) {
        if (!(definition instanceof AbstractBeanDefinition known) || !known.hasBeanClass()) {
            return false;
        }
        ConfigurationProperties properties =
                AnnotationUtils.findAnnotation(known.getBeanClass(), ConfigurationProperties.class);
        return properties != null
                && (properties.prefix().equals(OURS) || properties.prefix().startsWith(OURS + "."));
    }
}
