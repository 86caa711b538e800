"""The demonstration police's one page: what came, and what people were told."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

Item = Mapping[str, Any]
STYLE = """
body { font: 1rem/1.5 Arial, sans-serif; margin: 0 auto; max-width: 60rem; padding: 0 1rem;
       color: #0b0c0c; background: #fff }
.banner { background: #1d70b8; color: #fff; padding: .5rem 1rem; margin: 0 -1rem }
article { border-left: .5rem solid #1d70b8; padding: .25rem .75rem; margin: 1rem 0 }
article.bad { border-color: #d4351c }
h3, p, dl, pre { margin: .25rem 0 }
dt { font-weight: bold } dd { margin: 0 }
pre { white-space: pre-wrap; font: inherit }
h3, p, dd, pre { overflow-wrap: anywhere }
@media (min-width: 40rem) { dl { display: grid; grid-template-columns: 9rem 1fr } }
"""
PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3">
<title>Demonstration police: {came} received, {told} people told</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header class="banner"><p>Demonstration: nobody here exists, and no message leaves this machine.</p>
</header>
<main>
<h1>Demonstration police</h1>
<p>This machine answers 200 to each alert that is signed well. That is not an acknowledgement:
nobody has read it until a named person says so, so the ladder goes on telling people.</p>
<h2>What came to police</h2>
{received}
<h2>What people were told</h2>
{letters}
</main>
</body>
</html>
"""
NOTHING = "<p>Nothing yet.</p>"


def page(received: Iterable[Item], told: Iterable[Item]) -> str:
    """The page as it stands; whatever came is shown as text, never as markup."""
    alerts, letters = [_alert(item) for item in received], [_letter(item) for item in told]
    return PAGE.format(
        came=len(alerts),
        told=len(letters),
        received="\n".join(alerts) or NOTHING,
        letters="\n".join(letters) or NOTHING,
    )


def _alert(item: Item) -> str:
    kind = "" if item["signature"] == "good" else ' class="bad"'
    acknowledge = item.get("acknowledge") or {}
    facts = {
        "Reference": item.get("reference"),
        "Number": item.get("number"),
        "Signature": item["signature"],
        "Received": _came(item),
        "Answer at": acknowledge.get("url"),
        "Answer by": acknowledge.get("due_at"),
        "Record's hash": item.get("record_hash"),
        "Message id": item.get("id"),
    }
    summary = f"<p>{_text(item.get('summary') or '')}</p>"
    return f"<article{kind}><h3>{_text(item['type'])}</h3>{summary}{_list(facts)}</article>"


def _letter(item: Item) -> str:
    facts = {"To": item["to"], "Received": _came(item)}
    words = f"<pre>{_text(item['text'])}</pre>"
    return f"<article><h3>{_text(item['subject'])}</h3>{_list(facts)}{words}</article>"


def _came(item: Item) -> str:
    again = f", {item['times']} times" if item["times"] > 1 else ""
    return f"{item['received_at']}{again}"


def _list(facts: Mapping[str, Any]) -> str:
    rows = [f"<dt>{name}</dt><dd>{_text(v)}</dd>" for name, v in facts.items() if v is not None]
    return f"<dl>{''.join(rows)}</dl>"


def _text(value: Any) -> str:
    return escape(str(value))
