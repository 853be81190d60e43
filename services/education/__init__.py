"""Hears: from intake, families at risk, children who need care, news of children and changes of a case.
Keeps: a view of each child: the school level for its age, what to check, how soon.
Says: EnrolmentCheckOpened.
"""
