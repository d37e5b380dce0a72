"""``tlcourse site``: from the chapters and their executed solutions to the built site.

One way only: chapter source, compiled for the site, with the outputs of ``solutions/`` (``page``), to
``_build/book-src`` (``stage``, ``contents``, ``front``, ``licences``), then through Jupyter Book with every
warning an error, to ``_build/site`` (``build``). Sphinx loads ``sphinx_extension``, which asks ``tables``,
``describe`` and ``mathml``; what a finished page does not need is taken out of it by ``lean``. No chapter is
executed and nothing is fetched. The page with a network in it is `tlcourse.authoring.in_browser`'s.
"""

from tlcourse.authoring.site.build import build_site

__all__ = ["build_site"]
