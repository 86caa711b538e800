"""Pictures from outside: what is made of each, and how each that cannot be kept is refused."""

from io import BytesIO

import pytest
from PIL import Image

from adapters.photo import Photos
from missing_service.domain.errors import NotAPhoto, PhotoRefused, PhotoTooLarge, PhotoUnreadable
from tests import pictures as p


def is_red(image: Image.Image, at: tuple[int, int]) -> bool:
    colours = image.convert("RGB").tobytes()
    place = 3 * (at[0] + at[1] * image.width)
    return colours[place] > 200 > colours[place + 2]


def opened(image: bytes) -> Image.Image:
    return Image.open(BytesIO(image))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_form_of_photo_becomes_a_plain_jpeg(kind: str):
    made = opened(Photos().rewrite(p.picture(kind)))
    assert (made.format, made.size, made.mode) == ("JPEG", (60, 40), "RGB")
    assert is_red(made, (5, 20))
    assert not is_red(made, (55, 20))


def test_it_is_turned_before_what_says_how_is_gone():
    sent = opened(p.from_a_phone())
    assert sent.getexif()[p.ORIENTATION] == p.SIDEWAYS
    made = opened(Photos().rewrite(p.from_a_phone()))
    assert (sent.size, made.size) == ((60, 40), (40, 60))
    assert is_red(made, (20, 5))  # the left half of what was sent is now on top
    assert not is_red(made, (20, 55))


def test_nothing_that_the_camera_wrote_is_left():
    sent = p.from_a_phone()
    made = Photos().rewrite(sent)
    assert p.CANARY.encode() in sent
    assert p.CANARY.encode() not in made
    assert dict(opened(made).getexif()) == {}
    assert {"exif", "comment", "icc_profile", "xmp"}.isdisjoint(opened(made).info)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_nor_words_that_other_forms_keep(kind: str):
    sent = p.with_text(kind)
    assert p.CANARY.encode() in sent
    assert p.CANARY.encode() not in Photos().rewrite(sent)


def test_what_hangs_behind_a_photo_is_left_behind():
    made = Photos().rewrite(p.picture() + b"<script>PK\x03\x04" + b"x" * 5000)
    assert b"script" not in made
    assert opened(made).size == (60, 40)


def test_a_large_photo_becomes_smaller_and_keeps_its_shape():
    assert opened(Photos().rewrite(p.picture(size=(6000, 4000)))).size == (1600, 1067)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_largest_that_is_allowed_fits_into_the_memory_that_it_gets(kind: str):
    assert opened(Photos().rewrite(p.picture(kind, (8000, 5000)))).size == (1600, 1000)


def test_what_is_clear_becomes_white_and_what_moves_stands_still():
    assert opened(Photos().rewrite(p.clear())).getpixel((5, 5)) == (255, 255, 255)
    assert opened(Photos().rewrite(p.moving())).size == (20, 20)


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        pytest.param(b"", NotAPhoto, id="nothing"),
        pytest.param(b"<html><script>alert(1)</script></html>", NotAPhoto, id="a page"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotAPhoto, id="svg"),
        pytest.param(p.picture("GIF"), NotAPhoto, id="gif"),
        pytest.param(p.picture("BMP"), NotAPhoto, id="bmp"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), NotAPhoto, id="heic"),
        pytest.param(b"%PDF-1.7\n", NotAPhoto, id="pdf"),
        pytest.param(p.bomb(), PhotoTooLarge, id="billions of pixels"),
        pytest.param(p.bomb(8001, 5000), PhotoTooLarge, id="just over the limit"),
        pytest.param(p.bomb(100, 100)[:60], PhotoUnreadable, id="cut off"),
        pytest.param(p.picture()[:200], PhotoUnreadable, id="half a jpeg"),
        pytest.param(b"\xff\xd8\xff\xe0" + bytes(200), PhotoUnreadable, id="a head alone"),
        pytest.param(p.of_text(900_000_000), PhotoUnreadable, id="a text that unpacks for ever"),
    ],
)
def test_what_cannot_be_kept_is_refused(sent: bytes, refused: type[PhotoRefused]):
    with pytest.raises(refused) as said:
        Photos().rewrite(sent)
    assert said.value.errors[0][0] == "photo"
    assert "The report stands" in str(said.value)


def test_one_that_takes_too_long_is_refused():
    with pytest.raises(PhotoUnreadable):
        Photos(patience=0.001).rewrite(p.picture())
