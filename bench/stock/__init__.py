"""The peer: what `rasa init` gives, with our examples, answers and facts, and an action server of its own."""
