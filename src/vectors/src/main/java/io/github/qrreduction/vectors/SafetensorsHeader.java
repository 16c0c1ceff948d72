package io.github.qrreduction.vectors;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON before the values of a safetensors file: for each tensor its dtype, shape and place, and strings about the
 * whole.
 *
 * @param places in the order of the values
 * @param metadata by key, in the order of the file
 */
record SafetensorsHeader(List<Place> places, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    private static final int MAX_RANK = 32;
    private static final String FIELDS = "the fields dtype, shape and data_offsets, each once";
    /** Bytes of a value. */
    private static final Map<String, Integer> WIDTHS = widths();

    private static Map<String, Integer> widths() {
        Map<String, Integer> widths = new TreeMap<>();
        for (String one : List.of("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0")) {
            widths.put(one, 1);
        }
        for (String two : List.of("I16", "U16", "F16", "BF16")) {
            widths.put(two, 2);
        }
        for (String four : List.of("I32", "U32", "F32")) {
            widths.put(four, 4);
        }
        for (String eight : List.of("I64", "U64", "F64", "C64")) {
            widths.put(eight, 8);
        }
        return widths;
    }

    /**
     * Where a tensor is.
     *
     * @param name of the tensor
     * @param encoding of its values
     * @param shape every dimension at least 1
     * @param count the number of values
     * @param begin of the first byte, counted from the end of the header
     * @param end behind the last byte
     */
    record Place(String name, Values.Encoding encoding, int[] shape, int count, long begin, long end) {}

    /** Parses and checks all that can be checked without the values. */
    static SafetensorsHeader parse(String text) {
        JsonScanner json = new JsonScanner(text);
        if (!text.startsWith("{")) {
            throw json.malformed("'{'");
        }
        List<Place> places = new ArrayList<>();
        Map<String, Object> names = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        json.expect('{');
        if (!json.accept('}')) {
            do {
                String name = json.string();
                if (names.put(name, name) != null) {
                    throw new Refused("expected every name once, got \"" + name + "\" twice");
                }
                json.expect(':');
                if (name.equals(METADATA)) {
                    metadata = strings(json);
                } else {
                    places.add(place(name, json));
                }
            } while (json.accept(','));
            json.expect('}');
        }
        json.expectEnd();
        places.sort(Comparator.comparingLong(Place::begin));
        long covered = 0;
        for (Place p : places) {
            if (p.begin() != covered) {
                throw new Refused("expected values without holes or overlap, got \"" + p.name() + "\" from " + p.begin()
                        + " where " + covered + " bytes are taken");
            }
            covered = p.end();
        }
        return new SafetensorsHeader(places, metadata);
    }

    /** The bytes of all values. */
    long dataBytes() {
        return places.isEmpty() ? 0 : places.get(places.size() - 1).end();
    }

    private static Map<String, String> strings(JsonScanner json) {
        Map<String, String> strings = new LinkedHashMap<>();
        json.expect('{');
        if (json.accept('}')) {
            return strings;
        }
        do {
            String key = json.string();
            json.expect(':');
            if (strings.put(key, json.string()) != null) {
                throw new Refused("expected every key of " + METADATA + " once, got \"" + key + "\" twice");
            }
        } while (json.accept(','));
        json.expect('}');
        return strings;
    }

    private static Place place(String name, JsonScanner json) {
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        int fields = 0;
        json.expect('{');
        do {
            String field = json.string();
            json.expect(':');
            fields++;
            switch (field) {
                case "dtype" -> dtype = json.string();
                case "shape" -> shape = integers(json);
                case "data_offsets" -> offsets = integers(json);
                default -> throw new Refused("\"" + name + "\": expected " + FIELDS + ", got " + field);
            }
        } while (json.accept(','));
        json.expect('}');
        if (dtype == null || shape == null || offsets == null || fields != 3) {
            throw new Refused("\"" + name + "\": expected " + FIELDS + ", got " + fields + " fields");
        }
        try {
            return checked(name, dtype, shape, offsets);
        } catch (Refused e) {
            throw e.at("\"" + name + "\"");
        }
    }

    private static Place checked(String name, String dtype, List<Long> shape, List<Long> offsets) {
        if (!WIDTHS.containsKey(dtype)) {
            throw new Refused("expected one of the dtypes " + WIDTHS.keySet() + ", got " + dtype);
        }
        Values.Encoding encoding = switch (dtype) {
            case "F16" -> Values.Encoding.F16;
            case "BF16" -> Values.Encoding.BF16;
            case "F32" -> Values.Encoding.F32;
            case "F64" -> Values.Encoding.F64;
            default -> throw new Refused("expected dtype F64, F32, F16 or BF16, got " + dtype);
        };
        long count = 1;
        for (long size : shape) {
            if (size < 1 || size > Integer.MAX_VALUE / count) {
                throw new Refused("expected dimensions of at least 1 and at most " + Integer.MAX_VALUE
                        + " values in all, got shape " + shape);
            }
            count *= size;
        }
        if (offsets.size() != 2 || offsets.get(1) - offsets.get(0) != count * encoding.width) {
            throw new Refused("expected data_offsets of " + count * encoding.width + " bytes for shape " + shape
                    + " of " + dtype + ", got " + offsets);
        }
        int[] sizes = shape.stream().mapToInt(Math::toIntExact).toArray();
        return new Place(name, encoding, sizes, (int) count, offsets.get(0), offsets.get(1));
    }

    private static List<Long> integers(JsonScanner json) {
        List<Long> integers = new ArrayList<>();
        json.expect('[');
        if (json.accept(']')) {
            return integers;
        }
        do {
            integers.add(json.integer());
            if (integers.size() > MAX_RANK) {
                throw json.malformed("at most " + MAX_RANK + " dimensions");
            }
        } while (json.accept(','));
        json.expect(']');
        return integers;
    }
}
