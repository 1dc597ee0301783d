"""Wakes the workers of this process when mail was put into the outbox here; those of other processes look by themselves."""

from bot.store.waking import Waking

_waking = Waking()

listening = _waking.listening
wake_after_commit = _waking.after_commit
