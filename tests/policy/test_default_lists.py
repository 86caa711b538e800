"""The single figures, triggers and code lists of default.toml against the pages they come from."""

from datetime import time

from tests.policy.test_default_figures import POLICY, D, H, M, S


def test_the_single_figures():
    figures = POLICY.figures
    assert (figures.channel_fails_after, figures.overtake_after) == (2 * M, 5 * M)  # DESIGN 3
    assert (figures.backoff_first, figures.backoff_cap) == (1 * S, 60 * S)  # DESIGN 3
    assert figures.lease == 30 * S  # product default
    assert figures.untaken_after == 10 * M  # rule 30
    assert figures.look == 15 * M  # DESIGN 5
    assert figures.photo_old_after == 90 * D  # section 4: three months
    assert figures.contact_test_every == 30 * D  # rule 28: monthly
    assert figures.strategy_recent == 7 * D  # rule 37
    assert figures.under_age == 14  # rule 16
    assert (figures.waking_from, figures.waking_until) == (time(7), time(21))  # CONTRACT 4
    assert figures.not_mail_alone_from == time(22)  # rule 30
    assert figures.not_mail_alone_until == time(7)
    assert (figures.edt_from, figures.edt_until) == (time(17), time(9))  # section 1
    assert figures.digest_at == time(8, 30)  # rule 20


def test_the_triggers_of_repeat_episodes():
    rows = {t.name: (t.on, t.episodes, t.within, t.missing_over) for t in POLICY.triggers}
    assert rows == {  # rule 15: all local protocol
        "three_in_30_days": (True, 3, 30 * D, None),
        "three_in_90_days": (True, 3, 90 * D, None),
        "over_24_hours": (True, None, None, 24 * H),
        "two_ever": (False, 2, None, None),
    }


def test_the_code_lists():
    risk, basis = POLICY.code_lists["police_risk"], POLICY.code_lists["lawful_basis"]
    assert [code.code for code in risk.codes] == ["VERY_LOW", "LOW", "MEDIUM", "HIGH"]  # rule 16
    for alias in ("NO_APPARENT_RISK", "ABSENT", "VERY_LOW"):
        assert risk.find(alias) is risk.codes[0]
    assert [code.code for code in basis.codes] == [  # rule 12
        "CA1989_S47",
        "CA2004_S11",
        "CA2004_S16LA",
        "UKGDPR_6_1_E",
        "DPA2018_SCH1_18",
    ]
    assert [c.code for c in basis.codes if c.effective_from is None] == ["CA2004_S16LA"]
