"""The command copies lessons, never over anything, and says in a sentence what does not fit."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from vizconv import command

LESSONS = sorted((Path(__file__).parents[1] / "lessons").glob("*.ipynb"))


def test_lessons_are_copied_once_and_stamped(tmp_path, capsys):
    folder = tmp_path / "new" / "folder"
    assert command.main(["lessons", str(folder), "--copy-only"]) == 0
    assert capsys.readouterr().out == f"{len(LESSONS)} lessons are in {folder}.\n"
    for lesson in LESSONS:
        assert (folder / lesson.name).read_bytes() == lesson.read_bytes()
    assert (folder / "vizconv.txt").read_text() == f"Lessons of vizconv {version('vizconv')}\n"


def test_what_is_there_stays(tmp_path, capsys):
    mine = tmp_path / LESSONS[1].name
    mine.write_text("my own work")
    command.main(["lessons", str(tmp_path), "--copy-only"])
    said = capsys.readouterr().out
    assert mine.read_text() == "my own work"
    assert said.startswith(f"{len(LESSONS) - 1} lessons copied") and mine.name in said
    command.main(["lessons", str(tmp_path), "--copy-only"])
    assert capsys.readouterr().out.startswith(f"{len(LESSONS)} were there already")


def test_the_first_lesson_is_opened(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(
        command.subprocess,
        "run",
        lambda *given, **_: opened.append(given) or subprocess.CompletedProcess(given, 3),
    )
    assert command.main(["lessons", str(tmp_path)]) == 3
    assert opened == [([sys.executable, "-m", "jupyterlab", tmp_path / LESSONS[0].name],)]


@pytest.mark.parametrize("made", ["file", "below a file"])
def test_a_folder_that_cannot_be_is_said(tmp_path, capsys, made):
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" if made == "file" else tmp_path / "file" / "lessons"
    assert command.main(["lessons", str(folder), "--copy-only"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"vizconv: {folder} ") and "expected" in said and "Errno" not in said


def test_a_name_that_is_too_long_is_said(tmp_path, capsys):
    assert command.main(["lessons", str(tmp_path / ("x" * 300)), "--copy-only"]) == 2
    assert "cannot be written (" in capsys.readouterr().err


def test_a_link_that_leads_nowhere_stays(tmp_path):
    link = tmp_path / "00_start_here.ipynb"
    try:
        link.symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("links cannot be made here")
    command.main(["lessons", str(tmp_path), "--copy-only"])
    assert link.is_symlink()


def test_missing_lessons_are_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "LESSON_FOLDERS", (tmp_path / "nowhere",))
    assert command.main(["lessons", str(tmp_path), "--copy-only"]) == 2
    assert "install vizconv again" in capsys.readouterr().err


def test_it_runs_as_a_module():
    said = subprocess.run(
        [sys.executable, "-m", "vizconv", "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"vizconv {version('vizconv')}\n"
    helped = subprocess.run([sys.executable, "-m", "vizconv"], capture_output=True, text=True, check=True)
    assert "lessons" in helped.stdout
