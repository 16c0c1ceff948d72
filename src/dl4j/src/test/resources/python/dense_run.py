"""Applies what stands behind the pooling of a sentence-transformers model, in PyTorch, as its Dense and Normalize do.

Usage: dense_run.py model_folder pooled.npz out.npz
"""
import json
import os
import sys

import numpy as np
import torch

import safetensors_spec


def dense(folder, x):
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    assert sorted(config) == ["activation_function", "bias", "in_features", "out_features"], config
    assert config.pop("activation_function") == "torch.nn.modules.linear.Identity"
    linear = torch.nn.Linear(**config)
    arrays, _ = safetensors_spec.load(os.path.join(folder, "model.safetensors"))
    linear.load_state_dict({name.split(".", 1)[1]: torch.from_numpy(a) for name, a in arrays.items()})
    assert all(name.startswith("linear.") for name in arrays), arrays.keys()
    return linear(x)


def main():
    torch.set_num_threads(1)
    folder = sys.argv[1]
    with open(os.path.join(folder, "modules.json")) as file:
        modules = json.load(file)
    assert [m["idx"] for m in modules] == list(range(len(modules))), modules
    x = torch.from_numpy(np.load(sys.argv[2])["x"])
    pooled = False
    with torch.no_grad():
        for module in modules:
            kind = module["type"].rsplit(".", 1)[1]
            path = os.path.join(folder, module["path"])
            assert not module["path"] or os.path.isdir(path), path
            if pooled and kind == "Dense":
                x = dense(path, x)
            elif pooled:
                assert kind == "Normalize", kind
                x = torch.nn.functional.normalize(x, p=2, dim=1)
            pooled = pooled or kind == "Pooling"
    np.savez(sys.argv[3], z=x.numpy())


main()
