# Mails about one-to-ones. The subjects of invitation and reminder are those of the original.

mail-calendar-dear = Dear { $name },
mail-calendar-respond-by = Please respond by { $deadline } using the link below.
mail-calendar-until = You can answer, and change your answer, until { $deadline }.

# Somebody's first mail.
mail-calendar-invitation-subject = Meeting invitation
mail-calendar-invitation-headline = { $owner } would like to meet you: { $name }
mail-calendar-invitation-lead = { $owner } invites you to a meeting: “{ $name }”. It lasts { $length }.
mail-calendar-invitation-how = Say when you can, and how well each time suits you. { $owner } meets several people one after the other, and chooses the times when everybody has answered. You need no account.
mail-calendar-act-respond = Response link

# Times were added, to who has answered.
mail-calendar-added-headline = { $owner } has more time for you: { $name }
mail-calendar-added-lead = { $owner } has added times to “{ $name }” since you answered. Your answer stays as it is. You can add to it, if one of these suits you:
mail-calendar-act-change = Change your answer

# Before the deadline, to who has not answered.
mail-calendar-reminder-subject = Meeting Reminder
mail-calendar-reminder-headline = { $owner } still waits for your answer: { $name }, by { $day }
mail-calendar-reminder-lead = Don't forget to fill out your availability for your “{ $name }” meeting with { $owner } by { $deadline }.
mail-calendar-act-fill-out = Fill out your availability

# A new link, to who asked for one.
mail-calendar-link-headline = Your new link: { $name }
mail-calendar-link-lead = Here is the new link for “{ $name }” with { $owner } that you asked for. If you did not ask for it, you can ignore this mail.
mail-calendar-act-open = Open the invitation

# It was ended without meetings, to everybody who was asked.
mail-calendar-closed-headline = { $name } was closed: no answer is needed any more
mail-calendar-closed-lead = { $owner } has closed “{ $name }” before any meeting was scheduled. There is nothing left for you to do.

# It was finalised, to who has no meeting.
mail-calendar-unscheduled-headline = No meeting is scheduled for you: { $name }
mail-calendar-unscheduled-lead = { $owner } has scheduled the meetings of “{ $name }”, and there is none for you. There is nothing left for you to do.
mail-calendar-unscheduled-write = If you would still like to meet, answer this mail: it goes to { $owner }.

# To the owner.
mail-calendar-answered-headline = Everybody has answered: { $name }
mail-calendar-answered-lead = { $count ->
    [one] The one person whom you asked has answered “{ $name }”. You need not wait for the deadline: look at the suggested times and choose one. The invitation for the calendar then goes out by itself.
   *[other] All { $count } people whom you asked have answered “{ $name }”. You need not wait for the deadline: look at the suggested schedules and choose one. Everybody then gets the invitation for the calendar.
}
mail-calendar-act-choose = Choose a schedule
mail-calendar-deadline-headline = The deadline has passed: { $name }
mail-calendar-deadline-answered = { $answered } of { $invited } people answered “{ $name }” by { $deadline }.
mail-calendar-deadline-all = { $invited ->
    [one] The one person whom you asked answered “{ $name }” by { $deadline }.
   *[other] All { $invited } people whom you asked answered “{ $name }” by { $deadline }.
}
mail-calendar-deadline-nobody = { $invited ->
    [one] The one person whom you asked did not answer “{ $name }” by { $deadline }.
   *[other] None of the { $invited } people whom you asked answered “{ $name }” by { $deadline }.
}
mail-calendar-deadline-nobody-asked = Nobody is asked about “{ $name }” any more. The deadline was { $deadline }.
mail-calendar-missing = Not answered:
mail-calendar-person = { $person }
mail-calendar-best = { $count ->
    [one] The best time for who answered:
   *[other] The best schedule for those who answered:
}
mail-calendar-best-part = The best schedule has a meeting for { $count } of the { $answered } who answered:
mail-calendar-placed = { $person }: { $time }
mail-calendar-best-none = No meeting fits the answers. The page says why, and what would help.
mail-calendar-deadline-advice = Choose it, change it by hand, or look at the other suggestions. Nobody is told of a time before you choose.
mail-calendar-nobody-advice = You can set a later deadline, remind them, or close it. If you set a later deadline, the links in their mails go on working.
mail-calendar-act-see-why = See why
mail-calendar-act-go-on = Decide how it goes on
