# What the script of the pages says (web/script/). The others are in the catalogue of the Worker alone.

keep-these = { $count ->
    [0] Keep none of these
    [one] Keep this 1 time
   *[other] Keep these { $count } times
}
state-unsaved = Not saved yet: { $count } of { $of } ticked.
send-these = { $count ->
    [0] Send these times
    [one] Send this 1 time
   *[other] Send these { $count } times
}
state-unsent = Not sent yet: { $count } of { $of } marked.
state-saving = Saving…
state-saved = Saved at { $time }.
state-failed = Not saved: the service did not answer. What you marked is still here.
state-again = Try again
draft-back = Your unsaved changes of { $clock } on { $weekday } are back.
draft-drop = Discard them

zone-use = Use my device’s zone, { $zone }

## The grid
grid-label = Times
grid-times = Time
grid-hint = Press or drag to change times. By keys: the arrows move, Space changes, and ? shows the rest.
grid-hint-touch = Tap a time to change it. Hold one, then drag to change several.
grid-missing = no time here
grid-busy = you are busy
# 12 cells set to yes. 18 of 40 possible.
grid-set = { $count ->
    [one] { $count } cell
   *[other] { $count } cells
 } set to { $level }.
grid-changed = { $count ->
    [one] { $count } cell
   *[other] { $count } cells
 } changed.
grid-possible = { $possible } of { $all } possible.
grid-acts = Change the times
grid-undo = Undo
grid-redo = Redo
grid-all = All
grid-none = None
grid-invert = Invert
grid-paint = Paint
grid-brush = What painting sets
grid-toggle = Toggle
grid-copy = Copy { $day } to …
grid-pages = Days
grid-back = Earlier days
grid-on = Later days
grid-help = Help
grid-help-title = Keys and gestures
grid-close = Close
# One line for each key or gesture.
grid-ways =
    Arrow keys move. With Shift they choose a range.
    Home and End: the first and the last day. With Ctrl: the first and the last cell.
    Page Up and Page Down: an hour back or on.
    Space changes the cell or the range, Shift+Space the row, Ctrl+Space the day.
    0 to { $best } set the cell or the range to that, and paint with it from then on.
    Escape drops the range, or what is being painted.
    Ctrl+Z takes back, Ctrl+Y does again.
    By mouse: drag to change a rectangle.
    By touch: swipe to scroll. Hold, then drag to change a rectangle. With Paint on there is no need to hold, and two fingers scroll.

## An answer on a grid
grid-unloaded = The grid could not be loaded. The list does all that it does.
answer-list = Show as a list
answer-grid = Show as a grid

# A proposal that was begun, on the empty page of a new one.
draft-found = You began this at { $clock } on { $weekday } and did not send it.
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
live-came = { $count ->
    [one] New: { $time }.
   *[other] { $count } times are new. They are marked.
}
live-gone = { $count ->
    [one] Not offered any more: { $time }.
   *[other] { $count } times are not offered any more.
}
live-other = This has changed since you opened it: { $what }
live-show = Show it

# Painting a week.
paint-failed = This could not be opened just now. Check your connection and try again, or add times below.

# A link to hand on.
copied = Copied
copy-by-hand = Press Ctrl+C
