"""Real processes under load, one or two faults a round, and a check after each: is anything lost or doubled?"""
