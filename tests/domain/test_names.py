"""A name is compared in its own script, whatever its accents, case, marks and blanks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missing_service.domain.names import MOST_PARTS, parts_of, plain_code, short_forms


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Sam Okoro", ("sam", "okoro")),
        ("  SAM   okoro ", ("sam", "okoro")),
        ("Siobhán Ní Dhomhnaill", ("siobhan", "ni", "dhomhnaill")),
        ("O'Brien", ("obrien",)),
        ("O’Brien", ("obrien",)),
        ("Anne-Marie d'Arcy", ("anne", "marie", "darcy")),
        ("Łukasz Groß", ("lukasz", "gross")),
        ("Sørensen", ("sorensen",)),
        ("İpek Işık", ("ipek", "isik")),
        ("李明", ("李", "明")),
        ("李 明", ("李", "明")),
        ("Дарья Ёлкина", ("дарья", "елкина")),
        ("مُحَمَّد", ("محمد",)),
        ("किरण देवी", ("किरण", "देवी")),
        ("\u202eAhmed\u202c Ali\u200b", ("ahmed", "ali")),
        ("=cmd|'/c calc'!A1", ("cmd", "c", "calc", "a1")),
        ("Null", ("null",)),
        ("", ()),
        (None, ()),
        ("…", ()),
    ],
)
def test_a_name_as_it_is_compared(written: str | None, parts: tuple[str, ...]):
    assert parts_of(written) == parts


def test_no_length_is_too_much():
    assert len(parts_of("a " * 10_000)) == MOST_PARTS
    assert len(parts_of("x" * 20_000)[0]) == 40


@given(st.text(max_size=60))
def test_what_is_compared_is_compared_as_itself(written: str):
    parts = parts_of(written)
    assert parts_of(" ".join(parts)) == parts[:MOST_PARTS]


@given(st.text(max_size=40))
def test_case_makes_no_difference(written: str):
    assert parts_of(written.casefold()) == parts_of(written)


def test_short_forms_go_both_ways():
    assert "samuel" in short_forms("sam")
    assert "sam" in short_forms("samuel")
    assert "sam" not in short_forms("sam")
    assert short_forms("zebedee") == frozenset()


@pytest.mark.parametrize("code", ["C-1001", "c 1001", "c1001", "C\u200b1001"])
def test_a_case_id_is_its_letters_and_digits(code: str):
    assert plain_code(code) == "c1001"


def test_a_blank_case_id_is_none():
    assert plain_code(" - ") == plain_code(None) == ""
