# The pages of a proposal.

the-organiser = The organiser
the-staff = Staff
person-number = Person { $number }
names-and = { $names } and { $last }

fact-where = Where
fact-what-for = What for
fact-by-when = Answer by
fact-shortest = At least

zone-account = Times are shown in { $zone }, the time zone of your account.
zone-guess = Times are shown in { $zone }, which is a guess from your network.
zone-origin = Times are shown in { $zone }, the time zone of this proposal.
zone-label = Time zone
zone-button = Show in this time zone

privacy-organiser = Only the people you asked can open this page, each by a link of their own.
privacy-open = Only the people who were asked can open this page. They see each other’s email addresses, answers and notes.
privacy-names = Only the people who were asked can open this page. They see your name, your answer and your note; your email address is shown to the organiser alone.
receipt = Receipt: { $head }

acting-as = You are answering as { $name }. Not you?
acting-as-organiser = You are signed in as { $name }. Not you?
acting-as-help = This page was opened with a personal link or by signing in. Whatever you save here counts as that person’s answer. If that is not you, leave now; the link in the mail keeps working for its owner.
acting-forget = Forget this link in this browser
acting-sign-out = Sign out

recent-title = What happened so far
recent-all = { $count ->
    [one] The whole log
   *[other] The whole log: { $count } entries
}

respond-lead = { $count ->
    [one] { $name } proposes one time.
   *[other] { $name } proposes { $count } times.
}
respond-lead-left = { $count ->
    [one] { $name } proposed { $of } times. One is left.
   *[other] { $name } proposed { $of } times. { $count } are left.
}
respond-help = Untick what you cannot do. A time that you remove is removed for everybody, and nobody can bring it back.
respond-help-optional = Untick what you cannot do. Your answer helps to choose; it removes nothing for the others.
respond-help-late = The deadline has passed, so answers are closed. The organiser decides what happens next.
answered-none = You said that none of the times suits you.
answered-kept = { $of ->
    [one] You kept the one time that was offered.
   *[other] You kept { $count } of { $of } times.
}
next-all-answered = Everybody has answered. You get a mail as soon as the time is fixed.
next-missing = { $count ->
    [one] { $names } still has to answer. You get a mail as soon as the time is fixed.
   *[other] { $names } still have to answer. You get a mail as soon as the time is fixed.
}
next-missing-many = { $count } people still have to answer. You get a mail as soon as the time is fixed.

times-offered = The times that were offered
time-cut-by = Removed by { $name }
time-cut-by-at = Removed by { $name }, { $day } { $clock }
time-shortened = Shortened by { $name }; it was { $time }
day-and-clock-short = { $day } { $clock }

part-from = From
part-to = To
part-from-of = From, of { $day }, { $time }
part-to-of = To, of { $day }, { $time }
fault-part = From { $from } to { $to } does not lie within this time.

tick-all = Tick all
tick-none = Untick all
tick-invert = Swap ticked and unticked
show-grid = Show as a grid
undo = Undo
redo = Redo
tick-parts = I can only do part of a time
note-label = Note for the organiser (optional)
keep-button = Keep the ticked times
none-button = None of these

meanwhile-title = Somebody else answered while you had this page open:
meanwhile-by = { $time }: removed by { $name }
meanwhile = { $time }: not offered any more
meanwhile-help = Nothing of yours is saved yet. Your other ticks are as you left them: look at what is left, and save again.

confirm-one-title = Keep only one time?
confirm-one = Only one time would be left, and nobody can bring the others back. If everybody else can do it too, it is the appointment.
confirm-one-button = Keep only this time
confirm-none-title = Does none of the times suit you?

calendar-title = Compare with your calendar
calendar-label = A calendar file (.ics)
calendar-help = Choose it here, or drop it on this page. Your browser reads it by itself: nothing of it is sent or stored.
calendar-keep = Keep what is free
calendar-forget = Forget this calendar

confirm-none = Then no time is left for anybody, and the organiser is told. A note can say what would suit you.
confirm-none-button = None of the times suits me
confirm-back = Go back

over-agreed = The time is agreed.
over-next-round = None of these times suited everybody. { $name } has asked again, with other times.
over-exhausted = None of these times suited everybody. { $name } may ask again, with other times; you will get a mail.
over-follow = Go to the new times

agreed-cancelled = This meeting was cancelled.
agreed-file = Calendar file (.ics)
agreed-add = Add to { $calendar }
comes-title = Will you be there?
comes-yes = You said that you will be there.
comes-no = You said that you cannot come.
comes-open = The time was agreed by the answers. If something has come up since, say so here.
comes-accept = I will be there
comes-decline = I cannot come

log-title = What happened: { $title }
log-back = Back to the proposal
log-export = Download the log as a file that can be verified
receipt-title = Receipt
receipt-help = This code stands for every entry above: change one of them, and the code would be another. The same code is in the foot of every mail about this proposal, so that anybody can see later that nothing was altered or left out.
proof-check = Check this log in this browser
proof-mail = Is the receipt of a mail in this log?
proof-mail-help = Paste the whole mail, or only its receipt. Your browser looks for it by itself; what you paste is sent to nobody.
proof-compare = Look for this receipt

log-create = { $count ->
    [one] { $name } proposed one time.
   *[other] { $name } proposed { $count } times.
}
log-answer-all = { $count ->
    [one] { $name } answered and kept the one time that is left.
   *[other] { $name } answered and kept all { $count } times.
}
log-answer-optional = { $count ->
    [0] { $name } answered: none of the times suits.
    [one] { $name } answered: one time suits.
   *[other] { $name } answered: { $count } times suit.
}
log-answer-was-optional = { $name } answered. The answer was optional then and removed nothing.
log-answer-none = { $name } answered that none of the times suits. No time is left.
log-cut = { $name } removed { $times }; { $left }.
log-cut-and-shortened = { $name } removed { $times } and shortened others; { $left }.
log-shortened = { $count ->
    [one] { $name } shortened a time; { $left }.
   *[other] { $name } shortened { $count } times; { $left }.
}
log-times = { $count } times
log-left = { $count } of { $of } { $of ->
    [one] time is left
   *[other] times are left
}
log-note = Note: “{ $note }”
log-agree = Everybody who is needed can do it: the time is agreed, { $time }.
log-fix = { $name } fixed the time: { $time }.
log-exhaust = No time is left that suits everybody.
log-round = { $name } asked again, with other times.
log-close = { $name } closed the proposal.
log-deadline = { $name } set the deadline to { $time }.
log-deadline-none = { $name } removed the deadline.
log-notify = { $name } sent a mail to { $whom }.
log-remind = { $whom } was reminded.
log-resend = { $whom } got a new link.
log-link = { $name } made a link for { $whom } to pass on.
log-optional = { $name } made the answer of { $whom } optional.
log-required = { $name } made the answer of { $whom } required.
log-told = The organiser was told of the answers.
log-expire = The deadline passed.
log-revoke = The links of { $whom } were made void.
log-withdraw = { $name } took { $whom } off the list.
log-replace = { $name } changed the address of { $whom }.
log-bounced = Mail to { $whom } came back.
log-complained = { $whom } reported our mail as unwanted.
log-optout = { $name } asked for no more mail about this.
log-optin = { $name } asked for mail about this again.
log-detail = { $name } changed { $what } to “{ $to }”.
log-detail-none = { $name } removed { $what }.
log-description = { $name } changed the description.
log-other = { $name } changed something.
detail-title = the title
detail-location = the place
detail-timezone = the time zone

expired-title = This link has expired
expired-lead = Links work for a limited time. You can have a new one sent to the address that this one was sent to.
expired-button = Send me a new link
expired-help = What you have answered before stays as it is.

closed-lead = This proposal is closed. No time will be found by it, and there is nothing left for you to do.
closed-log = What happened until then
