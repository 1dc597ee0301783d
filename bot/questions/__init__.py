"""Questions that the assistant hands over to a person: asked, answered, reminded of."""
