"""The live part of the page ``in-the-browser``: a network that runs on the reader's machine, in the page.

Only the page's own scripts are committed (``book/_extra/in-the-browser``). When the site is built,

* `network` exports EfficientNet-Lite0 to ONNX (``_torch``), makes the file smaller (`rounding`), and keeps it
  in the course's cache; the runtime that runs it is a pack of npm's (`tlcourse.packs.npm`);
* `parts` writes both, and the names of the classes, as scripts, in pieces;
* `page` puts them and the examples into the staged page; where something is missing, the page says what.
"""

from tlcourse.authoring.in_browser.page import PAGE, stage_page

__all__ = ["PAGE", "stage_page"]
