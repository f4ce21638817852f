# Find a time: the page on which a proposal is composed, and its preview.

new-title = Find a time
new-lead = Offer some times. Everybody removes the ones they cannot make, and what is left is your appointment.
new-unverified = You can prepare everything now. The mails wait until you have confirmed that { $address } is your address.
new-unverified-way = Send me the link again
new-problems = { $count ->
    [one] One thing needs your attention:
   *[other] { $count } things need your attention:
}
new-may-be-empty = (optional)

new-what = What is it about?
new-field-title = Title
new-title-hint = It becomes the subject of the mail and the name in everybody’s calendar.
new-location = Place
new-location-hint = A room, an address, or a link to a call.
new-description = Description

new-who = Who should be there?
new-people = People
new-people-hint = Paste them as your address book gives them: “Ana Lee <ana@example.org>, bea@example.org”, or one on each line.
new-optional-title = People who are welcome, but not needed
new-optional = Optional people
new-optional-hint = They can say which times suit them. Their answers are shown to you, and remove no time for the others.
new-contacts-title = From your contacts ({ $count })
new-contacts-none = You have no contacts yet.
new-contacts-way = Add or import some
new-groups = Groups
new-group-size = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
new-contacts = Contacts
new-contacts-more = { $count ->
    [one] One more contact is not shown here.
   *[other] { $count } more contacts are not shown here.
}
new-as-optional = optional
new-find = Name or address
new-find-button = Search contacts
new-joins = I take part myself
new-name = Your name
new-name-hint = The others read it in the mail and on the page.

new-when = When could it be?
new-zone = Time zone of the times
new-zone-guess = This is a guess from where your connection comes from. Please check it.
new-clock-offset = { $clock } (UTC{ $offset })
new-paint = Paint a week
new-paint-hint = Paint the hours that you offer. What you paint without a gap is one time, which you can split below.
new-paint-day = Week of
new-paint-rows = One row is
new-paint-half = 30 minutes
new-paint-quarter = 15 minutes
new-paint-before = Week before
new-paint-after = Week after
new-paint-split = Split all
new-paint-runs = Times that you offer
new-paint-undo = Undo
new-paint-redo = Redo
new-paint-done = Done with painting
new-rows = Add times
new-row = Time { $number }
new-date = Date
new-clock = Begins at
new-minutes = Minutes
new-add = Add these times
new-fold = Which of the two times do you mean?
new-fold-first = The first one, before clocks are put back (UTC{ $offset })
new-fold-second = The second one, after clocks are put back (UTC{ $offset })

new-series = Add many times at once
new-series-hint = For example, Tuesdays and Thursdays between 9:00 and 17:00, 45 minutes every hour, for one week.
new-series-days = On these days
new-series-from = Not before
new-series-to = Over by
new-series-minutes = Minutes each
new-series-every = One every … minutes
new-series-first-day = First day
new-series-weeks = For how many weeks
new-series-show = Show these times
new-series-result = The times of this series
new-series-empty = The times that this makes are shown here, once the fields above are complete.
new-series-use = Use these times
new-series-made = { $count ->
    [one] That makes one time.
   *[other] That makes { $count } times.
}
new-series-missing = { $time } is left out: clocks in { $zone } are put forward then, so that time does not exist.
new-series-passed = { $count ->
    [one] One time is left out, because it has passed.
   *[other] { $count } times are left out, because they have passed.
}

new-how = How should people answer?
new-deadline = Answer by
new-deadline-clock = Time
new-deadline-hint = People who have not answered are reminded three days and one day before. In the time zone above.
new-shortest = Shortest useful length, in minutes
new-shortest-hint = People can keep a part of a time if the whole does not suit them, but nothing shorter than this.
new-shortest-told = Shortest useful length
new-visibility = Who sees whom
new-visibility-names = Everybody sees names, and nobody but you sees addresses.
new-visibility-open = Everybody sees everybody’s address.
new-preview = Preview
new-preview-hint = Nothing is sent yet.

new-preview-title = Check before you send
new-preview-lead = This is what everybody will get. Nothing has been sent so far.
new-preview-people = { $count ->
    [one] One person is asked
   *[other] { $count } people are asked
}
new-preview-joins = You take part as { $name }. All of these times suit you, as you propose them; you can still remove some later.
new-preview-times = { $count ->
    [one] One time is offered
   *[other] { $count } times are offered
}
new-preview-zone = In { $zone }. Everybody can read them in another time zone.
new-night = Some times are at night, between 22:00 and 7:00:
new-night-here = { $time } is at night.
new-night-there = { $time } is { $there } for { $who } ({ $zone }).
new-night-you = you
new-night-more = { $count ->
    [one] One more time is at night for somebody.
   *[other] { $count } more are at night for somebody.
}
new-preview-mail = The mail
new-preview-mails = { $count ->
    [one] One person gets this mail, with a link of their own.
   *[other] { $count } people get this mail, each with a link of their own.
}
new-mail-link = [each person’s own link]
new-mail-way-out = [a link to unsubscribe]
new-send = Create and send
new-create = Create without sending
new-edit = Go back and change

new-unsent-title = Your proposal is saved, but not sent
new-unsent-why = The proposal exists. Its invitations could not be sent now.
new-unsent-what = Nobody has been mailed. You can try again now, or open the proposal and send the invitations from there at any time.
new-unsent-open = Open the proposal
new-unsent-again = Try to send again

new-fault-title = Say what it is about, such as “Kick-off”.
new-fault-unread = “{ $piece }” could not be read as a person. Write an address such as bea@example.org.
new-fault-nobody = Add at least one person.
new-fault-many-people = You have { $count } people; { $most } is the most.
new-fault-all-optional = At least one person must be needed. Move somebody out of the optional people.
new-fault-name = Write your name, so that people know who asks them.
new-fault-zone = Choose a time zone from the list.
new-fault-no-times = Add at least one time.
new-fault-many-times = You have { $count } times; { $most } is the most. Untick some.
new-fault-incomplete = Give both the date and the time of day.
new-fault-unreadable = This is no date with a time of day. Write them as 2026-11-24 and 14:30.
new-fault-passed = This time has passed. Choose a later one.
new-fault-minutes = Say how many minutes it lasts, from 1 to 20160.
new-fault-gap = { $time } does not exist in { $zone }, because clocks are put forward then. The closest times are { $before } and { $after }.
new-fault-twice = { $time } comes twice in { $zone }, because clocks are put back then. Choose which one you mean.
new-fault-shortest = Give a number of minutes that is not longer than any of the times.
new-fault-weekday = Choose at least one day of the week.
new-fault-first-day = Choose the first day.
new-fault-hours = The end must be later than the beginning.
new-fault-series-length = No time of this length fits between these hours.
new-fault-every = Say after how many minutes the next time begins.
new-fault-weeks = Choose from 1 to { $most } weeks.
new-fault-series-empty = This makes no time: the days do not occur, or all of it has passed.
new-fault-series-many = That would be { $count } times, and { $most } is the most. Nothing was added. Choose fewer days, fewer weeks or shorter hours.
new-fault-series-sum = Together with the times above that would be { $count } times, and { $most } is the most. Nothing was added. Untick some above, or choose fewer.

# What was saved, on the page of the new proposal.
notice-proposed = Your proposal is saved. Nobody has been mailed yet.
notice-sent = { $count ->
    [one] Your proposal is sent to one person.
   *[other] Your proposal is sent to { $count } people.
}
notice-held = { $count ->
    [one] Your proposal is saved. The mail to one person goes out as soon as you have confirmed your address.
   *[other] Your proposal is saved. The mails to { $count } people go out as soon as you have confirmed your address.
}
new-again-lead = Ask again with other times, and change who is asked if you like. The round before ends as soon as you send this, and everybody is led to the new times.
