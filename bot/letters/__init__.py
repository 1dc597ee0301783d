"""The letter that invites a school: its wording and forms, who gets it, how it is sent, and what becomes of it."""
