# What was refused: what happened, and what to do.

error-again = Open the page again
done-title = Done
error-home = Go to the start page
error-400-title = Something in the form is not right
error-400 = Nothing was saved. Go back, put it right, and send it again.
error-401-title = We cannot tell who you are
error-401 = Sign in, or open the link in your mail again.
error-403-title = This is not open to you
error-403 = Your account is not allowed to see or do this. If you have another account, sign in with that one.
error-csrf-title = This page was open for too long
error-csrf = Nothing was saved: since you opened the page, you have signed in again or your session has ended. Open the page again, and send the form once more.
error-404-title = There is nothing at this address
error-404 = The address may be mistyped, or what was here has been deleted. If you came by a link in a mail, check that the whole link was copied.
error-405-title = This address cannot be opened like that
error-405 = It belongs to a button on another page. Go back to that page, and use the button there.
error-406-title = There is no page here
error-406 = What is at this address is made for other programs, not for a browser.
error-409-title = This cannot be done any more
error-409 = Nothing was changed. Open the page again to see how things stand.
error-busy-title = Somebody is not free then
error-busy = Somebody who has to attend has another appointment at that time. Choose another time.
error-somebody-else-title = You are somebody else by now
error-somebody-else = Nothing was changed. Since you opened the page, this browser has signed in or opened the mailed link of another person. Open the page again to go on as who you are now. To go on as who you were, sign out or open your own mailed link once more.
error-410-title = This is closed
error-410 = It takes no more answers, and nothing was changed.
error-412-title = Somebody was faster
error-412 = This was changed while you had the page open, so nothing was saved. Open the page again to see what is new, and make your change once more.
error-413-title = That is too much at once
error-413 = Nothing was saved: at most { $most } kilobytes can be sent at once. Send less, or in several parts.
error-415-title = This kind of file cannot be read here
error-415 = Nothing was saved. Go back and use the form on the page.
error-422-title = This cannot be done
error-422 = The same request was sent before with other content, so nothing was done. Go back to the page, and send the form again.
error-426-title = There is nothing to read here
error-426 = This address is for the pages themselves: over it they learn that something has changed.
error-429-title = That was too often
error-429 = To protect everybody's inbox and account, this can be done only so many times. Try again in { $wait }.
error-budget = To protect everybody's inbox, only so many mails can be sent in a day. Nothing was sent. Try again tomorrow.
error-full-title = There is no more room
error-full = Nothing was saved, and waiting will not help.
error-500-title = Something went wrong on our side
error-500 = It is not your fault, and we have a note of it. Go back, and try again; if it fails once more, try later.
error-503-title = We cannot do this right now
error-503 = Something that this needs does not answer at the moment. Try again in a minute. If you were saving something, open the page first to see whether it was saved.

# While the service is being moved.
error-read-only-title = Nothing can be changed just now
error-read-only = This service is being moved. You can read everything, but nothing can be changed for a while, and nothing was. Try again in ten minutes.

# Mailed links.
link-expired-title = This link has expired
link-expired = Links in mails are good for a limited time only, and this one's is over. Nothing was changed.
link-invalid-title = This link does not work
link-invalid = It was used already, a newer one has replaced it, or it was not copied as a whole. Nothing was changed.

# What is wrong with a field.
fault-blank = Please fill this in.
fault-email = This is not an email address. It looks like name@example.org.
fault-zone = Choose a time zone from the list.
fault-unreadable = This cannot be read. Please type it again.
fault-nothing-changed = Nothing was filled in, so nothing was changed.
fault-passwords-differ = The two passwords are not the same. Type both again.
fault-password-short = Use at least 8 characters.
fault-password-common = This password is easy to guess, because many people use it. Choose another one.
fault-password-wrong = This is not your password. Please type it again.
fault-username-taken = Somebody has this name already. Choose another one.
fault-username = Use letters, digits and @ . + - _ only, without spaces.
fault-sign-in = Username and password do not fit together. Check both: capital letters count.
fault-email-yours = This is your address already.
fault-nobody-required = At least one person’s answer must stay required.
fault-people-over = This proposal is over, so its people stay as they are.
fault-opened = This person has opened the link already, so the address stays as it is.
fault-asked-already = Somebody with this address is asked already.
fault-contact-exists = You have a contact with this address already.
fault-contact-others = This contact is not one of yours.
fault-row-long = This line has more columns than the first one.
fault-group-semicolon = A group's name cannot have a semicolon.
fault-long = { $most ->
    [one] Use at most { $most } character.
   *[other] Use at most { $most } characters.
}
fault-many = { $most ->
    [one] At most { $most } is possible.
   *[other] At most { $most } are possible.
}
fault-line-twice = This address is in line { $line } already.
fault-no-column = The first line has to name the columns, and it has none called “{ $column }”.
fault-column-twice = The first line has two columns called “{ $column }”.
