"""Hears: from intake that a family is at risk (FamilyAtRisk) or that a child needs care (ChildNeedsCare).
Keeps: a view of each child: the school it belongs in, what to check, how soon.
Says: EnrolmentCheckOpened.
"""
