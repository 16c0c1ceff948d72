"""The original idea in PyTorch, whose state_dict goes to Java and back.

    torch_module.py train theirs.safetensors run.npz   trains, writes the state_dict, and x, y and what forward gives
    torch_module.py take ours.safetensors run.npz out.npz   loads what Java has written, trains on, writes what it gives
"""
import sys

import numpy as np
import torch

import safetensors_spec

INPUT_SIZE, N_COMPONENTS, LEARNING_RATE = 24, 5, 0.05


class QRReduction(torch.nn.Module):
    def __init__(self, input_size, n_components):
        super().__init__()
        self.Q_reduced = torch.nn.Parameter(torch.randn(n_components, input_size))

    def forward(self, hidden_states):
        return torch.matmul(hidden_states, self.Q_reduced.T)


def step(model, x, y):
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    optimizer.zero_grad()
    loss = torch.nn.MSELoss()(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def main():
    torch.manual_seed(7)
    torch.set_num_threads(1)
    model = QRReduction(INPUT_SIZE, N_COMPONENTS)
    if sys.argv[1] == "train":
        x, y = torch.randn(32, INPUT_SIZE), torch.randn(32, N_COMPONENTS)
        for _ in range(10):
            step(model, x, y)
        state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
        safetensors_spec.save(sys.argv[2], state, {"format": "pt"})
        with torch.no_grad():
            np.savez(sys.argv[3], x=x.numpy(), y=y.numpy(), z=model(x).numpy())
    else:
        arrays, metadata = safetensors_spec.load(sys.argv[2])
        assert metadata["source"] == "Java", metadata
        model.load_state_dict({"Q_reduced": torch.from_numpy(arrays.pop("linear.weight"))})
        assert not arrays, arrays.keys()
        run = np.load(sys.argv[3])
        x, y = torch.from_numpy(run["x"]), torch.from_numpy(run["y"])
        with torch.no_grad():
            z = model(x).numpy()
        before = step(model, x, y)
        after = step(model, x, y)
        np.savez(sys.argv[4], z=z, losses=np.array([before, after]))


main()
