"""Maanwerk beside other ways to send reminders when they are due: each in a process of its own, with one provider."""
