# Mails about a meeting. The subject of one that carries a calendar part is the bare title, because some calendars take it
# for the name of the event.
mail-meeting-subject = { $title }
mail-meeting-decline = If you cannot come, please decline as soon as you know.
mail-meeting-answer-again = Please say again whether you can come: answers to the old time do not count any more.
mail-act-who-comes = See who comes
mail-act-who-comes-or-decline = See who comes, or decline
mail-act-accept-or-decline = Accept or decline
mail-act-meeting = See the meeting

mail-agreed-headline = The time is agreed: { $title }
mail-agreed-lead = “{ $title }” takes place at this time:
mail-agreed-calendar = The invitation for your calendar is attached.
mail-moved-headline = { $title } was moved to another time
mail-moved-lead = “{ $title }” now takes place at this time:
mail-moved-calendar = Your calendar will move it: the new invitation is attached.
mail-details-headline = The details of { $title } have changed
mail-details-lead = “{ $title }” has new details. The time stays the same:
mail-details-calendar = Your calendar will take them over: the new invitation is attached.
mail-cancelled-headline = { $title } is cancelled
mail-cancelled-lead = “{ $title }” does not take place. It was planned for this time:
mail-cancelled-calendar = Your calendar will remove it: the cancellation is attached.
mail-declined-headline = { $who } cannot come: { $title }
mail-declined-lead = { $who } has declined “{ $title }”:
mail-declined-advice = You can leave it as it is. To move or cancel the meeting, please sign in.
mail-accepted-headline = { $who } will come: { $title }
mail-accepted-lead = { $who } has accepted “{ $title }”:

# A meeting of one-to-ones. The words “Meeting Scheduled” are the original's.
mail-scheduled-headline = Meeting Scheduled: { $title }
mail-scheduled-lead = You have a meeting scheduled with { $who }: “{ $title }”.
