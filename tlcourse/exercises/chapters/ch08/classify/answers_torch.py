"""Answers to "From reviews to tweets", in PyTorch: right ones and wrong ones."""

# %% [right] means first, then a linear layer
import numpy as np
import torch
from torch import nn


def classify(texts, labels, vectors, new_texts):
    def means(texts):
        return torch.from_numpy(
            np.stack([vectors.get_mean_vector(t.split(), pre_normalize=False) for t in texts])
        )

    torch.manual_seed(0)
    x, y = means(texts), torch.from_numpy(labels)
    head = nn.Linear(x.shape[1], 2)
    optimizer = torch.optim.AdamW(head.parameters(), lr=0.03, weight_decay=0.01)
    for _ in range(300):
        loss = nn.functional.cross_entropy(head(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head(means(new_texts)).argmax(1).numpy()


# %% [right] batches by a loader, frozen embedding, mask
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader


class Classifier(nn.Module):
    def __init__(self, table):
        super().__init__()
        self.words = nn.Embedding.from_pretrained(table, padding_idx=0)
        self.head = nn.Linear(table.shape[1], 2)

    def forward(self, tokens):
        mask = (tokens != 0)[..., None]
        mean = (self.words(tokens) * mask).sum(1) / mask.sum(1).clamp(min=1)
        return self.head(mean)


def classify(texts, labels, vectors, new_texts):
    torch.manual_seed(0)
    table = torch.cat([torch.zeros(1, vectors.vector_size), torch.from_numpy(vectors.vectors)])
    numbers = [
        torch.tensor([vectors.key_to_index[w] + 1 for w in t.split() if w in vectors], dtype=torch.long)
        for t in texts + new_texts
    ]
    tokens = pad_sequence(numbers, batch_first=True)
    model = Classifier(table)
    optimizer = torch.optim.Adam(model.head.parameters(), lr=0.02)
    loader = DataLoader(list(zip(tokens[: len(texts)], torch.from_numpy(labels))), 32, shuffle=True)
    for _ in range(8):
        for x, y in loader:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return model(tokens[len(texts) :]).argmax(1)


# %% [wrong] falls short: "Vectors that begin at random"
import torch
from torch import nn


def classify(texts, labels, vectors, new_texts):
    torch.manual_seed(0)

    def bags(texts):
        numbers, starts = [], []
        for text in texts:
            starts.append(len(numbers))
            numbers += [vectors.key_to_index[w] for w in text.split() if w in vectors]
        return torch.tensor(numbers), torch.tensor(starts)

    words = nn.EmbeddingBag(len(vectors), vectors.vector_size, mode="mean")
    head = nn.Linear(vectors.vector_size, 2)
    y = torch.from_numpy(labels)
    optimizer = torch.optim.Adam([*words.parameters(), *head.parameters()], lr=0.03)
    for _ in range(60):
        loss = nn.functional.cross_entropy(head(words(*bags(texts))), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head(words(*bags(new_texts))).argmax(1).numpy()
