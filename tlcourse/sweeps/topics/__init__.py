"""The comparisons themselves, a module for each topic: what a row does, its grid, its tolerances."""

from __future__ import annotations

__all__ = ["TOPICS"]

TOPICS: dict[str, tuple[str, ...]] = {
    "why_transfer": ("why-transfer-rates", "why-transfer", "why-longer"),
    "why_photographs": ("why-photographs-rates", "why-photographs", "why-photographs-keras"),
    "why_pixels": ("why-pixels", "why-brightness"),
    "transferability": ("transferability-rates", "transferability"),
    "architectures": ("architecture-costs",),
    "solar_features": ("solar-fed", "solar-fed-again", "solar-labels", "photos-labels"),
    "backbones": ("backbones", "backbones-keras"),
    "freeze_or_tune": ("freeze-or-tune-rates", "freeze-or-tune", "freeze-or-tune-shifted"),
    "freeze_photographs": (
        "freeze-photographs-rates",
        "freeze-photographs",
        "freeze-photographs-keras",
        "freeze-pixels",
    ),
    "task_head": (
        "task-head-rates",
        "task-head",
        "task-head-again",
        "task-head-pixels",
        "task-head-pairings",
    ),
    "solar_training": (
        "solar-training",
        "solar-training-again",
        "solar-training-controls",
        "flips",
        "flips-again",
    ),
    "solar_log": ("solar-log", "solar-log-again"),
    "domain_shift": ("domain-pairs", "domain-pairs-again", "domain-mends", "domain-mends-again"),
    "which_layers": (
        "layer-probes",
        "layer-probes-again",
        "layer-changes",
        "layer-changes-again",
        "lesion-layers",
        "lesion-photos",
    ),
    "forgetting": ("forgetting-strengths", "forgetting", "forgetting-again", "forgetting-average"),
    "training_memory": ("training-memory", "training-memory-keras"),
    "own_project": (
        "own-amounts",
        "own-amounts-again",
        "own-labels",
        "own-labels-again",
        "own-next",
        "own-next-again",
        "own-strangers",
        "own-strangers-again",
    ),
    "small_devices": (
        "small-files",
        "small-files-keras",
        "small-pruned",
        "small-students",
        "small-costs",
        "small-costs-keras",
    ),
    "fraud": (
        "fraud-large",
        "fraud-rates",
        "fraud-markets",
        "fraud-markets-again",
        "fraud-mistakes",
        "fraud-cards",
        "fraud-drift",
        "fraud-federated",
        "fraud-members",
    ),
    "word_vectors": ("word-vectors-rates", "word-vectors", "word-readers", "word-domains"),
    "word_tfidf": ("word-tfidf-rates", "word-tfidf", "word-tfidf-domains"),
    "encoders": ("encoders-rates", "encoders"),
    "small_gpt": ("small-gpt-rates", "small-gpt"),
    "speech": ("speech-digits-rates", "speech-digits", "speech-digits-again"),
}
"""Module -> the sweeps that it defines. So a sweep is found without importing the others."""
