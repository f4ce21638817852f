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
foot-outbox = Mail of this development server

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
notice-signed-up = Your account is ready, and you are signed in.
notice-address-confirmed = Your address is confirmed.
notice-address-asked = A mail is on its way to the new address. It becomes yours when you open the link in that mail.
notice-address-changed = Your account has its new address.
notice-address-kept = Your address stays as it was. To be safe, every session has ended and the password is void: a link to choose a new one is on its way to you.
notice-proof-sent = A new link is on its way to your address.
notice-proof-not-needed = Your address is confirmed already.
notice-reset-asked = If an account has this address, a link is on its way to it. It is good for one hour.
notice-password-changed = Your password is changed, and every session has ended. Sign in with the new password.
notice-settings-saved = Your settings are saved.
notice-sign-in-ended = It is signed out.
notice-sign-ins-ended = Everything else is signed out.
notice-account-left = Your account is deleted. What you had under way is being ended, and everybody who waited for it is told.
notice-feed-renewed = This is your new calendar link. The old one does not work any more.
notice-contact-added = The contact is added.
notice-contact-changed = The contact is saved.
notice-contact-removed = The contact is removed.
notice-contacts-imported = The contacts are imported.
