"""What the calendar asks for: deadlines, reminders, the weekly digest."""
