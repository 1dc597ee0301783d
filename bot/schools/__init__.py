"""The school register: reading it, keeping it, finding a school in it."""
