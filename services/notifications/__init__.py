"""Hears: from intake, the causes to answer; from care and education, what they did.
Keeps: one inbox item for each family and responsible role; never a name.
Says: StaffNotified, NotificationAcknowledged, ResponseRecorded.
"""
