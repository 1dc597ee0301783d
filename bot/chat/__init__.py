"""What members of staff do in Slack and Teams, whichever of them it is."""
