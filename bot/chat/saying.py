"""What members of staff read in Slack and Teams that no other place says."""

from bot.desk.done import Done
from bot.notices import phrases
from bot.staff.audit import Entry
from bot.staff.member import Member

LINK_FIRST = (
    "I do not know yet who you are. Please write “link”, a space, and the email address at which the scheme writes to you, such "
    "as “link ann@hub.example”. I then mail a link to that address; open it within 15 minutes. Until then I cannot show "
    "anything here."
)
LINK_ASKED = (
    "If that is the address at which the scheme writes to a hub leader or to somebody of the office, a link is on its way to it. "
    "Please open it within 15 minutes: it joins this account to you. Nothing there? Ask the office which address it has of you."
)
LINK_TOO_OFTEN = "That was often enough for now: please open the newest link in your mail, or ask again in an hour."
LINK_NO_ADDRESS = "That is not an email address. Please write it like this: “link ann@hub.example”"
LINKED = "You are linked as {name}. Registrations and questions are posted here from now on. Write “help” to see more."
UNLINKED = "This account is no longer joined to you: I post nothing here from now on, and you get mail again."
MAIL_ON = "From now on you get mail as well as posts here."
MAIL_OFF = "From now on you get posts here, and mail only where something cannot be posted."
PRESS_ANSWER = "To answer, press Answer below and write there: your words go to the person, with your name."
NOT_HELD = (
    "Words below a question reach the person only while you have taken over their conversation. To answer the question, press "
    "Answer; to talk to them, take over first."
)
SAID = "Said, in their conversation."
ENGINE_AWAY = "I cannot answer just now; please try again in a moment. Buttons of posts work all the same."
BUSY = "I am still answering what you wrote before: please wait a moment, then write again."
EMPTY = "Please write a few words, or “help”."
NO_LONGER_OFFERED = "That was offered earlier and can no longer be chosen. Please ask again."
CUT = "Your message was longer than {longest:,} characters, so I read only its beginning.\n\n"

HELP = """Ask me in your own words, in a direct message or by mentioning me: "who has registered this week?", "how many \
places are left?", "send the letter to Fairview Primary", or anything that a headteacher might ask.
“registrations” – which schools have registered lately
“places” – how many places are left
“questions” – what waits for an answer
“mail on”, “mail off” – whether you get mail as well as posts here
“link you@hub.example” – joins this account to you, by a link in your mail
“unlink” – takes that back
Registrations and questions are posted to you as they come: Confirm, Answer and the other buttons do it at once.
What is about people is shown to you alone."""


def already(done: Done[object], member: Member, what: str, otherwise: str) -> str:
    """What somebody who comes second reads: ``Hal Hubbard has confirmed this already, in Slack on Monday 3 May 2027, 1 pm.``"""
    entry = done.by
    if entry is None or not entry.name:
        return otherwise
    who = "You have" if entry.name == member.name else f"{entry.name} has"
    return f"{who} {what} this already, {_where(entry)}on {phrases.moment(entry.at)}."


def _where(entry: Entry) -> str:
    return {"slack": "in Slack ", "teams": "in Teams ", "email": "by email ", "desk": "on the desk "}.get(
        entry.door, ""
    )
