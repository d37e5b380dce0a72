"""Answers to "Load and predict", in PyTorch: right ones and wrong ones."""

# %% [right] torchvision's transforms and the framework's topk
import torch
from PIL import Image
from torchvision.transforms import v2


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights, weights_only=True))
    model.eval()
    transform = v2.Compose(
        [
            v2.RGB(),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(mean=card["mean"], std=card["std"]),
        ]
    )
    with torch.inference_mode():
        probabilities = model(transform(Image.open(file).convert("RGB")).unsqueeze(0)).softmax(dim=1)[0]
    return [(names[i], p.item()) for p, i in zip(*probabilities.topk(5))]


# %% [right] torchvision reads the file
import torch
from torchvision.io import ImageReadMode, decode_image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    image = decode_image(file, mode=ImageReadMode.RGB).double() / 255
    image -= torch.tensor(card["mean"]).view(3, 1, 1)
    image /= torch.tensor(card["std"]).view(3, 1, 1)
    logits = model.train(False)(image.float()[None]).detach()[0]
    order = logits.argsort(descending=True)[:5]
    return [[names[int(i)], torch.softmax(logits, 0)[i]] for i in order]


# %% [right] NumPy all the way
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB")) / 255
    x = ((x - card["mean"]) / card["std"]).transpose(2, 0, 1).astype("float32")
    with torch.no_grad():
        z = model(torch.from_numpy(x)[None]).numpy()[0]
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    return sorted(zip(names, p), key=lambda pair: -pair[1])[:5]


# %% [wrong] weights not loaded: "random weights it came with"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    del weights
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] not scaled: "numbers as large as 255 go in"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] only divided by 255: "divided by 255, and no more"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = x / 255
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] wrong order of the colours: "blue stands where red should be"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x[..., ::-1] / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] training mode: "was in training mode"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] softmax forgotten: "those are logits"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] sigmoid instead of softmax: "the sigmoid of one logit"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].sigmoid().numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] least likely first: "The likeliest comes first"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(p)[:5]]


# %% [wrong] places instead of names: "Look them up in `names`"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(int(i), float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] reshaped instead of moved: "A reshape keeps the numbers in their"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = x / 255
    x = torch.tensor(x).reshape(1, 3, *x.shape[:2])
    x = (x - torch.tensor(card["mean"]).view(3, 1, 1)) / torch.tensor(card["std"]).view(3, 1, 1)
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] height and width swapped: "rows and columns are swapped"
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).T[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] bytes against a mean of 0 to 1
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] the softmax over five
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    i = np.argsort(-p)[:5]
    return list(zip(np.array(names)[i].tolist(), p[i] / p[i].sum()))


# %% [wrong] as a dictionary
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return {names[i]: float(p[i]) for i in np.argsort(-p)[:5]}


# %% [wrong] normalised by the image's own numbers
import numpy as np
import torch
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_state_dict(torch.load(weights))
    model.eval()
    x = np.asarray(Image.open(file).convert("RGB"), dtype="float32")
    x = (x - x.mean((0, 1))) / (x.std((0, 1)) + 1e-3)
    x = torch.tensor(x, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        p = model(x)[0].softmax(0).numpy()
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]
