"""The functions that freeze, for both frameworks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tlcourse.checks import whole
from tlcourse.errors import CourseError, SettingError
from tlcourse.frameworks import framework_of, side
from tlcourse.models.layers import Group, find, group, layers_of

__all__ = [
    "batch_norm_layers",
    "check_optimizer",
    "discriminative_lrs",
    "freeze",
    "freeze_to",
    "layer_groups",
    "layer_names",
    "param_groups",
    "trainable_names",
    "unfreeze",
    "unfreezing_stages",
]


def _side(model: Any) -> Any:
    return side("tlcourse.freezing", model)


def freeze(model: Any, layers: str | Iterable[str] | None = None) -> None:
    """Stop training from changing these layers: their weights and their BatchNorm statistics.

    The statistics stay even if the model is put into training mode afterwards (``model.train()`` in PyTorch,
    ``model.fit`` or ``training=True`` in Keras): a frozen BatchNorm normalises with what it has stored.
    A copied or pickled model stays frozen. On a compiled Keras model, compile again afterwards.

    Weights that several layers share (a table of words that is the last layer too) are frozen with any of
    them, and opened again with any of them: the last call that names one of the layers counts.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Changed in place.
    layers : str or list of str, optional
        Names of groups ("conv_stem", "blocks.3"), several groups ("blocks") or single layers
        ("blocks.3.0.bn1"); see :func:`layer_groups` and :func:`layer_names`. Default: all.

    Raises
    ------
    UnknownNameError
        If no layer has that name; nothing is changed then.

    Examples
    --------
    In a notebook, after ``tlcourse.start``::

        freeze(model)                   # everything,
        unfreeze(model, "classifier")   # but the head: features as they are, a new head on top
    """
    _side(model).set_frozen(model, set(find(layers_of(model), layers)), True)


def unfreeze(model: Any, layers: str | Iterable[str] | None = None) -> None:
    """Let training change these layers again; BatchNorm statistics included.

    An optimizer made before does not know them: make a new one (PyTorch: or ``add_param_group``; Keras:
    ``compile`` again). :func:`check_optimizer` tells.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Changed in place.
    layers : str or list of str, optional
        As in :func:`freeze`.

    Raises
    ------
    UnknownNameError
        If no layer has that name; nothing is changed then.
    """
    _side(model).set_frozen(model, set(find(layers_of(model), layers)), False)


def freeze_to(model: Any, layer: str) -> None:
    """Freeze everything from the input up to and including `layer`; everything after it is trainable.

    Weights that layers on both sides share are frozen.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Changed in place.
    layer : str
        As in :func:`freeze`; of several layers the last counts.

    Raises
    ------
    UnknownNameError
        If no layer has that name; nothing is changed then.

    Examples
    --------
    In a notebook, after ``tlcourse.start``::

        freeze_to(model, "blocks.4")    # trains blocks 5 and 6, conv_head and classifier
    """
    layers = layers_of(model)
    last = find(layers, layer)[-1]
    names = [entry.name for entry in layers]
    cut = names.index(last) + 1
    knows = _side(model)
    if names[cut:]:
        knows.set_frozen(model, set(names[cut:]), False)
    knows.set_frozen(model, set(names[:cut]), True)  # last, so that weights of both sides are frozen


def layer_groups(model: Any) -> list[Group]:
    """The model's layers in groups, from input to output, with the same names in both frameworks.

    For EfficientNet-Lite0: conv_stem, blocks.0 to blocks.6, conv_head, classifier. A BatchNorm belongs to the
    convolution before it.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model

    Returns
    -------
    list of Group

    Raises
    ------
    CourseError
        If it is not a model, or has no weights yet.
    """
    return group(layers_of(model))


def layer_names(model: Any) -> list[str]:
    """The names of all layers that hold weights or statistics, from input to output.

    A layer that is in the model twice comes once, by its first name; `freeze` knows it by both.

    Raises
    ------
    CourseError
        If it is not a model, or has no weights yet.
    """
    return [layer.name for layer in layers_of(model) if not layer.first]


def batch_norm_layers(model: Any) -> list[str]:
    """The names of the model's normalisation layers, from input to output.

    ``freeze(model, batch_norm_layers(model))`` keeps their scales, shifts and statistics while the rest
    learns, which suits small batches: 16 images say little about a mean and a variance.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model

    Returns
    -------
    list of str
        Empty if the model has none.
    """
    return [layer.name for layer in layers_of(model) if layer.norm and not layer.first]


def unfreezing_stages(model: Any, stages: int) -> list[list[str]]:
    """A plan for gradual unfreezing: which groups train in each stage, the head first, everything at the end.

    Howard and Ruder 2018 (ULMFiT, arXiv:1801.06146, section 3.3) open one layer an epoch. Here the groups
    below the head are shared out over the stages after the first, as evenly as they go, the later stages
    taking more.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
    stages : int
        From 2 to the number of the model's groups.

    Returns
    -------
    list of list of str
        For each stage the groups that train, from input to output; freeze the others.

    Raises
    ------
    SettingError
        If there are fewer groups than stages, or fewer than two stages.

    Examples
    --------
    In a notebook, after ``tlcourse.start``::

        for groups in unfreezing_stages(model, 3):
            freeze(model)
            unfreeze(model, groups)
            training.fit(model, train, steps=30, lr=3e-4)
    """
    names = [g.name for g in layer_groups(model)]
    whole(f"The number of stages, for a model of {len(names)} groups,", stages, 2, len(names))
    below = len(names) - 1
    opened = [below * k // (stages - 1) for k in range(stages)]
    return [names[below - count :] for count in opened]


def trainable_names(model: Any) -> list[str]:
    """The parameters that training may change ("classifier.weight"), named alike in both frameworks."""
    return [
        name
        for layer in layers_of(model)
        for name, trainable in zip(layer.parameters, layer.trainable, strict=True)
        if trainable
    ]


def discriminative_lrs(model: Any, base_lr: float, decay: float = 1 / 2.6) -> dict[str, float]:
    """A learning rate per group: `base_lr` for the last, times `decay` for each step towards the input.

    Early layers hold general features that should change little (Howard and Ruder 2018, ULMFiT,
    arXiv:1801.06146, section 3.2, with decay 1/2.6).

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
    base_lr : float
        Above 0.
    decay : float
        Above 0, at most 1.

    Returns
    -------
    dict of group name to learning rate, from input to output

    Raises
    ------
    SettingError
        If a number is out of its range.
    """
    if not base_lr > 0:
        raise SettingError(f"The learning rate is {base_lr!r}.", "Give a number above 0, such as 1e-3.")
    if not 0 < decay <= 1:
        raise SettingError(f"The decay is {decay!r}.", "Give a number above 0 and at most 1, such as 0.4.")
    groups = layer_groups(model)
    return {g.name: base_lr * decay ** (len(groups) - 1 - i) for i, g in enumerate(groups)}


def param_groups(model: Any, base_lr: float, decay: float = 1 / 2.6) -> list[dict[str, Any]]:
    """PyTorch: an optimizer's groups with the rates of :func:`discriminative_lrs`; frozen ones are left out.

    Parameters
    ----------
    model : torch.nn.Module
    base_lr, decay : float
        As in :func:`discriminative_lrs`.

    Returns
    -------
    list of dict
        With "params", "lr" and "name", for ``torch.optim.Adam(param_groups(model, 1e-3))``. Tied weights are
        in the group of the first layer that holds them, as in `layer_groups`.

    Raises
    ------
    CourseError
        For a Keras model, or if nothing is trainable.
    """
    if framework_of(model) != "torch":
        raise CourseError(
            "A Keras optimizer has no parameter groups.",
            "Pass the rates to the course's fit: training.fit(model, ..., lr=discriminative_lrs(model, "
            "1e-3)).",
        )
    rates = discriminative_lrs(model, base_lr, decay)
    parameters = dict(model.named_parameters())
    groups = []
    for entry in layer_groups(model):
        trainable = [parameters[name] for name in entry.parameters if parameters[name].requires_grad]
        if trainable:
            groups.append({"params": trainable, "lr": rates[entry.name], "name": entry.name})
    if not groups:
        raise CourseError(
            "Every layer of the model is frozen, so there is nothing to train.",
            'Unfreeze something first, such as unfreeze(model, "classifier").',
        )
    return groups


def check_optimizer(model: Any, optimizer: Any = None) -> None:
    """Raise if the optimizer does not hold what is trainable now.

    PyTorch's optimizer trains the parameters it was given when it was made: one unfrozen later is silently
    never trained. Keras fixes the trainable set when the model is compiled.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
    optimizer : torch.optim.Optimizer, optional
        Needed for PyTorch; for Keras the model's own by default.

    Raises
    ------
    CourseError
        If trainable parameters are missing from it (it names them), or the model must be compiled (again).
    """
    _side(model).check_optimizer(model, optimizer)
