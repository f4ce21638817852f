# What guests see: a booking page, its free times, the form, and what becomes of a booking. { $name } is the title of the page.

notice-booking-made = Your booking is made. The invitation for your calendar is in your mail.
notice-booking-asked = Your request is made. You get a mail as soon as there is an answer.
notice-booking-approved = The booking is made, and your guest gets an invitation for the calendar.

guest-none = { $name } cannot be booked here at the moment. Please come back later.
guest-kinds = What would you like to book?
guest-line = { $length }, { $where }

guest-lead = Choose a day and a time to meet { $name }. You need no account.
guest-with = With
guest-by-hand = { $name } looks at each request, and says yes or no within 48 hours.
guest-fact-answer = Answer
guest-zone-origin = Times are shown in { $zone }, the time zone of { $name }.
guest-caption = Days with free times, { $from } to { $to }
guest-no-times = There is no free time from { $from } to { $to }.
guest-day = { $day }: { $count ->
    [one] one free time
   *[other] { $count } free times
}
# 01:00 (UTC+02:00), where the clocks show 01:00 twice that day
guest-clock = { $clock } (UTC{ $offset })
guest-other-days = Other days
guest-next-day = Next day: { $day }
guest-previous-day = Previous day: { $day }
guest-earlier = Earlier days
guest-later = Later days

guest-name = Your name
guest-email = Your email address
guest-email-hint = The link to confirm your booking goes there.
guest-as-account = You book as { $who }.
guest-note-held = The time is held for you for 30 minutes, and you get a mail with a link. Confirm the booking there, and the time is yours.
guest-note-privacy = { $name } gets your name, your address and your answers, and nobody else does.
guest-button-hold = Hold this time for me
guest-button-ask = Ask for this time
guest-button-book = Book this time
guest-others = See other times
guest-nearest = The nearest free times
guest-taken = That time was just taken, so nothing is booked yet. What you typed is still here.
guest-not-free = This time is not free any more.
guest-taken-none = This time is not free any more, and no other is free near it. Nothing is booked.
guest-wrong-start = Choose one of the times that are offered.

guest-move-lead = Choose another time for your booking. Now it is at { $time }.
guest-move-now = Now it is at { $time }.
guest-move-button = Move the booking to this time

guest-held-title = Now confirm it by mail
guest-held-lead = The time is held for you until { $until }, and not booked yet.
guest-held-mail = A mail is on its way to { $address }. Open the link in it before then.
guest-held-confirm = On the page that it opens, confirm the booking. Without that, the time is given back by itself.
guest-held-lost = No mail after some minutes? Look among the unwanted mail. If the address is mistyped, book once more with the right one.

# A booking, as its guest sees it on the page of the meeting.
booked-unconfirmed = This time is held for you until { $until }. Confirm the booking, and it is yours.
booked-lapsed = The booking was not confirmed in time, so the time is not held for you any more. If it is still free, you can have it all the same.
booked-asked = You have asked for this time. { $name } says yes or no by { $until }, and you get a mail either way.
booked-unanswered = { $name } has not answered in time, so nothing is booked.
booked-firm = You are booked with { $name }.
booked-over = This booking is over. It was at this time:
booked-cancelled = This booking was cancelled. It was to be:
booked-confirm = Confirm this booking
booked-confirm-late = Confirm it if it is still free
booked-then-firm = You then get an invitation for your calendar. If you do nothing, the time is given back by itself.
booked-then-asked = { $name } then looks at it, and says yes or no within 48 hours. If you do nothing, the time is given back by itself.
booked-change-until = You can move or cancel it until { $until }.
booked-reminder = You get a reminder 24 hours before it begins.
booked-change-over = It begins too soon to be moved or cancelled here. If something comes up, tell { $name } by answering the mail.
booked-move = Move it to another time
booked-again = Choose another time
booked-cancel = Cancel this booking
booked-cancel-help = { $name } is told, and others can book this time again. This cannot be undone.
booked-cancel-button = Cancel my booking

# The same, as its owner sees it.
booking-guest = Guest
booking-unconfirmed = { $name } is booking this time, and has until { $until } to confirm it.
booking-lapsed = { $name } did not confirm this booking in time. Nothing is booked.
booking-asked = { $name } asks for this time. Say yes or no by { $until }; after that, the time is free again.
booking-unanswered = { $name } asked for this time, and had no answer in time. Nothing is booked.
booking-firm = { $name } has booked this time with you.
booking-approve = Yes, book it
booking-approve-late = Book it if it is still free
booking-refuse = Say no
booking-refuse-help = The guest is told, and the time is free again.
booking-refuse-button = Say no to this request
booking-cancel = Cancel this booking
booking-cancel-help = The guest is told, calendars remove it, and the time is free again. This cannot be undone.
booking-cancel-button = Cancel it for good
booking-message = A message to the guest, if you like
notice-mail-retried = The mail is on its way again.
notice-address-released = The address gets mail again.
notice-test-sent = The test mail is on its way to you.
notice-account-acted-on = It is done, and written down in what staff did.
