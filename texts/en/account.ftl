# Signing in.
sign-in-title = Sign in
sign-in-button = Sign in
sign-in-no-account = No account yet?
sign-in-needed = This page belongs to an account. Sign in, and it opens.
sign-in-or-open-link = If you were invited by mail, open the link in that mail once more. If you have an account, sign in.
sign-in-session-over = Your session has ended. Sign in to go on where you were.
sign-in-session-over-unsaved = Your session has ended, so nothing was saved. Sign in, and send it once more.
sign-in-link-expired = This link has expired. If you have an account, sign in; otherwise ask whoever invited you for a new link.
sign-in-link-invalid = This link does not work: a newer one has replaced it, or it was not copied as a whole. Open the link of the newest mail, or sign in.
sign-up-way = Sign up
reset-way = Forgot your password?
sign-out-button = Sign out
username-label = Username
password-label = Password
password-again-label = Password, once more
own-password-label = Your password
old-password-label = Current password
new-password-label = New password
new-password-again-label = New password, once more
new-password-hint = At least 8 characters. A sentence that only you would think of is a good one.
first-name-label = First name
last-name-label = Last name
email-label = Email address
new-email-label = New email address

# What a client is called where an account is signed in.
sign-in-browser = A browser
sign-in-browser-on = { $browser } on { $system }
sign-in-token = A program with a token
sign-in-token-of = { $program }, with a token

# Signing up and out.
sign-up-title = Sign up
sign-up-lead = With an account you can propose times, keep contacts, and see everything that you have agreed. Whoever is invited needs none.
sign-up-email-hint = You get one mail there, to confirm that the address is yours.
sign-up-username-hint = You sign in with it. Letters, digits and @ . + - _ are possible.
sign-up-button = Create my account
sign-up-have-account = You have an account already?
sign-out-title = Sign out
sign-out-lead = This browser forgets who you are. Other browsers and programs stay signed in.
sign-out-stay = Stay signed in
sign-out-none = Nobody is signed in here.

# Another password.
reset-title = Forgot your password?
reset-lead = Tell us the email address of your account, and we send you a link with which you choose a new password. Your username is in that mail, too.
reset-button = Send me the link
reset-remembered = Back to sign in
reset-again-way = Get a new link
new-password-title = Choose a new password
new-password-lead = As soon as it is saved, every session and every program is signed out, so that nobody goes on with the old password.
new-password-button = Save my new password

# What the mailed links of an account ask.
asked-address = Email address
asked-username = Username
staff-password-hint = This address makes the account staff, so we ask for its password once more.
verify-title = Confirm your email address
verify-lead = Is this your address, and is this your account? Once you confirm it, the mails that you have caused are sent.
verify-button = Confirm my address
verify-otherwise = If you have not signed up here, close this page. Nothing happens then.
verify-again-way = Sign in to get a new link
address-title = Confirm your new email address
address-lead = Your account gets this address as soon as you confirm it. From then on all mail goes there.
address-button = Use this address
address-otherwise = If you have not asked for this, close this page. The account keeps the address that it has.
address-again-way = Ask for the change again
undo-title = Keep your email address
undo-lead = Somebody who knows your password asked for another address. If it was not you, keep this one: every session ends, the password becomes void, and you get a mail with a link to choose a new one.
undo-button = Keep this address
undo-otherwise = If you asked for the new address yourself, close this page.
undo-again-way = Choose a new password

# The pages of one's own account.
account-nav-label = Account
profile-tab = Profile
sign-ins-tab = Password and sign-ins
feed-tab = Calendar feed
profile-title = Your account
unverified-title = Confirm your email address
unverified-lead = We have sent a link to { $email }. Open it, and you are done. Until then, mails to the people you invite wait.
unverified-again = Send the link again
unverified-outbox = Open the mail on this development server
settings-title = Profile
settings-button = Save
zone-hint = Pages show times in this zone, and the times that you propose begin with it.
zones-others = Others
level-legend = Mail about what you propose and organise
level-all = Everything
level-all-hint = Also each new answer, in one mail every ten minutes at most.
level-decisions = Only what needs you
level-decisions-hint = When all have answered, no time is left, the deadline has come, or somebody cannot attend.
level-none = As little as possible
level-none-hint = Agreements, changes and cancellations, and mail about signing in.
book-legend = Who may book an hour with you
book-anyone = Everybody
book-anyone-hint = Every account with a confirmed address.
book-contacts = My contacts
book-contacts-hint = Accounts whose address is among your contacts.
book-nobody = Nobody
book-nobody-hint = Your hours are not offered.
identity-title = Username and email address
identity-staff = staff
identity-verified = confirmed
identity-unverified = not confirmed
change-address-title = Change the email address
change-address-lead = We send a link to the new address, and a notice to the one you have now. Nothing changes until you open that link.
change-address-button = Send the link
data-title = Your data
data-lead = Download what is stored about you, whenever you like.
data-all = Everything (JSON)
data-calendar = Your meetings (calendar file)
data-contacts = Your contacts (CSV)
leave-title = Delete the account
leave-lead = This cannot be undone.
leave-summary = Delete my account
leave-proposals = Your open proposals are closed and your coming meetings are cancelled. Everybody in them is told by mail.
leave-contacts = Your contacts, settings, sessions and tokens are deleted, and your calendar feed ends.
leave-others = Where others have invited you, your name and your answers stay with them.
leave-button = Delete my account for good

# Where the account is signed in.
sign-ins-title = Password and sign-ins
open-title = Where you are signed in
open-lead = End what you do not know or no longer use. Times are in { $zone }.
open-current = this one
open-used = Last used { $time }
open-since = Signed in { $time }
open-end = End
open-end-others = End all others
open-none = You are signed in nowhere else.
change-password-title = Change your password
change-password-lead = Every session and every program is signed out, and you sign in with the new password.
change-password-button = Change my password

# The calendar feed.
feed-title = Calendar feed
feed-lead = Have your meetings in your own calendar: it asks this link again and again, and shows what is agreed, and as tentative what is still open.
feed-label = Your calendar link
feed-hint = Add it in your calendar program as a calendar from the internet. Whoever has the link sees your meetings, so keep it to yourself.
feed-subscribe = Open in my calendar program
feed-rotate-title = Make a new link
feed-rotate-lead = If somebody has the link who should not, make a new one. The old link stops working at once, and you add the new one to your calendar.
feed-rotate-button = Make a new link
feed-unverified = There is a link as soon as your email address is confirmed.
feed-unverified-way = Confirm it on your profile
