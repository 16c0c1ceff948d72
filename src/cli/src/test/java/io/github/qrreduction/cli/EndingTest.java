package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EndingTest {

    @Test
    void whatIsHalfWrittenIsClosedWhenTheJvmEnds() {
        AtomicInteger closed = new AtomicInteger();
        try (Ending ending = Ending.of(closed::incrementAndGet)) {
            assertThat(ending.hasBegun()).isFalse();
            ending.run();
            assertThat(ending.hasBegun()).isTrue();
        }
        assertThat(closed).hasValue(1);
    }

    @Test
    void aCloseThatFailsIsNoMoreThanThat() {
        try (Ending ending = Ending.of(() -> {
            throw new IOException("closed");
        })) {
            ending.run();
            assertThat(ending.hasBegun()).isTrue();
        }
    }
}
