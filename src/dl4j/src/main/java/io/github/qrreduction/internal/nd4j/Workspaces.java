package io.github.qrreduction.internal.nd4j;

import java.util.function.Supplier;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's workspaces, whose arrays die with them. */
public final class Workspaces {
    private Workspaces() {}

    /** Computes what must outlive any workspace that the caller is in. */
    public static <T> T outside(Supplier<T> body) {
        MemoryWorkspace scope = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces();
        try {
            return body.get();
        } finally {
            scope.close();
        }
    }
}
