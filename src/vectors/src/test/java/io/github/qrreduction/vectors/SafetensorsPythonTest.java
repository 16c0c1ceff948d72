package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** There and back through a reader and writer of the specification in Python; skipped on machines without it. */
class SafetensorsPythonTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final String SCRIPT = """
            import json, struct, sys
            ours = open(sys.argv[1], "rb").read()
            n, = struct.unpack("<Q", ours[:8])
            head = json.loads(ours[8:8 + n].decode())
            data = ours[8 + n:]
            assert n % 8 == 0, n
            meta = head.pop("__metadata__")
            codes = {"F64": "d", "F32": "f", "F16": "e"}
            covered = 0
            values = {}
            for name, t in sorted(head.items(), key=lambda i: i[1]["data_offsets"]):
                begin, end = t["data_offsets"]
                assert begin == covered, (begin, covered)
                covered = end
                count = 1
                for d in t["shape"]:
                    count *= d
                values[name] = struct.unpack("<%d%s" % (count, codes[t["dtype"]]), data[begin:end])
            assert covered == len(data)
            theirs = {"__metadata__": meta}
            body = b""
            for name in reversed(list(values)):
                t = head[name]
                raw = struct.pack("<%d%s" % (len(values[name]), codes[t["dtype"]]), *values[name])
                theirs[name] = {"data_offsets": [len(body), len(body) + len(raw)], "shape": t["shape"],
                                "dtype": t["dtype"]}
                body += raw
            text = json.dumps(theirs, indent=1).encode()
            open(sys.argv[2], "wb").write(struct.pack("<Q", len(text)) + text + body)
            """;

    @TempDir
    private Path folder;

    @Test
    void aReductionComesBack() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PYTHON), "no Python here");
        ReductionFile ours = ReductionFile.of(
                        Tensor.ofFloat16(new float[] {1, -2, 0.5f, 65504, 3, 4}, 2, 3),
                        Tensor.of(new double[] {Math.PI, -0.0}, 2),
                        Tensor.of(new float[] {Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY}, 3))
                .normalizing(true, true)
                .withMetadata(Map.of("source", "\u00e4 \"\\\n \ud83d\ude00"));
        ours.save(folder.resolve("ours.safetensors"));

        Process process = new ProcessBuilder(
                        PYTHON.toString(),
                        "-c",
                        SCRIPT,
                        folder.resolve("ours.safetensors").toString(),
                        folder.resolve("theirs.safetensors").toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(process.waitFor()).isZero();

        assertThat(ReductionFile.load(folder.resolve("theirs.safetensors"))).isEqualTo(ours);
    }
}
