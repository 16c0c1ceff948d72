package io.github.qrreduction.benchmarks;

import java.util.Collection;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Makes contenders by name; found by {@link ServiceLoader}, so that peers need not be on every classpath. */
public interface ContenderFactory {

    /** The names that {@link #create} knows. */
    Collection<String> names();

    /** A contender with its arrays filled and its parameters drawn. */
    Contender create(String name, Row row);

    /** The built-in contenders and all that the classpath adds. */
    static Stream<ContenderFactory> all() {
        return Stream.concat(
                Stream.of(new Nd4jContenders()),
                ServiceLoader.load(ContenderFactory.class).stream().map(ServiceLoader.Provider::get));
    }

    /** The contender of a name, from whichever factory knows it. */
    static Contender find(String name, Row row) {
        return all().filter(f -> f.names().contains(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No contender \"" + name + "\" on this classpath"))
                .create(name, row);
    }
}
