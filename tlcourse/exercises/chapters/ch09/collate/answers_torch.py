"""Answers to "Texts of different lengths in one batch", in PyTorch: right ones and wrong ones."""

# %% [right] filled in by hand
import torch


def collate(texts, pad):
    longest = max(len(text["input_ids"]) for text in texts)
    ids = torch.full((len(texts), longest), pad)
    mask = torch.zeros((len(texts), longest), dtype=torch.bool)
    for i, text in enumerate(texts):
        n = len(text["input_ids"])
        ids[i, :n] = torch.tensor(text["input_ids"])
        mask[i, :n] = True
    labels = torch.tensor([text["label"] for text in texts])
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


# %% [right] lists first, in the library's container
import torch
from transformers import BatchEncoding


def collate(texts, pad):
    rows = [text["input_ids"] for text in texts]
    longest = max(map(len, rows))
    batch = {
        "input_ids": [row + [pad] * (longest - len(row)) for row in rows],
        "attention_mask": [[1] * len(row) + [0] * (longest - len(row)) for row in rows],
        "labels": [text["label"] for text in texts],
    }
    return BatchEncoding(batch, tensor_type="pt")


# %% [right] the mask from lengths
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = pad_sequence([torch.tensor(t["input_ids"]) for t in texts], batch_first=True, padding_value=pad)
    lengths = torch.tensor([len(t["input_ids"]) for t in texts])
    mask = torch.arange(ids.shape[1]) < lengths[:, None]
    return dict(input_ids=ids, attention_mask=mask.float(), labels=torch.tensor([t["label"] for t in texts]))


# %% [wrong] pads with a real token: "can be a real token"
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = [torch.tensor(text["input_ids"]) for text in texts]
    return {
        "input_ids": pad_sequence(ids, batch_first=True),
        "attention_mask": pad_sequence([torch.ones_like(row) for row in ids], batch_first=True),
        "labels": torch.tensor([text["label"] for text in texts]),
    }


# %% [wrong] mask inverted: "The library's models expect the opposite"
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = [torch.tensor(text["input_ids"]) for text in texts]
    mask = [torch.zeros_like(row) for row in ids]
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad),
        "attention_mask": pad_sequence(mask, batch_first=True, padding_value=1),
        "labels": torch.tensor([text["label"] for text in texts]),
    }


# %% [wrong] no mask: "Your mask is 1 everywhere"
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = pad_sequence([torch.tensor(t["input_ids"]) for t in texts], batch_first=True, padding_value=pad)
    labels = torch.tensor([text["label"] for text in texts])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}


# %% [wrong] mask from the ids: "as GPT-2's end of text does"
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = pad_sequence([torch.tensor(t["input_ids"]) for t in texts], batch_first=True, padding_value=pad)
    labels = torch.tensor([text["label"] for text in texts])
    return {"input_ids": ids, "attention_mask": (ids != pad).long(), "labels": labels}


# %% [wrong] mask from zeros: "Your mask looks for zeros"
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = pad_sequence([torch.tensor(t["input_ids"]) for t in texts], batch_first=True, padding_value=pad)
    labels = torch.tensor([text["label"] for text in texts])
    return {"input_ids": ids, "attention_mask": (ids != 0).long(), "labels": labels}


# %% [wrong] padding in front: "the padding comes first"
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = [torch.tensor(text["input_ids"]) for text in texts]
    mask = [torch.ones_like(row) for row in ids]
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad, padding_side="left"),
        "attention_mask": pad_sequence(mask, batch_first=True, padding_side="left"),
        "labels": torch.tensor([text["label"] for text in texts]),
    }


# %% [wrong] cut to the shortest: "You cut every text to the shortest"
import torch


def collate(texts, pad):
    n = min(len(text["input_ids"]) for text in texts)
    ids = torch.tensor([text["input_ids"][:n] for text in texts])
    labels = torch.tensor([text["label"] for text in texts])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}


# %% [wrong] padded too far: "would compute all this padding for nothing"
import torch


def collate(texts, pad):
    ids = torch.full((len(texts), 128), pad)
    mask = torch.zeros_like(ids)
    for i, text in enumerate(texts):
        n = len(text["input_ids"])
        ids[i, :n] = torch.tensor(text["input_ids"])
        mask[i, :n] = 1
    labels = torch.tensor([text["label"] for text in texts])
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


# %% [wrong] not a batch: "A model takes one tensor or array"
import torch


def collate(texts, pad):
    ids = [torch.tensor(text["input_ids"]) for text in texts]
    labels = [text["label"] for text in texts]
    return {"input_ids": ids, "attention_mask": [torch.ones_like(row) for row in ids], "labels": labels}


# %% [wrong] not integers: "Token ids and labels are integers"
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = [torch.Tensor(text["input_ids"]) for text in texts]
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad),
        "attention_mask": pad_sequence([torch.ones_like(row) for row in ids], batch_first=True),
        "labels": torch.tensor([text["label"] for text in texts]),
    }


# %% [wrong] without the labels
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = [torch.tensor(text["input_ids"]) for text in texts]
    mask = pad_sequence([torch.ones_like(row) for row in ids], batch_first=True)
    return {"input_ids": pad_sequence(ids, batch_first=True, padding_value=pad), "attention_mask": mask}


# %% [wrong] sorted by length
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    labels = torch.tensor([text["label"] for text in texts])
    ids = sorted((torch.tensor(text["input_ids"]) for text in texts), key=len, reverse=True)
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad),
        "attention_mask": pad_sequence([torch.ones_like(row) for row in ids], batch_first=True),
        "labels": labels,
    }


# %% [wrong] the last token cut off
import torch
from torch.nn.utils.rnn import pad_sequence


def collate(texts, pad):
    ids = [torch.tensor(text["input_ids"][:-1]) for text in texts]
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad),
        "attention_mask": pad_sequence([torch.ones_like(row) for row in ids], batch_first=True),
        "labels": torch.tensor([text["label"] for text in texts]),
    }
