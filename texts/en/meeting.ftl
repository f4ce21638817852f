# The page of a meeting.

meeting-cancelled = This meeting was cancelled. It was to be:
meeting-people = Who comes
attendee-accepted = Comes
attendee-declined = Cannot come
attendee-open = Has not said
meeting-change = Move it, or change its details
meeting-change-help = Everybody gets an update for the calendar. Whoever said yes or no to the old time is asked again if you move it.
meeting-when = When
field-minutes = Length in minutes
fold-first = The first of the two, before the clocks are put back
fold-second = The second of the two, after the clocks are put back
fault-begin = Enter a date and a time.
fault-minutes = Enter the length in whole minutes.
meeting-cancel = Cancel this meeting
meeting-cancel-help = Everybody is told, and calendars remove it. This cannot be undone.
meeting-cancel-button = Cancel it for good
meeting-source = How this time was found
