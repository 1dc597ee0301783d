"""What Rasa calls: each action reads the conversation, calls ``bot``, and utters."""
