"""The sheet's PyTorch code runs from top to bottom, and does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
import six_steps


@pytest.mark.slow
def test_the_sheet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    import torch
    from safetensors.torch import load_file

    from tlcourse import models

    monkeypatch.chdir(tmp_path)
    left = six_steps.run("torch")
    assert (left["guesses"] == left["labels"]).float().mean() > 0.3, "guessing gives a ninth"
    said = capsys.readouterr().out
    assert "Apache-2.0" in said
    assert "validation loss" in said
    assert "macro avg" in said

    saved = load_file(tmp_path / "adapted.safetensors")
    assert saved.keys() == left["model"].state_dict().keys()
    published = models.load("efficientnet_lite0", "torch").state_dict()
    moved = {
        name
        for name, tensor in saved.items()
        if name in published and not torch.equal(tensor, published[name])
    }
    assert not any("running" in name for name in moved), "BatchNorm's statistics are as they came"
    assert all(name.startswith(("blocks.6", "conv_head", "classifier")) for name in moved)
    trains = {name for name, p in left["model"].named_parameters() if p.requires_grad}
    assert {name.split(".")[0] for name in trains} == {"blocks", "conv_head", "classifier"}
