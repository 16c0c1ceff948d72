package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.qrreduction.vectors.VectorWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndingTest {

    @TempDir
    private Path folder;

    private VectorWriter writer() throws IOException {
        return VectorWriter.create(folder.resolve("out.npy"), 3);
    }

    @Test
    void whatIsHalfWrittenIsTakenAwayWhenTheJvmEnds() throws IOException {
        try (Ending ending = Ending.guarded();
                VectorWriter writer = ending.open(this::writer)) {
            writer.write(new float[3]);
            assertThat(folder).isNotEmptyDirectory();
            assertThat(ending.hasBegun()).isFalse();

            ending.run();

            assertThat(folder).isEmptyDirectory();
            assertThat(ending.hasBegun()).isTrue();
        }
    }

    @Test
    void nothingIsBegunAfterTheEnd() throws IOException {
        try (Ending ending = Ending.guarded()) {
            ending.run();
            assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> ending.open(this::writer));
        }
        assertThat(folder).isEmptyDirectory();
    }
}
