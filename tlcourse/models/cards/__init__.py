"""The model cards: what each model is, what it was trained on, and where its weights come from.

A module for each model, named like it, which holds its ``CARD``: to add a model is to add a module.
"""

from __future__ import annotations

import html
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from tlcourse.errors import UnknownNameError
from tlcourse.models.cards._record import ModelCard

__all__ = ["Cards", "ModelCard", "card", "cards", "known"]


class Cards(tuple[ModelCard, ...]):
    """All model cards; shows itself as a table."""

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="text-align:left">{text}</th>'
            for text in ("Name", "Task", "Parameters", "ImageNet top-1", "Trained on", "Licence")
        )
        body = "".join(
            '<tr><th scope="row" style="text-align:left">'
            + html.escape(c.name)
            + "</th>"
            + "".join(
                f'<td style="text-align:left">{html.escape(text)}</td>'
                for text in (c.task, f"{c.parameters:,}", c.accuracy(), c.source_data, c.licence)
            )
            + "</tr>"
            for c in self
        )
        return f"<table><caption>Models</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


_read: dict[str, ModelCard] = {}
"""The cards read so far, by name."""


def _names() -> list[str]:
    return [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]


def known(name: str) -> bool:
    """Whether there is a card of that name. None is read.

    Examples
    --------
    >>> known("vgg16"), known("vgg17"), known("sequential/dense")
    (True, False, False)
    """
    whole = isinstance(name, str) and name.isidentifier() and not name.startswith("_")
    return whole and (name in _read or find_spec(f"{__name__}.{name}") is not None)


def cards() -> Cards:
    """All model cards, in the order of their places.

    Examples
    --------
    >>> [c.name for c in cards()][:4]
    ['efficientnet_lite0', 'efficientnet_lite1', 'efficientnet_lite2', 'squeezenet']
    """
    return Cards(sorted(map(card, _names()), key=lambda card_: card_.place))


def card(name: str) -> ModelCard:
    """The card of one model. No other is read.

    Raises
    ------
    UnknownNameError
        If there is no such model.

    Examples
    --------
    >>> card("efficientnet_lite0").input_size
    224
    """
    if name not in _read:
        if not known(name):
            raise UnknownNameError("model", name, [c.name for c in cards()])
        _read[name] = import_module(f"{__name__}.{name}").CARD
    return _read[name]
