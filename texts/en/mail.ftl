# Mails. The headline of a mail is its first line and, where no subject is set for it, its subject.

# Who asks, where neither a name nor an address may be told.
mail-somebody = Somebody
mail-name-and-address = { $name } ({ $address })
mail-where = Where: { $place }
mail-act-line = { $act }:
mail-unsubscribe = No more mail like this
mail-unsubscribe-line = No more mail like this:

# The footer.
mail-foot-link = The link in this mail is for you alone, so please do not pass it on. It works until { $until }.
mail-foot-to = This mail was sent to { $to }.
mail-foot-receipt = Receipt: { $head } (keep it to check later that nothing in the log was changed)

# What a mail about a proposal offers.
mail-times-offered = { $count ->
    [one] One time is offered:
   *[other] { $count } times are offered:
}
mail-times-left = { $count ->
    [0] No time is left.
    [one] One time is still possible:
   *[other] { $count } times are still possible:
}
mail-answer-by = Please answer by { $deadline }.
mail-answers-until = Answers are possible until { $deadline }.
mail-how = { $count ->
    [one] Keep the time if it suits you, and cut it if it does not. If you cut it, it is gone for everybody. You need no account.
   *[other] Keep the times that suit you and cut the others. A time that you cut is gone for everybody. You need no account.
}
mail-how-optional = { $count ->
    [one] Keep the time if it suits you, and cut it if it does not. You are invited, but not required: if you cut it, it stays possible for the others. You need no account.
   *[other] Keep the times that suit you and cut the others. You are invited, but not required: what you cut stays possible for the others. You need no account.
}

# Who answered what.
mail-you = You
mail-staff = A member of staff
mail-said-none = Nobody has answered.
mail-said-nothing-yet = { $who } has not answered.
mail-said-kept-all = { $of ->
    [one] { $who } kept the only time.
    [2] { $who } kept both times.
   *[other] { $who } kept all { $of } times.
}
mail-said-kept = { $who } kept { $kept } of { $of } times.
mail-said-kept-none = { $of ->
    [one] { $who } did not keep the only time.
   *[other] { $who } kept none of the { $of } times.
}
mail-said-kept-all-but-cut = { $of ->
    [one] { $who } kept the one remaining time and cut:
    [2] { $who } kept both remaining times and cut:
   *[other] { $who } kept all { $of } remaining times and cut:
}
mail-said-kept-and-cut = { $who } kept { $kept } of { $of } times and cut:
mail-said-kept-none-and-cut = { $who } kept none of the times and cut:
mail-said-cut = { $who } cut:
mail-said-note = Note: “{ $note }”

# Somebody's first mail.
mail-invitation-headline = { $sender } asks when you can: { $title }
mail-invitation-lead = { $sender } would like to find a time for “{ $title }” that suits everybody.
mail-act-choose = Choose your times

# A later one that somebody caused. Its subject is that of the original.
mail-update-subject = [whittle] '{ $title }' updated
mail-update-headline = { $sender } asks you to look again: { $title }
mail-update-lead = { $sender } asks you to look at “{ $title }” again. You can answer, or change your answer, as long as times are left.
mail-update-lead-none-left = { $sender } asks you to look at “{ $title }” again.
mail-act-see-times = See the times and answer
mail-act-see-past = See what happened

# A new link, to who asked for one.
mail-link-headline = Your new link: { $title }
mail-link-lead = Here is the new link for “{ $title }” that you asked for. If you did not ask for it, you can ignore this mail.

# Before the deadline, to who has not answered.
mail-reminder-headline = { $sender } still waits for your answer: { $title }, by { $day }
mail-reminder-headline-no-deadline = { $sender } still waits for your answer: { $title }
mail-reminder-lead = { $sender } would like to find a time for “{ $title }”, and you have not answered yet.

# To the creator.
mail-deadline-headline = The deadline has passed: { $title }
mail-deadline-lead = The deadline of “{ $title }” has passed, so nobody can answer any more. Now you decide: fix one of the times that are left, set a later deadline, or close it.
mail-deadline-was = Answers were possible until { $deadline }.
mail-act-decide = Decide how it goes on
mail-digest-headline = { $who } has answered: { $title }
mail-digest-headline-several = { $count } new answers: { $title }
mail-digest-lead = { $count ->
    [one] This is the new answer to “{ $title }”:
   *[other] These are the new answers to “{ $title }”:
}
mail-act-see-answers = See who still has to answer
mail-answered-headline = Everybody has answered: { $title }
mail-answered-lead = Everybody whose answer is required has answered “{ $title }”.
mail-answered-times = { $count ->
    [one] One time suits them all:
   *[other] { $count } times suit them all. Fix one of them, and everybody gets the invitation:
}
mail-act-fix = Fix the time
mail-exhausted-headline = No time is left: { $title }
mail-exhausted-lead = None of the times for “{ $title }” suits everybody. You can ask the same people again, with other times.
mail-act-next-round = Propose other times

# It was ended, to everybody who was asked.
mail-closed-headline = { $title } was closed: no answer is needed any more
mail-closed-lead = { $sender } has closed “{ $title }” before a time was agreed. There is nothing left for you to do.
mail-closed-lead-unnamed = “{ $title }” was closed before a time was agreed. There is nothing left for you to do.
