"""Answers to "What a phone saves", in PyTorch: right ones and wrong ones."""

# %% [right] transforms
import torch
from PIL import Image, ImageOps
from torchvision.transforms import v2


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    x = v2.functional.to_dtype(v2.functional.to_image(image), torch.float32, scale=True)
    x = v2.functional.center_crop(x, [min(x.shape[1:])] * 2)
    x = v2.functional.resize(x, [size, size], antialias=True)
    return 255 * (x[:3] * x[3:] + 1 - x[3:])


# %% [right] torchvision decodes
import torch
from torchvision import io
from torchvision.transforms import v2


def read_image(path, size):
    if path.endswith("png"):
        x = io.decode_image(path, mode="RGB_ALPHA").float()
        x = x[:3] * x[3:] / 255 + 255 - x[3:]
    else:
        x = io.decode_image(path, mode="RGB", apply_exif_orientation=True).float()
    resize = v2.Compose([v2.Resize(size, antialias=True), v2.CenterCrop(size)])
    return resize(x).round().to(torch.uint8)


# %% [wrong] EXIF orientation ignored: "lies on its side"
from PIL import Image, ImageOps
from torchvision.transforms import v2


def read_image(path, size):
    image = Image.open(path).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return v2.functional.pil_to_tensor(ImageOps.fit(white, (size, size)))


# %% [wrong] transparent becomes black: "comes out black"
from PIL import Image, ImageOps
from torchvision.transforms import v2


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return v2.functional.pil_to_tensor(ImageOps.fit(image, (size, size)))


# %% [wrong] stretched: "pressed into the square"
from PIL import Image, ImageOps
from torchvision.transforms import v2


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return v2.functional.resize(v2.functional.pil_to_tensor(white), [size, size])


# %% [wrong] four channels: "The fourth channel says"
from PIL import Image, ImageOps
from torchvision.transforms import v2


def read_image(path, size):
    image = ImageOps.fit(ImageOps.exif_transpose(Image.open(path)), (size, size))
    x = v2.functional.pil_to_tensor(image)
    return x.expand(3, -1, -1) if len(x) == 1 else x


# %% [wrong] grey stays one channel: "also of a grey image"
from torchvision import io
from torchvision.transforms import v2


def read_image(path, size):
    x = io.decode_image(path, apply_exif_orientation=True)
    return v2.CenterCrop(size)(v2.Resize(size)(x))


# %% [wrong] channels at the other end: "the axis of the channels"
import numpy as np
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return np.array(ImageOps.fit(white, (size, size)))


# %% [wrong] not the size: "wants a square"
from PIL import Image, ImageOps
from torchvision.transforms import v2


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return v2.Resize(size)(v2.functional.pil_to_tensor(image))


# %% [wrong] scaled already: "The highest number is"
import torch
from PIL import Image, ImageOps
from torchvision.transforms import v2


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    x = v2.functional.to_image(ImageOps.fit(white, (size, size)))
    return v2.functional.to_dtype(x, torch.float32, scale=True)


# %% [wrong] cut at the edge: "not from the middle"
from PIL import Image, ImageOps
from torchvision.transforms import v2


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    x = v2.functional.pil_to_tensor(white)
    side = min(white.size)
    return v2.functional.resize(x[:, :side, :side], [size, size])


# %% [wrong] mirrored
from PIL import Image, ImageOps
from torchvision.transforms import v2


def read_image(path, size):
    image = ImageOps.mirror(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
    return v2.functional.pil_to_tensor(ImageOps.fit(image, (size, size)))


# %% [wrong] empty
import torch


def read_image(path, size):
    return torch.zeros(3, size, size)
