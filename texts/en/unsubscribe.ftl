# No more mail.
unsubscribe-title = Stop this mail
unsubscribe-legend = Which mail do you no longer want?
unsubscribe-proposal = Mail about these times
unsubscribe-meeting = Mail about this meeting
unsubscribe-sender = All mail that this person causes
unsubscribe-everything = All mail from Whittle
unsubscribe-button = Stop this mail
resubscribe-title = Changed your mind?
resubscribe-lead = You can have the mail again, as if you had never stopped it.
resubscribe-button = Send me mail again

# The outbox of a development server.
outbox-title = Outbox
outbox-lead = What this development server has sent, newest first. Nothing of it has left this machine.
outbox-none = No mail yet. Sign up, or propose times, and the mail is here.
outbox-to = To
outbox-sent = Sent
outbox-html = As a mail program shows it
outbox-older = Older mail
