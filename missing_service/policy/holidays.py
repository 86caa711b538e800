"""The days on which a council and its schools are shut, besides weekends."""

from collections.abc import Iterable
from datetime import date

import holidays


def days_off(years: Iterable[int], council_days: Iterable[date] = ()) -> frozenset[date]:
    """England's bank holidays of these years, as they are observed, and the council's own days."""
    bank = holidays.country_holidays("GB", subdiv="ENG", years=years, observed=True)
    return frozenset(bank) | frozenset(council_days)
