"""The commands for a class that is served: ``tlcourse serve``, ``submit`` and ``class ...``."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from tlcourse.commands.explaining import explained, explained_grading, split
from tlcourse.commands.places import course_files
from tlcourse.errors import CourseError

__all__ = ["classes", "serve", "submit"]

classes = typer.Typer(
    help="A class that hands in to `tlcourse serve`: make it, let people in, back it up.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Folder = Annotated[Path, typer.Argument(help="The class's folder.")]


@explained_grading
def serve(
    folder: Folder,
    host: Annotated[
        str | None,
        typer.Option(help="Where it listens: 127.0.0.1 by default, 0.0.0.0 for the whole network."),
    ] = None,
    port: Annotated[int | None, typer.Option(help="The port: 8000 by default.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Worker processes; one for each core otherwise.")] = None,
    hub: Annotated[
        bool, typer.Option("--hub", help="As a service of a JupyterHub, which starts it and logs people in.")
    ] = False,
    dask: Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose workers judge.")] = None,
) -> None:
    """Take a class's notebooks in, and give verdicts and feedback in seconds."""
    from tlcourse.grading.service.app import serve as run
    from tlcourse.grading.service.hub import Hub
    from tlcourse.grading.service.settings import read_settings

    at = Hub(read_settings(folder / "course.toml").hub) if hub else None
    run(
        folder,
        root=course_files(),
        host=host or (at.host if at else "127.0.0.1"),
        port=port if port is not None else at.port if at else 8000,
        jobs=jobs,
        hub=at,
        dask=dask,
        echo=typer.echo,
    )


@explained
def submit(
    file: Annotated[Path, typer.Argument(help="The notebook, saved; or a table of predictions.")],
    to: Annotated[str | None, typer.Option("--to", help="Its address; the last one otherwise.")] = None,
    wait: Annotated[bool, typer.Option(help="Wait for the verdict.")] = True,
    challenge: Annotated[
        str | None, typer.Option(help="The file is predictions for this challenge of the class.")
    ] = None,
) -> None:
    """Hand a notebook in to your class, and wait for the verdict."""
    if challenge is not None:
        from tlcourse.handing_in.predictions import hand_predictions_in

        hand_predictions_in(file, challenge, to, echo=typer.echo)
        return
    from tlcourse.handing_in.notebook import open_notebook
    from tlcourse.handing_in.submit import hand_in

    hand_in(open_notebook(file), to, wait=wait, echo=typer.echo)


@classes.command("new")
@explained_grading
def new(
    folder: Folder,
    chapter: Annotated[str, typer.Option("--chapter", help="The chapters: 02, or 02,03.")],
    title: Annotated[str, typer.Option(help="What pages call the class.")] = "The class",
    roster: Annotated[Path | None, typer.Option(help="CSV: student, name, email, due, ...")] = None,
) -> None:
    """Make a class's folder, with its settings and its roster."""
    from tlcourse.grading.service.making import make_folder

    make_folder(folder, split(chapter) or [], title, roster)
    typer.echo(f"Look at {folder / 'course.toml'} and {folder / 'roster.csv'}, then:")
    typer.echo(f"  tlcourse class tokens {folder} --out tokens.csv")
    typer.echo(f"  tlcourse class tokens {folder} --instructor YOUR_NAME")
    typer.echo(f"  tlcourse serve {folder}")


@classes.command("tokens")
@explained_grading
def tokens(
    folder: Folder,
    student: Annotated[
        str | None, typer.Option(help="Only this one, who gets a new token and loses the old one.")
    ] = None,
    instructor: Annotated[str | None, typer.Option(help="A token for an instructor of that name.")] = None,
    days: Annotated[float | None, typer.Option(help="After so many days they expire.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A new CSV; shown here otherwise.")] = None,
) -> None:
    """Make tokens: for all of the roster who have none, for one student, or for an instructor."""
    from tlcourse.grading.keeping import write_safely
    from tlcourse.grading.service.served import ServedClass
    from tlcourse.grading.words import student_key

    if out is not None and out.exists():
        raise CourseError(f"{out} is there already.", "Give a new name: tokens are shown once.")
    served = ServedClass(folder, course_files())
    if instructor is not None:
        made = [(instructor, "", served.tokens.make(f"instructor {instructor}", "instructor", days))]
    elif student is not None:
        person = served.people().get(student)
        if person is None:
            raise CourseError(f"{student} is not in roster.csv.", "Add a line first.")
        served.tokens.revoke(student_key(student))
        made = [(person.student, person.name, served.tokens.make(person.student, days=days))]
    else:
        people = {person.student: person for person in served.people()}
        without = served.tokens.without(people)
        made = [(who, people[who].name, served.tokens.make(who, days=days)) for who in without]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([("student", "name", "token"), *made])
    if out is not None:
        write_safely(out, text.getvalue())
        typer.echo(f"{len(made)} tokens are in {out}. They are nowhere else: give each to its owner.")
    elif made:
        typer.echo(text.getvalue().rstrip())
        typer.echo("They are shown this once: give each to its owner.", err=True)
    else:
        typer.echo("Everybody in the roster has a token.", err=True)


@classes.command("revoke")
@explained_grading
def revoke(folder: Folder, who: Annotated[str, typer.Argument(help="As in the roster.")]) -> None:
    """Take a person's tokens back at once."""
    from tlcourse.grading.service.served import ServedClass
    from tlcourse.grading.words import student_key

    served = ServedClass(folder, course_files())
    count = served.tokens.revoke(student_key(who)) + served.tokens.revoke(f"instructor {who}")
    typer.echo(f"{count} {'token' if count == 1 else 'tokens'} of {who} taken back.")


@classes.command("export")
@explained_grading
def export(folder: Folder, chapter: Annotated[str, typer.Option("--chapter", help="The chapter.")]) -> None:
    """Write a chapter's marks, tables, feedback and report, as `tlcourse grade` does."""
    from tlcourse.grading.service.counting import publish
    from tlcourse.grading.service.served import ServedClass

    served = ServedClass(folder, course_files())
    if chapter not in served.settings.chapters:
        known = ", ".join(sorted(served.settings.chapters))
        raise CourseError(f"The class has no chapter {chapter}.", f"There are: {known}.")
    out = publish(served, chapter)
    typer.echo(f"Read {out / 'report.html'} first; marks are in {out / 'grades.csv'}.")


@classes.command("forget")
@explained_grading
def forget(folder: Folder, who: Annotated[str, typer.Argument(help="As it was in the roster.")]) -> None:
    """Delete all that the class holds of a person; take the line out of roster.csv first."""
    from tlcourse.grading.service.forgetting import forget_person
    from tlcourse.grading.service.served import ServedClass

    count = forget_person(ServedClass(folder, course_files()), who)
    typer.echo(f"{count} hand-ins of {who} are deleted, with verdicts, marks, feedback and tokens.")
    typer.echo("Backups that were made before still hold them.")


@classes.command("backup")
@explained_grading
def backup(folder: Folder, to: Annotated[Path, typer.Argument(help="A new file, NAME.zip.")]) -> None:
    """Write the whole class into one file; the service may run meanwhile."""
    from tlcourse.grading.service.backup import back_up

    back_up(folder, to)
    typer.echo(f"The class is in {to}. Students' work and the secret seed are in it: keep it to yourself.")


@classes.command("restore")
@explained_grading
def restore(
    backup: Annotated[Path, typer.Argument(help="A file of `tlcourse class backup`.")],
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
) -> None:
    """Lay a backup out in a new folder."""
    from tlcourse.grading.service.backup import restore as lay_out

    lay_out(backup, folder)
    typer.echo(f"Go on with: tlcourse serve {folder}")
