"""The ministry's knowledge at work: ``rules/`` becomes a Rulebook, and a Rulebook's forms are held against tables."""
