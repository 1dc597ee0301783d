"""Tunes the sentence encoder to the examples, offline: `make tune`. What comes of it is kept in bot/engine/adapter.npz."""
