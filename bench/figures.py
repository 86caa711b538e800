"""What was measured, and the table that is printed of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the table: a ratio of each round (or a time), and what it should be."""

    name: str
    what: str
    values: Sequence[float]
    most: float | None = None
    least: float | None = None
    unit: str = ""

    @property
    def value(self) -> float:
        return median(self.values)

    @property
    def is_reached(self) -> bool:
        over = self.most is not None and self.value > self.most
        under = self.least is not None and self.value < self.least
        return not (over or under)

    def line(self) -> str:
        sign, goal = ("≤", self.most) if self.most is not None else ("≥", self.least)
        rounds = " ".join(f"{value:.3g}" for value in self.values)
        word = "reached" if self.is_reached else "missed"
        found = f"{self.value:.3g}{self.unit} {sign} {goal}{self.unit}"
        return f"{self.name:4} {self.what:58} {found:22} {word:8} ({rounds})"


@dataclass(frozen=True, slots=True)
class Figure:
    """An absolute figure, printed beside the ratios; this machine's, and this hour's."""

    name: str
    what: str
    value: float
    unit: str

    def line(self) -> str:
        return f"{self.name:4} {self.what:58} {self.value:>9.4g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Report:
    goals: list[Goal]
    figures: list[Figure]

    def lines(self) -> list[str]:
        return [
            "Goals: the median of the rounds, which stand in brackets",
            *[goal.line() for goal in self.goals],
            "",
            "Beside them, of this machine and hour",
            *[figure.line() for figure in self.figures],
        ]


def at(latencies: Sequence[float], share: float) -> float:
    """The latency that this share of the answers does not exceed, in milliseconds."""
    ordered = sorted(latencies)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000
