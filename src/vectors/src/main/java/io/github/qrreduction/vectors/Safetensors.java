package io.github.qrreduction.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Hugging Face's safetensors: eight bytes with the header's length, the header in JSON, the values in C order and
 * little-endian. Its specification is the README of github.com/huggingface/safetensors.
 */
final class Safetensors {
    /** The reference implementation's limit. */
    private static final long MAX_HEADER = 100_000_000;

    private static final int PREFIX = 8;
    private static final int ALIGNMENT = 8;

    private Safetensors() {}

    /**
     * Reads all tensors. Does not close the stream.
     *
     * @param size the bytes that are really there, or {@link NpyHeader#UNKNOWN_SIZE}
     */
    static TensorFile read(InputStream in, long size) throws IOException {
        byte[] prefix = in.readNBytes(PREFIX);
        if (prefix.length < PREFIX) {
            throw new Refused("expected 8 bytes with the header's length, got " + prefix.length);
        }
        long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 2 || length > MAX_HEADER) {
            throw new Refused(
                    "expected a header of 2 to " + MAX_HEADER + " bytes, got one of " + Long.toUnsignedString(length));
        }
        boolean known = size != NpyHeader.UNKNOWN_SIZE;
        byte[] text = known && length > size - PREFIX ? new byte[0] : in.readNBytes((int) length);
        if (text.length < length) {
            throw new Refused(
                    "expected a header of " + length + " bytes, got " + (known ? size - PREFIX : text.length));
        }
        SafetensorsHeader header = SafetensorsHeader.parse(decoded(text));
        if (known && header.dataBytes() != size - PREFIX - length) {
            throw otherSize(header, Long.toString(size - PREFIX - length));
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (SafetensorsHeader.Place p : header.places()) {
            Tensor tensor = Values.read(in, p.encoding(), p.shape(), p.count(), known);
            if (tensor == null) {
                throw otherSize(header, "fewer");
            }
            tensors.put(p.name(), tensor);
        }
        if (!known && in.read() >= 0) {
            throw otherSize(header, "more");
        }
        return TensorFile.of(tensors, header.metadata());
    }

    private static Refused otherSize(SafetensorsHeader header, String got) {
        return new Refused("expected " + header.dataBytes() + " bytes of values behind the header, got " + got);
    }

    private static String decoded(byte[] text) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refused("expected a header in UTF-8, got other bytes");
        }
    }

    /** Writes the widest types first, so that each tensor begins at a multiple of its width. Does not close. */
    static void write(TensorFile file, OutputStream out) throws IOException {
        List<Map.Entry<String, Tensor>> ordered = file.tensors().entrySet().stream()
                .sorted(Comparator.comparingInt(e -> -e.getValue().type().width()))
                .toList();
        byte[] text = encoded(header(ordered, file.metadata()));
        int padding = -text.length & (ALIGNMENT - 1);
        ByteBuffer start = ByteBuffer.allocate(PREFIX + text.length + padding).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(text.length + padding).put(text);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        out.write(start.array());
        for (Map.Entry<String, Tensor> e : ordered) {
            Values.write(e.getValue(), out);
        }
    }

    private static String header(List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) {
        StringBuilder json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            json.append('"').append(SafetensorsHeader.METADATA).append("\":");
            char before = '{';
            for (Map.Entry<String, String> e : metadata.entrySet()) {
                json.append(before);
                JsonScanner.quote(e.getKey(), json);
                json.append(':');
                JsonScanner.quote(e.getValue(), json);
                before = ',';
            }
            json.append('}');
        }
        long begin = 0;
        for (Map.Entry<String, Tensor> e : tensors) {
            Tensor t = e.getValue();
            if (e.getKey().equals(SafetensorsHeader.METADATA)) {
                throw new Refused("expected another name for a tensor, got " + SafetensorsHeader.METADATA);
            }
            long end = begin + (long) t.count() * t.type().width();
            json.append(json.length() > 1 ? "," : "");
            JsonScanner.quote(e.getKey(), json);
            json.append(":{\"dtype\":\"F").append(8 * t.type().width()).append("\",\"shape\":[");
            for (int d = 0; d < t.rank(); d++) {
                json.append(d > 0 ? "," : "").append(t.size(d));
            }
            json.append("],\"data_offsets\":[")
                    .append(begin)
                    .append(',')
                    .append(end)
                    .append("]}");
            begin = end;
        }
        return json.append('}').toString();
    }

    private static byte[] encoded(String json) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(json));
            byte[] text = new byte[bytes.remaining()];
            bytes.get(text);
            if (text.length > MAX_HEADER) {
                throw new Refused(
                        "expected names and metadata of at most " + MAX_HEADER + " bytes, got " + text.length);
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new Refused("expected names and metadata of whole characters, got half a surrogate pair");
        }
    }
}
