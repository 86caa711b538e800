"""One process holds an SQLite file, for as long as it lives."""

import os
import signal
import subprocess
import sys

import pytest

from adapters.database.lockfile import Held, ServiceLock, lock_path

HOLD = (
    "import sys, time; from adapters.database.lockfile import ServiceLock\n"
    "with ServiceLock(sys.argv[1]):\n    print('held', flush=True); time.sleep(60)"
)


def test_a_second_holder_is_refused_and_told_who_the_first_is(tmp_path):
    url = f"sqlite:///{tmp_path / 'missing.db'}"
    with ServiceLock(url), pytest.raises(Held, match=f"process {os.getpid()}"), ServiceLock(url):
        pass


def test_it_is_free_again_afterwards_and_other_files_always_were(tmp_path):
    url = f"sqlite:///{tmp_path / 'missing.db'}"
    with ServiceLock(url), ServiceLock(f"sqlite:///{tmp_path / 'other.db'}"):
        pass
    with ServiceLock(url):
        pass


def test_whoever_dies_however_holds_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'missing.db'}"
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(Held, match=str(child.pid)), ServiceLock(url):
            pass
        child.send_signal(signal.SIGKILL)
        child.wait()
    with ServiceLock(url):
        pass


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://host/name"])
def test_what_several_may_share_has_no_lock(url):
    assert lock_path(url) is None
    with ServiceLock(url), ServiceLock(url):
        pass
