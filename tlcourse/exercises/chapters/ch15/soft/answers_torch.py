"""Answers to "A loss with a teacher", in PyTorch: right ones and wrong ones."""

# %% [right] cross-entropy with soft targets
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    target = (teacher / temperature).softmax(dim=1)
    soft = nn.functional.cross_entropy(student / temperature, target)
    hard = nn.functional.cross_entropy(student, labels)
    return share * temperature**2 * soft + (1 - share) * hard


# %% [right] written out
def soft_loss(student, teacher, labels, temperature, share):
    log_p = (student / temperature).log_softmax(-1)
    log_q = (teacher / temperature).log_softmax(-1)
    soft = (log_q.exp() * (log_q - log_p)).sum(-1)
    hard = -student.log_softmax(-1)[range(len(labels)), labels]
    return (share * temperature * temperature * soft + (1 - share) * hard).mean()


# %% [right] a class of losses
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    divergence = nn.KLDivLoss(reduction="sum", log_target=True)
    soft = divergence((student / temperature).log_softmax(1), (teacher / temperature).log_softmax(1))
    loss = nn.CrossEntropyLoss()(student, labels) * (1 - share)
    return loss + share * temperature**2 * soft / len(labels)


# %% [wrong] no gradient: "no gradient reaches"
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    log_p = (student.detach() / temperature).log_softmax(1)
    soft = nn.functional.kl_div(log_p, (teacher / temperature).softmax(1), reduction="batchmean")
    hard = nn.functional.cross_entropy(student.detach(), labels)
    return float(share * temperature**2 * soft + (1 - share) * hard)


# %% [wrong] without the squared temperature: "too weak"
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    log_p = (student / temperature).log_softmax(1)
    soft = nn.functional.kl_div(log_p, (teacher / temperature).softmax(1), reduction="batchmean")
    return share * soft + (1 - share) * nn.functional.cross_entropy(student, labels)


# %% [wrong] shares exchanged: "exchanged"
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    log_p = (student / temperature).log_softmax(1)
    soft = nn.functional.kl_div(log_p, (teacher / temperature).softmax(1), reduction="batchmean")
    hard = nn.functional.cross_entropy(student, labels)
    return (1 - share) * temperature**2 * soft + share * hard


# %% [wrong] mean over the classes: "a mean over images and classes"
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    log_p = (student / temperature).log_softmax(1)
    soft = nn.functional.kl_div(log_p, (teacher / temperature).softmax(1), reduction="mean")
    return share * temperature**2 * soft + (1 - share) * nn.functional.cross_entropy(student, labels)


# %% [wrong] divergence turned round: "the other way round"
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    log_q = (teacher / temperature).log_softmax(1)
    soft = nn.functional.kl_div(log_q, (student / temperature).softmax(1), reduction="batchmean")
    return share * temperature**2 * soft + (1 - share) * nn.functional.cross_entropy(student, labels)


# %% [wrong] not softened: "Soften both"
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    log_p = (student / temperature).log_softmax(1)
    soft = nn.functional.kl_div(log_p, teacher.softmax(1), reduction="batchmean")
    return share * temperature**2 * soft + (1 - share) * nn.functional.cross_entropy(student, labels)


# %% [wrong] one part: "The loss has both parts"
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    log_p = (student / temperature).log_softmax(1)
    return temperature**2 * nn.functional.kl_div(
        log_p, (teacher / temperature).softmax(1), reduction="batchmean"
    )


# %% [wrong] the teacher's best class as a label
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    soft = nn.functional.cross_entropy(student / temperature, teacher.argmax(1))
    return share * temperature**2 * soft + (1 - share) * nn.functional.cross_entropy(student, labels)


# %% [wrong] distance of the logits
from torch import nn


def soft_loss(student, teacher, labels, temperature, share):
    soft = nn.functional.mse_loss(student / temperature, teacher / temperature)
    return share * temperature**2 * soft + (1 - share) * nn.functional.cross_entropy(student, labels)
