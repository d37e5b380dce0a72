"""The instructor's pages: who is where, what is misunderstood, histories, marks by hand, exports."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tlcourse.errors import CourseError
from tlcourse.grading.model import Mark
from tlcourse.grading.pages import class_page, misconceptions
from tlcourse.grading.roster import Row
from tlcourse.grading.service.counting import class_now, mark, publish, row_of
from tlcourse.grading.service.handins import HandIn
from tlcourse.grading.service.learner import chapters_of
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.web import base, form_of, go_to, in_session, page, text_of

__all__ = ["ROUTES", "zipped"]

_SECONDS = 5
_HOUR = 3600.0
_KINDS = ("*.csv", "report.html", "changes.jsonl", "feedback/*.html")


def _key(student: str) -> str:
    """A student in an address: whatever the name is, nothing of it is there."""
    return hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _student(served: ServedClass, key: str) -> str:
    known = {person.student for person in served.people()}
    known |= {handin.learner for handin in served.handins.everything()}
    found = next((student for student in known if _key(student) == key), None)
    if found is None:
        raise HTTPException(404)
    return found


async def the_class(request: Request) -> Response:
    """Who is where, and what was misunderstood in the last hour."""
    person = await in_session(request, teaches=True)
    served: ServedClass = request.app.state.served
    values = await run_in_threadpool(_state_of_the_class, served)
    return page(
        "serve_class",
        title=served.settings.title,
        person=person,
        trouble=request.app.state.judges.trouble,
        challenges=list(served.challenges),
        notices=request.app.state.judges.notices(),
        live=_SECONDS,
        **values,
    )


def _state_of_the_class(served: ServedClass) -> dict[str, Any]:
    waiting, running = served.queue.lengths()
    chapters = []
    for number in sorted(served.settings.chapters):
        handins = served.handins.of_chapter(number)
        rows = class_now(served, number)
        exercises = next((tuple(m.title for m in row.marks) for row in rows if row.marks), ())
        lines = [_line(row, [each for each in handins if each.learner == row.student]) for row in rows]
        chapters.append(
            {"number": number, "title": served.title(number), "exercises": exercises, "lines": lines}
        )
    return {
        "waiting": waiting,
        "running": running,
        "chapters": chapters,
        "given_up": [_given_up(served, each) for each in served.handins.given_up()],
        "again": len(served.handins.tried_again()),
        "misconceptions": misconceptions(_rows_of_the_last_hour(served)),
    }


def _given_up(served: ServedClass, handin: HandIn) -> dict[str, Any]:
    """A hand-in that the service could not judge, for a table."""
    known = served.people().get(handin.learner)
    return {
        "handin": handin,
        "name": (known.name if known else "") or handin.learner,
        "key": _key(handin.learner),
        "title": served.title(handin.chapter),
        "reason": handin.result.reason if handin.result is not None else "",
    }


async def judge_again(request: Request) -> Response:
    """A hand-in that was given up is to be judged after all."""
    person = await in_session(request, teaches=True)
    served: ServedClass = request.app.state.served
    await form_of(request, person)
    await run_in_threadpool(served.queue.reopen, request.path_params["public"])
    request.app.state.judges.wake()
    return go_to("/class")


def _line(row: Row, handins: list[HandIn]) -> dict[str, Any]:
    last = handins[-1] if handins else None
    words = {"waiting": ", waiting", "running": ", being judged"}
    return {
        "row": row,
        "key": _key(row.student),
        "states": [_word(row, each) for each in row.marks],
        "count": len(handins),
        "last": f"{last.when:%H:%M:%S}{words.get(last.state, '')}" if last else "",
    }


def _word(row: Row, mark: Mark) -> str:
    return row.outcome(mark)


def _rows_of_the_last_hour(served: ServedClass) -> list[Row]:
    """Each learner's newest verdict of each chapter, if it is not older than an hour."""
    newest = {
        (each.learner, each.chapter): each for each in served.handins.finished_since(time.time() - _HOUR)
    }
    return [row_of(served, each) for each in newest.values()]


async def report(request: Request) -> Response:
    """The class report of `tlcourse grade`, as it is now."""
    await in_session(request, teaches=True)
    served, chapter = _chapter(request)

    def made() -> str:
        rows = class_now(served, chapter)
        links = {row.student: f"{base()}/class/learners/{_key(row.student)}" for row in rows}
        return class_page(rows, served.title(chapter), links)

    return HTMLResponse(await run_in_threadpool(made))


def _chapter(request: Request) -> tuple[ServedClass, str]:
    served: ServedClass = request.app.state.served
    chapter = request.path_params["chapter"]
    if chapter not in served.settings.chapters:
        raise HTTPException(404)
    return served, chapter


async def marks(request: Request) -> Response:
    """What `tlcourse grade` writes for a chapter, in a zip."""
    await in_session(request, teaches=True)
    served, chapter = _chapter(request)

    def made() -> Response:
        return zipped(publish(served, chapter), f"chapter-{chapter}", f"chapter-{chapter}-marks", _KINDS)

    return await run_in_threadpool(made)


def zipped(out: Path, name: str, file: str, kinds: Sequence[str]) -> Response:
    """Tables, report and feedback of a folder of results; the state of the grader stays where it is.

    Parameters
    ----------
    out : pathlib.Path
    name, file : str
        Of the folder in the zip, and of the zip without its ending.
    kinds : sequence of str
        Patterns of what is taken.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for pattern in kinds:
            for path in sorted(out.glob(pattern)):
                archive.write(path, f"{name}/{path.relative_to(out)}")
    return Response(
        content.getvalue(),
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{file}.zip"'},
    )


async def history(request: Request) -> Response:
    """One learner's hand-ins, and a form for marks by hand."""
    person = await in_session(request, teaches=True)
    served: ServedClass = request.app.state.served
    key = request.path_params["key"]
    student = await run_in_threadpool(_student, served, key)
    known = served.people().get(student)
    return page(
        "serve_history",
        name=(known.name if known else "") or student,
        key=key,
        person=person,
        chapters=await run_in_threadpool(chapters_of, served, student, True),
    )


async def by_hand(request: Request) -> Response:
    """A mark by hand."""
    person = await in_session(request, teaches=True)
    served: ServedClass = request.app.state.served
    form = await form_of(request, person)
    key = request.path_params["key"]
    student = await run_in_threadpool(_student, served, key)
    chapter = text_of(form, "chapter")
    if chapter not in served.settings.chapters:
        raise HTTPException(404)
    try:
        points = float(text_of(form, "points").replace(",", "."))
    except ValueError:
        raise CourseError("These points are not a number.", "Go back and write them as 1.5.") from None
    reason = f"{text_of(form, 'reason').strip()}"
    comment = text_of(form, "comment")
    await run_in_threadpool(
        mark, served, chapter, student, text_of(form, "exercise"), points, reason, comment
    )
    return go_to(f"/class/learners/{key}")


ROUTES = [
    Route("/class", the_class),
    Route("/class/chapters/{chapter}", report),
    Route("/class/chapters/{chapter}/marks.zip", marks),
    Route("/class/hand-ins/{public}/again", judge_again, methods=["POST"]),
    Route("/class/learners/{key}", history),
    Route("/class/learners/{key}/mark", by_hand, methods=["POST"]),
]
