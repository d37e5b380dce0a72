"""Answers to "Texts as rows of numbers", in PyTorch: right ones and wrong ones."""

# %% [right] a rectangle of zeros
import torch


def encoder(words, length):
    numbers = dict(zip(words, range(2, len(words) + 2)))

    def collate(batch):
        texts = [text.split()[:length] for text, _ in batch]
        tokens = torch.zeros(len(batch), max(map(len, texts)), dtype=torch.int64)
        for row, text in zip(tokens, texts):
            for place, word in enumerate(text):
                row[place] = numbers.get(word, 1)
        return tokens, torch.tensor([label for _, label in batch])

    return collate


# %% [right] a class that is called
import itertools
import torch


class Collate:
    def __init__(self, words, length):
        self.words, self.length = words, length

    def number(self, word):
        return self.words.index(word) + 2 if word in self.words else 1

    def __call__(self, batch):
        texts, labels = zip(*batch)
        rows = [[self.number(word) for word in text.split()] for text in texts]
        columns = itertools.zip_longest(*rows, fillvalue=0)
        return torch.tensor(list(columns)[: self.length]).T, torch.tensor(labels)


encoder = Collate


# %% [wrong] fills up in front: "You fill up in front"
import torch
from torch.nn.utils.rnn import pad_sequence


def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        rows = [
            torch.tensor([index.get(w, 1) for w in text.split()[:length]], dtype=torch.long)
            for text, _ in batch
        ]
        tokens = pad_sequence(rows, batch_first=True, padding_side="left")
        return tokens, torch.tensor([label for _, label in batch])

    return collate


# %% [wrong] fills up with unknown: "Padding is 0"
import torch
from torch.nn.utils.rnn import pad_sequence


def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        rows = [
            torch.tensor([index.get(w, 1) for w in text.split()[:length]], dtype=torch.long)
            for text, _ in batch
        ]
        tokens = pad_sequence(rows, batch_first=True, padding_value=1)
        return tokens, torch.tensor([label for _, label in batch])

    return collate


# %% [wrong] unknown is padding: "An unknown word is 1"
import torch
from torch.nn.utils.rnn import pad_sequence


def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        rows = [
            torch.tensor([index.get(w, 0) for w in text.split()[:length]], dtype=torch.long)
            for text, _ in batch
        ]
        return pad_sequence(rows, batch_first=True), torch.tensor([label for _, label in batch])

    return collate


# %% [wrong] dropped: "You leave unknown words out"
import torch


def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        texts = [text.split() for text, _ in batch]
        tokens = torch.zeros(len(batch), min(length, max(map(len, texts))), dtype=torch.long)
        for row, text in zip(tokens, texts):
            kept = [index[word] for word in text if word in index][:length]
            row[: len(kept)] = torch.tensor(kept)
        return tokens, torch.tensor([label for _, label in batch])

    return collate


# %% [wrong] cuts the beginning: "Keep its beginning"
import torch
from torch.nn.utils.rnn import pad_sequence


def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        rows = [
            torch.tensor([index.get(w, 1) for w in text.split()[-length:]], dtype=torch.long)
            for text, _ in batch
        ]
        return pad_sequence(rows, batch_first=True), torch.tensor([label for _, label in batch])

    return collate


# %% [wrong] not cut: "at most the first"
import torch
from torch.nn.utils.rnn import pad_sequence


def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        rows = [torch.tensor([index.get(w, 1) for w in text.split()], dtype=torch.long) for text, _ in batch]
        return pad_sequence(rows, batch_first=True), torch.tensor([label for _, label in batch])

    return collate


# %% [wrong] padded too far: "only as far as it needs"
import torch


def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        tokens = torch.zeros(len(batch), length, dtype=torch.long)
        for row, (text, _) in zip(tokens, batch):
            for place, word in enumerate(text.split()[:length]):
                row[place] = index.get(word, 1)
        return tokens, torch.tensor([label for _, label in batch])

    return collate


# %% [wrong] not whole numbers: "want int64"
import torch
from torch.nn.utils.rnn import pad_sequence


def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        rows = [torch.Tensor([index.get(w, 1) for w in text.split()[:length]]) for text, _ in batch]
        return pad_sequence(rows, batch_first=True), torch.tensor([label for _, label in batch])

    return collate


# %% [wrong] no encoder: "`encoder` gave"
def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        return [[index.get(w, 1) for w in text.split()[:length]] for text, _ in batch], [y for _, y in batch]

    return collate


# %% [wrong] labels turned round
import torch
from torch.nn.utils.rnn import pad_sequence


def encoder(words, length):
    index = {word: number for number, word in enumerate(words, 2)}

    def collate(batch):
        rows = [
            torch.tensor([index.get(w, 1) for w in text.split()[:length]], dtype=torch.long)
            for text, _ in batch
        ]
        return pad_sequence(rows, batch_first=True), torch.tensor([label + 1 for _, label in batch])

    return collate


# %% [wrong] numbers from 1
import torch
from torch.nn.utils.rnn import pad_sequence


def encoder(words, length):
    def collate(batch):
        rows = [
            torch.tensor([words.index(w) + 1 if w in words else 1 for w in text.split()[:length]]).long()
            for text, _ in batch
        ]
        return pad_sequence(rows, batch_first=True), torch.tensor([label for _, label in batch])

    return collate
