"""Turns a partner's file into reports, or into a few sentences on how to correct it."""
