"""What every test may ask for: PyTorch, Chromium and Node where they are, and how many examples are tried.

Without them their tests are skipped with a reason; with CI=true in the environment they must be there.
What a widget's callback raises and ipywidgets only logs fails the test that made it.
"""

import importlib
import logging
import os
import shutil
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

# Two workers share the cores: one BLAS thread each, also in the kernels that they start. More of them
# wait for each other and make training several times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

IN_CI = os.environ.get("CI") == "true"
BROWSER = "tests/browser/"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

settings.register_profile(
    "default", deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("nightly", settings.get_profile("default"), max_examples=1000)


def pytest_configure(config):
    """Try a thousand examples where `-m` asks for what takes minutes."""
    asked = config.option.markexpr.removeprefix("not nightly")
    settings.load_profile("nightly" if "nightly" in asked else "ci" if IN_CI else "default")


def pytest_collection_modifyitems(items):
    """Begin with what takes longest: what a browser runs, then the lessons."""
    items.sort(key=lambda item: (not item.nodeid.startswith(BROWSER), not item.nodeid.startswith("lessons")))


class OneBrowser(LoadScopeScheduling):
    """A worker takes a whole module, and one worker all that a browser runs: one JupyterLab is started."""

    def _split_scope(self, nodeid):
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config, log):
    """Use it for `--dist=loadscope`."""
    return OneBrowser(config, log) if config.option.dist == "loadscope" else None


def absent(reason: str):
    """Skip the test that misses something; where everything must be there, fail it."""
    if IN_CI:
        pytest.fail(f"{reason}, and CI=true asks for it", pytrace=False)
    pytest.skip(reason, allow_module_level=True)


@pytest.fixture(scope="session")
def torch():
    """PyTorch, the independent second implementation."""
    try:
        module = importlib.import_module("torch")
    except ImportError:
        absent("PyTorch is not installed: pip install -e '.[torch]'")
    module.set_num_threads(1)
    return module


def chromium_path() -> str | None:
    """Return the path of a Chromium, if one is installed."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium that a test may drive."""
    path = chromium_path()
    if path is None:
        absent("Chromium is not installed: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def node() -> str:
    """Return the path of Node, which runs the stage's JavaScript without a browser."""
    path = shutil.which("node")
    if path is None:
        absent("Node is not installed: apt-get install nodejs")
    return path


class _Swallowed(logging.Handler):
    """Keep the exceptions that ipywidgets logs instead of raising them."""

    def __init__(self):
        super().__init__()
        self.exceptions = []

    def emit(self, record):
        if record.exc_info and record.getMessage().startswith("Exception in"):
            self.exceptions.append(record.exc_info[1])


@contextmanager
def callbacks_must_not_throw():
    """Raise at the end what a callback raised: a click or a message from the browser only logs it."""
    handler, logger = _Swallowed(), logging.getLogger("traitlets")
    before, logger.handlers = logger.handlers, [handler]
    try:
        yield
    finally:
        logger.handlers = before
    if handler.exceptions:
        raise handler.exceptions[0]


@pytest.fixture(autouse=True)
def _callbacks():
    with callbacks_must_not_throw():
        yield
