"""The letter for somebody who asks for it."""
