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
week-block-button = Block these hours
week-refused = { $day }: { $said }
waiting-title = Waiting for your yes
waiting-lead = A guest has booked these. If you do not answer in time, the guest is told that it does not take place.
waiting-line = { $name }, { $time }. Answer by { $until }.
waiting-approve = Confirm
waiting-decline = Decline
fault-hour-booked = You have a meeting at { $clock }, so this hour cannot be blocked. Move or cancel the meeting first.
