"""Model cards and class names."""

from __future__ import annotations

import pytest

from tlcourse import models
from tlcourse.errors import UnknownNameError


def test_every_card_is_complete_and_renders() -> None:
    for card in models.cards():
        assert all(value for _, value in card.rows())
        assert card.title in str(card)
        assert f"{card.parameters:,}" in card._repr_html_()
        assert models.card(card.name) is card
    assert "efficientnet_lite0" in models.cards()._repr_html_()
    assert "small_cnn" in repr(models.cards())


def test_accuracies_and_licences_have_a_source() -> None:
    for card in models.cards():
        for entry in card.pretrained:
            assert 55 < entry.top1 < 80
            assert entry.top1_source
            assert entry.licence
            assert entry.rule == card.rule(entry.framework)
            assert f"{entry.top1:.1f} %" in str(card)
        assert [entry.framework for entry in card.pretrained] in ([], ["torch", "keras"])
    with pytest.raises(UnknownNameError, match="pretrained small_cnn"):
        models.card("small_cnn").of("torch")


def test_an_unknown_model_suggests_the_closest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'efficientnet_lite0'"):
        models.card("efficientnet_lit0")
    for part in ("efficientnet", "lite0"):
        with pytest.raises(UnknownNameError, match="Did you mean 'efficientnet_lite0'"):
            models.card(part)
    with pytest.raises(UnknownNameError, match="no model called"):
        models.load("resnet51", framework="torch")
    with pytest.raises(UnknownNameError, match="no framework called 'pytorch'"):
        models.load(framework="pytorch")


def test_there_are_1000_imagenet_classes() -> None:
    names = models.imagenet_classes()
    assert len(names) == 1000
    assert (names[0], names[281], names[999]) == ("tench", "tabby", "toilet tissue")
