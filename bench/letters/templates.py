"""The letter as a plain loop would have it: three templates that say what ours says, word for word."""

from markupsafe import Markup

from bench.letters.composing import letter, settings
from bot.facts import load_facts
from bot.letters.composing import as_html, as_text, placeholders
from bot.letters.composing.blocks import plain
from bot.letters.composing.filling import Value, filled
from bot.letters.composing.hrefs import public_hrefs
from bot.letters.composing.standard import EXAMPLE_OWN
from bot.letters.composing.wording import parse

_OF_A_LETTER = ("school_name", "head_name", "link")
_PAPER = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title><style>
@page {{ size: A4; margin: 20mm; @bottom-right {{ content: "Page " counter(page) " of " counter(pages); }} }}
body {{ font: 10.5pt/1.35 serif; }} h1 {{ font-size: 13pt; }} h2 {{ font-size: 11pt; }}
address {{ margin: 37mm 0 14mm; font-style: normal; }}
</style></head><body><p>{sender}</p>
<address>{{{{ head_name }}}}<br>{{{{ school_name }}}}<br>Church Lane<br>Weston<br>Otley<br>LS21 1AA</address>
<h1>{title}</h1>{body}</body></html>"""
_MAIL = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1>{body}<p>{sender}</p></body></html>"""


def templates() -> dict[str, str]:
    """``html``, ``text`` and ``paper``, which differ from letter to letter in ``school_name``, ``head_name`` and ``link``."""
    set_up = settings()
    known = placeholders.values(load_facts(set_up.facts_path), letter(0), EXAMPLE_OWN, public_hrefs(set_up.public_url))

    def value_of(name: str) -> Value:
        left_open = f"{{{{ {name} }}}}"
        return Value(left_open, left_open if name == "link" else "") if name in _OF_A_LETTER else known(name)

    wording = filled(parse((set_up.letter_path / "letter.md").read_text(encoding="utf-8")), value_of)
    look = as_html.Look(button=Markup('<p><a href="{href}">{label}</a></p>'))
    said = {"title": plain(wording.title), "sender": ", ".join(EXAMPLE_OWN.sender_address)}
    body = str(as_html.blocks(wording.blocks, look))
    return {
        "html": _MAIL.format(**said, body=body),
        "paper": _PAPER.format(**said, body=body),
        "text": f"{said['title']}\n\n{as_text.blocks(wording.blocks)}\n",
    }
