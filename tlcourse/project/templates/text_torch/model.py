"""The network: an encoder of transformers and a new head, and the file they are kept in."""

import json
import os
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoConfig, AutoModel
from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES as READERS
from transformers.utils import logging

import tokens
from settings import Problem

FILE = "model.safetensors"
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
logging.set_verbosity_error()
logging.disable_progress_bar()


class Classifier(nn.Module):
    """An encoder, one vector for each text, and a linear head.

    AutoModelForSequenceClassification would read the first token alone. Sentence encoders such
    as all-MiniLM were trained with the mean of all tokens, so here you can choose.
    """

    def __init__(self, base, classes, pooling, dropout):
        super().__init__()
        self.base, self.pooling = base, pooling
        linear = nn.Linear(base.config.hidden_size, classes)
        nn.init.zeros_(linear.weight)  # training starts from guessing: each class is as likely
        nn.init.zeros_(linear.bias)
        self.head = nn.Sequential(nn.Dropout(dropout), linear)

    def features(self, rows, there):
        states = self.base(input_ids=rows, attention_mask=there).last_hidden_state
        if self.pooling == "cls":
            return states[:, 0]
        there = there[..., None].to(states.dtype)
        return (states * there).sum(1) / there.sum(1)

    def forward(self, inputs):
        """A pair of token numbers and mask, or features that are known already."""
        return self.head(inputs if torch.is_tensor(inputs) else self.features(*inputs))


def pretrained(config):
    """The encoder with its weights, from the checkpoint's folder."""
    folder, name = tokens.folder(config), config["model"]["checkpoint"]
    try:
        about = AutoConfig.from_pretrained(folder, local_files_only=True)
        # What learned by filling gaps reads a text from both sides: an encoder.
        if about.model_type not in READERS or about.is_encoder_decoder:
            do = "Take an encoder: a BERT, ModernBERT, RoBERTa, DistilBERT, MiniLM, ..."
            raise Problem(f"{name} is a {about.model_type}, and no encoder alone.", do)
        # Whatever head the checkpoint had is left out.
        base, told = AutoModel.from_pretrained(
            folder, use_safetensors=True, output_loading_info=True, local_files_only=True
        )
    except (ValueError, OSError, RuntimeError, KeyError, SafetensorError) as error:
        first = str(error).strip().splitlines()[0]
        do = "Set model.checkpoint to an encoder that transformers knows, such as a BERT."
        raise Problem(f"The checkpoint {name} cannot be loaded: {first}", do) from None
    lacking = [each for each in told["missing_keys"] if "pooler" not in each]
    if lacking:
        do = "Its config.json and its weights are not of one model: save both again."
        raise Problem(f"{name} lacks weights ({len(lacking)}, such as {lacking[0]}).", do)
    size, known = tokens.of(config).get_vocab_size(), about.vocab_size
    if size > known:
        do = "Copy the tokenizer of this very checkpoint."
        raise Problem(f"The tokenizer of {name} has {size} tokens, its network {known}.", do)
    return base.float()


def new(config, classes):
    """A network to train, and what must be known to use it."""
    base, rule = pretrained(config), config["model"]
    network = Classifier(base, len(classes), rule["pooling"], config["training"]["dropout"])
    about = {"backbone": rule["checkpoint"], "pooling": rule["pooling"]}
    about |= {"limit": min(config["data"]["limit"], tokens.longest(config))}
    about |= {"padding": base.config.pad_token_id or 0}
    about |= {"unsure_below": config["decision"]["unsure_below"]}
    # All that is needed goes into the model's file, the tokenizer too.
    about |= {"encoder": base.config.to_dict(), "tokenizer": tokens.of(config).to_str()}
    return network.to(DEVICE), about


def training_mode(network):
    """Dropout works where weights learn."""
    network.eval()
    network.head.train()
    if any(each.requires_grad for each in network.base.parameters()):
        network.base.train()


def forward(network, inputs, about):
    return network(inputs)


def freeze(network):
    network.base.requires_grad_(False)


def open_last(network, count):
    """The last blocks of the encoder learn from now on. Returns their parameters."""
    lists = [part for part in network.base.modules() if isinstance(part, nn.ModuleList)]
    if not lists:
        do = "Print the network and name its blocks in open_last, in model.py."
        raise Problem(f"The blocks of {type(network.base).__name__} are not known here.", do)
    blocks = max(lists, key=len)
    opened = list(blocks[-count:]) if count < len(blocks) else [network.base]
    for part in opened:
        part.requires_grad_(True)
    return [each for part in opened for each in part.parameters()]


def tensors(lists, about):
    """A batch of token lists as tensors, filled up to its longest text."""
    return tuple(
        torch.from_numpy(each).long().to(DEVICE) for each in tokens.padded(lists, about["padding"])
    )


def by_length(lists, batch):
    """Places of texts in batches of like length: less filling up, the same result."""
    order = sorted(range(len(lists)), key=lambda place: len(lists[place]))
    return [order[begin : begin + batch] for begin in range(0, len(order), batch)]


@torch.inference_mode()
def features(network, lists, about, batch=64):
    """The frozen encoder's vectors for lists of tokens, float32 (N, width)."""
    network.eval()
    found = torch.empty(len(lists), network.base.config.hidden_size)
    for places in by_length(lists, batch):
        some = tensors([lists[place] for place in places], about)
        found[places] = network.features(*some).cpu()
    return found.clone()


@torch.inference_mode()
def logits(network, inputs, about, batch=64):
    """The network in use: float array (N, classes) for lists of tokens, or for features."""
    network.eval()
    if not torch.is_tensor(inputs):
        inputs = features(network, inputs, about, batch)
    return network.head(inputs.to(DEVICE)).float().cpu().numpy()


def save(network, about, file):
    """Weights, tokenizer and names of the classes: one file, all of it or nothing."""
    half = Path(f"{file}.half")
    kept = {name: t.contiguous().cpu() for name, t in network.state_dict().items()}
    half.write_bytes(safetensors.torch.save(kept, {"about": json.dumps(about)}))
    os.replace(half, file)


def load(file):
    """The network and what it needs to know, from the file alone."""
    try:
        with safe_open(file, "pt") as opened:
            about = json.loads(opened.metadata()["about"])
        kept = safetensors.torch.load_file(file)
        encoder = dict(about["encoder"])
    except FileNotFoundError:
        raise Problem(f"There is no model {file}.", "Run python train.py first.") from None
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        do = "Run python train.py: it writes the model again."
        raise Problem(f"{file} is no model of this project, or is damaged.", do) from None
    base = AutoModel.from_config(AutoConfig.for_model(encoder.pop("model_type"), **encoder))
    network = Classifier(base, len(about["classes"]), about["pooling"], 0.0)
    network.load_state_dict(kept)
    return network.to(DEVICE).eval(), about


def tokenizer(about):
    return tokens.bare(Tokenizer.from_str(about["tokenizer"]))
