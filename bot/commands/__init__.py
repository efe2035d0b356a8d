"""The verbs of the command line that have more than a screen to say; ``bot.cli`` lists them all."""
