"""Teams, as a door to the desk: verified, kept, acknowledged, and only then worked on, by the Microsoft 365 Agents SDK."""
