"""The settings of this project, with what they may be."""

# Each setting: its default, then the lowest and highest value, or the allowed words.
KNOWN = {
    "data": {
        "folder": ("data",),
        "size": (160, 32, 1024),
        "fit": ("crop", ["crop", "pad", "stretch"]),
        "smallest": (64, 1, 10_000),
        "validation": (0.15, 0.01, 0.5),
        "test": (0.25, 0.01, 0.5),
        "near_copies": (0.88, 0.0, 1.0),
        "seed": (0, 0, 2**31),
    },
    "groups": {
        "by": ("file", ["file", "prefix", "folder", "table"]),
        "separator": ("_",),
        "table": ("groups.csv",),
        "burst_seconds": (2, 0, 86_400),
    },
    "model": {
        "backbone": ("",),
        "weights": ("download",),
    },
    "training": {
        "seed": (0, 0, 2**31),
        "batch": (32, 1, 4096),
        "epochs_head": (12, 1, 10_000),
        "epochs_deeper": (12, 0, 10_000),
        "patience": (3, 1, 10_000),
        "rate": (0.002, 1e-7, 1.0),
        "deeper_share": (0.1, 1e-6, 1.0),
        "open_blocks": (2, 1, 1000),
        "dropout": (0.2, 0.0, 0.9),
        "class_weights": (True,),
    },
    "augmentation": {
        "flip_sideways": (True,),
        "flip_upside_down": (False,),
        "rotate_degrees": (10, 0, 180),
        "zoom": (0.15, 0.0, 0.9),
        "light": (0.2, 0.0, 0.9),
    },
    "decision": {
        "positive": ("",),
        "cost_missed": (1.0, 0.0, 1e9),
        "cost_false_alarm": (1.0, 0.0, 1e9),
    },
}
