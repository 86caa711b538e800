"""What is overdue, in the order in which a manager needs it."""

from tests.web.browser import text_of
from tests.web.conftest import ELEANOR, FARIDA, Place, an_answer

HEADINGS = (
    "Still missing",
    "Police have not answered, or have declined",
    "Interviews that can still be in time",
    "Late",
    "Records that wait for police",
)
BACK = {"what": "BACK", "to": "Home", "well_being_confirmed_by": "Jo Grant", "safe_there": "YES"}


def parts_of(text: str) -> dict[str, str]:
    """The page's text, cut at its headings."""
    found, rest = {}, text
    for heading in reversed(HEADINGS):
        rest, _, found[heading] = rest.rpartition(f"{heading} ")
    return found


def test_an_empty_page_says_so(manager):
    assert "Police have answered every report." in text_of(manager.open("/managers"))


def test_each_duty_stands_under_its_heading(place: Place, edt):
    missing = place.report(edt, child_name="Still Out")
    back = place.report(edt, child_name="Back Home")
    late = place.report(edt, child_name="Back Long")
    for reference in (back, late):
        edt.send(f"/episodes/{reference}/police", an_answer())
    edt.send(f"/episodes/{back}/found", {**BACK, "at_clock": "02:00"})
    edt.send(f"/episodes/{late}/found", {**BACK, "at_clock": "02:00", "at_day": "20 11 2026"})
    place.tell_people(minutes=16)
    parts = parts_of(text_of(place.signed_in(FARIDA).open("/managers")))
    assert missing in parts["Still missing"]
    assert missing in parts["Police have not answered, or have declined"]
    waiting = parts["Police have not answered, or have declined"]
    assert "60 seconds late" in waiting
    assert "Asha Patel, 03:16" in waiting
    assert back in parts["Interviews that can still be in time"]
    assert "2 days left" in parts["Interviews that can still be in time"]
    assert late in parts["Late"]
    assert "Nobody named" in parts["Late"]


def test_a_lead_reads_it_and_decides_nothing(place: Place, edt):
    reference = place.report(edt)
    lead = place.signed_in(ELEANOR)
    html = lead.open("/managers").get_data(as_text=True)
    assert reference in html
    assert "/decision/" not in html
