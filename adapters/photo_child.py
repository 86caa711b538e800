"""Rewrites one photo from standard input to standard output, in a process of its own with little
memory and little time: what a picture can do to its reader, it does here.

It is run by path, not imported, and needs nothing of ours. Its exit status is its answer.
"""

import resource
import sys
from io import BytesIO
from typing import Any

import filetype
from PIL import Image, ImageOps

MEMORY = 768 * 1024 * 1024  # bytes: a WebP of 40 million pixels is held four times over
SECONDS = 5  # of computing
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600  # pixels: enough for a face, and small enough to send
QUALITY = 85
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
NOT_A_PHOTO, TOO_MANY_PIXELS, UNREADABLE = 10, 11, 12


def limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def rewrite(content: bytes) -> bytes:
    """The first picture in it, upright, as a JPEG that holds colours and nothing else."""
    kind = FORMATS.get(filetype.guess_mime(content) or "")
    if kind is None:
        raise SystemExit(NOT_A_PHOTO)
    Image.MAX_IMAGE_PIXELS = None  # ours is the lower limit, and refuses where theirs may warn
    with Image.open(BytesIO(content), formats=[kind]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise SystemExit(TOO_MANY_PIXELS)
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)  # before what says which way is up is gone
    written = BytesIO()
    _colours_alone(upright).save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _colours_alone(picture: Any) -> Image.Image:
    """A new picture: no Exif, no profile, no comment, no text; white where it was transparent."""
    ground = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        ground.paste(layer, mask=layer.getchannel("A"))
    else:
        ground.paste(picture.convert("RGB"))
    return ground


def main() -> None:
    limit_itself()
    try:
        written = rewrite(sys.stdin.buffer.read())
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError):
        raise SystemExit(UNREADABLE) from None
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main()
