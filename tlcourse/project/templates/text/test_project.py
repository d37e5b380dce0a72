"""Does the whole project run? On twelve texts of its own, in a copy, with a small network.

python -m pytest test_project.py
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import BertWordPieceTokenizer

HERE = Path(__file__).resolve().parent
GOOD, BAD = (
    ["lovely", "bright", "warm", "kind", "happy", "fresh"],
    ["broken", "late", "cold", "rude", "sad", "stale"],
)


def small_encoder(folder):
    """A BERT of one block with random weights, in a folder as they come from the Hub."""
    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "was", "day", *GOOD, *BAD]
    letters = [chr(code) for code in range(97, 123)]
    words += letters + [f"##{letter}" for letter in letters]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertWordPieceTokenizer(str(folder / "vocab.txt")).save(str(folder / "tokenizer.json"))
    about = {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": len(words)}
    about |= {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    about |= {"intermediate_size": 32, "max_position_embeddings": 64, "type_vocab_size": 2}
    about |= {"hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0}
    (folder / "config.json").write_text(json.dumps(about), encoding="utf-8")
    shapes = {"word_embeddings": len(words), "position_embeddings": 64, "token_type_embeddings": 2}
    shapes = {f"embeddings.{name}.weight": (rows, 16) for name, rows in shapes.items()}
    at = "encoder.layer.0."
    dense = {f"attention.self.{name}": (16, 16) for name in ("query", "key", "value")}
    dense |= {"attention.output.dense": (16, 16)}
    dense |= {"intermediate.dense": (32, 16), "output.dense": (16, 32)}
    for name, shape in dense.items():
        shapes |= {f"{at}{name}.weight": shape, f"{at}{name}.bias": shape[:1]}
    random = np.random.default_rng(0)
    found = {n: random.normal(0, 0.3, s).astype(np.float32) for n, s in shapes.items()}
    for norm in ("embeddings.", f"{at}attention.output.", f"{at}output."):
        found[f"{norm}LayerNorm.weight"] = np.ones(16, np.float32)
        found[f"{norm}LayerNorm.bias"] = np.zeros(16, np.float32)
    save_file(found, str(folder / "model.safetensors"), {"format": "pt"})


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the scripts with twelve texts: your data and your run are not touched."""
    copy = tmp_path_factory.mktemp("project")
    for file in [*HERE.glob("*.py"), HERE / "requirements.txt"]:
        shutil.copy(file, copy)
    text = (HERE / "small.toml").read_text(encoding="utf-8")
    (copy / "config.toml").write_text(text, encoding="utf-8")
    small_encoder(copy / "small")
    lines = ["text,label"]
    for words, name in ((GOOD, "praise"), (BAD, "complaint")):
        lines += [f'"the day was {word}, {word[::-1]}",{name}' for word in words]
    (copy / "data").mkdir()
    (copy / "data" / "texts.csv").write_text("\n".join(lines), encoding="utf-8")
    return copy


def call(project, *arguments):
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_texts_to_a_report_and_an_answer(project):
    assert "split.csv" in call(project, "check.py")
    assert "Kept:" in call(project, "train.py")
    assert "Accuracy" in call(project, "report.py")
    answer = call(project, "predict.py", "the day was lovely")
    assert answer.split()[0] in ("praise", "complaint")
    record = json.loads((project / "run" / "run.json").read_text(encoding="utf-8"))
    assert {row["split"] for row in record["split"]} == {"train", "validation", "test"}
    assert "</html>" in (project / "run" / "report.html").read_text(encoding="utf-8")
