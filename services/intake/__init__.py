"""Hears: from other systems, reports (ReportSubmitted); from care, that a support plan was opened.
Keeps: the record of each family and its children; the only place with names.
Says, without names: FamilyAtRisk, ChildNeedsCare, ChildUpdated, RiskReassessed, CaseInDistricts, CaseTransferred.
"""
