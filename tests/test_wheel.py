"""A wheel in a bare environment, outside the checkout: it imports, draws, explores and finds its data."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
USED = """
import vizconv as vc
assert "site-packages" in vc.__file__, vc.__file__
assert vc.datasets.digits()[0].images.shape[1:] == (28, 28)
assert vc.datasets.trained_lenet5().parameters["conv1.weight"].shape == (6, 1, 5, 5)
explorer = vc.explore.correlation("handwritten digit", stride=2)
for ending in ("html", "svg", "png"):
    explorer.save(f"stage.{ending}")
assert vc.explore.photograph(64).shape == (64, 64, 3)
vc.exercises.lesson01.first_result()
print(explorer)
"""


@pytest.mark.nightly
def test_a_wheel_works_where_there_is_no_checkout(tmp_path):
    pip = [sys.executable, "-m", "pip", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, CHECKOUT], check=True)
    (wheel,) = tmp_path.glob("vizconv-*.whl")
    venv.create(tmp_path / "bare", with_pip=True)
    python = tmp_path / "bare" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "--quiet", "install", wheel], check=True)
    made = subprocess.run(
        [python, "-E", "-W", "error", "-c", USED], cwd=tmp_path, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("Explorer(correlation: ")
    assert all((tmp_path / f"stage.{ending}").stat().st_size for ending in ("html", "svg", "png"))
    command = [tmp_path / "bare" / "bin" / "vizconv", "lessons", "mine", "--copy-only"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    lessons = sorted(path.name for path in (CHECKOUT / "lessons").glob("*.ipynb"))
    assert said == f"{len(lessons)} lessons are in mine.\n"
    assert sorted(path.name for path in (tmp_path / "mine").glob("*.ipynb")) == lessons
