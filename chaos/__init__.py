"""Real processes under load, a fault or two a round, and the question after each: is anything lost or doubled?"""
