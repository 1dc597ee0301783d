"""The conversation that hands a question over to a person, turn by turn."""
