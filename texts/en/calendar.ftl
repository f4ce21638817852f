# One-to-ones: the owner's pages.

# How much somebody likes a time. 3 is best.
cal-level-3 = 3, best
cal-level-2 = 2, good
cal-level-1 = 1, if need be
cal-level-of = How much you like { $time }
cal-time-and-level = { $clock } ({ $level })

# The page on which a calendar is composed, and its preview.
cal-new-title = Start one-to-ones
cal-new-lead = You say when you have time. Everybody says by a link in their mail when they can, and the best schedule is worked out: one meeting with each, one after the other.
cal-new-copy-lead = The same people and the same details, with new times.
cal-new-name = Name
cal-new-name-hint = It becomes the title of every meeting, such as “Thesis talk”.
cal-new-minutes = Minutes for each person
cal-new-step = A meeting can begin every … minutes
cal-new-step-hint = Counted from the beginning of each of your times. Fifteen leaves the most ways to fit everybody in.
cal-new-who = Whom do you want to meet?
cal-new-people = Others
cal-new-people-hint = First and last name with the address: “Ana Lee <ana@example.org>”, one on each line. They become contacts of yours.
cal-new-when = When do you have time?
cal-new-when-lead = Give more than you need, and say what you like best: 3 is best, 1 is possible if need be.
cal-new-paint-hint = Choose 3, 2 or 1, and paint the hours that you have. What you paint without a gap and with the same preference is one time.
cal-new-series = The same hours every week
cal-new-series-hint = For example, Tuesdays and Thursdays from 9:00 to 17:00, for three weeks.
cal-new-from = From
cal-new-to = To
cal-new-last-day = Last day
cal-new-level = You like it
cal-new-until = Until when can they answer?
cal-new-deadline-hint = You get the best schedule by mail then, also if somebody has not answered. In the time zone above.
cal-new-reminders = Remind people who have not answered, three days and one day before
cal-new-room = Your times have room for { $room ->
    [0] no meeting
    [one] one meeting
   *[other] { $room } meetings
} of { $minutes } minutes, and you invite { $people ->
    [one] one person
   *[other] { $people } people
}. Offer more time, or shorter meetings.
cal-new-early = { $count ->
    [one] One of your times begins before the deadline: by then it may not be settled whom you meet.
   *[other] { $count } of your times begin before the deadline: by then it may not be settled whom you meet.
}
cal-new-night = { $time } is at night, between 22:00 and 7:00.
cal-new-night-there = { $count ->
    [one] One of your times is at night for { $who } ({ $zone }), at least in part.
   *[other] { $count } of your times are at night for { $who } ({ $zone }), at least in part.
}
cal-new-fault-name = Say what the meetings are about, such as “Thesis talk”.
cal-new-fault-minutes = Give a length from 5 to 480 minutes.
cal-new-fault-step = Give a number from 5 to 60.
cal-new-fault-nobody = Choose at least one person.
cal-new-fault-unnamed = Write the first and the last name beside { $address }, such as “Ana Lee <ana@example.org>”.
cal-new-fault-no-times = Add at least one time.
cal-new-fault-far = Offer times of the next two years.
cal-new-fault-unsolvable = These times have more possible beginnings than a schedule can be worked out for. Offer fewer hours, or let meetings begin less often.
cal-new-fault-incomplete = Give the date, when it begins and when it ends.
cal-new-fault-deadline = Say until when people can answer.
cal-new-fault-last-day = Choose a last day that is not before the first.
cal-new-fault-long = That is too long. Choose at most { $most } days.

cal-preview-warnings = Worth a second look:
cal-preview-each = Each meeting
cal-preview-length = { $minutes } minutes, beginning every { $step } minutes
cal-preview-reminders = Who has not answered is reminded three days and one day before.
cal-preview-new = becomes a contact
cal-preview-times = { $count ->
    [one] One time, with room for { $room ->
        [0] no meeting
        [one] one meeting
       *[other] { $room } meetings
    }
   *[other] { $count } times, with room for { $room ->
        [0] no meeting
        [one] one meeting
       *[other] { $room } meetings
    }
}
cal-preview-send = { $count ->
    [one] Invite this person
   *[other] Invite { $count } people
}

# The list of one's own calendars.
cal-list-title = One-to-ones
cal-list-empty = Here you meet many people one by one: students, applicants, a whole team. They say when they can, and the best schedule is worked out for you.
cal-list-begin = Start one-to-ones
cal-list-how-1 = You choose the people and give the times that you have, each with how much you like it.
cal-list-how-2 = Everybody marks by a link in their mail when they can, until the deadline.
cal-list-how-3 = You see the best schedules side by side and why they are, change what you like, and everybody has it in the calendar.
cal-list-all = { $count ->
    [one] The person has answered. Choose a schedule.
   *[other] All { $count } people have answered. Choose a schedule.
}
cal-list-late = { $answered ->
    [0] The deadline has passed, and nobody of { $count } has answered.
   *[other] The deadline has passed, and { $answered } of { $count } have answered. Choose a schedule.
}
cal-list-open = { $answered ->
    [0] Nobody of { $count } has answered yet. They have until { $time }.
    [one] 1 of { $count } has answered. They have until { $time }.
   *[other] { $answered } of { $count } have answered. They have until { $time }.
}
cal-list-finalizing = The meetings are being made.
cal-list-cancelled = cancelled

# Who can when.
cal-heat-title = Who can when
cal-heat-lead = { $count ->
    [one] One person has answered.
   *[other] { $count } people have answered.
} Each field says how many of them can meet you for the whole { $minutes } minutes from then on.
cal-heat-thinned = Meetings can begin every { $step } minutes; the table shows one time every { $every }.
cal-heat-best = Best: { $time }. { $who }
cal-heat-next = Next: { $time }. { $who }
cal-heat-next-lower = Next: { $time }, which is liked less. { $who }
cal-heat-all = { $count ->
    [one] The one who has answered can.
   *[other] All { $count } can.
}
cal-heat-but = { $count } of { $of } can; { $names } cannot.
cal-heat-some = { $count } of { $of } can.
cal-heat-none = So far nobody can meet you at any of your times.
cal-heat-time = Time
cal-heat-person = { $name } ({ $level })
cal-heat-chips = Whom to count
cal-heat-legend = The darker, the more people can. Stripes mean that everybody can.
cal-heat-table = All times in words
cal-heat-count = How many
cal-heat-can = Who can, and how much they like it
cal-heat-cannot = Who cannot
cal-heat-nobody = Once somebody has answered, this shows who can when.
cal-zone-origin = Times are in { $zone }, the zone of these one-to-ones.

# The page of a calendar.
cal-lead-all = Everybody has answered.
cal-lead-missing = { $count ->
    [one] { $names } still has to answer, by { $time }.
   *[other] { $names } still have to answer, by { $time }.
}
cal-lead-missing-many = { $answered } of { $of } people have answered. The others have until { $time }.
cal-lead-late = The deadline has passed, and { $answered } of { $of } people have answered. Choose a schedule for them, or give the others more time.
cal-lead-late-nobody = The deadline has passed, and nobody has answered. Set a later deadline, or close these one-to-ones.
cal-lead-finalizing = The meetings are being made. This takes a moment.
cal-lead-finalized = { $count ->
    [one] One meeting is made.
   *[other] { $count } meetings are made.
} { $without ->
    [0] Everybody has one.
    [one] One person has none, and was told.
   *[other] { $without } people have none, and were told.
}
cal-lead-closed = You closed these one-to-ones.
cal-see-schedules = See the schedules
cal-see-schedules-help = { $missing ->
    [0] Nobody is invited yet.
    [one] The best schedules are worked out when the last person has answered, or when the deadline has passed.
   *[other] The best schedules are worked out when everybody has answered, or when the deadline has passed.
}
cal-fact-each = Each meeting
cal-fact-until = Answers until
cal-fact-reminders = People who have not answered are reminded three days and one day before.
cal-meetings-title = Meetings
cal-meetings-file = Calendar file with all meetings
cal-meeting-change = Move or cancel
cal-people-title = People
cal-person-answered = Has answered
cal-person-opened = Opened, not answered
cal-person-invited = Invited
cal-person-bounced = Mail came back
cal-person-complained = Reported our mail
cal-person-opted-out = Wants no mail
cal-person-acts = Answer and options: { $name }
cal-person-options = Options: { $name }
cal-person-at = Answered on { $time }.
cal-person-none = None of your times suits { $name }.
cal-person-added = Was asked again about the times that you have added since.
cal-person-remind = Send a reminder
cal-person-reminded = Reminded on { $time }.
cal-person-remove = Take off the list
cal-person-remove-help = The link of { $name } then opens nothing, and the answer does not count.
cal-files-answers = All answers as a table (CSV)
cal-change-title = Change
cal-change-details = Name, description, deadline
cal-change-reminders = Remind people who have not answered
cal-change-deadline-help = In { $zone }. Links that were mailed keep working when you give more time.
cal-change-times = Your times
cal-change-times-help = Answers are kept as far as they lie within your times. Whoever has answered is asked again about what you add, and about nothing else.
cal-change-times-now = Your times now
cal-change-times-untick = Untick what you take back.
cal-change-times-button = Save the times
cal-change-people = Invite more people
cal-change-people-button = Invite them
cal-copy = Copy these one-to-ones
cal-copy-help = The same people and details, with new times.
cal-close-title = Close these one-to-ones
cal-close-help = Nobody can answer any more, and everybody who was invited is told. No meeting is made. The log stays. This cannot be undone.

# The log of a calendar in sentences.
cal-log-back = Back to these one-to-ones
cal-log-create = { $count ->
    [one] { $name } invited one person.
   *[other] { $name } invited { $count } people.
}
cal-log-name = { $name } changed the name to “{ $to }”.
cal-log-reminders-on = { $name } switched reminders on.
cal-log-reminders-off = { $name } switched reminders off.
cal-log-times = { $name } changed the times: { $added ->
    [0] none
    [one] one
   *[other] { $added }
} added, { $removed ->
    [0] none
    [one] one
   *[other] { $removed }
} taken back. Answers were kept.
cal-log-remove = { $name } took { $whom } off the list.
cal-log-invite = { $name } invited { $whom }.
cal-log-ask = { $whom } got a mail about the times that were added.
cal-log-answer = { $name } answered. { $answered } of { $of } have answered.
cal-log-answered = Everybody has answered, and the owner was told.
cal-log-expire = The deadline passed. { $answered } of { $of } had answered.
cal-log-summarize = The best schedule was mailed to the owner.
cal-log-choose = { $name } chose a schedule, and its times were being reserved.
cal-log-finalize = { $count ->
    [one] One meeting was made, and everybody was told.
   *[other] { $count } meetings were made, and everybody was told.
}
cal-log-close = { $name } closed these one-to-ones.
cal-log-undo = One of the times was taken meanwhile, so no meeting was made.
field-deadline-zone = In { $zone }.
cal-privacy = Nobody but you sees who answered what. Those you invite see your times and each other’s names.
cal-meeting-declined = cannot come
cal-meeting-accepted = comes

# The suggested schedules, and the one that is made by hand.
cal-plan-title = Schedules: { $name }
cal-plan-lead = { $count ->
    [one] This is the best schedule.
   *[other] These are the { $count } best schedules.
} Take one as it is, or change it below.
cal-plan-lead-early = { $count ->
    [one] One person has not answered yet, so there is no suggestion so far.
   *[other] { $count } people have not answered yet, so there is no suggestion so far.
}
cal-plan-lead-none = Nobody can meet you at any of your times. Add times, or make a schedule by hand.
cal-plan-early = { $names } can answer until { $time }. Then those who answered are scheduled. You can remind them, set another deadline, or make a schedule by hand below.
cal-plan-early-do = Remind, or change the deadline
cal-plan-missing = { $names } did not answer, and is in no suggestion. You can still give a time by hand.
cal-plan-best = Best
cal-plan-other = Alternative { $number }
cal-plan-liked = likes it { $theirs }, you { $yours }
cal-plan-begin = { $time } (likes it { $theirs }, you { $yours })
cal-plan-without = Without a meeting: { $names }.
cal-plan-take = Use this one
cal-plan-more = Show more schedules
cal-plan-fewer = { $count ->
    [one] One person less has a meeting.
   *[other] { $count } people less have a meeting.
}
cal-plan-lower = { $count ->
    [one] It is liked one point less.
   *[other] It is liked { $count } points less.
}
cal-plan-later = It is liked as much, and the meetings begin { $length } later in all.
cal-plan-as-good = It is as good as the best.
cal-plan-moved = { $name }: { $time }, not { $other }
cal-plan-gained = { $name }: { $time }, who had none
cal-plan-lost = { $name }: no meeting
cal-plan-moved-more = { $count ->
    [one] One more has another time.
   *[other] { $count } more have other times.
}
cal-plan-why = Why there is none better
cal-plan-why-none = Why nobody has a meeting
cal-plan-order = First counts how many people have a meeting, then how much all of you like the times (3 is best, yours and theirs added), then how early the meetings are.
cal-plan-help = What would help
cal-plan-engagements = { $count ->
    [one] One other engagement of yours
   *[other] { $count } other engagements of yours
}
cal-plan-engagements-help = They lie in the time that you offer. No meeting may overlap them, but for those that are marked.
cal-plan-engagement = { $time }
cal-plan-engagement-titled = { $time }: { $title }
cal-plan-soft = may be overlapped
cal-plan-adjust = Adjust by hand
cal-plan-adjust-lead = Choose a time for each person. What does not fit is said at once beside the name.
cal-plan-unanswered = has not answered
cal-plan-nothing = No meeting
cal-plan-own = Another time, as typed below
cal-plan-own-title = Another time
cal-plan-own-help = Choose “Another time” above, and give it here, in the zone of these one-to-ones.
cal-plan-unread = Give the date, when it begins and when it ends.
cal-plan-check = Check
cal-plan-fine = Nothing stands in the way.
cal-plan-wrong = It cannot be used like this: see beside the names.
cal-plan-finalize = { $count ->
    [one] Finalise: mail one person
   *[other] Finalise: mail { $count } people
}

cal-sure-title = Finalise: { $name }
cal-sure-lead = { $count ->
    [one] One meeting will be made. Nobody has been told yet.
   *[other] { $count } meetings will be made. Nobody has been told yet.
}
cal-sure-told = Who is told what
cal-sure-placed = Whoever has a meeting gets an invitation for the calendar, with this time and nobody else’s.
cal-sure-without = { $count ->
    [one] { $names } is told that there is no meeting.
   *[other] { $names } are told that there is no meeting.
}
cal-sure-you = You get the same invitations for your calendar.
cal-sure-after = After that nobody can answer any more. Each meeting can still be moved or cancelled by itself.
cal-sure-back = Go back and change

# A reminder that is asked about.
cal-remind-title = Remind { $name }?
cal-remind-lead = { $name } has not answered yet, and has until { $time }.
cal-remind-answered = { $name } has answered already, so there is nothing to remind of.
cal-fault-invited = They are invited already. Choose somebody else.

# What was saved.
notice-times-changed = Your times are saved. Whoever has answered is asked about what you added.
notice-invited = The invitation is on its way.
notice-uninvited = The person is taken off the list, and the link opens nothing any more.
notice-calendar-closed = These one-to-ones are closed, and everybody is told.
notice-finalized = The meetings are made. Everybody gets an invitation for the calendar.
notice-calendar-sent = { $count ->
    [one] Your one-to-ones have begun: one person is invited.
   *[other] Your one-to-ones have begun: { $count } people are invited.
}
notice-calendar-held = { $count ->
    [one] Your one-to-ones are saved. The mail to one person goes out as soon as you have confirmed your address.
   *[other] Your one-to-ones are saved. The mails to { $count } people go out as soon as you have confirmed your address.
}
