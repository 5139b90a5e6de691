"""Alarms: whom, when and again, until someone acts."""
