package io.github.qrreduction.vectors;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** What happens to files. */
final class Damage {

    private Damage() {}

    /** Flips some bits, or cuts, overwrites, drops or doubles a stretch, within the first bytes. */
    static byte[] of(byte[] whole, int reach, Random random) {
        byte[] bytes = whole.clone();
        int from = random.nextInt(reach);
        int to = from + random.nextInt(Math.min(12, bytes.length - from) + 1);
        switch (random.nextInt(5)) {
            case 0 -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 1 -> bytes = Arrays.copyOf(bytes, from);
            case 2 -> {
                for (int i = from; i < to; i++) {
                    bytes[i] = (byte) (random.nextBoolean() ? '9' : random.nextInt());
                }
            }
            case 3 -> {
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - (to - from));
                System.arraycopy(bytes, to, shorter, from, bytes.length - to);
                bytes = shorter;
            }
            default -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + to - from);
                System.arraycopy(bytes, from, longer, to, bytes.length - from);
                bytes = longer;
            }
        }
        return bytes;
    }

    /** The entries of a zip file, in order. */
    static Map<String, byte[]> entries(byte[] zip) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return entries;
    }

    /** A zip file of some entries, its checksums right. */
    static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
