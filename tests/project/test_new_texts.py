"""A written project for texts: files as people's programs write them, and what the checks find."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import written

from tlcourse.data import rated_text
from tlcourse.errors import SettingError
from tlcourse.project import new_project

NAMES = ("settings", "known", "measures", "table", "labels", "texts", "tokens", "task", "split", "dividing")
NAMES += ("findings", "copies", "personal", "languages", "text_findings", "record", "finish")
NEEDED = {"torch": {"torch", "transformers"}, "keras": {"keras", "tensorflow"}}
COMMON = {"numpy", "pytest", "sklearn", "charset_normalizer", "tokenizers", "safetensors", "huggingface_hub"}


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    """The modules of a written project that import no framework."""
    folder = tmp_path_factory.mktemp("modules") / "mine"
    new_project(folder, "torch", task="text")
    with written.imported(folder, NAMES) as modules:
        yield modules


@pytest.fixture
def read(modules: dict[str, ModuleType], tmp_path: Path):
    """A function from bytes and settings to what `texts.read` gives."""

    def reading(content: bytes | str, **settings: object):
        file = tmp_path / "mine.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        config = modules["settings"].checked({})
        config["data"] |= {"file": str(file), **settings}
        config["groups"]["column"] = config["data"].pop("group", "")
        return modules["texts"].read(config)

    return reading


BODY = [("Grüße aus Köln, alles gut", "gut"), ("nie wieder; sehr schlecht", "schlecht")]
BODY += [('er sagte "naja"\nund ging', "schlecht"), ("schön war’s", "gut")]


def written_as(delimiter: str = ",", header: bool = True, newline: str = "\r\n") -> str:
    lines = [f"text{delimiter}label"] if header else []
    for text, label in BODY:
        doubled = text.replace('"', '""')
        lines.append(f'"{doubled}"{delimiter}{label}')
    return newline.join(lines) + newline


# --- Writing


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_a_text_project_imports_its_framework_and_nothing_of_the_course(
    tmp_path: Path, framework: str
) -> None:
    files = new_project(tmp_path / "mine", framework, task="text")
    assert {"README.md", "config.toml", "train.py", "predict.py", "data/README.md"} <= set(files)
    assert "images.py" not in files
    written.imports_only(tmp_path / "mine", files, COMMON | NEEDED[framework], lines=260)


def test_another_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="There is no task 'sound'"):
        new_project(tmp_path / "mine", "torch", task="sound")


def test_every_setting_of_a_text_project_is_in_its_file(modules: dict[str, ModuleType]) -> None:
    file = modules["settings"].HERE / "config.toml"
    given = tomllib.loads(file.read_text(encoding="utf-8"))
    for part, names in modules["known"].KNOWN.items():
        assert {name: rule[0] for name, rule in names.items()} == given[part]
    assert set(given) == set(modules["known"].KNOWN)


# --- Files as they come


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(read, encoding: str, delimiter: str) -> None:
    rows, left_out, notes, _, _ = read(written_as(delimiter).encode(encoding))
    assert not left_out
    expected = [" ".join(text.split()) for text, _ in BODY]
    assert [row["text"] for row in rows] == expected
    assert [row["class"] for row in rows] == [label for _, label in BODY]
    assert [row["row"] for row in rows] == ["2", "3", "4", "6"], "lines of the file"
    if encoding == "cp1252":
        assert any("windows-1252, by guessing" in note and "Gr" in note for note in notes)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(read, newline: str) -> None:
    assert len(read(written_as(newline=newline))[0]) == 4


def test_russian_and_polish_code_pages(read) -> None:
    russian = ["спасибо, всё хорошо", "очень плохо, не работает", "мне понравилось", "никогда больше"]
    content = "text;label\n" + "".join(f"{t};{'ab'[i % 2]}\n" for i, t in enumerate(russian * 3))
    assert read(content.encode("cp1251"))[0][1]["text"] == russian[1]


def test_no_header_and_columns_by_number(read) -> None:
    content = "ham,see you at six\nspam,WIN a prize now\nham,ok then\nspam,free cash\n"
    rows, _, notes, _, _ = read(content)
    assert len(rows) == 4
    assert rows[0]["class"] == "ham"
    assert any("looks like data" in note for note in notes)
    rows = read("7,ham,see you\n8,spam,win it\n9,ham,ok so\n", text="3", label="2")[0]
    assert [row["text"] for row in rows] == ["see you", "win it", "ok so"]


def test_a_first_line_from_excel_and_nul_bytes(read) -> None:
    assert len(read("sep=;\r\ntext;label\r\nab cd;x\r\nef gh;y\r\n")[0]) == 2
    assert read("text,label\nab\0cd,x\nef,y\n")[0][0]["text"] == "abcd"


def test_tabs_are_seen_between_texts_with_commas(read) -> None:
    content = "".join(f"one thing {i}, and more\t{'xy'[i % 2]}\n" for i in range(12))
    assert {row["class"] for row in read(content.encode("utf-16"))[0]} == {"x", "y"}


def test_the_column_of_numbers_that_pandas_writes(read) -> None:
    rows, _, _, _, columns = read(",text,label\n0,a b,x\n1,c d,y\n2,e f,x\n")
    assert [row["text"] for row in rows] == ["a b", "c d", "e f"]
    assert columns["header"] == ["", "text", "label"]


def test_backslashes_and_plain_quotes(read) -> None:
    rows, _, notes, _, _ = read('text,label\n"he said \\"no\\", twice",x\n"ok, fine",y\n')
    assert rows[0]["text"] == 'he said "no", twice'
    assert any("backslashes" in note for note in notes)
    tabs = 'text\tlabel\n"Oh" she said\tx\nno "way\ty\n'
    assert read(tabs)[0][0]["text"] == '"Oh" she said'


def test_labels_that_differ_in_case_or_blanks_are_one(read) -> None:
    content = "text,label\na b, Spam\nc d,spam \ne f,spam\ng h,HAM\ni j,ham\nk l,ham\n"
    rows, _, _, spellings, _ = read(content)
    assert {row["class"] for row in rows} == {"spam", "ham"}
    assert len(spellings) == 2
    rows = read("text,label\na b,1\nc d,1.0\ne f,2.0\ng h,2\n")[0]
    assert [row["class"] for row in rows] == ["1", "1", "2", "2"]


def test_empty_cells_are_left_out_with_their_rows(read) -> None:
    content = "text,label\na b,x\n,x\nc d,\nNaN,y\ne f,nan\n!!!,x\ng h,y\n"
    rows, left_out, _, _, _ = read(content)
    assert [row["row"] for row in rows] == ["2", "8"]
    assert [row for row, _ in left_out] == ["3", "4", "5", "6", "7"]
    assert dict(left_out)["4"] == "has no label"


def test_of_a_large_file_the_same_texts_are_drawn_again(read) -> None:
    lines = [f"text number {i} of many,{'xy'[i % 2]}" for i in range(300)]
    some = {row["sha256"] for row in read("text,label\n" + "\n".join(lines), most_rows=50)[0]}
    more = {row["sha256"] for row in read("text,label\n" + "\n".join(lines[::-1]), most_rows=50)[0]}
    assert some == more
    assert len(some) == 50


def test_classes_can_be_left_out(read) -> None:
    content = "text,label\na b,x\nc d,y\ne f,rare\n"
    assert len(read(content, leave_out="Rare")[0]) == 2


UNIQUE = "".join(f"words {i},{i * 37}\n" for i in range(60))


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        (b"PK\x03\x04\x00", {}, "is an Excel or zip file"),
        (b"", {}, "is empty"),
        (b"\xef\xbb\xbf\r\n", {}, "is empty"),
        ('{"text": "a", "label": "b"}\n', {}, "looks like JSON"),
        ("text\na b\nc d\n", {}, "only one column"),
        ("text,label\n", {}, "a header and no rows"),
        ('text,label\n"a b,x\nc d,y\n', {}, "opened and never closed"),
        ('text,label\n"a "b" c",x\n"d, e",y\n', {}, "line 2"),
        ("text,label\na b,x\nc d,x\n", {}, "only one label, 'x'"),
        ("text,label\n,x\n,y\n", {}, "no row with a text and a label (row 2 has no text"),
        ("text,label\n" + UNIQUE, {}, "60 different labels in 60 rows"),
        ("text,label\na b,x\nc d,y\n", {"label": "kind"}, "data.label is 'kind'"),
        ("one,two,three\na b,x,1\nc d,y,2\n", {}, "Which column"),
        ("text,label\na b,x\nc d,y\n", {"text": "label"}, "are one column"),
        ("text,label\n" + "a, b,x\n" * 20, {}, "The first row of mine.csv has 2 cells, and 20 rows have 3"),
        ("text,label\n" + "a, b,x\n" * 9 + "c,y\n" * 11, {}, "9 of 21 rows"),
        ("text,label\nä,x\nb,y\n".encode("cp1252"), {"encoding": "utf-8"}, "line 2 cannot be read"),
        ("text,label\na b,x\nc d,y\n", {"encoding": "klingon"}, "no encoding 'klingon'"),
        ("text,label\na b,x\nc d,y\n", {"leave_out": "z"}, "data.leave_out names 'z'"),
        ("text,label\nä,x\nö,y\nü,y\n".encode() + b"\xe4,x\n", {}, "not in 1 of its lines (5)"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_message(
    modules: dict[str, ModuleType], read, content: bytes | str, settings: dict[str, object], message: str
) -> None:
    with pytest.raises(modules["settings"].Problem) as caught:
        read(content, **settings)
    assert message in str(caught.value)
    assert "What to do" in str(caught.value)


# --- What the checks find


def test_planted_copies_are_found_and_few_others(modules: dict[str, ModuleType]) -> None:
    """Other letters, links, numbers, a cut end, a wrong letter: all but few; hardly any false one."""
    rng = random.Random(0)
    texts = [t for t in dict.fromkeys(rated_text("tweets").texts) if len(t) > 60][:600]

    def typo(text: str) -> str:
        place = rng.randrange(len(text))
        return text[:place] + "x" + text[place + 1 :]

    ways = [str.upper, lambda t: f"RT @someone: {t}", lambda t: f"{t} http://t.co/ab{rng.random()}"]
    ways += [typo, lambda t: f"{t[: int(len(t) * 0.85)]}…", lambda t: t.replace(" ", "  ") + "!!"]
    planted = [ways[i % len(ways)](text) for i, text in enumerate(texts[:120])]
    pairs = set(modules["copies"].near_copies(texts + planted, 0.6))
    expected = {(i, 600 + i) for i in range(120)}
    assert len(pairs & expected) >= 114
    others = [pair for pair in pairs - expected if pair[1] < 600]
    assert len(others) <= 12


def test_pairs_are_those_of_comparing_all(modules: dict[str, ModuleType]) -> None:
    copies = modules["copies"]
    texts = list(dict.fromkeys(rated_text("products").texts))[:300]
    sets = [copies.pieces(copies.plain(text)) for text in texts]
    slow = {
        (i, j) for j in range(300) for i in range(j) if len(sets[i] & sets[j]) >= 0.4 * len(sets[i] | sets[j])
    }
    assert set(copies.near_copies(texts, 0.4)) == slow


def test_personal_data_by_form(modules: dict[str, ModuleType]) -> None:
    personal = modules["personal"]
    text = (
        "Mail ada@example.org or ring +49 30 1234567, card 4111 1111 1111 1111, GB82 WEST 1234 5698 7654 32."
    )
    kinds = [kind for kind, _ in personal.found(text)]
    assert kinds == ["e-mail address", "account number (IBAN)", "card number", "telephone number"]
    hidden = personal.masked(text)
    assert not any(part in hidden for part in ("ada@", "1234567", "4111", "WEST"))
    for harmless in (
        "the card 4111 1111 1111 1112 has a wrong digit",
        "born 1999-12-31, or 31.12.1999, in 2026",
        "version 10.15.7 build 19H2, 1234567 views, 3,000,000 people",
        "GB82 WEST 1234 5698 7654 33",
        "at 5 p.m. @home, order 12345",
    ):
        assert personal.found(harmless) == [], harmless


def test_false_alarms_on_texts_without_such_data_are_rare(modules: dict[str, ModuleType]) -> None:
    texts = [text for name in ("movies", "editorials") for text in rated_text(name).texts[:2000]]
    hits = [hit for text in texts for hit in modules["personal"].found(text)]
    assert len(hits) <= 2, hits


SAID = {
    "English": "I have been to this shop and it was not what you would think",
    "German": "Das ist wirklich nicht gut und ich bin mit dem Gerät auch nicht zufrieden",
    "French": "Je ne suis pas content du tout, le service est très lent et les gens",
    "Spanish": "No me gusta nada, el servicio es muy malo y los precios para que",
    "Italian": "Non mi piace per niente, il servizio è molto lento e gli orari sono",
    "Dutch": "Ik ben niet blij met het apparaat, maar de winkel was heel goed voor je",
    "Polish": "Nie jestem zadowolony, to jest bardzo słabe i już nie działa",
    "Cyrillic": "Мне совсем не понравилось",
    "Japanese": "とても良かったです",
    "Arabic": "لم يعجبني على الإطلاق",
    "unclear": "iPhone 14 Pro",
}


@pytest.mark.parametrize("name", SAID)
def test_a_language_is_guessed_or_unclear(modules: dict[str, ModuleType], name: str) -> None:
    assert modules["languages"].language(SAID[name]) == name


def test_english_is_seldom_taken_for_something_else(modules: dict[str, ModuleType]) -> None:
    guesses = [modules["languages"].language(text) for text in rated_text("editorials").texts[:2000]]
    wrong = [guess for guess in guesses if guess not in ("English", "unclear")]
    assert len(wrong) < 0.02 * len(guesses)
    assert guesses.count("English") > 0.75 * len(guesses)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with texts of sixty authors, two each."""
    made = written.text_project(tmp_path / "mine", "torch")
    written.reviews(made / "data" / "texts.csv")
    return made


def test_an_author_is_on_one_side_and_added_texts_move_nobody(project: Path) -> None:
    written.change(project, groups__column="author")
    written.run(project, "check.py")
    rows = written.text_rows(project)
    sides: dict[str, set[str]] = {}
    for row in rows:
        sides.setdefault(row["group"], set()).add(row["split"])
    assert all(len(side) == 1 for side in sides.values())
    assert len(sides) == 60
    file = project / "data" / "texts.csv"
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([head, "an entirely new thing,good,zoe", *lines]), encoding="utf-8")
    written.run(project, "check.py")
    before = {row["sha256"]: row["split"] for row in rows}
    after = {row["sha256"]: row["split"] for row in written.text_rows(project)}
    assert len(after) == len(before) + 1
    assert all(after[key] == split for key, split in before.items())


def test_a_class_with_two_rows_and_contradictions_are_told(project: Path) -> None:
    file = project / "data" / "texts.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "one odd thing,rare,x1\nquite another matter,rare,x2\n", encoding="utf-8")
    said = written.refused(project, "check.py")
    assert "rare (texts: 2, groups: 2)" in said
    assert "data.leave_out" in said
    written.change(project, data__leave_out="rare")
    assert "are of classes in data.leave_out" in written.run(project, "check.py")
    written.change(project, data__leave_out="")
    file.write_text(text + "same words here,good,x1\nsame words here,bad,x2\n", encoding="utf-8")
    said = written.run(project, "check.py", "--redraw")
    assert "Equal texts with different labels: 1" in said
    assert "row 122 good, row 123 bad" in said
    told = json.loads((project / "check.json").read_text(encoding="utf-8"))
    assert told["contradictions"] == 1


def test_personal_data_are_counted_masked_and_not_printed(project: Path) -> None:
    with open(project / "data" / "texts.csv", "a", encoding="utf-8") as opened:
        opened.write("write to ada.lovelace@example.org please,good,x1\n")
    written.change(project, groups__column="author")
    said = written.run(project, "check.py", "--mask", "masked.csv")
    assert "e-mail address: 1 texts (rows 122)" in said
    assert "lovelace" not in said
    masked = (project / "masked.csv").read_text(encoding="utf-8")
    assert "write to [e-mail address] please,good,x1" in masked
    assert "lovelace" not in (project / "check.json").read_text(encoding="utf-8")
    assert "exists" in written.refused(project, "check.py", "--mask", "masked.csv")


def test_a_changed_file_is_noticed(project: Path) -> None:
    code = "import check, settings; settings.run(lambda: bool(check.unchanged(settings.read())) and 0)"
    written.run(project, "check.py")
    written.run(project, "-c", code)
    file = project / "data" / "texts.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "something new,good,x1\n", encoding="utf-8")
    assert "new texts: 1, gone: 0" in written.refused(project, "-c", code)
    file.write_text(text.replace(",good,", ",bad,", 1), encoding="utf-8")
    assert "(labels)" in written.refused(project, "-c", code)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / "tokenizer.json").unlink() or (f / "vocab.txt").unlink(), "has no tokenizer.json"),
        (lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"), "which may run anybody's code"),
        (lambda f: (f / "config.json").write_text("{"), "config.json is damaged"),
        (lambda f: (f / "tokenizer.json").write_text("{}"), "tokenizer cannot be read"),
    ],
)
def test_a_bad_checkpoint_is_one_message(project: Path, spoil, message: str) -> None:
    spoil(project / "small")
    assert message in written.refused(project, "check.py")


def test_no_such_checkpoint(project: Path) -> None:
    written.change(project, model__checkpoint="nowhere")
    assert "There is no folder nowhere" in written.refused(project, "check.py")


def test_what_an_answer_only_where_it_is_sure_would_cost(modules: dict[str, ModuleType], capsys) -> None:
    import numpy as np

    chances = np.array([[0.95, 0.05], [0.35, 0.65], [0.72, 0.28], [0.45, 0.55]])
    guesses, labels = np.array([0, 1, 0, 0]), np.array([0, 1, 1, 0])  # the last by another threshold
    modules["finish"].tell_unsure(labels, guesses, chances, shares=(0.4, 0.5, 0.7, 0.99))
    told = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert [line[0] for line in told] == ["0.4", "0.5", "0.7", "1.0"]
    assert [line[1] for line in told] == ["100%", "75%", "50%", "0%"], "answered"
    assert ["75%" in told[0], "67%" in told[1], "50%" in told[2][2:]] == [True] * 3, "rightly"
    assert "rightly" not in told[3], "nobody gets an answer"
