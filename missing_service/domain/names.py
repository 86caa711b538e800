"""A name as it is compared: in any script, whatever its accents, case, order and short forms."""

from collections.abc import Iterator
from unicodedata import category, combining, normalize
from unicodedata import name as called

MOST_PARTS = 8
LONGEST_PART = 40
START = 3  # letters that a part and its longer or misspelt form usually share
APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))
UNDIVIDED = str.maketrans(  # letters that are no letter with a mark on it
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
IDEOGRAPH = "CJK"
SHORT_FORMS = """
abdul abdel abdal
abigail abi abbie gail
alexander alex al sandy xander
alexandra alex sandra lexi sasha
andrew andy drew
anthony tony ant
benjamin ben benji
catherine katherine kathryn cath cathy kate katie kathy cat
charles charlie chas
charlotte charlie lottie
christopher chris kit
christina christine chris tina
daniel dan danny
david dave davey
deborah debbie deb
edward ed eddie ted ned
elizabeth elisabeth liz lizzie beth betty eliza libby
emily em emma
francesca fran frankie
frances francis fran frank frankie
gabriel gabe
gabrielle gabby
george georgie
georgina georgia georgie gina
harold harry hal
harriet hattie
henry harry hal
isabel isabelle isabella izzy bella
jacob jake
james jim jimmy jamie
jennifer jen jenny
jessica jess jessie
john johnny jack jon
jonathan jon jonny
joseph joe joey
joshua josh
kimberley kimberly kim
lawrence laurence larry laurie
leonard leo len lenny
lewis louis lou
louise lou lulu
margaret maggie meg peggy
matthew matt matty
maxwell maximilian max
michael mike mick mickey
mohammed muhammad mohamed mohammad muhammed mohamad mohd mo
natalie nat
nathaniel nathan nat nate
nicholas nick nicky
nicola nicole nicky nikki
oliver ollie
olivia liv livvy
patricia pat patsy trish
patrick pat paddy
peter pete
philip phillip phil
rebecca becky becca bex
richard rich richie rick dick
robert rob robbie bob bobby bert
ronald ron ronnie
samantha sam sammy
samuel sam sammy
simon si
stephen steven steve stevie
stephanie steph
susan susannah sue susie
theodore theo ted
thomas tom tommy
timothy tim timmy
victoria vicky tori
vincent vince
william will bill billy liam
yusuf youssef yousef yosef
zachary zac zach zak
"""
GROUPS = tuple(frozenset(line.split()) for line in SHORT_FORMS.split("\n") if line)


def parts_of(name: str | None) -> tuple[str, ...]:
    """The parts of a name as they are compared, in its own order; the first eight."""
    return tuple(part[:LONGEST_PART] for part in _parts(name or ""))[:MOST_PARTS]


def _parts(name: str) -> list[str]:
    plain = _plain(name.translate(APOSTROPHES))
    spaced = "".join(c if c.isalnum() or category(c).startswith("M") else " " for c in plain)
    return [part for word in spaced.split() for part in _divided(word)]


def _plain(text: str) -> str:
    """Without case, accents, vowel points, and marks that nobody sees."""
    folded = normalize("NFKD", normalize("NFKD", text).casefold())
    seen = (c for c in folded if not combining(c) and category(c) != "Cf")
    return "".join(seen).translate(UNDIVIDED)


def _divided(word: str) -> Iterator[str]:
    """Each ideograph is a part by itself: they are written with and without a blank."""
    other = ""
    for letter in word:
        if not called(letter, "").startswith(IDEOGRAPH):
            other += letter
            continue
        yield from filter(None, (other, letter))
        other = ""
    if other:
        yield other


def short_forms(part: str) -> frozenset[str]:
    """The other forms in which this part of a name is used."""
    return frozenset().union(*(group for group in GROUPS if part in group)) - {part}


def scripts_of(parts: tuple[str, ...]) -> frozenset[str]:
    """The scripts in which the name is written: names of two are not compared."""
    letters = {c for part in parts for c in part if c.isalpha()}
    return frozenset(called(c, "?").split()[0] for c in letters)


def plain_code(code: str | None) -> str:
    """A case id as it is compared: its letters and digits."""
    return "".join(c for c in _plain(code or "") if c.isalnum())[: 2 * LONGEST_PART]
