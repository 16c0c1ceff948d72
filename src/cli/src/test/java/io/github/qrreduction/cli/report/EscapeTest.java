package io.github.qrreduction.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EscapeTest {
    @Test
    void whatHasAMeaningToABrowserIsEscaped() {
        assertThat(Escape.html("<script>alert(\"1\" & '2')</script>"))
                .isEqualTo("&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
        assertThat(Escape.json("</script>\"\\'&")).isEqualTo("\"\\u003c/script\\u003e\\u0022\\u005c\\u0027\\u0026\"");
    }

    @Test
    void whatCannotBeSeenIsReplaced() {
        String hostile = "a\u0000b\u0007\n\u2028\u2029\u202e\ufeff\ud800c";
        assertThat(Escape.html(hostile)).isEqualTo("a\ufffdb" + "\ufffd".repeat(7) + "c");
        assertThat(Escape.json(hostile)).isEqualTo("\"a\ufffdb" + "\ufffd".repeat(7) + "c\"");
    }

    @Test
    void wordsOfAnyLanguageStay() {
        for (String word : new String[] {"naïve", "Ελλάδα", "日本語", "नमस्ते", "\uD83D\uDE00", "a b"}) {
            assertThat(Escape.html(word)).isEqualTo(word);
            assertThat(Escape.json(word)).isEqualTo('"' + word + '"');
        }
    }
}
