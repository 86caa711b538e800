"""A wrong policy is refused with its file, line and key, what was found, and what is allowed."""

import pytest

from missing_service.policy.load import PolicyError, load_policy

AT_POLICE = "obligation.police_acknowledgement"
POLICE, HELD = "[obligation.police_acknowledgement]", "[obligation.interview_held]"
STEP = '[[obligation.interview_held.step]]\ntell = ["owner"]\nsay = "Do it."\n'
POLICE_STEP = STEP.replace("interview_held", "police_acknowledgement")
REPEAT = '[[obligation.interview_held.repeat]]\ntell = ["owner"]\nsay = "Do it."\n'
POLICE_REPEAT = REPEAT.replace("interview_held", "police_acknowledgement")
DURATION = 'allowed: a duration, "90s", "15m", "72h" or "4d"'
AT_STEP = "obligation.interview_held.step[1]"
AT_REPEAT = "obligation.interview_held.repeat[1]"


def refusal(tmp_path, text):
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(PolicyError) as refused:
        load_policy([file])
    return str(refused.value).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # durations
        (
            f'{POLICE}\ndue = "15 min"',
            f'own.toml:2: {AT_POLICE}.due: found "15 min"; {DURATION}',
        ),
        (f"{HELD}\ndue = 15", f"own.toml:2: obligation.interview_held.due: found 15; {DURATION}"),
        (
            f'{HELD}\ndue = "0m"',
            f'own.toml:2: obligation.interview_held.due: found "0m"; {DURATION}, above zero',
        ),
        (f'{HELD}\ndue = "09:00 next_monday"', 'found "09:00 next_monday"'),
        (
            f'{HELD}\ndue = "9 next_school_day"',
            '"09:00 next_school_day" or "09:00 next_working_day"',
        ),
        (f'{STEP}after = "-5m"', f'own.toml:4: {AT_STEP}.after: found "-5m"; {DURATION}'),
        (f"{STEP}after = 5", f"own.toml:4: {AT_STEP}.after: found 5; {DURATION}"),
        (
            f'{STEP}at_due = "24 h"',
            f'own.toml:4: {AT_STEP}.at_due: found "24 h"; allowed: a duration',
        ),
        (
            f"{STEP}at_due = 24",
            f"own.toml:4: {AT_STEP}.at_due: found 24; allowed: a duration",
        ),
        (
            f'{REPEAT}every = "0m"',
            f'own.toml:4: {AT_REPEAT}.every: found "0m"; {DURATION}, above zero',
        ),
        (
            f'{REPEAT}at = "8"',
            f'own.toml:4: {AT_REPEAT}.at: found "8"; allowed: a time of day, "08:00"',
        ),
        # one of two
        (
            f'{STEP}after = "1h"\nat_due = "1h"',
            f"own.toml:1: {AT_STEP}: found both; allowed: exactly one of `after`",
        ),
        (
            STEP,
            f"own.toml:1: {AT_STEP}: found neither; allowed: exactly one of `after` and `at_due`",
        ),
        (
            REPEAT,
            f"own.toml:1: {AT_REPEAT}: found neither; allowed: exactly one of `every` and `at`",
        ),
        (
            f'{REPEAT}every = "1h"\nat = "08:00"',
            f"own.toml:1: {AT_REPEAT}: found both; allowed: exactly one of `every`",
        ),
        # who, and what is said
        (
            f'{STEP}after = "1h"'.replace("owner", "boss"),
            f'own.toml:2: {AT_STEP}.tell[1]: found "boss"; allowed: edt_worker',
        ),
        (
            f'{STEP}after = "1h"'.replace('["owner"]', "[]"),
            f"own.toml:2: {AT_STEP}.tell: found []; allowed: at least one",
        ),
        (
            f'{STEP}after = "1h"'.replace('["owner"]', '"owner"'),
            f'own.toml:2: {AT_STEP}.tell: found "owner"; allowed: a list',
        ),
        (
            f'{STEP}after = "1h"'.replace('"Do it."', '""'),
            f'own.toml:3: {AT_STEP}.say: found ""; allowed: words',
        ),
        (
            '[[obligation.interview_held.step]]\nafter = "1h"',
            f"own.toml:1: {AT_STEP}.tell: found nothing",
        ),
        # conditions and hours
        (
            f'{STEP}after = "1h"\nwhen = {{ weather = "bad" }}',
            f'own.toml:5: {AT_STEP}.when.weather: found "bad"; an unknown condition',
        ),
        (
            f'{STEP}after = "1h"\nwhen = {{ danger = "yes" }}',
            f'own.toml:5: {AT_STEP}.when.danger: found "yes"; allowed: true, false',
        ),
        (
            f'{STEP}after = "1h"\nwhen = {{ category = "M" }}',
            f'{AT_STEP}.when.category: found "M"; allowed: "MISSING", "AWAY',
        ),
        (
            f'{STEP}after = "1h"\nwhen = {{ state = true }}',
            f'{AT_STEP}.when.state: found true; allowed: "MISSING"',
        ),
        (
            f'{STEP}after = "1h"\nwhen = {{ review = "soon" }}',
            f'{AT_STEP}.when.review: found "soon"; allowed: one of the listed',
        ),
        (
            f'{STEP}after = "1h"\nwhen = {{ review = "48h" }}',
            f'own.toml:5: {AT_STEP}.when.review: found "48h"; allowed: no such condition here',
        ),
        (
            f'{STEP}after = "1h"\nwhen = "danger"',
            f'own.toml:5: {AT_STEP}.when: found "danger"; allowed: a table',
        ),
        (
            f'{STEP}after = "1h"\nhours = "day"',
            f'own.toml:5: {AT_STEP}.hours: found "day"; allowed: "any", "waking"',
        ),
        (
            f'{POLICE_STEP}after = "1h"\nhours = "waking"',
            f'own.toml:5: {AT_POLICE}.step[1].hours: found "waking"; allowed: "any"',
        ),
        (
            f'{POLICE_REPEAT}every = "1h"\nhours = "waking"',
            f'own.toml:5: {AT_POLICE}.repeat[1].hours: found "waking"',
        ),
        (
            STEP.replace("interview_held", "still_missing_review")
            + 'at_due = "0m"\nhours = "waking"',
            'own.toml:5: obligation.still_missing_review.step[1].hours: found "waking"',
        ),
        (
            f'{REPEAT}every = "1h"',
            'own.toml:1: obligation.interview_held.repeat: found "any" beside "waking"',
        ),
        # the whole of one kind
        (
            '[obligation.interview_hold]\ndue = "1h"',
            "own.toml:1: obligation.interview_hold: an unknown key; allowed: day_services_told",
        ),
        (
            f'{HELD}\ndeu = "1h"',
            'own.toml:2: obligation.interview_held.deu: found "1h"; an unknown key; allowed: d',
        ),
        (
            f"{POLICE}\ndanger_factor = 0",
            f"own.toml:2: {AT_POLICE}.danger_factor: found 0; allowed: a num",
        ),
        (f"{POLICE}\ndanger_factor = 1.5", "found 1.5; allowed: a number above 0 and at most 1"),
        (f"{POLICE}\ndanger_factor = 0.0001", "makes a repeat come more often than every second"),
        (f"{POLICE}\ndanger_factor = true", "found true; allowed: a number above 0 and at most 1"),
        (f"{POLICE}\ndanger_factor = nan", "found nan; allowed: a number above 0 and at most 1"),
        (
            f"{POLICE}\nstep = []\nrepeat = []",
            f"own.toml:3: {AT_POLICE}.repeat: nobody is told again (ever)",
        ),
        (
            f'{POLICE_REPEAT}every = "1h"\nwhen = {{ well_being = false }}',
            f"own.toml:1: {AT_POLICE}.repeat: nobody is told again (well_being = true)",
        ),
        (
            f'{POLICE_REPEAT}every = "1h"\nwhen = {{ danger = true }}',
            "nobody is told again (danger = false)",
        ),
        (
            '[obligation.still_missing_review]\ndue = "1h"',
            "own.toml:2: obligation.still_missing_review.due: found a due time; allowed: none",
        ),
        (
            "[obligation.still_missing_review]\nreviews = []",
            "own.toml:1: obligation.still_missing_review: allowed: `reviews`, at least one",
        ),
        (
            '[obligation.still_missing_review]\nreviews = ["6h", "1h"]',
            "own.toml:2: obligation.still_missing_review.reviews: allowed: durations that rise",
        ),
        (
            '[obligation.still_missing_review]\nreviews = ["1h", "soon"]',
            f'own.toml:2: obligation.still_missing_review.reviews[2]: found "soon"; {DURATION}',
        ),
        (
            '[obligation.still_missing_review]\nreviews = ["1h"]',
            "default.toml:",
        ),  # its steps name reviews that are gone
        (
            '[obligation.interview_held]\nthen_every = "1d"',
            "own.toml:2: obligation.interview_held.then_every: allowed: only for still",
        ),
        ("obligation = 1", "own.toml:1: obligation: found 1; allowed: a table"),
        # councils, triggers, figures, code lists
        (
            '[council.Harrow.obligation.interview_held]\ndue = "1h"',
            "own.toml:1: council.Harrow: allowed: a council's GSS code, E09000015",
        ),
        (
            "[council.E09000015.obligation.police_acknowledgement]\nrepeat = []",
            f"own.toml:2: council.E09000015.{AT_POLICE}.repeat: nobody is told again (ever)",
        ),
        (
            "[trigger.mine]\nepisodes = 2",
            "own.toml:1: trigger.mine.on: found nothing; allowed: true, false",
        ),
        (
            '[trigger.mine]\non = "yes"',
            'own.toml:2: trigger.mine.on: found "yes"; allowed: true, false',
        ),
        (
            "[trigger.mine]\non = true\nepisodes = 0",
            "own.toml:3: trigger.mine.episodes: found 0; allowed: a whole number above 0",
        ),
        (
            "[trigger.mine]\non = true",
            "own.toml:1: trigger.mine: allowed: exactly one of `episodes`",
        ),
        (
            '[trigger.mine]\non = true\nmissing_over = "1h"\nwithin = "1d"',
            "own.toml:4: trigger.mine.within: allowed: only beside `episodes`",
        ),
        (
            "[trigger.Mine]\non = true\nepisodes = 2",
            "own.toml:1: trigger.Mine: allowed: a name in small letters",
        ),
        ('[figures]\nwaking_from = "22:00"', "default.toml:"),
        (
            '[figures]\nwaking_until = "06:00"',
            "own.toml:2: figures.waking_until: allowed: a time later than waking_from",
        ),
        (
            '[figures]\nedt_until = "18:00"',
            "own.toml:2: figures.edt_until: allowed: a time earlier than edt_from",
        ),
        (
            '[figures]\nbackoff_cap = "0s"',
            f'own.toml:2: figures.backoff_cap: found "0s"; {DURATION}, above zero',
        ),
        (
            '[figures]\nbackoff_first = "2m"',
            "figures.backoff_cap: allowed: a duration not shorter than backoff_first",
        ),
        (
            '[[code_list.police_risk.code]]\ncode = "LOW"\ntext = "Low"\naliases = ["LOW"]',
            'own.toml:1: code_list.police_risk.code[1]: found "LOW" twice',
        ),
        (
            '[[code_list.mine.code]]\ncode = "LOW"\ntext = "Low"',
            "own.toml:1: code_list.mine.version: found nothing",
        ),
        (
            '[code_list.mine]\nversion = "1"\n'
            '[[code_list.mine.code]]\ncode = "A"\ntext = "A"\neffective_from = "2026"',
            'own.toml:6: code_list.mine.code[1].effective_from: found "2026"; allowed: a date',
        ),
        # not TOML at all
        ("due = ", "own.toml: is not TOML: Invalid value (at line 1, column 7)"),
    ],
)
def test_a_wrong_value_says_where_what_and_what_is_allowed(tmp_path, text, said):
    assert said in refusal(tmp_path, text + "\n")
