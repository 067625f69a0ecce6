package io.drawbridge.notification;

import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** Puts a letter into words: plain text, and HTML by the template {@code mail/notice.html}, which escapes everything. */
@Component
class LetterPress {
    private final SpringTemplateEngine templates = new SpringTemplateEngine();
    private final URI base;

    LetterPress(AddressProperties address) {
        base = address.baseUrl();
        ClassLoaderTemplateResolver resolver = new ClassLoaderTemplateResolver();
        resolver.setPrefix("mail/");
        resolver.setSuffix(".html");
        resolver.setTemplateMode(TemplateMode.HTML);
        resolver.setCharacterEncoding("UTF-8");
        templates.setTemplateResolver(resolver);
    }

    String text(Letter letter) {
        return letter.text(base);
    }

    String html(Letter letter) {
        Map<String, @Nullable Object> words = new HashMap<>();
        words.put("subject", letter.subject());
        words.put("lead", letter.lead());
        words.put("facts", letter.facts());
        words.put("quotationOf", letter.quotationOf());
        words.put("quotedLines", letter.quotedLines());
        words.put("link", letter.link(base));
        words.put("loud", letter.loud());
        return templates.process("notice", new Context(Locale.ENGLISH, words));
    }
}
