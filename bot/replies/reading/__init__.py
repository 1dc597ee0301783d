"""What a mail is, and what a person wrote in it. Pure: no database, no network."""
