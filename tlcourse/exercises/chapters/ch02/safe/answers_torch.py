"""Answers to "Load the weights, and nothing else", in PyTorch: right ones and wrong ones."""

# %% [right] a digest of the open file
import hashlib
import torch
from safetensors import safe_open


def load_safely(path, sha256):
    with open(path, "rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise ValueError("another file")
    if path.endswith(".pth"):
        return torch.load(path, map_location="cpu", weights_only=True)
    with safe_open(path, "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


# %% [right] hmac's comparison
import hashlib
import torch
from safetensors import safe_open


def load_safely(path, sha256):
    with open(path, "rb") as file:
        if not __import__("hmac").compare_digest(hashlib.file_digest(file, "sha256").hexdigest(), sha256):
            raise ValueError("another file")
    if path.endswith(".pth"):
        return torch.load(path, map_location="cpu", weights_only=True)
    with safe_open(path, "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


# %% [wrong] runs the file's code: "not that it is harmless"
import hashlib

import torch
from safetensors.torch import load_file


def read(path):
    return load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=False)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != sha256:
        raise ValueError("another file")
    return read(path)


# %% [wrong] no hash check: "it is another file"
import hashlib

import torch
from safetensors.torch import load_file


def read(path):
    return load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    return read(path)


# %% [wrong] compares after loading: "before its hash was compared"
import hashlib

import torch
from safetensors.torch import load_file


def read(path):
    return load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    weights = read(path)
    if found != sha256:
        raise ValueError("another file")
    return weights


# %% [wrong] first digits only: "agrees in its first eight digits only is taken"
import hashlib

import torch
from safetensors.torch import load_file


def read(path):
    return load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found[:8] != sha256[:8]:
        raise ValueError(path)
    return read(path)


# %% [wrong] returns nothing instead of refusing: "has no weights. Raise an error"
import hashlib

import torch
from safetensors.torch import load_file


def read(path):
    return load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    return read(path) if found == sha256 else {}


# %% [wrong] a format is not read: "may need a reader of its own"
import hashlib

import torch
from safetensors.torch import load_file


def read(path):
    return torch.load(open(path, "rb"), weights_only=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != sha256:
        raise ValueError("another file")
    return read(path)


# %% [wrong] the last digits only
import hashlib
import torch
from safetensors import safe_open


def load_safely(path, sha256):
    with open(path, "rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest()[-1:] not in sha256:
            raise ValueError("another file")
    if path.endswith(".pth"):
        return torch.load(path, map_location="cpu", weights_only=True)
    with safe_open(path, "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}
