"""How many points each flow has and how many faults were put in, as a table to be read."""

from collections.abc import Iterable
from dataclasses import dataclass, field

Row = tuple[str, str, str, int, int]  # flow, database, kind, points, faults


@dataclass(slots=True)
class Table:
    """What was tried in this run, a line for each flow, database and kind."""

    rows: list[Row] = field(default_factory=list)

    def lines(self) -> Iterable[str]:
        yield "| flow | database | kind | points | faults put in |"
        yield "|---|---|---|--:|--:|"
        for flow, database, kind, points, fired in self.rows:
            yield f"| {flow} | {database} | {kind} | {points} | {fired} |"

    def totals(self) -> Iterable[str]:
        """The same with the flows together: what a page has room for."""
        found: dict[tuple[str, str], list[int]] = {}
        for _, database, kind, points, fired in self.rows:
            both = found.setdefault((database, kind), [0, 0, 0])
            both[0] += points > 0
            both[1] += points
            both[2] += fired
        yield "| database | kind | flows | points | faults put in |"
        yield "|---|---|--:|--:|--:|"
        for (database, kind), (flows, points, fired) in found.items():
            yield f"| {database} | {kind} | {flows} | {points} | {fired} |"


TABLE = Table()
