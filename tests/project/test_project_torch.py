"""The PyTorch script: a folder in, a model out that another process uses."""

from __future__ import annotations

from pathlib import Path

import pytest
import scripts


@pytest.mark.slow
@pytest.mark.turns(2, "project", "tests/project")
def test_from_a_folder_to_a_prediction_in_another_process(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    from tlcourse import models

    folder = scripts.photographs(tmp_path / "mine")
    weights = models.checkpoint("efficientnet_lite0", "torch")
    said = scripts.run("torch", tmp_path, folder, weights)
    assert "macro avg" in said
    assert "AUC 1.000" in said, "rust and sea differ in every pixel"

    saved = load_file(tmp_path / "solar.safetensors")
    published = load_file(weights)
    moved = {
        name.removeprefix("base.")
        for name, tensor in saved.items()
        if (before := published.get(name.removeprefix("base."))) is not None
        and not torch.equal(tensor, before)
    }
    assert moved, "the second stage was better, and kept"
    assert not any("running" in name for name in moved), "BatchNorm's statistics are as they came"
    assert all(name.startswith(("blocks.5", "blocks.6", "conv_head")) for name in moved)

    (tmp_path / "new.jpg").write_bytes((folder / "train" / "sea" / "2.jpg").read_bytes())
    seen = scripts.shares(scripts.run("torch", tmp_path, "new.jpg"))
    assert list(seen) == list(scripts.CLASSES)
    assert seen["sea"] > 0.5
    grey = scripts.shares(scripts.run("torch", tmp_path, folder / "grey.png"))
    assert sum(grey.values()) == pytest.approx(1, abs=0.011), "a file with one channel is read as well"


def test_the_lines_for_later_run() -> None:
    import torch
    from torch import nn
    from torchvision.transforms import v2

    x, y = torch.rand(4, 3, 8, 8), torch.tensor([0, 1, 1, 0])
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 2))
    names = {"torch": torch, "nn": nn, "v2": v2, "x": x, "y": y, "model": model}
    lines = scripts.lines_for_later("torch")
    for what in ("class weights", "label smoothing"):
        assert eval(lines.pop(what), names)(model(x), y) > 0
    exec(lines.pop("mixup"), names)
    assert names["y"].shape == (4, 2)
    assert nn.CrossEntropyLoss()(model(names["x"]), names["y"]) > 0
    averaged = eval(lines.pop("averaged weights"), names)
    averaged.update_parameters(model)
    assert averaged(x).shape == (4, 2)
    exec(f"{lines.pop('mixed precision, on a GPU')} model(x)".replace('"cuda"', '"cpu"'), names)
    assert lines == {"a compiled network": "model.compile()"}, "which needs a compiler of C++"


def test_the_pages_lines_about_the_folder_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One folder per class becomes three splits, no module in two of them; a broken file is named."""
    from PIL import Image

    for name in ("functional", "defective"):
        (tmp_path / "all_cells" / name).mkdir(parents=True)
    for module in range(20):
        for cell in range(3):
            name = ("functional", "defective")[(module + cell) % 2]
            image = Image.new("L", (8, 8), module)
            image.save(tmp_path / "all_cells" / name / f"{module:04}-cell{cell:04}.png")
    monkeypatch.chdir(tmp_path)
    split, pixels = scripts.blocks("## Before you start")[:2]
    (tmp_path / "all_cells" / "defective" / "0001-cell0099.png").write_bytes(b"half a file")
    (tmp_path / "all_cells" / "defective" / "0002-cell0099.heic").write_bytes(b"no format that Pillow opens")
    exec(split, {})
    printed = capsys.readouterr().out
    assert printed.count("left out:") == 2
    assert "0001-cell0099.png" in printed
    assert "0002-cell0099.heic" in printed
    copied = sorted(tmp_path.glob("solar_cells/*/*/*.png"))
    assert len(copied) == 60
    parts = {
        split: {file.name[:4] for file in copied if file.parts[-3] == split}
        for split in ("train", "val", "test")
    }
    assert {split: len(modules) for split, modules in parts.items()} == {"train": 12, "val": 3, "test": 5}
    assert len(set.union(*parts.values())) == 20
    with pytest.raises(SystemExit, match="is there already"):
        exec(split, {})

    for file in tmp_path.glob("solar_cells/*/defective/*"):
        Image.new("L", (20, 30), 10).save(file)
    for file in tmp_path.glob("solar_cells/*/functional/*"):
        Image.new("L", (20, 30), 200).save(file)
    exec(pixels, {})
    assert capsys.readouterr().out == "validation accuracy of pixels: 1.000\n"


def test_the_pages_split_of_single_files_has_every_class_in_every_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six images of a class beside sixty of another; a photograph that lies on its side; a clear ground."""
    from PIL import Image

    for name, each in (("rare", 6), ("usual", 60)):
        (tmp_path / "all_cells" / name).mkdir(parents=True)
        for number in range(each):
            Image.new("RGB", (4, 4)).save(tmp_path / "all_cells" / name / f"IMG-WA{number:04}.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    Image.new("RGB", (3000, 2000), "red").save(tmp_path / "all_cells/usual/lying.jpg", exif=exif)
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "all_cells/usual/clear.png")
    monkeypatch.chdir(tmp_path)
    alone = scripts.blocks("## Before you start")[0].replace('file.name.split("-")[0]', "file.name")
    for seed in range(20):
        code = alone.replace("Random(0)", f"Random({seed})").replace(
            'Path("solar_cells")', f'Path("to{seed}")'
        )
        exec(code, {})
        counts = {
            name: [
                len(list((tmp_path / f"to{seed}" / split / name).iterdir()))
                for split in ("train", "val", "test")
            ]
            for name in ("rare", "usual")
        }
        assert sum(counts["rare"]) == 6
        assert min(counts["rare"]) >= 1
        assert abs(counts["usual"][0] - 0.6 * 62) < 1.5
    (upright,) = (tmp_path / "to0").glob("*/usual/lying.jpg.png")
    assert Image.open(upright).size == (683, 1024)
    (white,) = (tmp_path / "to0").glob("*/usual/clear.png")
    assert Image.open(white).getpixel((0, 0)) == (255, 255, 255)


def test_the_pages_split_refuses_where_a_class_would_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    for name, modules in (("rare", (0, 1)), ("usual", range(9))):
        (tmp_path / "all_cells" / name).mkdir(parents=True)
        for module in modules:
            Image.new("RGB", (4, 4)).save(tmp_path / "all_cells" / name / f"{module}-1.png")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=r"would have no \{'rare'\}: too few groups"):
        exec(scripts.blocks("## Before you start")[0], {})
    assert not (tmp_path / "solar_cells").exists()
