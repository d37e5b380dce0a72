"""The sheet's PyTorch code runs from top to bottom, and does what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import six_steps


@pytest.mark.slow
@pytest.mark.skipif(six_steps.run_of("torch") != six_steps.RUNS[0], reason="the other framework's turn")
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


@pytest.mark.slow
@pytest.mark.skipif(six_steps.run_of("torch") != six_steps.RUNS[1], reason="the other framework's turn")
def test_a_folder_of_pictures_saved_and_used_in_a_new_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.chdir(tmp_path)
    folder = six_steps.photographs(tmp_path / "mine")
    left = six_steps.run("torch", folder)
    assert left["names"] == ("rust", "sea")
    pictures = left["pictures"]
    assert pictures.images.shape == (24, 224, 224, 3), "the copies of Jupyter are none of the pictures"
    assert (left["guesses"] == left["labels"]).all()

    one = int(pictures.splits["test"][0])
    (tmp_path / "new.jpg").write_bytes((folder / pictures.ids[one]).read_bytes())
    ask = 'import numpy\nnumpy.save("shares.npy", shares.numpy())'
    said = six_steps.in_new_process(f"{six_steps.later('torch')}\n{ask}", tmp_path)
    assert said.startswith(left["names"][pictures.labels[one]])
    left["model"].eval()
    with torch.inference_mode():
        x = torch.from_numpy(pictures.images[one]).permute(2, 0, 1)[None]
        wanted = left["model"]((x.float() - 127) / 128).softmax(1)[0]
    np.testing.assert_allclose(np.load(tmp_path / "shares.npy"), wanted, atol=1e-5)
