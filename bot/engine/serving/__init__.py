"""What the engine does while it serves, beside answering: nothing here changes what a model learns."""
