#!/usr/bin/python3
"""Writes tests/nn/torch_mlp.safetensors: weights of a PyTorch model, its inputs and its outputs.

    tools/make_torch_weights.py        needs Debian's python3-torch (1.13.1)

The model is the state of

    torch.nn.ModuleDict(body=Sequential(Linear(4, 8), Tanh(), Linear(8, 8), ReLU()), head=Linear(8, 3))

in float32, as `state_dict()` names it, with `module.` before each name, as DataParallel saves it,
and a `num_batches_tracked` that nothing here knows. `input` (16, 4) and `output` (16, 3) are what
tests/nn/pretrained_test.cpp must repeat. The file is written by hand (eight bytes of length, a JSON
header, the numbers), so that no package beside torch is needed.
"""
import json
import pathlib
import struct

import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent


def write_safetensors(path, tensors):
    header, data = {"__metadata__": {"format": "pt", "torch": torch.__version__}}, b""
    for name, tensor in tensors.items():
        array = tensor.detach().contiguous().numpy()
        kind = {"float32": "F32", "int64": "I64"}[str(array.dtype)]
        raw = array.tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    torch.manual_seed(7)
    body = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 8), torch.nn.ReLU())
    model = torch.nn.ModuleDict({"body": body, "head": torch.nn.Linear(8, 3)})
    x = torch.randn(16, 4)
    tensors = {"module." + name: tensor for name, tensor in model.state_dict().items()}
    tensors["module.body.num_batches_tracked"] = torch.tensor([41])
    tensors["input"] = x
    tensors["output"] = model["head"](model["body"](x))
    write_safetensors(ROOT / "tests" / "nn" / "torch_mlp.safetensors", tensors)


if __name__ == "__main__":
    main()
