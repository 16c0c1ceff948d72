package io.github.qrreduction.internal.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class ReusedMemoryTest {

    @Test
    void arraysOfARunAreInItsMemoryAndNoOthers() {
        try (ReusedMemory memory = new ReusedMemory()) {
            assertThat(memory.run(() -> Nd4j.create(DataType.FLOAT, 3).isAttached()))
                    .isTrue();
            assertThat(Nd4j.create(DataType.FLOAT, 3).isAttached()).isFalse();
        }
    }

    @Test
    void runsGiveWhatTheirBodiesGiveAndLeaveNothing() {
        List<String> before = Nd4j.getWorkspaceManager().getAllWorkspacesIdsForCurrentThread();
        try (ReusedMemory memory = new ReusedMemory()) {
            for (int i = 0; i < 5; i++) {
                int size = 10 * i + 1;
                assertThat(memory.run(() ->
                                Nd4j.ones(DataType.FLOAT, size).sumNumber().intValue()))
                        .isEqualTo(size);
            }
            assertThatIllegalStateException()
                    .isThrownBy(() -> memory.run(() -> {
                        throw new IllegalStateException();
                    }));
            assertThat(Nd4j.create(DataType.FLOAT, 3).isAttached()).isFalse();
        }
        assertThat(Nd4j.getWorkspaceManager().getAllWorkspacesIdsForCurrentThread())
                .isEqualTo(before);
    }
}
