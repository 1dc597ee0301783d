"""What the assistant is taught: misunderstood questions as examples, and new topics."""
