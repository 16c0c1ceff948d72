"""Times an SGD step of PyTorch's orthogonal parametrizations, 1024 x 768 -> 64, FLOAT.

Usage: python3 orthogonal.py OUTPUT.csv   (needs torch 1.12 or newer)
"""
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
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        for name in (None, *MAPS):
            line = f"{name or 'free'},{step_time(name):.0f},torch {torch.__version__}"
            print(line)
            out.write(line + "\n")


if __name__ == "__main__":
    main()
