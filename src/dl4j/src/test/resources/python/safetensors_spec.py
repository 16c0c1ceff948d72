"""Reads and writes safetensors files by the specification alone (README of github.com/huggingface/safetensors).

Needs NumPy. No Python package of safetensors is used, so that this is a reader of its own.
"""
import json
import struct

import numpy as np

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


def load(path):
    """The arrays by name, and the metadata."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    assert data[8:9] == b"{" and length < 100_000_000, length
    header = json.loads(data[8 : 8 + length].decode("utf-8"))
    body = data[8 + length :]
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(v, str) for v in metadata.values()), metadata
    covered = 0
    arrays = {}
    for name, t in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = t["data_offsets"]
        assert begin == covered, (name, begin, covered)
        covered = end
        arrays[name] = np.frombuffer(body[begin:end], TYPES[t["dtype"]]).reshape(t["shape"]).copy()
    assert covered == len(body), (covered, len(body))
    return arrays, metadata


def save(path, arrays, metadata=None):
    header = {"__metadata__": metadata} if metadata else {}
    body = b""
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array)
        dtype = next(k for k, v in TYPES.items() if np.dtype(v) == raw.dtype)
        header[name] = {
            "dtype": dtype,
            "shape": list(raw.shape),
            "data_offsets": [len(body), len(body) + raw.nbytes],
        }
        body += raw.tobytes()
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
