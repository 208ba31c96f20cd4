"""Small truths about processes: ending them, and making sure they do not outlive the one that started them."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For preexec_fn: the kernel sends this signal when the parent ends, however it ends (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    parent = os.getpid()

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return ask


def wait_while(name: str) -> None:
    """Return when the file that this environment variable names is gone: what it stands for is done."""
    path = os.environ.get(name)
    while path and Path(path).exists():
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        # The state follows the name, which stands in brackets and may itself hold spaces.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


def mentions(pid: int, words: str) -> bool:
    """Whether a process lives whose command line holds these words: a pid alone may have changed hands."""
    import psutil

    try:
        return any(words in part for part in psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def end(pid: int, number: signal.Signals, seconds: float) -> bool:
    """Send a signal and wait; true when the process is gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return True
    deadline = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def end_group(group: int, words: str) -> None:
    """End what is left of a process group, as far as its members are ours by their command line."""
    import psutil

    members = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            if os.getpgid(process.pid) == group and any(words in part for part in process.info["cmdline"] or []):
                members.append(process)
        except (psutil.Error, ProcessLookupError):
            continue
    for process in members:
        _tell(process.pid, signal.SIGTERM)
    _, stubborn = psutil.wait_procs(members, timeout=5)
    for process in stubborn:
        _tell(process.pid, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=5)


def end_within(folder: Path) -> None:
    """End at once whatever works in this folder; its parts may have given themselves any name and group."""
    import psutil

    place = str(folder.resolve())
    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.cwd() == place:
                members.append(process)
    for process in members:
        _tell(process.pid, signal.SIGKILL)
    psutil.wait_procs(members, timeout=5)


def _tell(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
