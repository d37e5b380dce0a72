"""Answers to "From outputs to answers", in PyTorch: right ones and wrong ones."""

# %% [right] with the activations
import torch


@torch.no_grad()
def answers(head, x, kind):
    was_training = head.training
    outputs = head.eval()(x)
    head.train(was_training)
    if kind == "exactly one":
        return torch.softmax(outputs, dim=1).argmax(dim=1).tolist()
    if kind == "yes or no":
        return (torch.sigmoid(outputs) > 0.5).squeeze(1).numpy()
    return outputs.squeeze(1).numpy()


# %% [right] row by row
import torch


def answers(head, x, kind):
    head.train(False)
    found = []
    with torch.inference_mode():
        for row in x:
            z = head(row[None])[0]
            found.append(int(z.argmax()) if kind == "exactly one" else float(z[0]))
    return [value > 0 for value in found] if kind == "yes or no" else found


# %% [right] a column, with its graph
def answers(head, x, kind):
    head.eval()
    z = head(x)
    match kind:
        case "exactly one":
            return z.max(dim=1, keepdim=True).indices
        case "yes or no":
            return z >= 0
    return z


# %% [wrong] still in training mode: "still in training mode"
import torch


def answers(head, x, kind):
    with torch.no_grad():
        z = head(x)
    if kind == "exactly one":
        return z.argmax(1)
    return z[:, 0] > 0 if kind == "yes or no" else z[:, 0]


# %% [wrong] threshold on the logit: "a probability of 0.62"
import torch


def answers(head, x, kind):
    head.eval()
    with torch.no_grad():
        z = head(x)
    if kind == "exactly one":
        return z.argmax(1)
    return z[:, 0] > 0.5 if kind == "yes or no" else z[:, 0]


# %% [wrong] softmax over one output: "the largest of one number is always the first"
import torch


def answers(head, x, kind):
    head.eval()
    with torch.no_grad():
        z = head(x)
    return z[:, 0] if kind == "a number" else z.softmax(1).argmax(1)


# %% [wrong] a probability in place of an answer: "Those are no answers yet"
import torch


def answers(head, x, kind):
    head.eval()
    with torch.no_grad():
        z = head(x)
    if kind == "exactly one":
        return z.argmax(1)
    return z[:, 0].sigmoid() if kind == "yes or no" else z[:, 0]


# %% [wrong] scores in place of a class: "a number for each class"
import torch


def answers(head, x, kind):
    head.eval()
    with torch.no_grad():
        z = head(x)
    if kind == "exactly one":
        return z.softmax(1)
    return z[:, 0] > 0 if kind == "yes or no" else z[:, 0]


# %% [wrong] an activation on a number: "A head for a number has no activation"
import torch


def answers(head, x, kind):
    head.eval()
    with torch.no_grad():
        z = head(x)
    if kind == "exactly one":
        return z.argmax(1)
    return z[:, 0] > 0 if kind == "yes or no" else z[:, 0].sigmoid()


# %% [wrong] only dropout asleep
import torch


def answers(head, x, kind):
    for layer in head:
        if isinstance(layer, torch.nn.Dropout):
            layer.eval()
    with torch.no_grad():
        z = head(x)
    if kind == "exactly one":
        return z.argmax(1)
    return z[:, 0] > 0 if kind == "yes or no" else z[:, 0]
