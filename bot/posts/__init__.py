"""What members of staff read in Slack and Teams: the posts, and the outbox that they leave by."""
