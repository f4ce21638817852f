# The page of whoever organises a proposal.

lead-agreed = The time is agreed.
lead-next-round = You asked again, with other times.
lead-exhausted = No time is left that suits everybody. You can ask again, with other times.
lead-closed = You closed this proposal.
lead-all-answered = { $count ->
    [one] Everybody has answered, and one time suits all.
   *[other] Everybody has answered, and { $count } times suit all. Choose one of them.
}
lead-late = { $count ->
    [one] The deadline has passed. One time is left: fix it, set a later deadline, or close the proposal.
   *[other] The deadline has passed. { $count } times are left: fix one, set a later deadline, or close the proposal.
}
lead-missing = { $count ->
    [one] { $names } still has to answer.
   *[other] { $names } still have to answer.
} { $left ->
    [one] One time is left.
   *[other] { $left } times are left.
}
lead-missing-until = { $count ->
    [one] { $names } still has to answer,
   *[other] { $names } still have to answer,
} by { $time }. { $left ->
    [one] One time is left.
   *[other] { $left } times are left.
}
lead-missing-many = { $count } people still have to answer. { $left ->
    [one] One time is left.
   *[other] { $left } times are left.
}

go-successor = Go to the new times
go-predecessor = The round before this one

fix-title = Fix the time
fix-help = Everybody gets an invitation for the calendar. After that nobody can answer any more; the meeting itself can still be moved or cancelled.
fix-button = Fix this time

uninvited = { $count ->
    [one] One person has not been mailed yet.
   *[other] { $count } people have not been mailed yet.
}
uninvited-button = { $count ->
    [one] Send the invitation
   *[other] Send { $count } invitations
}

passed-on-label = Link for { $name }
passed-on-help = Whoever has this link answers as { $name }, so send it to { $name } alone. It works until { $time }. It is shown only now, and the log says that you made it.

people-title = People
is-organiser = organises
is-optional = optional
person-acts = Options for { $name }
person-invite = Send the invitation
person-remind = Send a reminder
person-revoke = Make old links void
person-withdraw = Take off the list
person-link = Make a link to pass on
person-optional = Make the answer optional
person-optional-help = Then nobody waits for { $name }. What { $name } has removed stays removed.
person-require = Make the answer required
person-require-help = Then the answer of { $name } is needed, and what it removes is removed for everybody.
person-require-again = Then the answer of { $name } is needed. { $name } is asked again, because the answer so far was optional and removed nothing.
person-replace-label = Another address
person-replace = Change the address
state-kept = Kept { $count } of { $of }
state-none = None suits
state-opened = Opened, not answered
state-invited = Invited
state-uninvited = Not mailed yet
state-opted-out = Wants no mail
state-bounced = Mail came back
state-complained = Reported our mail

matrix-title = Times and answers
matrix-who = Who
matrix-legend = ✓ can do it, ✕ removed it, · it was gone when the person answered. An empty field waits for an answer.
cell-kept = can do it
cell-cut = removed it
cell-gone = was gone already
cell-open = has not answered

times-title = All times in full
answer-myself = Remove times yourself

change-title = Change
change-details = Title, place, description, time zone, deadline
field-title = Title
field-location = Place
field-description = What it is for
field-timezone = Time zone of the mails
field-timezone-help = Another time zone moves nothing: the times stay the same moments.
field-deadline = Answers until
field-date = Date
field-time = Time
field-deadline-help = In { $zone }. Leave both empty for no deadline.
change-button = Save the changes
ask-again = Ask again with other times
ask-again-help = This proposal then ends, and everybody is led to the new times.
danger-title = End it
close-title = Close this proposal
close-help = Nobody can answer any more, and everybody who was mailed is told. The log stays. This cannot be undone.
close-help-agreed = The meeting is cancelled, everybody is told, and calendars remove it. The log stays. This cannot be undone.
close-button = Close it for good
fault-deadline = Enter a date and a time.
fault-deadline-date = Enter the date, too.
fault-gap = The clocks are put forward at that moment, so this time does not exist. The nearest times are { $before } and { $after }.
