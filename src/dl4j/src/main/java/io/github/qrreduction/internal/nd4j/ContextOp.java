package io.github.qrreduction.internal.nd4j;

import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One of ND4J's custom operations with fixed arguments. {@code Nd4j.exec(op)} makes a native context for every call and
 * fills it with the random generator's state and the arguments, some 9 microseconds; here each thread has one context,
 * filled once, and a call puts in its arrays only. Between calls a context holds none.
 *
 * <p>It is also the safe way to call. The broadcasting operations behind {@code addiRowVector} and its like pass an
 * array of dimensions that only the operation refers to, and nothing refers to the operation once the native call has
 * begun. Where the garbage collector runs just then, ND4J's deallocator frees it, and the JVM crashes: seen with eight
 * threads and frequent collections, once in some hundred thousand calls.
 */
public final class ContextOp {

    /** Names the operation; arrays and arguments are in the contexts. */
    private final DynamicCustomOp operation;

    private final ThreadLocal<OpContext> contexts;

    /**
     * An operation.
     *
     * @param operation without arrays or arguments
     * @param arguments puts the arguments into a new context
     */
    public ContextOp(DynamicCustomOp operation, Consumer<OpContext> arguments) {
        this.operation = operation;
        this.contexts = ThreadLocal.withInitial(() -> {
            OpContext context = Nd4j.getExecutioner().buildContext();
            arguments.accept(context);
            return context;
        });
    }

    /** By ND4J's name for it. */
    public ContextOp(String name, Consumer<OpContext> arguments) {
        this(DynamicCustomOp.builder(name).build(), arguments);
    }

    /** Computes into an array that may be one of the inputs where the operation allows that. */
    public void run(INDArray output, INDArray... inputs) {
        OpContext context = contexts.get();
        try {
            for (int i = 0; i < inputs.length; i++) {
                context.setInputArray(i, inputs[i]);
            }
            context.setOutputArray(0, output);
            Nd4j.getExecutioner().exec(operation, context);
        } finally {
            context.purge();
        }
    }
}
