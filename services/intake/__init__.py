"""Hears: reports, from other systems (ReportSubmitted), and from care that a support plan was opened.
Keeps: the record of each family and its children; the only place with names.
Says: FamilyAtRisk, ChildNeedsCare, without a name in them.
"""
