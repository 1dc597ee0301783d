"""Recognises our own mail when it comes back."""

import re
from dataclasses import dataclass

from bot.replies.reading.arrived import Arrived

_OUR_ID = re.compile(r"[a-z_]{1,40}\.[0-9a-f]{32}")  # as the outbox makes them


@dataclass(frozen=True, slots=True)
class Ours:
    """Where our mail comes from and where replies go, and the host of our message ids."""

    addresses: frozenset[str]
    host: str = ""

    def is_address(self, address: str) -> bool:
        """Whether ``address`` is one of ours, with or without something after a plus sign."""
        local, at, host = address.lower().rpartition("@")
        return f"{local.partition('+')[0]}{at}{host}" in self.addresses or address.lower() in self.addresses


def own(arrived: Arrived, ours: Ours) -> str:
    """Why a mail is one of ours that came back, "" where it is not."""
    local, _, host = arrived.message_id.rpartition("@")
    if ours.host and host.lower() == ours.host.lower() and _OUR_ID.fullmatch(local):
        return "our Message-ID"
    if ours.is_address(arrived.sender):
        return "from our address"
    if any(ours.is_address(value.strip("<> ")) for value in arrived.headers.get("x-loop", ())):
        return "X-Loop names us"
    return ""
