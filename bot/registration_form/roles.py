"""How people name their post at a school: "deputy head and science lead", "SBM", "Year 4 teacher"."""

import re


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


_RANK = _any(
    "executive", "acting", "interim", "deputy", "assistant", "associate", "senior", "vice", "co-?", "joint",
    "designated", "lead", "chair of", "clerk to the",
)  # fmt: skip
_SUBJECT = _any(
    r"(?:primary )?science", "steam", "stem", "curriculum", "subject", "phase", r"year \w+", r"ks\d", r"key stage \w+", "maths",
    "english", "eyfs", "early years", "music", "dt",
)  # fmt: skip
_POST = _any(
    "head ?teacher", "head ?master", "head ?mistress",
    r"head of (?:school|year \w+|science|key stage \w+|early years|infants|juniors|ks\d)",
    r"heads?(?= (?:of|at|and|&)\b)", "head", "principal", "d?ht",
    "(?:school )?business (?:manager|leader|director)", "sbm", "bursar",
    rf"(?:{_SUBJECT}[ -](?:and \w+ )?(?:subject )?)+(?:leader|lead|coordinator|co-ordinator|teacher|specialist)",
    "subject leader", "senco", "send ?co", "office (?:manager|administrator)", "school (?:secretary|administrator)",
    "secretary", "administrator", "class ?teacher", "teacher", "governors?", "teaching assistant", "ta",
    "pa to the head(?:teacher)?", "parent",
)  # fmt: skip
_ONE = rf"(?:{_RANK}[ -])*{_POST}"

ROLE = re.compile(rf"\b(?P<role>{_ONE}(?: ?(?:and|&|/) ?(?:the )?{_ONE})*)(?=$|\W)", re.IGNORECASE)
