"""The mailbox: each mail is taken out of it once."""
