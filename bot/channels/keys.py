"""What the application holds, by typed key."""

from dataclasses import dataclass

import jinja2
from aiohttp import web

from bot.bell import Bell
from bot.channels.form_guard import FormGuard
from bot.channels.letter_pdfs import LetterPdfs
from bot.channels.rate_limit import RateLimits
from bot.channels.sessions import Sessions
from bot.chat.desk import ChatDesk
from bot.chat.events import Handler
from bot.conversation import Conversations
from bot.desk.letter_terms import LetterTerms
from bot.letters.composing.forms import LetterForms
from bot.letters.links import LetterLinks
from bot.letters.suppression import Suppression
from bot.metrics import Metrics
from bot.notices import MailedNotices
from bot.notices.fresh_links import FreshLinks
from bot.posts.poster import Poster
from bot.questions.mailed import MailedQuestions
from bot.rasa import Engine
from bot.registrations.links import RegistrationLinks
from bot.settings import Settings
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Scheme:
    """What pages and error texts say about the scheme; ``website`` is a bare host."""

    name: str
    short_name: str
    email: str
    website: str


SETTINGS = web.AppKey("settings", Settings)
SCHEME = web.AppKey("scheme", Scheme)
METRICS = web.AppKey("metrics", Metrics)
BELL = web.AppKey("bell", Bell)
SESSIONS = web.AppKey("sessions", Sessions)
FORM_GUARD = web.AppKey("form_guard", FormGuard)
TEMPLATES = web.AppKey("templates", jinja2.Environment)
DATABASE = web.AppKey("database", Database)
ENGINE = web.AppKey("engine", Engine)
RATE_LIMITS = web.AppKey("rate_limits", RateLimits)
CONVERSATIONS = web.AppKey("conversations", Conversations)
LINKS = web.AppKey("links", RegistrationLinks)
NOTICES = web.AppKey("notices", MailedNotices)
QUESTION_NOTICES = web.AppKey("question_notices", MailedQuestions)
LETTER_TERMS = web.AppKey("letter_terms", LetterTerms)
LETTER_FORMS = web.AppKey("letter_forms", LetterForms)
LETTER_PDFS = web.AppKey("letter_pdfs", LetterPdfs)
LETTER_LINKS = web.AppKey("letter_links", LetterLinks)
SUPPRESSION = web.AppKey("suppression", Suppression)
FRESH_LINKS = web.AppKey("fresh_links", FreshLinks)
CHAT_DESK = web.AppKey("chat_desk", ChatDesk)
POSTERS = web.AppKey("posters", dict[str, Poster])
CHAT_HANDLERS = web.AppKey("chat_handlers", dict[str, Handler])
"""What posts to a platform, and what works on its events, by platform: those that the settings connect add theirs at start."""
