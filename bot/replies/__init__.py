"""Mail that arrives: read from the mailbox, understood, answered once."""
