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

# An event that somebody has booked: to the organiser, and to the others.
mail-booked-headline = You have booked { $title }
mail-booked-lead = You have booked “{ $title }” with { $whom }:
mail-booked-alone = You have booked “{ $title }” for yourself:
mail-booked-others = { $count } others
mail-booked-you-headline = { $who } has booked you: { $title }
mail-booked-you-lead = { $who } has booked “{ $title }” with you:
mail-reactivated-headline = { $title } takes place after all
mail-reactivated-lead = “{ $title }” was cancelled, and now takes place after all, at this time:
mail-removed-headline = { $title } takes place without you
mail-removed-lead = You do not take part in “{ $title }” any more. It was planned for this time:

# What a guest books, to the guest.
mail-held-headline = Confirm your booking: { $title }
mail-held-lead = Somebody, we hope it was you, has booked “{ $title }” with { $who } and given this address:
mail-held-until = Please confirm by { $until }. Until then the time is kept for you. After that it is free for others again.
mail-held-otherwise = If it was not you, you can ignore this mail: nothing is booked.
mail-act-confirm-booking = Confirm the booking
mail-awaits-headline = { $who } still has to agree: { $title }
mail-awaits-lead = You have confirmed your booking of “{ $title }”. { $who } looks at each booking before it counts:
mail-awaits-until = { $who } can answer until { $until }, and the time is kept for you until then. You get a mail either way.
mail-act-booking = See your booking
mail-booking-headline = Your booking is confirmed: { $title }
mail-booking-lead = You have booked “{ $title }” with { $who }:
mail-booking-change = If you cannot come, please move or cancel the booking as soon as you know.
mail-act-change-booking = Move or cancel the booking
mail-refused-headline = Your booking does not take place: { $title }
mail-refused-lead = { $who } has declined your booking of “{ $title }”. You had asked for this time:
mail-unanswered-lead = { $who } has not answered your booking of “{ $title }” in time. You had asked for this time:
mail-refused-advice = Nothing is booked, and there is nothing left for you to do. You can book another time on the page where you found this one.
mail-message = { $who } writes:

# What a guest books, to the owner.
mail-asked-headline = { $who } would like to book { $title }
mail-asked-lead = { $who } asks for “{ $title }” at this time:
mail-asked-until = Please approve or decline by { $until }: you are asked to sign in. Until then the time is kept. If you do not answer, the booking lapses, and your guest is told.
mail-act-approve = Approve or decline
mail-guest-headline = { $who } has booked { $title }
mail-guest-lead = { $who } has booked “{ $title }” with you:
mail-guest-answers = { $who } says:

# A day before.
mail-soon-headline = Coming up on { $day }: { $title }
mail-soon-lead = This is a reminder: “{ $title }” begins soon.
