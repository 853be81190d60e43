"""Events folded into documents: the rules a domain gives, the history that decides, and what is published of it."""
