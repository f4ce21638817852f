# What the script of the pages says (web/script/). The others are in the catalogue of the Worker alone.

keep-these = { $count ->
    [0] Keep none of these
    [one] Keep this 1 time
   *[other] Keep these { $count } times
}
state-unsaved = Not saved yet: { $count } of { $of } ticked.
state-saving = Saving…
state-saved = Saved at { $time }.
state-failed = Not saved: the service did not answer. What you ticked is still here.
state-again = Try again
draft-back = Your unsaved changes of { $clock } on { $weekday } are back.
draft-drop = Discard them

zone-use = Use my device’s zone, { $zone }

grid-unloaded = The grid could not be loaded. The list does all that it does.
answer-list = Show as a list
answer-grid = Show as a grid

# A proposal that was begun, on the empty page of a new one.
draft-found = You began a proposal at { $clock } on { $weekday } and did not send it.
draft-go-on = Go on with it
draft-discard = Discard it

series-failed = These times could not be worked out just now. Check your connection, or press “Show these times”.

## What is loaded when it is needed: the log's page and one's own calendar beside the times
proof-reading = Reading and checking the log…
proof-unread = The log could not be read or checked just now. Try again in a moment.
calendar-reading = Reading { $name }…
calendar-unread = { $name } could not be opened just now. Choose it again in a moment. Nothing has changed.

# What others do while a page is open.
live-cut = { $name } removed { $time }.
live-cut-many = { $name } removed { $count } times.
live-other = This has changed since you opened it: { $what }
live-show = Show it
