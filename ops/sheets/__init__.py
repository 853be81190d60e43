"""A partner's file becomes reports, or a few sentences from which the partner can mend it."""
