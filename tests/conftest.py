"""What every test may ask for: PyTorch and Chromium where they are, and how many examples are tried.

Without them their tests are skipped with a reason; with CI=true in the environment they must be there.
"""

import importlib
import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("CI") == "true"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

settings.register_profile(
    "default", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci", settings.get_profile("default"), max_examples=1000, derandomize=True, database=None
)
settings.load_profile("ci" if IN_CI else "default")


def absent(reason: str):
    """Skip the test that misses something; where everything must be there, fail it."""
    if IN_CI:
        pytest.fail(f"{reason}, and CI=true asks for it", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def torch():
    """PyTorch, the independent second implementation."""
    try:
        module = importlib.import_module("torch")
    except ImportError:
        absent("PyTorch is not installed: pip install -e '.[torch]'")
    module.set_num_threads(1)
    return module


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium that a test may drive."""
    paths = [path for name in BROWSERS if (path := shutil.which(name))]
    if not paths:
        absent("Chromium is not installed: apt-get install chromium")
    return paths[0]
