"""A smaller file of the same network: each weight rounded to 10 or 12 bits, unpacked when it is loaded.

Eight bits a weight, the usual choice, changed the best class of 16 photographs of 438 (the course's, at two
sizes), and probabilities by up to 0.10. Ten bits for the large layers and twelve for the small ones change
one, and probabilities by up to 0.014, for a third more bytes; ``tools/measure_in_browser.py`` measures what
the page says of it. The usual tools know 8 bits and 16. Here a weight is stored in two parts, its upper 8
bits and the rest, each an ordinary initializer, which gzip packs well. Five nodes put them together,
``upper * coarse + lower * fine``. A runtime computes that once, when it loads the file, and from then on
works in float32 as before.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

__all__ = ["LARGE", "bits_for", "parts", "rounded"]

LARGE = 30_000
"""Layers with so many weights take most of the file, and are the least sensitive."""
SMALLEST = 1_000  # below, there is nothing to save


def bits_for(weights: int) -> int:
    """Bits for each weight of a layer with so many.

    Examples
    --------
    >>> bits_for(864), bits_for(1_280_000)
    (12, 10)
    """
    return 10 if weights >= LARGE else 12


def parts(
    weights: npt.NDArray[np.float32], axis: int, bits: int
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Weights as whole numbers of so many bits: the upper 8, the rest, and the step of each output channel.

    Examples
    --------
    >>> upper, lower, step = parts(np.array([[0.5, -1.0, 0.25]], np.float32), 0, 10)
    >>> ((upper * 4.0 + lower) * step).round(3).tolist()
    [[0.501, -1.0, 0.25]]
    """
    others = tuple(other for other in range(weights.ndim) if other != axis)
    step = np.abs(weights).max(axis=others, keepdims=True) / np.float32(2 ** (bits - 1) - 1)
    step = np.where(step == 0, np.float32(1), step).astype(np.float32)
    whole = np.rint(weights / step).astype(np.int32)
    lower = whole & (2 ** (bits - 8) - 1)
    return (whole >> (bits - 8)).astype(np.int8), lower.astype(np.uint8), step


def rounded(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with the weights of convolutions and matrix products in fewer bits.

    Parameters
    ----------
    model : onnx.ModelProto
        With float32 weights inside.

    Returns
    -------
    onnx.ModelProto
        A new one, checked.
    """
    small = onnx.ModelProto()
    small.CopyFrom(model)
    graph = small.graph
    channels = {node.input[1]: _channels(node) for node in graph.node if node.op_type in ("Conv", "Gemm")}
    kept: list[onnx.TensorProto] = []
    unpacking: list[onnx.NodeProto] = []
    for tensor in graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if tensor.name not in channels or weights.size < SMALLEST:
            kept.append(tensor)
            continue
        name, bits = tensor.name, bits_for(weights.size)
        upper, lower, step = parts(weights, channels[name], bits)
        # The upper part counts so many times the lower: that is in its own step.
        stored = {"upper": upper, "lower": lower, "coarse": step * np.float32(2 ** (bits - 8)), "fine": step}
        kept += [numpy_helper.from_array(value, f"{name}.{part}") for part, value in stored.items()]
        for part, size in (("upper", "coarse"), ("lower", "fine")):
            cast, scaled = f"{name}.{part}.float", f"{name}.{part}.scaled"
            unpacking.append(helper.make_node("Cast", [f"{name}.{part}"], [cast], to=onnx.TensorProto.FLOAT))
            unpacking.append(helper.make_node("Mul", [cast, f"{name}.{size}"], [scaled]))
        unpacking.append(helper.make_node("Add", [f"{name}.upper.scaled", f"{name}.lower.scaled"], [name]))
    nodes = [*unpacking, *graph.node]
    for node in nodes:  # where in the source a node came from: a third of the file that nobody reads
        node.doc_string = ""
        del node.metadata_props[:]
    for field, values in ((graph.node, nodes), (graph.initializer, kept)):
        copies = [type(value).FromString(value.SerializeToString()) for value in values]
        del field[:]
        field.extend(copies)
    del graph.value_info[:]
    onnx.checker.check_model(small)
    return small


def _channels(node: onnx.NodeProto) -> int:
    """The axis of a node's weights on which its output channels are."""
    if node.op_type == "Conv":
        return 0
    return 0 if any(field.name == "transB" and field.i for field in node.attribute) else 1
