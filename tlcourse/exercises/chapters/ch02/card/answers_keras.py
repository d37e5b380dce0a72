"""Answers to "Do what the card says", in Keras: right ones and wrong ones."""

# %% [right] preprocessing layers
import keras


def prepare(images, card, commercial):
    allowed = ["apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"]
    if not commercial:
        allowed += ["cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"]
    if str(card.get("licence")).lower() not in allowed:
        return None
    low, high = card["range"]
    x = keras.layers.Rescaling((high - low) / 255, offset=low)(images)
    if card["channels"] == "BGR":
        x = keras.ops.flip(x, axis=-1)
    variance = [std**2 for std in card["std"]]
    return keras.layers.Normalization(mean=card["mean"], variance=variance)(x)


# %% [right] TensorFlow
import tensorflow as tf

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
CLOSED = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}


def prepare(images, card, commercial):
    name = card.get("licence", "").lower()
    if name not in FREE and (commercial or name not in CLOSED):
        return None
    low, high = card["range"]
    x = tf.cast(images, tf.float32) / 255 * (high - low) + low
    if card["channels"] == "BGR":
        x = tf.reverse(x, [-1])
    return (x - card["mean"]) / card["std"]


# %% [right] NumPy first
import numpy as np

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
    return x.astype("float32")


# %% [wrong] mean before the range: "You have taken off the mean first"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] always 0 to 1: "whatever the card says"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] no range: "have not been brought into"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] channels not turned: "have stayed in the order red"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] mean of another channel: "the mean of blue was taken off red"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] std turned too: "You have turned the deviation round"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] rows turned: "stand on their heads"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] licence not read: "has not been read"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] begins with cc-by: "Compare the whole name"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] missing is free: "the author keeps all rights"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] breaks without a licence: "A missing entry is an answer too"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] all but the forbidden: "You allow what you do not know"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] non-commercial is never: "Nobody wants to earn with it"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] capital letters: "with and without capital letters"
import numpy as np

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
    return x.astype("float32")


# %% [wrong] no return
import numpy as np

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
    return x.astype("float32")


# %% [wrong] divided by 256
import numpy as np

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
    return x.astype("float32")
