# The page on which somebody who is asked says when they can meet.

notice-times-sent = Your times are sent.
notice-times-none = Your answer is sent: you cannot at any of these times.

availability-lead = { $name } would like to meet you for { $length }, and asks when you can.
availability-lead-many = { $name } is meeting { $count } people, each alone for { $length }, and asks when you can.
availability-help = Say how well each time suits you. { $name } then finds a meeting for each person, at the best times where that is possible. A time that stays at “No” is never used.
availability-help-long = A meeting takes { $length } in one piece, so mark times that follow each other.

availability-fact-length = Length
availability-fact-each = { $length } for each meeting
availability-zone-origin = Times are shown in { $zone }, the time zone of { $name }’s calendar.

availability-answered = { $days ->
    [0] Nothing that you marked lies within these times any more.
    [one] You marked { $length } on one day.
   *[other] You marked { $length } on { $days } days.
}
availability-answered-none = You said that you cannot at any of these times.
availability-change-until = You can change this until { $deadline }.
availability-next = { $name } chooses a time for each person once the answers are in, and you get a mail.
availability-added = { $name } has added times since you answered. They are marked as new: say whether they suit you, too.
availability-new = new

availability-level-no = No
availability-level-1 = If need be
availability-level-2 = Good
availability-level-3 = Best
availability-as-before = As you answered: { $pieces }
availability-piece = { $time } { $level }

availability-day-best = All best
availability-day-no = All no
availability-all-best = All times best
availability-all-no = All times no
availability-invert = Swap No and Best
availability-busy = Set what is taken to No

availability-send = Send these times
availability-send-again = Send the changed times
availability-none = I cannot at any of these times

availability-none-title = You cannot at any of these times?
availability-none-lead = { $name } can then find no time to meet you. You can still change your mind until { $deadline }.
availability-none-button = I cannot at any of them
availability-short-title = No time is long enough
availability-short-lead = A meeting takes { $length } in one piece, and nothing that you marked is that long. { $name } could then find no time to meet you. Go back and mark times that follow each other, or send them all the same.
availability-short-button = Send them all the same
availability-back = Go back and change them

availability-meanwhile = { $name } has changed the times while you had this page open. Nothing is sent yet: what you marked is below. Look at what has changed, and send it again.
availability-meanwhile-new = New: { $time }
availability-meanwhile-gone = Not offered any more: { $time }
availability-answered-elsewhere = You have answered in another window meanwhile. Nothing of this page is sent yet: what you marked here is below. Send it to replace that answer.
availability-too-late = What you just marked was not sent: it came too late.

availability-late = The deadline has passed, so answers are closed. { $name } chooses from the answers, and you get a mail.
availability-late-unanswered = The deadline has passed, and you have not answered. If you would still like to meet, ask { $name } for more time.
availability-finalizing = { $name } is fixing the times at this moment. You get a mail as soon as they are fixed.
availability-meeting = Your meeting with { $name } is fixed. The invitation for your calendar is in your mail, and so is every later change.
availability-no-meeting = The times are fixed, and none was found for you. If you would still like to meet, ask { $name }.
availability-closed = { $name } has closed this, and no times will be fixed. There is nothing left for you to do.
availability-your-times = What you answered

availability-void-title = This link opens nothing any more
availability-void = It may be incomplete, or you are not asked any more. The link in the newest mail is the one that works.
availability-no-link-title = Open the link in your mail
availability-no-link = Everybody who is asked has a link of their own. It is in the invitation, and in every reminder.
availability-gone-title = There is nothing here
availability-gone = No times are asked for at this address. Check it against the link in your mail.

availability-privacy = { $name } sees what you mark. The other people who are asked see your name, and neither your times nor your email address.
