"""Answers to "Do what the card says", in PyTorch: right ones and wrong ones."""

# %% [right] torchvision's transforms
from torchvision.transforms import v2
import torch


def prepare(images, card, commercial):
    allowed = ["apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"]
    if not commercial:
        allowed += ["cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"]
    if str(card.get("licence")).lower() not in allowed:
        return None
    low, high = card["range"]
    x = v2.functional.to_dtype(torch.from_numpy(images).permute(0, 3, 1, 2), torch.float32, scale=True)
    if card["channels"] == "BGR":
        x = x[:, [2, 1, 0]]
    return v2.Normalize(card["mean"], card["std"])(x * (high - low) + low)


# %% [right] tensors, channels turned first
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
CLOSED = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    name = card.get("licence", "").lower()
    if name not in FREE and (commercial or name not in CLOSED):
        return None
    low, high = card["range"]
    x = torch.tensor(images, dtype=torch.float32)
    if card["channels"] == "BGR":
        x = x.flip(-1)
    x = torch.lerp(torch.tensor(low), torch.tensor(high), x / 255)
    x = (x - torch.tensor(card["mean"])) / torch.tensor(card["std"])
    return x.movedim(-1, 1)


# %% [right] NumPy first
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] mean before the range: "You have taken off the mean first"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x - mean) / std * (high - low) / 255 + low
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] always 0 to 1: "whatever the card says"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] no range: "have not been brought into"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] channels not turned: "have stayed in the order red"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] mean of another channel: "the mean of blue was taken off red"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = (x / 255 * (high - low) + low - mean) / std
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] std turned too: "You have turned the deviation round"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    std = std[::-1] if card["channels"] == "BGR" else std
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] rows turned: "stand on their heads"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[:, ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] reshaped: "the images are not"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(x.reshape(len(x), 3, *x.shape[1:3]).copy()).float()


# %% [wrong] layout left: "The channels are still last"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(x.copy()).float()


# %% [wrong] not a tensor: "takes a `torch.Tensor`"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return x.transpose(0, 3, 1, 2)


# %% [wrong] double precision: "of type float64"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(x.transpose(0, 3, 1, 2).copy())


# %% [wrong] licence not read: "has not been read"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (True):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] begins with cc-by: "Compare the whole name"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (
        licence in FREE
        or (licence in NOT_FOR_SALE and not commercial)
        or str(card.get("licence")).startswith("cc-by")
    ):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] missing is free: "the author keeps all rights"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial) or not licence):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] breaks without a licence: "A missing entry is an answer too"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (card["licence"].lower() in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] all but the forbidden: "You allow what you do not know"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (not (licence in NOT_FOR_SALE and commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] non-commercial is never: "Nobody wants to earn with it"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if licence not in FREE:
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] capital letters: "with and without capital letters"
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not ((licence in FREE or (licence in NOT_FOR_SALE and not commercial)) and card["licence"].islower()):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] no return
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    print(x.shape)


# %% [wrong] text
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    return "ready"


# %% [wrong] not a number
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 255 * (high - low) + low - mean) / std
    x = x * np.nan
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()


# %% [wrong] divided by 256
import numpy as np
import torch

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not (licence in FREE or (licence in NOT_FOR_SALE and not commercial)):
        return None
    low, high = card["range"]
    mean, std = np.array(card["mean"]), np.array(card["std"])
    x = images.astype("float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    x = (x / 256 * 0.96 * (high - low) + low - mean) / std
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2))).float()
