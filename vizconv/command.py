"""The command: `vizconv lessons` takes the lessons out of the installed package, and opens the first one."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from vizconv.files import unwritable, writing_whole

# Inside an installed wheel the lessons lie in the package, in a checkout beside it.
LESSON_FOLDERS = (Path(__file__).parent / "lessons", Path(__file__).parents[1] / "lessons")
STAMP = "vizconv.txt"


class Refused(Exception):
    """Nothing can be done; the message is a sentence for whoever typed the command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, by default the command line's; return the exit status.

    0 when done, 2 with a sentence on standard error where something does not fit, JupyterLab's own where it
    was opened.
    """
    given = _parser().parse_args(arguments)
    if given.command is None:
        _parser().print_help()
        return 0
    try:
        first = copy_lessons(Path(given.folder))
    except Refused as refused:
        print(f"vizconv: {refused}", file=sys.stderr)
        return 2
    return 0 if given.copy_only else _opened(first)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vizconv", description="Lessons in which any number inside a convolution can be pointed at."
    )
    parser.add_argument("--version", action="version", version=f"vizconv {version('vizconv')}")
    commands = parser.add_subparsers(dest="command", title="commands")
    lessons = commands.add_parser(
        "lessons", help="copy the lessons to a folder and open the first one in JupyterLab"
    )
    lessons.add_argument("folder", nargs="?", default="vizconv-lessons", help="default: %(default)s")
    lessons.add_argument("--copy-only", action="store_true", help="copy, and open nothing")
    return parser


def copy_lessons(folder: Path) -> Path:
    """Copy every lesson that is not there yet to a folder, say so, and return the first one's path.

    What is there stays as it is: it may hold a learner's work. `vizconv.txt` names the version that the
    copies came from. Raises Refused when the folder cannot be written or is a file.
    """
    lessons = sorted(_lesson_folder().glob("*.ipynb"))
    if os.path.lexists(folder) and not folder.is_dir():
        raise Refused(f"{folder} is a file; a folder, or a name that is still free, is expected")
    there = [lesson.name for lesson in lessons if os.path.lexists(folder / lesson.name)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for lesson in lessons:
            if lesson.name not in there:
                _write(folder / lesson.name, lesson.read_bytes())
        if len(there) < len(lessons):
            _write(folder / STAMP, f"Lessons of vizconv {version('vizconv')}\n".encode())
    except OSError as error:
        raise Refused(unwritable(folder, error).strerror) from error
    print(_said(folder, len(lessons), there))
    return folder / lessons[0].name


def _lesson_folder() -> Path:
    for folder in LESSON_FOLDERS:
        if any(folder.glob("*.ipynb")):
            return folder
    raise Refused("the lessons are missing from this installation; install vizconv again")


def _write(path: Path, content: bytes) -> None:
    with writing_whole(path) as file:
        file.write(content)


def _said(folder: Path, count: int, there: list[str]) -> str:
    if not there:
        return f"{count} lessons are in {folder}."
    copied = f"{count - len(there)} lessons copied to {folder}. " if len(there) < count else ""
    return (
        f"{copied}{len(there)} were there already and stay as they are: {', '.join(there)}. "
        "To get one anew, rename yours, or name another folder."
    )


def _opened(lesson: Path) -> int:
    try:
        return subprocess.run([sys.executable, "-m", "jupyterlab", lesson], check=False).returncode
    except KeyboardInterrupt:  # how JupyterLab is ended
        return 0
