"""Checks an ONNX model with onnx.checker, and computes its outputs with NumPy by the operators' specification.

Usage: onnx_run.py model.onnx inputs.npz outputs.npz
"""
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper, shape_inference


def norm(x, a, axes=None):
    axes = tuple(a.get("axes", axes if axes is None else list(axes)))
    with np.errstate(all="ignore"):
        return np.sqrt((x * x).sum(axis=axes, keepdims=bool(a.get("keepdims", 1))))


OPERATORS = {
    "Identity": lambda a, x: x,
    "Add": lambda a, x, y: x + y,
    "Sub": lambda a, x, y: x - y,
    "Div": lambda a, x, y: x / y,
    "Max": lambda a, *xs: np.maximum.reduce(np.broadcast_arrays(*xs)),
    "MatMul": lambda a, x, y: np.matmul(x, y),
    "Gemm": lambda a, x, y, c=0: x @ (y.T if a.get("transB", 0) else y) + c,
    "ReduceL2": lambda a, x, axes=None: norm(x, a, axes),
    "ReduceMean": lambda a, x: x.mean(axis=tuple(a["axes"]), keepdims=bool(a.get("keepdims", 1))),
}


def run(graph, values):
    values = dict(values)
    values.update((t.name, numpy_helper.to_array(t)) for t in graph.initializer)
    for node in graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "If":
            branch = attributes["then_branch" if values[node.input[0]] else "else_branch"]
            result = run(branch, values)[0]
        else:
            result = OPERATORS[node.op_type](attributes, *(values[i] for i in node.input))
        values[node.output[0]] = result
    return [values[o.name] for o in graph.output]


def main():
    model = onnx.load(sys.argv[1])
    onnx.checker.check_model(model, full_check=True)
    inferred = shape_inference.infer_shapes(model, strict_mode=True)
    outputs = run(model.graph, np.load(sys.argv[2]))
    for declared, value in zip(inferred.graph.output, outputs):
        dims = declared.type.tensor_type.shape.dim
        assert len(dims) == value.ndim, declared
        for d, n in zip(dims, value.shape):
            assert not d.HasField("dim_value") or d.dim_value == n, declared
        assert value.dtype == np.float32, value.dtype
    np.savez(sys.argv[3], **{o.name: v for o, v in zip(model.graph.output, outputs)})


main()
