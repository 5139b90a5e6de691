"""Triage: how urgent a message is, by rules that a person can read, before any model is asked."""
