"""Mails and files damaged on purpose, through the real children: nothing may die, hang or be answered wrongly."""
