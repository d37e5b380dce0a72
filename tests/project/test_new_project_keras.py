"""A written Keras project, run where the course cannot be imported."""

from __future__ import annotations

from pathlib import Path

import end_to_end
import pytest

#: The first blocks of the pretrained network, saved as the whole one is: quicker for Keras to trace.
FIRST_BLOCKS = """
from pathlib import Path
import model, keras, settings
whole = model.pretrained(**settings.read()["model"], size=64)
inner = whole.layers[len(whole.layers) // 5].output
pooled = keras.layers.GlobalAveragePooling2D()(inner)
keras.Model(whole.input, keras.layers.Dense(1000)(pooled)).save("weights/first_blocks.keras")
config = Path("config.toml")
config.write_text(config.read_text().replace("efficientnet_lite0.keras", "first_blocks.keras"))
"""


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/project", "tests/project")
def test_from_dirty_images_to_an_answer_with_a_kill_on_the_way(tmp_path: Path) -> None:
    end_to_end.whole_way(tmp_path / "mine", "keras", FIRST_BLOCKS)
