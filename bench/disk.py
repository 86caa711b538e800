"""The fsync probe: how many small durable writes a second the disk itself takes."""

import os
import tempfile
import time
from pathlib import Path

BLOCK = b"x" * 4096


def syncs_a_second(folder: Path, seconds: float) -> float:
    """Write 4 KiB and call fdatasync, again and again, in one file."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        done, began = 0, time.monotonic()
        while time.monotonic() - began < seconds:
            os.pwrite(file.fileno(), BLOCK, (done % 1000) * len(BLOCK))
            os.fdatasync(file.fileno())
            done += 1
        return done / (time.monotonic() - began)
