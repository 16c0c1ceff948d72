#!/usr/bin/python3
"""Reference values for the stiefel package: python3 src/test/fixtures-scripts/stiefel.py (numpy, torch >= 1.13).

For each case, float64 .npy files in src/test/resources/fixtures/stiefel: W (k, n); Q, the QR factor with positive
diagonal; G, a cotangent of Q; dW, torch autograd's gradient of sum(G * Q) by W; polar, the nearest orthonormal matrix
by SVD; P, the tangent projection of G at Q; retracted, qf(Q + 0.3 P).
"""
import pathlib

import numpy as np
import torch

OUT = pathlib.Path(__file__).parent.parent / "resources" / "fixtures" / "stiefel"


def qf(w):
    y, r = torch.linalg.qr(w.T, mode="reduced")
    return (y * torch.sign(torch.diagonal(r))).T


def matrix(rng, k, n, condition):
    u = np.linalg.qr(rng.standard_normal((k, k)))[0]
    v = np.linalg.qr(rng.standard_normal((n, k)))[0]
    return u @ np.diag(np.geomspace(condition, 1, k)) @ v.T


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20240229)
    for name, k, n, condition in [("wide", 5, 12, 10), ("square", 6, 6, 10), ("ill", 4, 9, 1e3), ("one", 1, 3, 1)]:
        w = torch.tensor(matrix(rng, k, n, condition), requires_grad=True)
        g = torch.tensor(rng.standard_normal((k, n)))
        q = qf(w)
        (q * g).sum().backward()
        u, _, vt = np.linalg.svd(w.detach().numpy(), full_matrices=False)
        m = g @ q.detach().T
        p = g - (m + m.T) / 2 @ q.detach()
        arrays = {"W": w.detach(), "Q": q.detach(), "G": g, "dW": w.grad, "polar": u @ vt, "P": p,
                  "retracted": qf(q.detach() + 0.3 * p)}
        for key, value in arrays.items():
            np.save(OUT / f"{name}-{key}.npy", np.ascontiguousarray(np.asarray(value)))


if __name__ == "__main__":
    main()
