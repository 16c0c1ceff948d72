package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * NumPy's own test files, and floating point arrays in the shapes, orders and headers that its tests try: what
 * {@code numpy.load(allow_pickle=False)} reads is read to the same numbers or refused with a reason.
 */
class NumPyTestDataTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    /** Says of each file what NumPy reads of it, in hexadecimal doubles. */
    private static final String SCRIPT = """
            import sys, pathlib, struct, warnings, numpy as np
            from numpy.lib import format
            warnings.simplefilter("ignore")
            out = pathlib.Path(sys.argv[1])
            rows = np.add.outer(7.5 * np.arange(3), np.arange(4))
            arrays = [rows, rows[:1], rows[:, :1], rows[::2, ::3], rows.T, rows[::-1], rows[:0], rows[0], rows[None],
                      np.float64(3), np.full((2, 2), np.nan), np.full((2, 2), -np.inf), np.array([[5e-324, -0.0]])]
            n = 0
            for a in arrays:
                for t in ("<f2", "<f4", "<f8", ">f4", ">f8", "<f4", "<i4", "<c8", "?", "g"):
                    for order in "CF":
                        for version in ((1, 0), (2, 0), (3, 0)):
                            with np.errstate(all="ignore"), open(out / f"{n}.npy", "wb") as f:
                                format.write_array(f, np.array(a, dtype=t, order=order), version=version)
                            n += 1
            heads = ["{'descr': u'<f4', 'fortran_order': False, 'shape': (2L, 3L), }",
                     "{'descr': '<f4', 'fortran_order': True, 'shape': (2L, 3L)}",
                     "{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}",
                     "{'descr': 'f4', 'fortran_order': False, 'shape': (2, 3), }",
                     "{'descr': '=f4', 'fortran_order': False, 'shape': (2, 3), }",
                     "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}",
                     "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}",
                     "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3)}",
                     "{'descr': '<f4', 'fortran_order': False, 'shape': (0x2, 3)}"]
            for h in heads:
                for version in (1, 2, 3):
                    for end in ("\\n", " \\n", "", " " * 50 + "\\n"):
                        text = (h + end).encode()
                        size = struct.pack("<H" if version == 1 else "<I", len(text))
                        data = np.arange(6, dtype="<f4").tobytes()
                        (out / f"{n}.npy").write_bytes(b"\\x93NUMPY" + bytes([version, 0]) + size + text + data)
                        n += 1
            own = pathlib.Path(np.__file__).parent / "lib/tests/data"
            for f in sorted(out.glob("*.npy")) + sorted(own.glob("*.npy")):
                try:
                    a = np.load(f, allow_pickle=False)
                except Exception:
                    print(f, "refused")
                    continue
                if a.dtype.kind != "f" or a.ndim != 2 or a.dtype.itemsize > 8:
                    print(f, "other")
                else:
                    print(f, a.shape[0], a.shape[1], *[float(v).hex() for v in a.ravel()])
            """;

    @TempDir
    private Path folder;

    @Test
    void whatNumPyReadsIsReadToTheSameNumbersOrRefusedWithAReason() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PYTHON) && run("import numpy").isEmpty(), "no NumPy here");
        int same = 0;
        int reasons = 0;
        List<String> lines = run(SCRIPT, folder.toString());
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            Path file = Path.of(words[0]);
            Tensor tensor = null;
            try {
                tensor = TensorFile.load(file).tensors().get(TensorFile.UNNAMED);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).startsWith(file + ": ").contains("expected ");
                reasons++;
            }
            if (tensor != null && !words[1].equals("other")) {
                assertThat(words[1]).as("NumPy refuses " + file).isNotEqualTo("refused");
                assertThat(tensor.shape()).containsExactly(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                assertThat(tensor.doubles()).containsExactly(numbers(words));
                same++;
            } else if (tensor == null && !words[1].equals("other") && !words[1].equals("refused")) {
                assertThat(reasonFor(file))
                        .containsAnyOf(
                                "expected dtype",
                                "expected dimensions of at least 1",
                                "expected a header that ends with a newline",
                                "expected an integer",
                                "expected ')'");
            }
        }
        // 7 matrices with values, 3 with odd ones, in 4 types that we read, 2 orders and 3 versions, and more.
        assertThat(same).isGreaterThan(200);
        assertThat(reasons).isGreaterThan(200);
    }

    private static String reasonFor(Path file) throws IOException {
        try {
            return TensorFile.load(file).toString();
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    private static double[] numbers(String[] words) {
        return IntStream.range(3, words.length)
                .mapToDouble(i -> Double.parseDouble(
                        words[i].toLowerCase(Locale.ROOT).replace("nan", "NaN").replace("inf", "Infinity")))
                .toArray();
    }

    private static List<String> run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PYTHON.toString(), "-c"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().collect(Collectors.toList());
    }
}
