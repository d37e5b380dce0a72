"""Explorers: choose, and see the figure change.

In a live notebook the choices are ipywidgets' drop-down lists; on the site, where no kernel runs, the same
explorer is HTML without a script: every figure is there, and radio buttons choose which one is shown.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable
from itertools import product
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.plots import alt_of, figure_html

__all__ = ["Explorer"]

MOST = 24
"""The site carries a figure for every combination, so their number is limited."""

_DPI = 80
_STYLE = (
    "#{top} .tlx-figure{{display:none}}"
    "#{top} fieldset{{border:1px solid currentColor;border-radius:4px;margin:.3em .6em .3em 0;"
    "padding:.2em .8em;display:inline-block;color:inherit}}"
    "#{top} legend{{font-size:.9em;padding:0 .3em;width:auto;margin:0;float:none}}"
    "#{top} label{{margin-right:1em;cursor:pointer;white-space:nowrap}}"
    "@supports not selector(:has(*)){{#{top} .tlx-figure{{display:block}}}}"
)


class Explorer:
    """A figure with controls.

    JupyterLab shows the live widget, because ipywidgets' renderer ranks before that of HTML; the site drops
    the widget and shows the HTML. Both have a label for every control, work from the keyboard, and give every
    figure its alt text and its values.

    Parameters
    ----------
    controls : dict of str to list
        The choices by name; names are the arguments of ``draw``. The first of each list is shown first. There
        may be 24 combinations in all.
    draw : callable
        ``draw(**choice)``: a matplotlib Axes, as `tlcourse.plots` gives (or a Figure whose Axes do). Each
        combination is drawn once and kept.
    title : str
        What the explorer shows.

    Raises
    ------
    CourseError
        For no controls, a control without choices or with the same choice twice, too many combinations, or a
        drawing without alt text.

    Examples
    --------
    >>> from tlcourse import plots
    >>> explorer = Explorer({"size": [5, 20]}, lambda size: plots.bars({"probe": size / 40}), "Sizes")
    >>> explorer
    Explorer 'Sizes': size (5, 20)
    >>> explorer.alt(size=20)
    'Values: probe 0.50.'
    >>> explorer.static_html().count("<img")
    2
    """

    def __init__(self, controls: dict[str, list], draw: Callable[..., Any], title: str) -> None:
        if not controls:
            raise CourseError(
                f"The explorer {title!r} has no controls.", "Give at least one: {'size': [5, 10]}."
            )
        self.controls = {name: list(choices) for name, choices in controls.items()}
        for name, choices in self.controls.items():
            if not choices or len({str(c) for c in choices}) < len(choices):
                fault = "no choices" if not choices else "the same choice twice"
                raise CourseError(
                    f"The control {name!r} of the explorer {title!r} has {fault}: {choices}.",
                    "Give it a list of choices that differ.",
                )
        count = len(list(product(*self.controls.values())))
        if count > MOST:
            raise CourseError(
                f"The explorer {title!r} has {count} combinations; the site can carry {MOST}.",
                "Offer fewer choices, or make two explorers.",
            )
        self.draw, self.title = draw, title
        self._drawn: dict[tuple[str, ...], tuple[str, str]] = {}
        self._widget: Any = None

    def __repr__(self) -> str:
        parts = [f"{name} ({', '.join(map(str, choices))})" for name, choices in self.controls.items()]
        return f"Explorer {self.title!r}: {', '.join(parts)}"

    def figure(self, **choice: Any) -> str:
        """The figure for one choice as HTML, with alt text and values.

        Raises
        ------
        CourseError
            For a choice that the controls do not offer.
        """
        return self._draw(choice)[1]

    def alt(self, **choice: Any) -> str:
        """The alt text of the figure for one choice."""
        return self._draw(choice)[0]

    @property
    def first(self) -> dict[str, Any]:
        """The choice that is shown first."""
        return {name: choices[0] for name, choices in self.controls.items()}

    def _draw(self, choice: dict[str, Any]) -> tuple[str, str]:
        if set(choice) != set(self.controls) or any(choice[k] not in self.controls[k] for k in choice):
            raise CourseError(
                f"The explorer {self.title!r} has no figure for {choice}.",
                f"Choose one of each: {self!r}.",
            )
        key = tuple(str(choice[name]) for name in self.controls)
        if key not in self._drawn:
            ax = self.draw(**choice)
            self._drawn[key] = alt_of(ax), figure_html(ax, dpi=_DPI)
            _close(ax)
        return self._drawn[key]

    @property
    def widget(self) -> Any:
        """The live ipywidgets widget: a drop-down list for each control above the figure."""
        if self._widget is None:
            self._widget = self._build()
        return self._widget

    def _build(self) -> Any:
        import ipywidgets as W

        figure = W.HTML(self.figure(**self.first))
        # Lists rather than sliders: their handles have no name that a screen reader could say.
        lists = {
            name: W.Dropdown(
                options=[(str(c), c) for c in choices],
                description=_words(name),
                style={"description_width": "initial"},
            )
            for name, choices in self.controls.items()
        }

        def changed(_change: dict[str, Any]) -> None:
            choice = {name: box.value for name, box in lists.items()}
            try:
                figure.value = self.figure(**choice)
            except Exception as error:
                # In a callback it would end up in the kernel's log, where no learner looks.
                message = html.escape(f"{type(error).__name__}: {error}")
                figure.value = f'<p role="alert">{message}</p>'

        for box in lists.values():
            box.observe(changed, names="value")
        heading = W.HTML(f"<strong>{html.escape(self.title)}</strong>")
        row = W.HBox(list(lists.values()), layout=W.Layout(flex_flow="row wrap"))
        return W.VBox([heading, row, figure])

    def static_html(self) -> str:
        """The explorer for a page without a kernel: HTML and CSS, no script.

        Returns
        -------
        str
            One ``<div>``: a ``<fieldset>`` of radio buttons for each control and every figure, of which the
            chosen one is shown. A browser that does not know CSS ``:has()`` shows them all.
        """
        names = list(self.controls)
        positions = list(product(*(range(len(choices)) for choices in self.controls.values())))
        drawn = [
            self._draw({name: self.controls[name][i] for name, i in zip(names, position, strict=True)})
            for position in positions
        ]
        digest = hashlib.sha256(repr([self.title, self.controls, drawn]).encode()).hexdigest()[:10]
        top = f"tlx-{digest}"
        rules, figures = [_STYLE.format(top=top)], []
        for position, (_, figure) in zip(positions, drawn, strict=True):
            own = f"{top}-p-" + "-".join(map(str, position))
            checked = "".join(f":has(#{top}-{k}-{i}:checked)" for k, i in enumerate(position))
            rules.append(f"#{top}{checked} #{own}{{display:block}}")
            figures.append(f'<div class="tlx-figure" id="{own}">{figure}</div>')
        title = html.escape(self.title, quote=True)
        return (
            f'<div class="tl-explorer" id="{top}" role="group" aria-label="{title}">'
            f"<style>{''.join(rules)}</style><p><strong>{title}</strong></p>"
            f"{self._fieldsets(top)}{''.join(figures)}</div>"
        )

    def _fieldsets(self, top: str) -> str:
        """The radio buttons of each control, as HTML."""
        fieldsets = []
        for k, (name, choices) in enumerate(self.controls.items()):
            radios = "".join(
                f'<label for="{top}-{k}-{i}"><input type="radio" name="{top}-{k}" id="{top}-{k}-{i}"'
                f"{' checked' if i == 0 else ''}> {html.escape(str(choice))}</label>"
                for i, choice in enumerate(choices)
            )
            fieldsets.append(f"<fieldset><legend>{html.escape(_words(name))}</legend>{radios}</fieldset>")
        return "".join(fieldsets)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """The live widget, the static explorer and a line of text, for whoever displays it to choose from."""
        live = self.widget._repr_mimebundle_()
        data = live[0] if isinstance(live, tuple) else live
        view = "application/vnd.jupyter.widget-view+json"
        return {
            view: data[view],
            "text/html": self.static_html(),
            "text/plain": f"{self!r}. Shown first: {self.alt(**self.first)}",
        }


def _words(name: str) -> str:
    return name.replace("_", " ")


def _close(ax: Any) -> None:
    """Close a figure made through pyplot, which would otherwise be shown once more."""
    figure = getattr(ax, "figure", ax)
    if getattr(figure.canvas, "manager", None) is not None:
        import matplotlib.pyplot as plt

        plt.close(figure)
