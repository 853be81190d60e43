"""Hears: from intake that a family is at risk (FamilyAtRisk) or that a child needs care (ChildNeedsCare).
Keeps: a support plan for each family, a placement request for each child, siblings together.
Says: SupportPlanOpened, PlacementRequested.
"""
