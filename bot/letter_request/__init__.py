"""The conversation in which somebody asks for the letter, turn by turn."""
