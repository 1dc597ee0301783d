"""The conversation that registers a school: what a person said, what is still missing, what to say next. No Rasa in it."""
