package io.github.qrreduction.internal.nd4j;

import java.util.function.Supplier;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory for the arrays of a computation that is run again and again, the same for each run: pages that the system
 * gives out anew cost more than what is computed in them. For the thread that makes it.
 */
public final class ReusedMemory implements AutoCloseable {
    private static final WorkspaceConfiguration CONFIGURATION = WorkspaceConfiguration.builder()
            .policyAllocation(AllocationPolicy.OVERALLOCATE)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .build();

    private final MemoryWorkspace workspace = Nd4j.getWorkspaceManager().createNewWorkspace(CONFIGURATION);

    /** Computes something whose arrays are gone afterwards. */
    public <T> T run(Supplier<T> body) {
        MemoryWorkspace scope = workspace.notifyScopeEntered();
        try {
            return body.get();
        } finally {
            scope.close();
        }
    }

    @Override
    public void close() {
        Nd4j.getWorkspaceManager().destroyWorkspace(workspace);
    }
}
