# Home of an account, and the landing page of a stranger.

home-title = Your appointments
home-begin = Find a time
home-empty = Nothing is under way. Offer some times, and the people you ask cut away what they cannot do, until the appointment is left.
home-more = More of these
home-needs-you = Needs you
home-needs-you-none = Nothing waits for you.
home-waiting = Waiting for others
home-waiting-none = Nobody keeps you waiting.
home-agreed = Agreed
home-agreed-none = No appointment is coming up.
home-answer = { $count ->
    [one] One time is offered. Can you make it?
   *[other] { $count } times are offered. Which can you make?
}
home-answer-by = { $count ->
    [one] One time is offered. Can you make it? Answer by { $day }.
   *[other] { $count } times are offered. Which can you make? Answer by { $day }.
}
home-fix = { $count ->
    [one] One time is left.
   *[other] { $count } times are left. Choose one.
}
home-round = No time is left that suits everybody.
home-waits = { $count ->
    [one] One person still has to answer.
   *[other] { $count } people still have to answer.
} { $left ->
    [one] One time is left.
   *[other] { $left } times are left.
}
home-waits-by = { $count ->
    [one] One person still has to answer, by { $day }.
   *[other] { $count } people still have to answer, by { $day }.
} { $left ->
    [one] One time is left.
   *[other] { $left } times are left.
}
home-waits-fix = Everybody has answered. { $left ->
    [one] One time is left; the organiser decides.
   *[other] { $left } times are left; the organiser decides.
}
home-act-answer = Answer
home-act-fix = Decide
home-act-round = Ask again
home-act-approve = Answer
home-meeting = { $time }
home-meeting-at = { $time }, { $location }
home-meeting-declined = { $time }. You cannot come.

landing-title = Find a time that suits everybody
landing-lead = You offer times. The others cut away what they cannot do, by a link in their mail and without an account. What is left is the appointment.
landing-begin = Propose times
landing-try = Try answering one
landing-find-title = Find a time
landing-find = Offer times to a group. Everybody cuts, nobody can add, and the log proves it.
landing-find-link = Propose times
landing-one-title = One-to-ones
landing-one = Meet many people one by one: they say when they can, and the best schedule is computed.
landing-one-link = Start one-to-ones
landing-book-title = Book
landing-book = Book an hour at which everybody is free, or let guests take one of yours. Nobody is ever booked twice.
landing-book-link = Book an hour
landing-how-1 = You write a title, paste the addresses, and offer up to 30 times.
landing-how-2 = Each person opens the link in the mail and removes what does not suit. Everybody sees what is left.
landing-how-3 = As soon as the time is clear, everybody gets it for the calendar.
landing-how-title = How it works
landing-asked = Has somebody asked you? Open the link in your mail: you need no account.

demo-notice = This is a demo, and nothing of it is stored. Answer as you like.
demo-done = { $of ->
    [one] In a real proposal your answer would be saved now: you kept { $count } of one time, and Ana Lee would be told.
   *[other] In a real proposal your answer would be saved now: you kept { $count } of { $of } times, and Ana Lee would be told.
}
demo-begin = Propose times of your own
demo-title = Summer plan
demo-location = Room 5, second floor
demo-description = We agree on the plan for the summer. Please bring your calendars.
