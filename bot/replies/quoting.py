"""What a person wrote in a reply, without what it quotes and without signature."""

from mailparser_reply import EmailReplyParser

from bot.replies.arrived import Arrived

_PARSER = EmailReplyParser(languages=["en", "de", "fr"])


def written(arrived: Arrived) -> str:
    """The text of a reply alone, "" where nothing was written."""
    replies = _PARSER.read(arrived.text).replies
    return replies[0].body.strip() if replies else ""
