"""What was read, and what a person said, becomes what it means: the verdict, and all that follows from it. Pure."""
