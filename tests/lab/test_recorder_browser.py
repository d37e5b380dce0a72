"""Chapter 12's recorder in JupyterLab: a microphone that plays a person's "seven", ten times recorded.

A real server and kernel, the cells of the committed notebook. Chromium's microphone plays a WAV file.
"""

from __future__ import annotations

import re
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import packs_here
import pytest
from browser import chromium
from jupyter import Notebook, Server, jupyterlab
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from test_lab_browser import NOTEBOOKS, needed_cells

from tlcourse import data

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.turns(4, "tlcourse/audio", "tests/lab"),
]

CHAPTER = "12-speech"
ALONE = 'from tlcourse import audio\naudio.Recorder("recordings", "seven", wanted=2)'


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the microphone hears, over and over: silence, "seven" as a person says it, silence; 2 seconds."""
    clips = data.spoken_digits().of(languages="en", speakers="John Arundel")
    row = int(np.flatnonzero(clips.labels == 7)[0])
    sound = np.zeros(2 * clips.rate, "<i2")
    sound[4000 : 4000 + clips.lengths[row]] = clips.sounds[row, : clips.lengths[row]]
    path = tmp_path_factory.mktemp("microphone") / "seven.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)  # Chromium takes it for this rate
        file.writeframes(sound.repeat(6).tobytes())
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy2(NOTEBOOKS / "torch" / f"{CHAPTER}.ipynb", folder)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    write(new_notebook(cells=[new_code_cell(ALONE)], metadata=kernel), folder / "alone.ipynb")
    with jupyterlab(folder, tmp_path_factory.mktemp("private")) as server:
        yield server


def opened(browser: Any, server: Server, path: str) -> Notebook:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    return Notebook(context.new_page(), server, path)


def test_ten_recordings_and_the_keyword_is_found(microphone: Path, server: Server, tmp_path: Path) -> None:
    packs_here.need("speech_mel")
    packs_here.need("speech_embedding")
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with chromium(*fake, f"--use-file-for-fake-audio-capture={microphone}") as browser:
        notebook = opened(browser, server, f"{CHAPTER}.ipynb")
        path = NOTEBOOKS / "torch" / f"{CHAPTER}.ipynb"
        before, recorder = needed_cells(path, "audio.Recorder(")
        notebook.run(*before, recorder, seconds=120)
        shown = notebook.cell(recorder)
        status = shown.get_by_role("status")
        assert "0 of 10 recordings" in status.inner_text()
        assert shown.locator(".tl-recorder").count() == 0, "the widget, without the text beside it"
        for number in range(1, 11):
            shown.get_by_role("button", name="Record seven").click()
            status.get_by_text("then press Stop").wait_for()
            notebook.page.wait_for_timeout(2000)  # what the file of the microphone lasts
            shown.get_by_role("button", name="Stop recording seven").click()
            status.get_by_text(f"seven-{number}.wav is saved").wait_for(timeout=30_000)
        assert "That is enough" in status.inner_text()
        shown.scroll_into_view_if_needed()
        notebook.page.screenshot(path=str(tmp_path / "recorder.png"))

        after, own = needed_cells(path, "audio.recordings(")
        notebook.run(*(cell for cell in after if cell not in before and cell != recorder), own, seconds=240)
        assert notebook.errors() == []
        assert "10 recordings of yours" in notebook.output(own)
        found = re.search(r"(\d+) of 10 found", notebook.output(own))
        assert found
        assert int(found[1]) >= 9, "the keyword is found in what was recorded"
        shown.get_by_role("button", name="Delete the last one").click()
        status.get_by_text("seven-10.wav is deleted").wait_for()
        notebook.close()


def test_a_refusal_says_what_to_do_instead(server: Server) -> None:
    with chromium("--deny-permission-prompts") as browser:
        notebook = opened(browser, server, "alone.ipynb")
        (cell,) = notebook.ids("Recorder")
        notebook.run(cell)
        shown = notebook.cell(cell)
        shown.get_by_role("button", name="Record seven").click()
        shown.get_by_role("status").get_by_text("save WAV files").wait_for()
        said = shown.get_by_role("status").inner_text()
        assert "microphone" in said
        assert "seven-1.wav" in said
        assert notebook.errors() == []
        notebook.close()
