"""Who a child may be among those known: suggested with why, best first; never merged."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from missing_service.domain.episode import ChildCopy
from missing_service.domain.names import START, parts_of, plain_code, scripts_of, short_forms

Alike = Callable[[str, str], float]  # of two words: 0 to 100, the same both ways round
Parts = tuple[str, ...]
Evidence = tuple[int, str]  # how much speaks for it, of 100; and in words

SAME, SHORT, INITIAL, SPELT_ALIKE = 100, 95, 80, 75
NAME_SHARE, BORN_SHARE = 0.6, 0.4
NAME_ALONE, BORN_ALONE = 0.8, 0.5
CASE_SAME, CASE_DIFFERS = 90, 10
ANOTHER_SCRIPT = "The names are written in two scripts, and were not compared."
CASE_IS_SAME = "The case id is the same."
CASE_IS_OTHER = "The case id differs."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is known of the child who is looked for."""

    name: str | None = None
    date_of_birth: str | None = None
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A child who may be the one looked for: how likely, of 100, and why."""

    child: ChildCopy
    score: int
    why: tuple[str, ...]


def stored_keys(copy: ChildCopy) -> frozenset[str]:
    """What a child is found by; every name that they were known by counts."""
    parts = {part for name in (copy.name, *copy.former_names) for part in parts_of(name)}
    found = {f"name {part}" for part in parts}
    found |= {f"start {part[:START]}" for part in parts if len(part) > START}
    if copy.date_of_birth:
        found.add(f"born {copy.date_of_birth}")
    if plain_code(copy.case_id):
        found.add(f"case {plain_code(copy.case_id)}")
    return frozenset(found)


def wanted_keys(sought: Sought) -> Mapping[str, int]:
    """By which stored keys to look, and how much each of them says."""
    found: dict[str, int] = {}
    for part in parts_of(sought.name):
        found |= {f"start {part[:START]}": 1, f"name {part[:START]}": 1}
        found |= {f"name {form}": 2 for form in short_forms(part)}
    found |= {f"name {part}": 3 for part in parts_of(sought.name)}
    if sought.date_of_birth:
        found |= {f"born {day}": 2 for day in _near(sought.date_of_birth)}
        found[f"born {sought.date_of_birth}"] = 4
    if plain_code(sought.case_id):
        found[f"case {plain_code(sought.case_id)}"] = 16
    return found


def likely_matches(
    sought: Sought, known: Iterable[ChildCopy], *, alike: Alike, likely: int
) -> list[Match]:
    """Those whom at least `likely` of 100 speaks for: best first, the last recorded first."""
    found = (match_of(sought, child, alike) for child in known)
    kept = [match for match in found if match.score >= likely]
    return sorted(kept, key=lambda match: (-match.score, -match.child.id.int))


def match_of(sought: Sought, child: ChildCopy, alike: Alike) -> Match:
    """How likely it is that this child is the one looked for."""
    name, born = _name(sought, child, alike), _born(sought, child)
    score = _together(name, born)
    why = [said for _, said in filter(None, (name, born)) if said]
    wanted, own = plain_code(sought.case_id), plain_code(child.case_id)
    if wanted and own:
        score = CASE_SAME + score / 10 if wanted == own else max(score - CASE_DIFFERS, 0)
        why.insert(0, CASE_IS_SAME) if wanted == own else why.append(CASE_IS_OTHER)
    return Match(child, round(score), tuple(why))


def _together(name: Evidence | None, born: Evidence | None) -> float:
    is_compared = name is not None and name[1] != ANOTHER_SCRIPT
    if is_compared and name and born:
        return NAME_SHARE * name[0] + BORN_SHARE * born[0]
    if is_compared and name:
        return NAME_ALONE * name[0]
    return BORN_ALONE * born[0] if born else 0


def _name(sought: Sought, child: ChildCopy, alike: Alike) -> Evidence | None:
    """The best of the names that the child is or was known by."""
    wanted = parts_of(sought.name)
    known = [(parts_of(name), name != child.name) for name in (child.name, *child.former_names)]
    if not wanted or not any(parts for parts, _ in known):
        return None
    found = [(name_alike(wanted, parts, alike), former) for parts, former in known if parts]
    (score, said), is_former = max(found, key=lambda each: (each[0][0], not each[1]))
    return score, f"{said} It is a name used before." if is_former and score else said


def name_alike(one: Parts, other: Parts, alike: Alike) -> Evidence:
    """How alike two names are, the same both ways round."""
    if one == other:
        return SAME, "The name is the same."
    if not scripts_of(one) & scripts_of(other):
        return 0, ANOTHER_SCRIPT
    if sorted(one) == sorted(other) or "".join(one) == "".join(other):
        return 98, "The name is the same, in another order or with other spaces."
    pairs = _paired(one, other, alike)
    fewer, both = min(len(one), len(other)), len(one) + len(other)
    core = sum(score for score, *_ in pairs) / fewer
    score = core * (0.85 + 0.15 * 2 * len(pairs) / both)
    return round(score), _said(pairs, one, other)


Pair = tuple[float, str, str]


def _paired(one: Parts, other: Parts, alike: Alike) -> list[Pair]:
    """Each part with at most one of the other name's, the most alike first."""
    places = product(enumerate(one), enumerate(other))
    scored = [(_part_alike(a, b, alike), a, b, i, j) for (i, a), (j, b) in places]
    scored = [found for found in scored if found[0] > 0]
    scored.sort(key=lambda found: (-found[0], *sorted(found[1:3])))
    pairs, left, right = [], set(range(len(one))), set(range(len(other)))
    for score, a, b, i, j in scored:
        if i in left and j in right:
            pairs.append((score, a, b))
            left.remove(i)
            right.remove(j)
    return pairs


def _part_alike(one: str, other: str, alike: Alike) -> float:
    if one == other:
        return SAME
    if other in short_forms(one):
        return SHORT
    if 1 in (len(one), len(other)) and one[0] == other[0]:
        return INITIAL
    score = alike(one, other)
    return score if score >= SPELT_ALIKE else 0


def _said(pairs: Sequence[Pair], one: Parts, other: Parts) -> str:
    if not pairs:
        return "The name differs."
    whole = len(pairs) == min(len(one), len(other))
    manner = "" if all(score == SAME for score, *_ in pairs) else f" ({_manner(pairs)})"
    if not whole:
        return f"A part of the name is alike{manner}."
    rest = "" if len(one) == len(other) else ", and one has more parts"
    return f"The name is alike{manner}{rest}."


def _manner(pairs: Sequence[Pair]) -> str:
    scores = {score for score, *_ in pairs if score != SAME}
    words = {SHORT: "a short form", INITIAL: "an initial"}
    found = [word for score, word in words.items() if score in scores]
    return ", ".join([*found, *(["spelt alike"] if scores - words.keys() else [])])


def _born(sought: Sought, child: ChildCopy) -> Evidence | None:
    if not sought.date_of_birth or not child.date_of_birth:
        return None
    return born_alike(sought.date_of_birth, child.date_of_birth)


def born_alike(one: str, other: str) -> Evidence:
    """How alike two dates of birth are; each as YYYY-MM-DD."""
    if one == other:
        return SAME, "The date of birth is the same."
    if _swapped(one) == other:
        return 85, "The date of birth has day and month swapped."
    if other in set(_year_off(one)):
        return 75, "The date of birth is a year apart."
    if sum(a != b for a, b in zip(one, other, strict=True)) == 1:
        return 75, "The date of birth differs in one digit."
    return 0, "The date of birth differs."


def _near(born: str) -> Iterator[str]:
    """Dates that are this one with a slip of the pen."""
    digits = [
        born[:place] + digit + born[place + 1 :]
        for place, was in enumerate(born)
        for digit in "0123456789"
        if was.isdigit()
    ]
    for day in (_swapped(born), *_year_off(born), *digits):
        if _is_date(day):
            yield day


def _swapped(born: str) -> str:
    year, month, day = born.split("-")
    return f"{year}-{day}-{month}"


def _year_off(born: str) -> list[str]:
    return [f"{int(born[:4]) + step:04}{born[4:]}" for step in (-1, 1)]


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
