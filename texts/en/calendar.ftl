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
