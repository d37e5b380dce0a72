"""Answers to "Tune an encoder", in PyTorch: right ones and wrong ones."""

# %% [right] LoRA by peft
import torch
from peft import LoraConfig, get_peft_model
from torch import nn


def tune(encoder, ids, labels, new_ids):
    torch.manual_seed(0)
    model = get_peft_model(encoder, LoraConfig(r=8, lora_alpha=16, target_modules=["query", "value"]))
    head = nn.Linear(encoder.config.hidden_size, 2)

    def logits(some):
        mask = (some != 0).long()
        hidden = model(input_ids=some, attention_mask=mask).last_hidden_state
        mask = mask[..., None]
        return head((hidden * mask).sum(1) / mask.sum(1))

    learning = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([*learning, *head.parameters()], lr=5e-3)
    for epoch in range(5):
        for rows in torch.randperm(len(ids)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(logits(ids[rows]), labels[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return logits(new_ids).argmax(dim=1)


# %% [right] all layers, with warm-up, a lower rate below
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Classifier(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder, self.head = encoder, nn.Linear(encoder.config.hidden_size, 2)
        encoder.embeddings.requires_grad_(False)

    def forward(self, ids):
        mask = ids != 0
        hidden = self.encoder(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return self.head((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))


def tune(encoder, ids, labels, new_ids):
    torch.manual_seed(1)
    model = Classifier(encoder)
    low, high = encoder.encoder.layer
    groups = [
        {"params": low.parameters(), "lr": 6e-4},
        {"params": high.parameters(), "lr": 1e-3},
        {"params": model.head.parameters(), "lr": 5e-3},
    ]
    optimizer = torch.optim.AdamW(groups)
    loader = DataLoader(TensorDataset(ids, labels), batch_size=32, shuffle=True)
    steps = 4 * len(loader)
    rates = [group["lr"] for group in groups]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=steps, pct_start=0.2)
    model.train()
    for epoch in range(4):
        for x, y in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
            schedule.step()
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(x).argmax(1) for x in new_ids.split(60)]).tolist()


# %% [right] the first layer once, the second one tuned
import torch
from torch import nn


def tune(encoder, ids, labels, new_ids):
    torch.manual_seed(2)
    top = encoder.encoder.layer[1]

    def lower(some):
        with torch.no_grad():
            given = encoder(input_ids=some, attention_mask=(some != 0).long(), output_hidden_states=True)
        return given.hidden_states[1]

    x, x_new = lower(ids), lower(new_ids)
    head = nn.Sequential(nn.Dropout(0.1), nn.Linear(384, 2))

    def logits(hidden, some):
        mask = some != 0
        hidden = top(hidden, attention_mask=mask[:, None, None, :])
        hidden = hidden[0] if isinstance(hidden, tuple) else hidden
        return head((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))

    optimizer = torch.optim.Adam([*top.parameters(), *head.parameters()], lr=1e-3)
    for epoch in range(5):
        for rows in torch.randperm(len(ids)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(logits(x[rows], ids[rows]), labels[rows]).backward()
            optimizer.step()
    head.eval()
    with torch.no_grad():
        return logits(x_new, new_ids).argmax(1).numpy()


# %% [wrong] frozen features: "a head on its frozen vectors gets no further"
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def tune(encoder, ids, labels, new_ids):
    def features(some):
        mask = some != 0
        with torch.no_grad():
            hidden = encoder(input_ids=some, attention_mask=mask.long()).last_hidden_state
        return ((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()

    head = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    return head.fit(features(ids), labels).predict(features(new_ids))


# %% [wrong] rate too low: "Your encoder hardly moved"
import torch
from torch import nn


def tune(encoder, ids, labels, new_ids):
    torch.manual_seed(0)
    head = nn.Linear(384, 2)

    def logits(some):
        mask = some != 0
        hidden = encoder(input_ids=some, attention_mask=mask.long()).last_hidden_state
        return head((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))

    encoder.embeddings.requires_grad_(False)
    optimizer = torch.optim.AdamW([*encoder.encoder.parameters(), *head.parameters()], lr=2e-6)
    for epoch in range(3):
        for rows in torch.randperm(len(ids)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(logits(ids[rows]), labels[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return logits(new_ids).argmax(1)


# %% [wrong] rate too high: "Take a much lower rate for its layers"
import torch
from torch import nn


def tune(encoder, ids, labels, new_ids):
    torch.manual_seed(0)
    head = nn.Linear(384, 2)

    def logits(some):
        mask = some != 0
        hidden = encoder(input_ids=some, attention_mask=mask.long()).last_hidden_state
        return head((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))

    encoder.embeddings.requires_grad_(False)
    optimizer = torch.optim.AdamW([*encoder.encoder.parameters(), *head.parameters()], lr=0.05)
    for epoch in range(3):
        for rows in torch.randperm(len(ids)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(logits(ids[rows]), labels[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return logits(new_ids).argmax(1)


# %% [wrong] labels of other texts
import torch
from torch import nn


def tune(encoder, ids, labels, new_ids):
    torch.manual_seed(0)
    encoder.requires_grad_(False)
    encoder.encoder.layer[1].requires_grad_(True)
    head = nn.Linear(384, 2)

    def logits(some):
        mask = some != 0
        hidden = encoder(input_ids=some, attention_mask=mask.long()).last_hidden_state
        return head((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))

    ids = ids[torch.randperm(len(ids))]  # and the labels stay where they are
    optimizer = torch.optim.AdamW([*encoder.encoder.layer[1].parameters(), *head.parameters()], lr=1e-3)
    for epoch in range(3):
        for rows in torch.randperm(len(ids)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(logits(ids[rows]), labels[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return logits(new_ids).argmax(1)


# %% [wrong] numbers mixed up: "under numbers that are not the labels'"
import torch
from torch import nn


def tune(encoder, ids, labels, new_ids):
    torch.manual_seed(0)
    encoder.requires_grad_(False)
    encoder.encoder.layer[1].requires_grad_(True)
    head = nn.Linear(384, 2)

    def logits(some):
        mask = some != 0
        hidden = encoder(input_ids=some, attention_mask=mask.long()).last_hidden_state
        return head((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))

    optimizer = torch.optim.AdamW([*encoder.encoder.layer[1].parameters(), *head.parameters()], lr=1e-3)
    for epoch in range(4):
        for rows in torch.randperm(len(ids)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(logits(ids[rows]), labels[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return logits(new_ids).argmin(1)


# %% [wrong] the training texts predicted
import torch
from torch import nn


def tune(encoder, ids, labels, new_ids):
    torch.manual_seed(0)
    head = nn.Linear(384, 2)
    with torch.no_grad():
        hidden = encoder(input_ids=ids, attention_mask=(ids != 0).long()).last_hidden_state[:, 0]
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-2)
    for step in range(50):
        optimizer.zero_grad()
        nn.functional.cross_entropy(head(hidden), labels).backward()
        optimizer.step()
    return head(hidden).argmax(1)


# %% [wrong] a large head on frozen vectors
import torch
from torch import nn


def tune(encoder, ids, labels, new_ids):
    torch.manual_seed(0)

    def features(some):
        mask = some != 0
        with torch.no_grad():
            hidden = encoder(input_ids=some, attention_mask=mask.long()).last_hidden_state
        return (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)

    x, x_new = features(ids), features(new_ids)
    mean, spread = x.mean(0), x.std(0)
    head = nn.Sequential(nn.Linear(384, 256), nn.ReLU(), nn.Linear(256, 2))
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3)
    for step in range(100):
        optimizer.zero_grad()
        nn.functional.cross_entropy(head((x - mean) / spread), labels).backward()
        optimizer.step()
    return head((x_new - mean) / spread).argmax(1)
