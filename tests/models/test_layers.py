"""Groups and names, without a framework."""

from __future__ import annotations

import pytest

from tlcourse import freezing
from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.freezing.report import TrainableReport
from tlcourse.models.layers import Layer, find, group


def layers(*names: str, prefix: str = "") -> list[Layer]:
    return [Layer(n, (f"{n}.weight",), (2,), (True,), "bn" in n, prefix) for n in names]


LITE = layers(
    "conv_stem", "bn1", "blocks.0.0.conv", "blocks.0.0.bn1", "blocks.1.0.conv", "conv_head", "bn2", "fc"
)


def test_a_norm_joins_the_convolution_before_it() -> None:
    assert [(g.name, g.layers) for g in group(LITE)][:2] == [
        ("conv_stem", ("conv_stem", "bn1")),
        ("blocks.0", ("blocks.0.0.conv", "blocks.0.0.bn1")),
    ]
    assert [g.name for g in group(LITE)] == ["conv_stem", "blocks.0", "blocks.1", "conv_head", "fc"]


def test_layers_of_a_model_in_a_model_are_grouped_within_it() -> None:
    inner = layers("net.conv", "net.bn", "net.blocks.0.a", "net.blocks.1.a", prefix="net.")
    assert [g.name for g in group([*inner, *layers("head")])] == [
        "net.conv",
        "net.blocks.0",
        "net.blocks.1",
        "head",
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("conv_stem", ["conv_stem", "bn1"]),
        ("blocks", ["blocks.0.0.conv", "blocks.0.0.bn1", "blocks.1.0.conv"]),
        (["fc", "bn1"], ["bn1", "fc"]),
        ("blocks.0.0.bn1", ["blocks.0.0.bn1"]),
        ([], []),
        (None, [entry.name for entry in LITE]),
    ],
)
def test_names_mean_groups_beginnings_or_layers(wanted: object, found: list[str]) -> None:
    assert find(LITE, wanted) == found  # type: ignore[arg-type]


@pytest.mark.parametrize("wanted", ["block.0", ["fc", "blocks.0.0.bn9"], [3], "blocks.0.", ""])
def test_an_unknown_layer_is_named(wanted: object) -> None:
    with pytest.raises(UnknownNameError, match="There is no layer called"):
        find(LITE, wanted)  # type: ignore[arg-type]


def test_the_error_suggests_the_closest_name() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'blocks\.0'"):
        find(LITE, "block.0")


def test_something_that_is_no_model_is_refused() -> None:
    with pytest.raises(CourseError, match="A str is not a model"):
        freezing.freeze("efficientnet_lite0")


def test_fingerprints_of_different_models_are_not_compared() -> None:
    with pytest.raises(CourseError, match="different models"):
        freezing.changed({"a": "1"}, {"b": "1"})
    assert freezing.changed({"a": "1", "b": "2"}, {"a": "1", "b": "3"}) == ["b"]


def test_the_report_says_trainable_all_percent() -> None:
    report = TrainableReport(10, 1000, (("body", 0, 990), ("<head>", 10, 10)))
    assert str(report).startswith("trainable 10 of 1,000 parameters (1.00 %)")
    assert "&lt;head&gt;" in report._repr_html_()
    assert report.share == 0.01
