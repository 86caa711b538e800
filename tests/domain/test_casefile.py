"""What was said, merged: what is said anew replaces, what is not mentioned stays."""

import pytest

from missing_service.domain.casefile import differences, merged


@pytest.mark.parametrize(
    ("old", "new", "now"),
    [
        ({"a": 1}, {}, {"a": 1}),  # not mentioned
        ({"a": 1}, {"a": 2}, {"a": 2}),  # said anew
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),  # said for the first time
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),  # inside
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),  # taken back
        ({"a": None}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),  # a list is said whole
    ],
)
def test_what_is_said_anew_replaces_what_was_said(old, new, now):
    assert merged(old, new) == now


def test_each_field_said_anew_is_named_with_what_it_was_and_is():
    old = {"child": {"name": "A", "case_id": None}, "concern": "c"}
    new = {"child": {"name": "B", "case_id": None}, "concern": "c", "details": {"flags": ["CSE"]}}
    assert differences(old, new) == [
        {"field": "child.name", "was": "A", "now": "B"},
        {"field": "details.flags", "was": None, "now": ["CSE"]},
    ]
