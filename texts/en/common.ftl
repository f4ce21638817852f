# What all pages share.

site-name = Whittle
site-description = Find a time that suits everybody. Somebody offers times, the others cut what they cannot do, and what is left is the appointment.
title-of-page = { $title } · Whittle
skip-to-content = Skip to the content
nav-label = Main
nav-new = Find a time
nav-contacts = Contacts
nav-account = Account
nav-sign-in = Sign in
foot-line = Whittle agrees on a time.

# What was saved, on the page after a form.
notice-signed-in = You are signed in.
notice-signed-out = You are signed out.
notice-answered = Your answer is saved. You can change it, as long as the times are still offered.
notice-answered-none = Your answer is saved: none of the times suits you.
notice-link-sent = A new link is on its way to your address.
notice-link-forgotten = This browser has forgotten the link. The link in your mail still works.
notice-mail-sent = The mail is on its way.
notice-links-void = The old links open nothing any more. A new link comes with the next mail.
notice-withdrawn = The person is not asked any more. What it removed stays removed.
notice-replaced = The address is changed. Send the invitation to it when you are ready.
notice-fixed = The time is fixed. Everybody gets an invitation for the calendar.
notice-changed = Your changes are saved.
notice-closed = The proposal is closed, and everybody is told.
notice-accepted = Your answer is saved: you will be there.
notice-declined = Your answer is saved: you cannot come. The organiser is told.
