package io.drawbridge.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/**
 * Puts a letter into words: plain text, and HTML by the template {@code mail/notice.html}, which escapes everything.
 *
 * <p>The HTML is made when a mail leaves: the transaction that the letter tells of keeps what it says, and is no longer for it.
 */
@Component
class LetterPress {
    private final SpringTemplateEngine templates = new SpringTemplateEngine();
    private final JsonMapper json = JsonMapper.builder().build();
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

    /** What the letter says, to be kept until the mail leaves; {@link #html} reads it. */
    String words(Letter letter) {
        Map<String, @Nullable Object> words = new LinkedHashMap<>();
        words.put("subject", letter.subject());
        words.put("lead", letter.lead());
        words.put("facts", letter.facts());
        words.put("quotationOf", letter.quotationOf());
        words.put("quotedLines", letter.quotedLines());
        words.put("link", letter.link(base));
        words.put("loud", letter.loud());
        try {
            return json.writeValueAsString(words);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A letter cannot be written as JSON.", impossible);
        }
    }

    /**
     * The letter as HTML.
     *
     * @param words as {@link #words} wrote them
     */
    String html(String words) {
        try {
            return templates.process(
                    "notice", new Context(Locale.ENGLISH, json.readValue(words, new TypeReference<>() {})));
        } catch (JsonProcessingException unreadable) {
            throw new IllegalStateException("The words of a letter cannot be read.", unreadable);
        }
    }
}
