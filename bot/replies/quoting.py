"""What a person wrote in a reply, without what it quotes and without signature."""

from bot.replies.arrived import Arrived
from bot.replies.quotation import without_quotation
from bot.replies.signature import without_signature


def written(arrived: Arrived) -> str:
    """The text of a reply alone, "" where nothing was written."""
    name = f"{arrived.sender_name} {arrived.sender.partition('@')[0]}"
    return without_signature(without_quotation(arrived.text), name)
