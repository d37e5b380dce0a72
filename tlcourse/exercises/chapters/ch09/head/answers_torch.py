"""Answers to "A new head on a frozen encoder", in PyTorch: right ones and wrong ones."""

# %% [right] features without gradients
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        for parameter in encoder.parameters():
            parameter.requires_grad = False
        self.encoder = encoder
        self.head = nn.Sequential(nn.Dropout(dropout), nn.LazyLinear(classes))

    def forward(self, input_ids, attention_mask):
        with torch.no_grad():
            hidden = self.encoder(input_ids, attention_mask)[0]
        weights = attention_mask / attention_mask.sum(1, keepdim=True)
        return self.head(torch.einsum("nl,nld->nd", weights, hidden))


add_head = Classifier


# %% [right] as the library's models answer
import torch
from torch import nn
from transformers.modeling_outputs import SequenceClassifierOutput


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.bert, self.drop = encoder, nn.Dropout(dropout)
        self.classifier = nn.Linear(encoder.config.hidden_size, classes)
        self.bert.requires_grad_(False)

    def forward(self, input_ids=None, attention_mask=None, labels=None):
        hidden = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        hidden = hidden.masked_fill(attention_mask[..., None] == 0, 0.0)
        mean = hidden.sum(1) / attention_mask.sum(1, keepdim=True).clamp(min=1)
        logits = self.classifier(self.drop(mean))
        loss = None if labels is None else nn.functional.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] padding counts: "so a text's logits depend on its neighbours"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mean = hidden.mean(dim=1)
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] [CLS]: "reads the vector of the first token"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mean = hidden[:, 0]
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] a sum: "Divide by the number of tokens"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1)
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] the largest: "You take the largest value over the tokens"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mean = hidden.masked_fill(attention_mask[..., None] == 0, -1e9).amax(dim=1)
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] attention without the mask: "Pass the mask to the encoder too"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] the encoder trains too: "has changed the encoder"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] nothing trains: "A step of training changes nothing"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    model = Classifier(encoder, classes, dropout)
    return model.requires_grad_(False)


# %% [wrong] softmax in the head: "leave the softmax out of the model"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(self.dropout(mean)).softmax(dim=1)


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] no dropout: "there is no dropout"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(mean)


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] dropout on the logits: "It belongs in front of the linear layer"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.dropout(self.head(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] the share that is kept: "and you keep that share"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(1 - dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] another share: "Dropout does not use the share"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout()
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] another shape: "one row for each text"
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return self.head(self.dropout(hidden))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] not a model: "that gives a tensor of logits was asked for"
import torch


def add_head(encoder, classes, dropout):
    return encoder.requires_grad_(False), torch.nn.Linear(encoder.config.hidden_size, classes)


# %% [wrong] a hidden layer
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Sequential(
            nn.Linear(encoder.config.hidden_size, 32), nn.ReLU(), nn.Linear(32, classes)
        )

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(self.dropout(mean))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] vectors of length 1
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(self.dropout(nn.functional.normalize(mean)))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] dropout on the tokens
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        hidden = self.dropout(hidden)
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(mean)


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [wrong] the head forgotten
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.dropout(mean)


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)
