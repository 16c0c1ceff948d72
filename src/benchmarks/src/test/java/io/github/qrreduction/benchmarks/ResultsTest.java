package io.github.qrreduction.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures that the report draws from JMH's results, on made-up ones. */
class ResultsTest {

    private static final Offset<Double> ROUNDING = within(1e-12);
    private static final Row LARGE = new Row(1024, 768, 64);
    private static final Row SMALL = new Row(1, 64, 16);

    @Test
    void aTimeIsTheMedianOfTheRounds(@TempDir Path folder) throws IOException {
        Results results = results(
                folder,
                result("fit", "dense", LARGE, 30),
                result("fit", "dense", LARGE, 10),
                result("fit", "dense", LARGE, 11));
        assertThat(results.time(Operation.FIT, "dense", LARGE)).hasValue(11);
        assertThat(results.time(Operation.FIT, "dense", SMALL)).isEmpty();
        assertThat(results.time(Operation.OUTPUT, "dense", LARGE)).isEmpty();
        assertThat(Results.median(4, 1, 3, 2)).isEqualTo(2.5);
    }

    @Test
    void aRatioIsTakenWithinEachRound(@TempDir Path folder) throws IOException {
        // The machine turns slow for the second and third round of one, for the third of the other.
        Results results = results(
                folder,
                result("fit", "qr-none", LARGE, 5),
                result("fit", "dense", LARGE, 10),
                result("fit", "qr-none", LARGE, 11),
                result("fit", "dense", LARGE, 20),
                result("fit", "qr-none", LARGE, 10),
                result("fit", "dense", LARGE, 20));
        assertThat(results.ratio(Operation.FIT, "qr-none", "dense", LARGE)).hasValue(0.5);
        assertThat(results.ratio(Operation.FIT, "qr-none", "pytorch", LARGE)).isEmpty();
    }

    @Test
    void memoryComesFromAFileOfItsOwn(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve(Results.MEMORY_FILE),
                "["
                        + result("fit", "dense", LARGE, 1)
                                .replace("\"secondaryMetrics\": {}", "\"secondaryMetrics\": {\"x\": {\"score\": 3}}")
                        + "]");
        Results results = results(folder, result("fit", "dense", LARGE, 10));
        assertThat(results.time(Operation.FIT, "dense", LARGE)).hasValue(10);
        assertThat(results.memory("x", Operation.FIT, "dense", LARGE)).hasValue(3);
    }

    @Test
    void aClaimIsHeldAgainstTheRowsThatItIsAbout(@TempDir Path folder) throws IOException {
        Results results = results(
                folder,
                result("fit", "dense", LARGE, 100),
                result("fit", "qr-none", LARGE, 50),
                result("fit", "dense", SMALL, 100),
                result("fit", "qr-none", SMALL, 120));
        List<Claims.Claim> claims = Claims.of(results, Optional.empty());
        assertThat(claims.get(0))
                .extracting(Claims.Claim::figure, Claims.Claim::verdict)
                .containsExactly("0.50", "yes");
        assertThat(claims.get(1))
                .extracting(Claims.Claim::figure, Claims.Claim::verdict)
                .containsExactly("1.20 (2 rows, 0.50 to 1.20)", "**no**");
        assertThat(claims.get(2)).extracting(Claims.Claim::verdict).isEqualTo("not measured");
    }

    @Test
    void geometricMeanAndSlope() {
        assertThat(Results.geometricMean(0.5, 2, 1)).isEqualTo(1, ROUNDING);
        assertThat(Results.logLogSlope(List.of(new double[] {1, 3}, new double[] {4, 12}, new double[] {64, 192})))
                .isEqualTo(1, ROUNDING);
        assertThat(Results.logLogSlope(List.of(new double[] {1, 1}, new double[] {4, 16})))
                .isEqualTo(2, ROUNDING);
    }

    private static Results results(Path folder, String... found) throws IOException {
        StringJoiner json = new StringJoiner(",", "[", "]");
        for (String result : found) {
            json.add(result);
        }
        Files.writeString(folder.resolve(Results.FILE), json.toString());
        return Results.read(folder);
    }

    private static String result(String method, String contender, Row row, double microseconds) {
        return "{\"benchmark\": \"x.ReductionBenchmark." + method + "\", \"params\": {\"batch\": \"" + row.batch()
                + "\", \"pair\": \"" + row.pair() + "\", \"contender\": \"" + contender
                + "\"}, \"primaryMetric\": {\"scorePercentiles\": {\"50.0\": " + microseconds
                + "}}, \"secondaryMetrics\": {}}";
    }
}
