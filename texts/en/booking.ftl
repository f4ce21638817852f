# The account's own pages of bookings.

book-nav-label = Bookings
book-tab = Book
week-tab = My week
hours-tab = Working hours
kinds-tab = Booking page
calendars-tab = Calendars
copy-button = Copy the link
fault-day = Enter a date, such as 2026-11-24.

# My week.
week-title = My week
week-lead = What you have, and when you can be booked. All times are in { $zone }, the time zone of your account.
week-earlier = Earlier
week-later = Later
week-list = The next four weeks as a list
week-hours = Others can book you from { $hours }.
week-day-off = You do not work that day: nobody can book you.
week-blocked = Blocked
week-held = { $title } (not confirmed yet)
week-meeting = { $title }
week-passed = Over
week-block-hint = Tick the hours at which nobody can book you. Untick an hour to open it again.
week-block = { $count ->
    [0] Hours to block
    [one] Hours to block: one is blocked
   *[other] Hours to block: { $count } are blocked
}
week-paint = Paint the hours
week-block-button = Block these hours
week-refused = { $day }: { $said }
waiting-title = Waiting for your yes
waiting-lead = A guest has booked these. If you do not answer in time, the guest is told that it does not take place.
waiting-line = { $name }, { $time }. Answer by { $until }.
waiting-approve = Confirm
waiting-decline = Decline
fault-hour-booked = You have a meeting at { $clock }, so this hour cannot be blocked. Move or cancel the meeting first.

# Working hours.
hours-title = Working hours
hours-always = Others can book you at any time, day and night, unless you have something else then.
hours-never = Nobody can book you: no day has hours.
# Monday to Friday 09:00 to 17:00 and Saturday 10:00 to 12:00
hours-meaning = Others can book you { $hours }, unless you have something else then.
hours-day = { $day }
hours-days = { $first } to { $last }
hours-zone = These are times of day in { $zone }, the time zone of your account. They bind everybody but you: you can book yourself at any time.
hours-change-zone = Change the time zone
hours-any = Any time
hours-any-hint = Day and night, on every day of the week. The hours below do not count then.
hours-from = { $day }, from
hours-to = { $day }, until
hours-exceptions = Other hours on single days
hours-exceptions-hint = For holidays, leave the times empty: nobody can book you on that day. To give a day several stretches of hours, enter it several times.
hours-date-from = From
hours-date-to = Until
hours-save = Save these hours
hours-copy = Copy Monday to all weekdays
notice-hours-saved = Your working hours are saved.
notice-hours-blocked = Your blocked hours are saved.

# When somebody is free.
free-title = Free hours
freebusy-title = Free and busy
free-lead = All times are in { $zone }, the time zone of your account. You see when somebody can be booked, and no reasons.
free-who = Whose hours?
free-who-hint = The address of somebody with an account. Leave it empty for your own.
free-from = From
free-show = Show the week
free-none = No hour is free.
free-book = Book on { $day } at
freebusy-busy = Busy
freebusy-free = Free all day.

# Booking others.
book-title = Book
book-lead = Name the people, see when all of them are free, and book an hour. Everybody gets it for the calendar at once. All times are in { $zone }.
book-who = Whom?
book-who-hint = Addresses of people with an account here, separated by commas or one a line. Nobody: the hour is yours alone.
book-contacts-title = From your contacts
book-what = What is it about?
book-description = Anything they should know
book-from = From which day on?
book-look = Show free hours
book-free = Free hours
book-best = The best hours
book-chosen = The hour you chose
book-soft = { $people } may have something else
book-none = There is no hour in these days at which all of you are free. Choose a later day.
book-hour = Book on { $day } at
book-alternatives = The nearest hours that are free
book-alternatives-hint = Press one to book it instead. Nothing is booked yet.
book-unverified = Confirm your address first: until then you cannot book others. The way is on the page of your account.
notice-booked = It is booked, and everybody gets it for the calendar.
notice-booked-over = It is booked, and everybody gets it for the calendar. You have something else at that time: look at your week.

# What is booked.
events-title = What you have booked
events-line = { $time }. { $people }
events-none = Nothing is booked. What you book with others, or they with you, stands here.
events-previous = The ones before
events-next = The next ones
events-all = With those that are over
events-coming = Only those that are coming
events-book = Book an hour
fault-not-free = { $person } has something else at that time.
fault-not-available = { $person } cannot be booked at that time.
fault-nobody-here = Nobody who can be booked has the address { $person }.
fault-booked-past = This time has passed: { $time }.
fault-organiser-stays = Whoever organises it cannot be removed.
fault-time = Enter a time of day, such as 09:30.
fault-day-over = This day is over.

# The booking page for guests, and its kinds of meeting.
page-title = Your booking page
page-lead = Anybody who has its link sees when you are free, takes a time, and needs no account. Nobody learns what you do at other times.
page-name = Its address ends with
page-name-hint = 3 to 40 of a to z, 0 to 9 and hyphens, such as “ana-lee”. It is yours for good.
page-heading = Your name, as guests see it
page-heading-hint = It is on the page and in the mails to guests.
page-description = What guests should know
page-publish = Publish it
page-save = Save
page-is-published = The page is published.
page-is-not = The page is not published: nobody can see it.
page-withdraw-title = Withdraw the page
page-withdraw-lead = Its address leads nowhere then. What is booked stays booked, and you can publish the page again.
page-withdraw = Withdraw it
link-title = The link to hand on
link-lead = Put it into your mails or on your website, or show the code to a phone.
link-open = See it as a guest
link-code = The code as a picture
kind-link = Link
kinds-title = Kinds of meeting
kinds-lead = What guests can book with you: each kind has its own length, rules and link.
kinds-none = There is none yet, so your booking page is empty. Begin with one below, such as “First talk, 30 minutes”.
kind-line = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
 }. { $url }
kind-paused = Paused
kind-pause = Pause
kind-resume = Open again
kind-add = A new kind of meeting
kind-add-button = Add it
kind-change = Change it
kind-save = Save
kind-title = What is it called?
kind-slug = Its link ends with
kind-slug-hint = Letters a to z, digits and hyphens. Leave it empty, and it is made of the title.
kind-description = What is it for?
kind-location = Where
kind-minutes = Length in minutes
kind-step = A start every so many minutes
kind-rules = Rules for guests
kind-rules-hint = They bind guests alone. Your working hours count, too.
kind-before = Minutes free before it
kind-after = Minutes free after it
kind-notice = Minutes' notice (1440 are a day)
kind-horizon = How many days ahead
kind-cap = At most so many a day
kind-questions = What to ask guests
kind-questions-hint = One question a line, three at most. The answers come with the booking.
kind-approval = I confirm each booking by hand
kind-approval-hint = The time is kept for 48 hours at most. If you do not answer, the guest is told that it does not take place.
kind-remove = Remove this kind of meeting
kind-remove-lead = Its link leads nowhere then. What is booked stays booked.
kind-remove-button = Remove it
notice-kind-added = The kind of meeting is added.
notice-kind-saved = The kind of meeting is saved.
notice-kind-removed = The kind of meeting is removed.
notice-page-published = Your booking page is published.
notice-page-withdrawn = Your booking page is withdrawn: its link leads nowhere now.
link-code-label = QR code of the link

# Events, on the page of their meeting.
event-people-title = Invite others, or remove somebody
event-people-label = Who comes
event-people-hint = Addresses of people with an account here, one a line. Whoever is new gets it for the calendar; whoever is removed is told.
event-people-button = Save the people
event-again-title = Book it again
event-again-lead = If everybody is still free, it takes place after all, and everybody gets it for the calendar again.
event-again-button = Let it take place after all

# Calendars elsewhere that are read every hour.
subs-title = A calendar that is kept up to date
subs-lead = Give the link by which your calendar can be read elsewhere. It is read every hour, so that what you enter there keeps guests from booking you.
subs-url = The link of the calendar (iCalendar)
subs-url-hint = It begins with https:// and often ends with .ics. Whoever has it can read your calendar, so only you see it here. Of what it says only the times are kept, no titles.
subs-button = Read it every hour
subs-read = { $count ->
    [one] { $count } busy time
   *[other] { $count } busy times
 }, read last on { $at }.
subs-never = It was not read yet.
subs-failed = { $count ->
    [one] It could not be read since: { $why }
   *[other] It could not be read { $count } times since: { $why }
}
subs-fails = Not read
subs-read-now = Read it now
subs-end = Read it no more
notice-subscribed = The calendar is read, and from now on every hour.
notice-subscription-read = The calendar was asked just now.
notice-subscription-ended = The calendar is read no more, and its times are forgotten.
