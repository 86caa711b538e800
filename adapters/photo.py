"""Photos, rewritten by a process that may fail in any way without harm to this one."""

import subprocess  # nosec B404 - our own file, run by this very interpreter
import sys
from pathlib import Path

from adapters import photo_child
from missing_service.domain.errors import NotAPhoto, PhotoRefused, PhotoTooLarge, PhotoUnreadable

CHILD = Path(__file__).with_name("photo_child.py")
PATIENCE = 20.0  # seconds on the clock: a busy machine gives its five of computing slowly
REFUSED: dict[int, type[PhotoRefused]] = {
    photo_child.NOT_A_PHOTO: NotAPhoto,
    photo_child.TOO_MANY_PIXELS: PhotoTooLarge,
}


class Photos:
    """Turns what was sent into a plain, upright JPEG, or says why not."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience

    def rewrite(self, image: bytes) -> bytes:
        command = [sys.executable, "-I", str(CHILD)]
        try:
            done = subprocess.run(  # nosec B603 - no part of the command comes from outside
                command, input=image, capture_output=True, timeout=self._patience, check=False
            )
        except subprocess.TimeoutExpired:
            raise PhotoUnreadable from None
        if done.returncode != 0 or not done.stdout:
            raise REFUSED.get(done.returncode, PhotoUnreadable)
        return done.stdout
