"""What is done about a mail that a person wrote, or that reports one of ours."""
