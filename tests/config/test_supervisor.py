import io
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from config import processes, supervisor
from config.supervisor import Supervisor

FOR_EVER = "import time; print('here', flush=True); time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"
WITH_CHILD = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print(child.pid, flush=True); time.sleep(600)"
)


@pytest.fixture
def crew():
    crew = Supervisor(Path.cwd(), say=io.StringIO(), note=lambda pids: None)
    yield crew
    crew.stop()


def said(crew: Supervisor, words: str, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while words not in crew.say.getvalue() and time.monotonic() < deadline:
        crew.turn(0.05)
    return words in crew.say.getvalue()


def test_each_line_says_who_spoke(crew):
    crew.add("web", [sys.executable, "-c", FOR_EVER], {})

    assert said(crew, "web    │ here\n")


def test_one_that_ends_is_started_again_and_given_up_when_it_keeps_ending(crew):
    crew.add("worker", [sys.executable, "-c", "print('no database'); raise SystemExit(3)"], {})

    with pytest.raises(supervisor.GaveUp, match=r"worker keeps ending \(code 3\)"):
        crew.run()

    assert crew.say.getvalue().count("no database") == supervisor.QUICK_ENDS


def test_stopping_ends_whole_groups_the_deaf_included(crew):
    pids = [crew.add("tree", [sys.executable, "-c", WITH_CHILD], {}).process.pid]
    crew.add("deaf", [sys.executable, "-c", DEAF], {}, grace=0.5)
    assert said(crew, "deaf   │ here")
    assert said(crew, "tree")
    pids += [crew.children[1].process.pid, int(crew.say.getvalue().split("tree   │ ")[1].split()[0])]

    crew.stop()

    deadline = time.monotonic() + 5
    while any(processes.alive(pid) for pid in pids) and time.monotonic() < deadline:
        crew.selector.select(0.05)
    assert [processes.alive(pid) for pid in pids] == [False, False, False]


def test_a_step_is_waited_for_and_not_started_again(crew):
    step = crew.add("prepare", [sys.executable, "-c", "print('done'); raise SystemExit(4)"], {}, plain=True)

    assert crew.finish(step) == 4
    assert crew.say.getvalue() == "done\n"
    assert crew.children == []


def test_being_asked_to_stop_ends_the_waiting(crew):
    child = crew.add("web", [sys.executable, "-c", FOR_EVER], {})
    before = signal.getsignal(signal.SIGTERM)
    crew.listen_for_signals()
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        assert not crew.wait(lambda: False, child, seconds=30)
        assert crew.asked_to_stop == 1
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def test_only_processes_of_ours_are_ended_by_number(crew):
    child = crew.add("web", [sys.executable, "-c", FOR_EVER], {})
    assert said(crew, "here")

    processes.end_group(child.process.pid, "/a path that is not in its command line")
    assert child.running

    processes.end_group(child.process.pid, sys.executable)
    assert not child.running
