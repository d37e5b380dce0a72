"""Pretrain chapter 12's small network on synthetic English digits, and write its weights.

Usage: ``python tools/pretrain_spoken_digits.py`` (a minute). It writes ``english_digits.safetensors`` into
``tlcourse/data/bundled/``, and prints the hash that `tlcourse.audio` checks.

600 clips by 60 synthetic voices, shifted, noisy and masked anew in each batch. The settings were chosen on
the English digits of two people, Tux Paint's speaker and John Arundel, and on nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bundle import BUNDLED, sha256

STEPS, BATCH, RATE, SEED = 1600, 32, 3e-3, 12
NAME = "english_digits"


def batches(clips, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Augmented features and labels."""
    from tlcourse import audio

    sounds = clips.sounds.astype(np.float32) / 32768
    for _ in range(STEPS):
        rows = rng.integers(0, len(clips), BATCH)
        x = audio.log_mel(audio.noisy(audio.shifted(sounds[rows], rng), rng), "torch")
        yield audio.masked(x, rng), clips.labels[rows]


def pretrain() -> None:
    """The weights, in PyTorch."""
    import torch
    from safetensors.torch import save_file

    from tlcourse import audio, data
    from tlcourse.audio import _torch

    torch.manual_seed(SEED)
    digits = data.spoken_digits().of(languages="en")
    model = audio.digit_network(framework="torch")
    _torch.fit(model, batches(digits.of(synthetic=True), np.random.default_rng(SEED)), lr=RATE, steps=STEPS)
    for who in ("John Arundel", "Tux Paint, English"):
        clips = digits.of(speakers=who)
        answers = _torch.outputs(model, audio.log_mel(clips.sounds, "torch")).argmax(1)
        print(who, np.mean(answers == clips.labels))
    save_file(model.state_dict(), BUNDLED / f"{NAME}.safetensors")


def main() -> None:
    pretrain()
    for path in sorted(BUNDLED.glob(f"{NAME}.*")):
        print(path.name, path.stat().st_size, sha256(path.read_bytes()))


if __name__ == "__main__":
    main()
