"""Modules as one text: what was imported works inside it as it does in files of its own."""

import re
import subprocess
from pathlib import Path

import pytest

from vizconv.exercises.prediction import Prediction
from vizconv.stage import Curves, Picture, Stage, Upload
from vizconv.stage.modules import HERE as STAGE
from vizconv.stage.modules import script, style

FILES = {
    "numbers.js": "const SECRET = 1;\nexport const ONE = SECRET;\n",
    "double.js": """import { ONE } from "./numbers.js";
const SECRET = 2;
export function double(numbers) {
  return numbers.map((each) => each * SECRET * ONE);
}
export async function later() {
  return numbers;
}
const numbers = "my own";
""",
    "room/main.js": """import {
  double,
  later,
} from "../double.js";
import { ONE } from "../numbers.js";

const SECRET = 3;
export function answer() {
  return [SECRET, ONE, double([4])[0]];
}
export default { answer, later };
""",
}
RUN = """
const main = await import(process.argv[1]);
console.log(JSON.stringify([Object.keys(main), main.answer(), await main.default.later()]));
"""


@pytest.fixture
def written(tmp_path):
    """Write modules to files; returns the folder."""

    def write(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def run(node, path):
    command = [node, "--input-type=module", "-e", RUN, path.as_uri()]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_text_does_what_the_modules_do(node, written):
    folder = written({**FILES, "package.json": '{ "type": "module" }'})
    (folder / "whole.js").write_text(script(folder / "room" / "main.js"), encoding="utf-8")
    assert run(node, folder / "whole.js") == run(node, folder / "room" / "main.js")
    assert run(node, folder / "whole.js") == '[["answer","default"],[3,1,8],"my own"]\n'


def test_comments_are_left_out_and_texts_are_not(written):
    code = '// one\nconst a = 1; // two\nfunction f() {\n  // three\n  return [a, "4; // 4"]; // 5\n}\n'
    text = script(written({"a.js": code}) / "a.js")
    assert text == '\nconst a = 1;\nfunction f() {\nreturn [a, "4; // 4"];\n}\n'.lstrip()


def test_every_module_comes_once_and_before_what_needs_it(written):
    text = script(written(FILES) / "room" / "main.js")
    assert re.findall(r"^const SECRET = (.)", text, re.MULTILINE) == ["1", "2", "3"]
    assert "import" not in text and text.count("export") == 2


def test_a_circle_is_refused(written):
    imports = {"a.js": "b.js", "b.js": "c.js", "c.js": "b.js"}
    circle = {name: f'import {{ x }} from "./{other}";\n' for name, other in imports.items()}
    with pytest.raises(ValueError, match=r"in a circle: b\.js → c\.js → b\.js"):
        script(written(circle) / "a.js")


@pytest.mark.parametrize(
    "line",
    [
        'import b from "./c.js";',
        'import * as c from "./c.js";',
        "export default 1;",
        "export { x };",
        "import './c.js';",
    ],
)
def test_other_imports_and_exports_are_refused(written, line):
    files = {"a.js": 'import { x } from "./b.js";\n', "b.js": f"const x = 1;\n{line}\n", "c.js": ""}
    with pytest.raises(ValueError, match=re.escape(f"b.js has the line {line!r}")):
        script(written(files) / "a.js")


@pytest.mark.parametrize("line", ['import x from "./b.js";', 'export * from "./b.js";', 'import "./b.js";'])
def test_they_are_refused_in_the_first_module_as_well(written, line):
    with pytest.raises(ValueError, match=re.escape(f"a.js has the line {line!r}")):
        script(written({"a.js": f"{line}\nexport default {{}};\n", "b.js": ""}) / "a.js")


@pytest.mark.parametrize("widget", [Curves, Picture, Prediction, Stage, Upload])
def test_a_widget_brings_all_that_it_needs(node, widget, tmp_path):
    (tmp_path / "widget.mjs").write_text(str(widget._esm), encoding="utf-8")
    program = "import(process.argv[1]).then((widget) => console.log(typeof widget.default.render));"
    command = [node, "-e", program, (tmp_path / "widget.mjs").as_uri()]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.stdout == "function\n", done.stderr


def test_the_pure_functions(node):
    tests = sorted(map(str, Path(__file__).parent.glob("*.test.mjs")))
    done = subprocess.run([node, "--test", *tests], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"pass (\d+)", done.stdout)[1]) >= 40


@pytest.mark.parametrize("path", sorted(STAGE.glob("*.js")), ids=lambda path: path.name)
def test_no_text_of_a_module_goes_over_several_lines(path):
    """What stands at the beginning of a line may be left out."""
    text = path.read_text(encoding="utf-8").replace('"`"', "")
    lines = [line for line in text.splitlines() if "`" in line]
    assert all(line.count("`") % 2 == 0 for line in lines if not line.lstrip().startswith("//"))


def test_what_is_for_readers_is_left_out():
    text, look = script(STAGE / "stage.js"), style(STAGE / "stage.css")
    assert not re.search(r"^[ \t]*//|^[ \t]", text, re.MULTILINE)
    assert "/*" not in look and ".vizconv-stage" in look and "--hue-8" in look
