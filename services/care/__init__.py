"""Hears: from intake, families at risk, children who need care and changes of a case; from notifications, answers.
Keeps: a support plan for each family at risk, a care assessment of each child who may need care.
Says: SupportPlanOpened, CareAssessmentRequested, PlacementRequested, ApproachAgreed.
"""
