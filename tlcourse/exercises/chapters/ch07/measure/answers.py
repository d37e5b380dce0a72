"""Answers to "Five numbers for one model", in any framework: right ones and wrong ones."""


# %% [wrong] fixed numbers
def measure(model, batches):
    return {"accuracy": 0.8, "precision": 0.8, "recall": 0.8, "f1": 0.8, "auc": 0.85}


# %% [wrong] one number
def measure(model, batches):
    return 0.8


# %% [wrong] some are missing
def measure(model, batches):
    return {"accuracy": 0.8, "auc": 0.9}
