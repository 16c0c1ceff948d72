"""Times an SGD step of PyTorch's orthogonal parametrizations, 1024 x 768 -> 64, FLOAT.

Usage: python3 orthogonal.py OUTPUT.json   (needs torch 1.12 or newer)
"""
import json
import statistics
import sys
import time

import torch
from torch.nn.utils.parametrizations import orthogonal

BATCH, N_IN, N_OUT = 1024, 768, 64
WARM_UP, STEPS = 5, 25
MAPS = ("cayley", "householder", "matrix_exp")


def step_time(orthogonal_map):
    """Median microseconds of forward, backward and update; without a map, of the free layer."""
    torch.manual_seed(7)
    layer = torch.nn.Linear(N_IN, N_OUT, bias=False)
    if orthogonal_map is not None:
        orthogonal(layer, orthogonal_map=orthogonal_map)
    x = torch.randn(BATCH, N_IN)
    y = torch.randn(BATCH, N_OUT)
    optimizer = torch.optim.SGD(layer.parameters(), lr=1e-2)
    loss = torch.nn.MSELoss()
    times = []
    for i in range(WARM_UP + STEPS):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss(layer(x), y).backward()
        optimizer.step()
        if i >= WARM_UP:
            times.append(time.perf_counter() - start)
    return 1e6 * statistics.median(times)


def main():
    results = {"free": step_time(None)}
    for name in MAPS:
        results[name] = step_time(name)
    for name, microseconds in results.items():
        print(f"torch {torch.__version__}, {name}: {microseconds:.0f} microseconds a step")
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump({"torch": torch.__version__, "threads": torch.get_num_threads(), "step_microseconds": results}, out)


if __name__ == "__main__":
    main()
