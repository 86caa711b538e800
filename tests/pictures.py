"""Real pictures, and what only looks like one."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
SIDEWAYS = 6  # to be turned by a quarter before it is upright
CANARY = "Canary Mews"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    """Red on the left half, blue on the right."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return _saved(image, kind, **more)


def _saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    written = BytesIO()
    image.save(written, kind, **more)
    return written.getvalue()


def from_a_phone() -> bytes:
    """Lying on its side, with the maker, where it was taken, a comment and a profile."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = SIDEWAYS, CANARY
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 35.0, 1.0), 3: "W", 4: (0.0, 20.0, 1.0)})
    return picture(exif=exif, comment=CANARY.encode(), icc_profile=CANARY.encode() * 9)


def with_text(kind: str) -> bytes:
    """The same words where each form of picture keeps them."""
    exif = Image.Exif()
    exif[MAKER] = CANARY
    if kind == "PNG":
        words = PngInfo()
        words.add_text("Author", CANARY)
        return picture(kind, exif=exif, pnginfo=words)
    return picture(kind, exif=exif, xmp=CANARY.encode())


def clear() -> bytes:
    """A picture in which nothing is opaque."""
    return _saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")


def moving(frames: int = 40) -> bytes:
    images = [Image.new("RGB", (20, 20), (n, 0, 0)) for n in range(frames)]
    return _saved(images[0], "WEBP", save_all=True, append_images=images[1:])


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few bytes that say that they are a picture of billions of pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    body = _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def of_text(size: int) -> bytes:
    """A picture of four pixels with a text that unpacks to `size` bytes."""
    png = picture("PNG", (2, 2))
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(size), 9))
    return png[:33] + text + png[33:]
