"""A council's own file names only what it changes; a stored policy can be read again."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from missing_service.domain.policy import ObligationKind, policy_from_json, policy_to_json
from missing_service.policy.holidays import days_off
from missing_service.policy.load import demo_policy_file, load_policy

HARROW, BRENT = "E09000015", "E09000005"
POLICE, HELD = ObligationKind.police_acknowledgement, ObligationKind.interview_held
MINUTES = timedelta(minutes=1)


def loaded(tmp_path, *texts):
    files = []
    for number, text in enumerate(texts):
        files.append(tmp_path / f"{number}.toml")
        files[-1].write_text(text)
    return load_policy(files)


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path):
    policy = loaded(tmp_path, '[obligation.police_acknowledgement]\ndue = "10m"\n')
    default = load_policy()
    assert policy.obligations[POLICE].due == 10 * MINUTES
    assert policy.obligations[POLICE].ladder == default.obligations[POLICE].ladder
    assert policy.obligations[HELD] == default.obligations[HELD]
    assert policy.version != default.version


def test_a_step_list_replaces_the_whole_list_and_leaves_the_repeats(tmp_path):
    step = '[[obligation.interview_held.step]]\nafter = "1h"\ntell = ["owner"]\nsay = "Do it."\n'
    policy = loaded(tmp_path, step)
    ladder, default = policy.obligations[HELD].ladder, load_policy().obligations[HELD].ladder
    assert [step.tell for step in ladder.steps] == [("owner",)]
    assert ladder.repeats == default.repeats


def test_the_last_file_has_the_last_word(tmp_path):
    first = '[obligation.interview_held]\ndue = "48h"\ndanger_factor = 0.1\n'
    policy = loaded(tmp_path, first, '[obligation.interview_held]\ndue = "60h"\n')
    assert policy.obligations[HELD].due == 60 * 60 * MINUTES
    assert policy.obligations[HELD].danger_factor == Fraction(1, 10)


def test_one_council_s_own_figures_are_laid_over_what_holds_generally(tmp_path):
    policy = loaded(
        tmp_path,
        '[obligation.interview_held]\ndue = "60h"\n'
        f"[council.{HARROW}.obligation.interview_held]\ndanger_factor = 0.5\n"
        f'[council.{HARROW}.obligation.police_acknowledgement]\ndue = "10m"\n',
    )
    assert policy.obligation(POLICE, HARROW).due == 10 * MINUTES
    assert policy.obligation(POLICE, BRENT).due == 15 * MINUTES
    assert policy.obligation(HELD, HARROW).due == policy.obligation(HELD, BRENT).due
    assert policy.obligation(HELD, HARROW).danger_factor == Fraction(1, 2)
    assert policy.obligation(HELD, HARROW).ladder == policy.obligation(HELD, BRENT).ladder


def test_a_trigger_and_a_figure_can_be_changed_alone(tmp_path):
    policy = loaded(tmp_path, '[trigger.two_ever]\non = true\n[figures]\nwaking_until = "20:00"\n')
    assert {t.name for t in policy.triggers if t.on} >= {"two_ever", "three_in_30_days"}
    assert f"{policy.obligations[HELD].ladder.waking.end:%H:%M}" == "20:00"


def test_a_review_may_be_written_in_any_unit(tmp_path):
    step = (
        '[[obligation.still_missing_review.step]]\nat_due = "0m"\ntell = ["director"]\n'
        'say = "Decide."\nwhen = { review = "2d" }\n'
    )
    terms = loaded(tmp_path, step).obligations[ObligationKind.still_missing_review]
    assert terms.ladder.steps[0].when == (("review", "48h"),)


@pytest.mark.parametrize("files", [[], [demo_policy_file()]])
def test_a_policy_is_read_again_from_its_own_text_under_the_same_version(files):
    policy = load_policy(files)
    again = policy_from_json(policy_to_json(policy))
    assert again == policy
    assert len(policy.version) == 16
    assert policy_to_json(again) == policy_to_json(policy)


def test_a_council_s_own_figures_are_stored_with_the_policy(tmp_path):
    text = f'[council.{HARROW}.obligation.police_acknowledgement]\ndue = "10m"\n'
    policy = loaded(tmp_path, text)
    assert policy_from_json(policy_to_json(policy)) == policy


def test_the_same_content_has_the_same_version():
    assert load_policy().version == load_policy().version


def test_days_off_are_england_s_as_observed_and_the_council_s_own():
    days = days_off([2026, 2027], [date(2026, 12, 29)])
    assert days >= {
        date(2026, 4, 3),  # Good Friday
        date(2026, 8, 31),  # England's August day, not Scotland's
        date(2026, 12, 28),  # Boxing Day is a Saturday
        date(2026, 12, 29),  # the council's own
        date(2027, 12, 27),  # Christmas Day is a Saturday
    }
    assert date(2026, 8, 3) not in days
    assert date(2026, 1, 2) not in days
