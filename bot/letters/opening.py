"""Letters, their links and addresses as the settings and the facts ask for them."""

from pathlib import Path

from bot.facts import Facts, FactsError, load_facts
from bot.letters.composing import placeholders
from bot.letters.composing.blocks import Wording
from bot.letters.composing.forms import LAYOUTS, STANDARD_WORDINGS, LetterForms
from bot.letters.composing.wording import parse
from bot.letters.links import LetterLinks, ReplyAddresses
from bot.letters.mailing.posting import LetterPost
from bot.letters.problems import LetterProblem
from bot.letters.suppression import Suppression
from bot.notices import NoticeScheme
from bot.outbox.mail import is_address
from bot.settings import Settings, SettingsError


def open_forms(settings: Settings) -> LetterForms:
    """What composes letters. Raises SettingsError, FactsError."""
    facts = load_facts(settings.facts_path)
    standard = {name: _wording(settings.letter_path / f"{name}.md", facts) for name in STANDARD_WORDINGS}
    layout = settings.letter_path / "layout"
    for name in LAYOUTS:
        if not (layout / name).is_file():
            raise _gone(layout / name, "it is missing")
    return LetterForms(facts, standard, layout, open_letter_links(settings), settings.public_url)


def open_letter_links(settings: Settings) -> LetterLinks:
    """What makes and reads the links of letters. Raises SettingsError."""
    return LetterLinks(settings.secret_key, settings.public_url, settings.link_days)


def open_reply_addresses(settings: Settings) -> ReplyAddresses | None:
    """What makes and reads the addresses that replies go to, None where no mailbox is set for them. Raises SettingsError."""
    if not settings.reply_address:
        return None
    if not is_address(settings.reply_address):
        raise SettingsError("PSQM_REPLY_ADDRESS is no email address: correct it in the environment or in .env.")
    return ReplyAddresses(settings.secret_key, settings.reply_address)


def open_suppression(settings: Settings) -> Suppression:
    """The list of addresses to which no letter goes. Raises SettingsError."""
    return Suppression(settings.secret_key)


def open_letter_post(settings: Settings, scheme: NoticeScheme) -> LetterPost:
    """What puts letters of ``scheme`` into the outbox. Raises SettingsError."""
    office = settings.office_email or scheme.email
    return LetterPost(open_letter_links(settings), open_reply_addresses(settings), office)


def _wording(path: Path, facts: Facts) -> Wording:
    try:
        wording = parse(path.read_text(encoding="utf-8"))
        placeholders.check(wording, facts)
    except OSError as error:
        raise _gone(path, error.strerror) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: is not in UTF-8. Save it as UTF-8.") from None
    except LetterProblem as problem:
        raise FactsError(f"{path}: {problem}.") from None
    return wording


def _gone(path: Path, why: str | None) -> SettingsError:
    return SettingsError(f"{path}: cannot be read ({why}). Put the file back or set PSQM_LETTER_PATH.")
