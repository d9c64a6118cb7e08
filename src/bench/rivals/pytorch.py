"""PyTorch's process, on `cpu` or `cuda`: speaks the lines of JSON that protocol.ts describes.

The network is built from its steps, channels first, and run eagerly, as PyTorch is by default. On a graphics card it
computes in float32 as everyone does, not in its tensor cores' TF32, which would not pass the comparison of results.
"""

import base64
import json
import sys
import time

import torch
from torch.nn import functional as F

STATE = ("runningMean", "runningVariance")
DEVICE = torch.device(sys.argv[1])
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True


def tensor(wire):
    values = torch.frombuffer(bytearray(base64.b64decode(wire["values"])), dtype=torch.float32)
    return values.reshape(wire["shape"]).clone().to(DEVICE)


class Network:
    def __init__(self, model):
        self.steps, self.input, self.output = model["steps"], model["input"], model["output"]
        self.weights, self.trainable = [], []
        for step in self.steps:
            weights = {role: tensor(wire) for role, wire in step["weights"].items()}
            if step["type"] == "dense":
                weights["weight"] = weights["weight"].t().contiguous()
            for role, values in weights.items():
                if role not in STATE:
                    self.trainable.append(values.requires_grad_())
            self.weights.append(weights)

    def run(self, pixels, training):
        values = {self.input: pixels}
        for step, weights in zip(self.steps, self.weights):
            operands = [values[value] for value in step["inputs"]]
            operation = OPERATIONS.get(step["type"])
            if operation is None:
                raise ValueError(f"cannot run layers of type {step['type']}")
            values[step["output"]] = operation(*operands, weights, step["attributes"], training)
        return values[self.output]


def split_padding(x, attributes, value=0.0):
    """Even borders for the operation itself; uneven ones are put around x first."""
    top, left, bottom, right = attributes["padding"]
    if (top, left) == (bottom, right):
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom), value=value), (0, 0)


def conv2d(x, weights, attributes, _):
    x, padding = split_padding(x, attributes)
    return F.conv2d(x, weights["weight"], weights.get("bias"), attributes["stride"], padding)


def max_pool(x, _, attributes, __):
    x, padding = split_padding(x, attributes, float("-inf"))
    return F.max_pool2d(x, attributes["poolSize"], attributes["stride"], padding)


def average_pool(x, _, attributes, __):
    top, left, bottom, right = attributes["padding"]
    if (top, left) != (bottom, right):
        raise ValueError("cannot average with uneven borders")
    return F.avg_pool2d(x, attributes["poolSize"], attributes["stride"], (top, left), count_include_pad=False)


def batch_norm(x, weights, attributes, training):
    return F.batch_norm(
        x,
        weights["runningMean"],
        weights["runningVariance"],
        weights["gamma"],
        weights["beta"],
        training,
        1 - attributes["momentum"],
        attributes["epsilon"],
    )


def zero_padding(x, _, attributes, __):
    top, left, bottom, right = attributes["padding"]
    return F.pad(x, (left, right, top, bottom))


OPERATIONS = {
    "conv2d": conv2d,
    "dense": lambda x, w, a, t: F.linear(x, w["weight"], w.get("bias")),
    "maxPool2d": max_pool,
    "averagePool2d": average_pool,
    "globalMaxPool": lambda x, w, a, t: x.amax((2, 3)),
    "globalAveragePool": lambda x, w, a, t: x.mean((2, 3)),
    "batchNorm": batch_norm,
    "dropout": lambda x, w, a, t: F.dropout(x, a["rate"], t),
    "relu": lambda x, w, a, t: F.relu(x),
    "leakyRelu": lambda x, w, a, t: F.leaky_relu(x, a["negativeSlope"]),
    "gelu": lambda x, w, a, t: F.gelu(x),
    "silu": lambda x, w, a, t: F.silu(x),
    "sigmoid": lambda x, w, a, t: torch.sigmoid(x),
    "tanh": lambda x, w, a, t: torch.tanh(x),
    "flatten": lambda x, w, a, t: x.flatten(1),
    "reorder": lambda x, w, a, t: x[:, a["indices"]],
    "zeroPadding2d": zero_padding,
    "scaleChannels": lambda x, scale, w, a, t: x * scale[:, :, None, None],
    "add": lambda a, b, w, attributes, t: a + b,
}


def contest(request):
    """A function that takes one step, and one that gives the last step's result."""
    model = request["model"]
    network = Network(model)
    pixels = tensor({"values": request["pixels"], "shape": [request["batch"], *model["shapes"][model["input"]]]})
    last = {}

    if request["workload"] == "infer":

        def infer():
            with torch.no_grad():
                last["result"] = network.run(pixels, False).cpu()

        return infer, lambda: last["result"].flatten().tolist()

    labels = torch.tensor(request["labels"], device=DEVICE)
    optimizer = torch.optim.Adam(network.trainable, request["learningRate"])

    def train():
        optimizer.zero_grad()
        loss = F.cross_entropy(network.run(pixels, True), labels)
        loss.backward()
        optimizer.step()
        last["result"] = loss

    return train, lambda: [last["result"].item()]


def time_steps(step, runs):
    started = time.perf_counter()
    for _ in range(runs):
        step()
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - started) * 1000


def main():
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["type"] == "run":
                reply = {"type": "ran", "milliseconds": time_steps(step, request["runs"])}
            else:
                torch.set_num_threads(request["threads"])
                step, result = contest(request)
                results, milliseconds = [], 0
                for _ in range(request["trialSteps"]):
                    milliseconds = time_steps(step, 1)
                    results.append(result())
                reply = {
                    "type": "ready",
                    "version": torch.__version__,
                    "threads": 1 if DEVICE.type == "cuda" else torch.get_num_threads(),
                    **({"device": torch.cuda.get_device_name()} if DEVICE.type == "cuda" else {}),
                    "results": results,
                    "milliseconds": milliseconds,
                }
        except Exception as error:  # whatever it is, the benchmark should name it and go on
            reply = {"type": "error", "message": str(error)}
        print(json.dumps(reply), flush=True)


main()
