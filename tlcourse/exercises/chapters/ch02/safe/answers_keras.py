"""Answers to "Load the weights, and nothing else", in Keras: right ones and wrong ones."""

# %% [right] a digest of the open file
import hashlib
import keras


def load_safely(path, sha256):
    with open(path, "rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise ValueError("another file")
    return keras.models.load_model(path, compile=False)


# %% [right] hmac's comparison
import hashlib
import keras


def load_safely(path, sha256):
    with open(path, "rb") as file:
        if not __import__("hmac").compare_digest(hashlib.file_digest(file, "sha256").hexdigest(), sha256):
            raise ValueError("another file")
    return keras.models.load_model(path, compile=False)


# %% [wrong] runs the file's code: "not that it is harmless"
import hashlib

import keras


def read(path):
    return keras.saving.load_model(path, safe_mode=False)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != sha256:
        raise ValueError("another file")
    return read(path)


# %% [wrong] no hash check: "it is another file"
import hashlib

import keras


def read(path):
    return keras.saving.load_model(path, safe_mode=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    return read(path)


# %% [wrong] compares after loading: "before its hash was compared"
import hashlib

import keras


def read(path):
    return keras.saving.load_model(path, safe_mode=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    weights = read(path)
    if found != sha256:
        raise ValueError("another file")
    return weights


# %% [wrong] first digits only: "agrees in its first eight digits only is taken"
import hashlib

import keras


def read(path):
    return keras.saving.load_model(path, safe_mode=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found[:8] != sha256[:8]:
        raise ValueError(path)
    return read(path)


# %% [wrong] returns nothing instead of refusing: "has no weights. Raise an error"
import hashlib

import keras


def read(path):
    return keras.saving.load_model(path, safe_mode=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    return read(path) if found == sha256 else None


# %% [wrong] the guard switched off for good: "for the whole process"
import hashlib

import keras


def read(path):
    return keras.saving.load_model(path, safe_mode=True)


def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    keras.config.enable_unsafe_deserialization()
    if found != sha256:
        raise ValueError("another file")
    return read(path)


# %% [wrong] the last digits only
import hashlib
import keras


def load_safely(path, sha256):
    with open(path, "rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest()[-1:] not in sha256:
            raise ValueError("another file")
    return keras.models.load_model(path, compile=False)
