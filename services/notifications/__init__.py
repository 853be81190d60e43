"""Hears: from intake what has to be answered, from care and education what was done, from staff that they act.
Keeps: one inbox item for each family and responsible role; never a name.
Says: StaffNotified, NotificationAcknowledged.
"""
