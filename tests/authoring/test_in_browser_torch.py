"""The file that the page runs, beside the network in PyTorch."""

from __future__ import annotations

import json

import numpy as np
import onnx
import onnxruntime
from commit import REPEAT, in_turn

from tlcourse import data, models
from tlcourse.authoring.in_browser.network import network_file
from tlcourse.authoring.in_browser.page import MEASURED
from tlcourse.models.loaded import predict_logits
from tlcourse.probabilities import softmax

PHOTOGRAPHS = 40


def test_the_file_answers_as_the_network_does() -> None:
    """What the page says of all photographs holds for a part of them, another with every commit."""
    figures = json.loads(MEASURED.read_text(encoding="utf-8"))
    photos = data.photos(size=224)
    assert figures["photographs"] == len(photos)
    rows = in_turn(range(len(photos)), len(photos) // PHOTOGRAPHS)
    images = photos.images[np.array(rows)]
    model = models.load("efficientnet_lite0", framework="torch")
    wanted = softmax(predict_logits(model, images, 16).astype(np.float64))
    session = onnxruntime.InferenceSession(network_file(), providers=["CPUExecutionProvider"])
    found = np.concatenate([session.run(None, {"image": image[None]})[0] for image in images])
    assert np.abs(found.sum(axis=1) - 1).max() < 1e-5
    assert np.abs(found - wanted).max() <= figures["largest"] + 0.001, REPEAT
    changed = (found.argmax(axis=1) != wanted.argmax(axis=1)).sum()
    assert changed <= figures["photographs"] - figures["same"], REPEAT


def test_what_the_page_gives_and_gets() -> None:
    graph = onnx.load(network_file()).graph
    (given,), (got,) = graph.input, graph.output
    assert [size.dim_value for size in given.type.tensor_type.shape.dim] == [1, 224, 224, 3]
    assert given.type.tensor_type.elem_type == onnx.TensorProto.UINT8
    assert [size.dim_value for size in got.type.tensor_type.shape.dim] == [1, 1000]
    assert (given.name, got.name) == ("image", "probabilities")
    assert network_file().stat().st_size < 10_000_000
