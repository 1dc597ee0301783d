"""What a mail is taken for, one filter a module. Pure."""
