"""A throw-away JupyterLab: its own port, settings and folders, nothing of the reader's touched."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client import BlockingKernelClient

SECONDS_TO_START = 60
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
SETTINGS = {"@jupyterlab/apputils-extension:notification": NO_NEWS}
OPTIONS = (
    "--allow-root",
    "--no-browser",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    "--LabApp.news_url=",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.expose_app_in_browser=True",
)


@contextmanager
def laboratory(notebooks: Path, state: Path) -> Iterator[str]:
    """Serve a folder of notebooks while the context lasts; give the server's address.

    Settings, workspaces and the log are kept in `state`. Raises RuntimeError with the log when the
    server ends or does not answer in time.
    """
    address = f"http://127.0.0.1:{(port := free_port())}"
    options = [*OPTIONS, f"--ServerApp.port={port}", f"--ServerApp.root_dir={notebooks}"]
    command = [sys.executable, "-m", "jupyter", "lab", *options]
    log = state / "lab.log"
    with log.open("w") as written:
        server = subprocess.Popen(command, env=environment(state), stdout=written, stderr=written)
    try:
        wait_for(server, address, log)
        yield address
    finally:
        stop(server)


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def environment(state: Path) -> dict[str, str]:
    settings = state / "config" / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS))
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return {**os.environ, **{name: str(state / folder) for name, folder in folders.items()}}


def wait_for(server: subprocess.Popen, address: str, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not answers(address):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")
        time.sleep(0.1)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/status", timeout=1):
            return True
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def python(state: Path, kernel: str, code: str, seconds: float) -> str:
    """Run code in a kernel of a laboratory, without a page, and return what it prints.

    Raises TimeoutError after so many seconds, RuntimeError with the traceback of what the code raises.
    """
    client = BlockingKernelClient(connection_file=str(state / "runtime" / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels()
    heard = []
    try:
        options = {"store_history": False, "timeout": seconds, "output_hook": heard.append}
        content = client.execute_interactive(code, **options)["content"]
    finally:
        client.stop_channels()
    if content["status"] != "ok":
        raise RuntimeError("\n".join(content["traceback"]))
    return "".join(said["content"]["text"] for said in heard if said["msg_type"] == "stream")


def stop(server: subprocess.Popen) -> None:
    """End the server at once; its kernels see that it is gone, and end themselves."""
    server.kill()
    server.wait(10)
