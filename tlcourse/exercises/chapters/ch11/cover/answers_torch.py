"""Answers to "Cover the place", in PyTorch: right ones and wrong ones."""

# %% [right] a mask from distances
import torch


@torch.no_grad()
def fall(model, images, places, side, fill):
    model.eval()
    rows = torch.arange(images.shape[2])[None, :, None]
    columns = torch.arange(images.shape[3])[None, None]
    places = torch.tensor(places)[:, :, None, None]
    inside = ((rows - places[:, 0]).abs() <= side // 2) & ((columns - places[:, 1]).abs() <= side // 2)
    covered = torch.where(inside[:, None], torch.tensor(fill), images)
    before, after = model(torch.cat([images, covered])).softmax(dim=1)[:, 1].chunk(2)
    return before - after


# %% [right] image by image
import torch


def fall(model, images, places, side, fill):
    model.eval()
    found = []
    for image, (row, column) in zip(images, places):
        covered = image.detach().clone()
        for y in range(row - side // 2, row + side // 2 + 1):
            for x in range(column - side // 2, column + side // 2 + 1):
                if 0 <= y < image.shape[1] and 0 <= x < image.shape[2]:
                    covered[:, y, x] = fill
        with torch.inference_mode():
            z = model(torch.stack([image, covered]))
        p = torch.sigmoid(z[:, 1] - z[:, 0])
        found.append(float(p[0] - p[1]))
    return found


# %% [wrong] the sign turned round: "sign is turned round"
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return ask(copy) - ask(images)


# %% [wrong] without the sign: "may also rise"
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return (ask(images) - ask(copy)).abs()


# %% [wrong] only the covered image: "the probability with the square"
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return ask(copy)


# %% [wrong] logits: "the fall of the logit"
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x)[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] row and column exchanged: "another place"
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    half = side // 2
    for number, (column, row) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] not in the middle: "begins at the place"
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    half = 0
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] covered with zeros: "use `fill`"
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = 0.0

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] training mode: "other images of the batch"
import torch


def fall(model, images, places, side, fill):
    copy = images.clone()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] images changed: "Cover a copy"
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images
    before = model(images).softmax(1)[:, 1].detach()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return before - ask(copy)


# %% [wrong] not a number for each image: "One number for each"
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return torch.stack([ask(images), ask(copy)], dim=1)


# %% [wrong] a negative start counts from the end
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = row - half, column - half
        copy[number, :, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] all but the square is covered
import torch


def fall(model, images, places, side, fill):
    model.eval()
    copy = images.clone()
    for number, (row, column) in enumerate(places):
        kept = images[number, :, row : row + 1, column : column + 1].clone()
        copy[number] = fill
        copy[number, :, row : row + 1, column : column + 1] = kept

    def ask(x):
        with torch.no_grad():
            return model(x).softmax(1)[:, 1]

    return ask(images) - ask(copy)
