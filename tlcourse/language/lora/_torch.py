"""LoRA in PyTorch, through the library ``peft``."""

from __future__ import annotations

from typing import Any

import torch

from tlcourse.errors import CourseError
from tlcourse.language.encoder._torch import Encoder
from tlcourse.language.lora import lora_start

__all__ = ["add", "sizes"]

# Our names of the dense layers, and where the library transformers has them inside a layer.
_PATHS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attention_output": "attention.output.dense",
    "intermediate": "intermediate.dense",
    "output": "output.dense",
}


def add(model: Any, rank: int, alpha: float, targets: tuple[str, ...], seed: int) -> None:
    """See `tlcourse.language.add_lora`."""
    from peft import LoraConfig, inject_adapter_in_model
    from peft.tuners.lora import LoraLayer

    if not isinstance(model, Encoder):
        raise CourseError(
            f"A {type(model).__name__} is not an encoder of this course.", "Give a model of load_encoder."
        )
    if any(isinstance(part, LoraLayer) for part in model.modules()):
        raise CourseError("The model has low-rank additions already.", "Load the encoder again.")
    names = [f"layer.{n}.{_PATHS[target]}" for n in range(len(model.layer)) for target in targets]
    device = next(model.parameters()).device
    model.requires_grad_(False)
    with torch.random.fork_rng(devices=[]):  # the library's random start is replaced by ours
        inject_adapter_in_model(
            LoraConfig(r=rank, lora_alpha=alpha, target_modules=names),  # type: ignore[arg-type]
            model,
        )
    for number in range(len(model.layer)):
        for target in targets:
            part: Any = model.get_submodule(f"layer.{number}.{_PATHS[target]}")
            start = lora_start(part.in_features, rank, seed, number, target)
            with torch.no_grad():
                part.lora_A["default"].weight.copy_(torch.from_numpy(start.T.copy()))
                part.lora_B["default"].weight.zero_()
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("lora_" in name or name.startswith("classifier"))
    model.to(device).eval()


def sizes(model: Any) -> tuple[int, int]:
    """Trainable parameters, and all of them."""
    parameters = list(model.parameters())
    return sum(p.numel() for p in parameters if p.requires_grad), sum(p.numel() for p in parameters)
