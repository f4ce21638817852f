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

# The log's page.
proof-reading = Reading and checking the log…
proof-unread = The log could not be read or checked just now. Try again in a moment.
proof-good = { $count ->
    [one] Checked here, in your browser: the log has one entry, and nobody has altered it or the texts beside it.
   *[other] Checked here, in your browser: all { $count } entries stand in one chain. None was altered, left out or moved, the texts beside them are those of the time, and no time was ever added.
}
proof-same-head = The code on this page is that of the last entry.
    [one] Checked here, in your browser: the log has one entry, it begins the log of this proposal, and the texts beside it are those that it vouches for.
   *[other] Checked here, in your browser: all { $count } entries hold together in one chain, the texts beside them are those that it vouches for, and no time was added on the way.
}
proof-same-head = The code on this page is that of the last entry. Whether it was so when a mail came, the receipt of that mail tells.
proof-later = { $count ->
    [one] The code on this page is that of entry { $entry }. One entry has come since: load the page again to read it.
   *[other] The code on this page is that of entry { $entry }. { $count } entries have come since: load the page again to read them.
}
proof-other-head = The code on this page belongs to none of the entries, so page and log do not tell the same. Load the page again; if this stays so, do not rely on it, and compare the receipts of your mails.
proof-foreign = This is the log of another proposal. Load the page again; if this stays so, do not rely on it.
proof-bad = This log does not hold.
proof-malformed = Line { $line }, { $entry ->
    [0] before the first entry,
   *[other] after entry { $entry },
} is not written as a log is written: it was altered, or damaged on its way here.
proof-misplaced = Line { $line }, { $entry ->
    [0] before the first entry,
   *[other] after entry { $entry },
} may not stand where it stands: something was moved, put in or left out.
proof-unchained = { $entry ->
    [one] Entry 1 does not begin the log of this proposal: it was altered, or entries before it were left out.
   *[other] Entry { $entry } does not follow on the one before it: that one was altered later, or entries between them were left out or moved.
}
proof-unopened = A text of entry { $entry } is not the one that was recorded with it: it was altered later.
proof-violated = Entry { $entry } offers a time that was not offered before it, and times can only be removed.
proof-end = { $entry ->
    [0] It has no entries.
   *[other] Its end is missing, or does not belong to entry { $entry }, the last one: that entry was altered, or entries after it were left out.
}
proof-no-receipt = There is no receipt in what you pasted. It is the code of 64 digits and letters in the foot of the mail, after “Receipt:”.
proof-unknown = The receipt { $receipt } is not in this log. Either the mail is about another proposal, or what it stands for was altered or left out later.
proof-receipt-last = Your mail’s receipt is entry { $entry }, of { $when }: everything up to it is unchanged, and nothing has come since.
proof-receipt = Your mail’s receipt is entry { $entry }, of { $when }: everything up to it is unchanged. { $count ->
    [one] One entry has come since.
   *[other] { $count } entries have come since.
}

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
answer-cut = removed
answer-keep = keep
answer-copy-weekday = every { $weekday }
answer-copy-all = all other days
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
    Shift with any of these: choose a range.
    Space: change the cell, or the range.
    Shift+Space: change the whole row. Ctrl+Space: the whole day.
    0 to { $best }: set the cell or the range to that, and paint with it from then on.
    Escape: drop the range, or give up what is being painted.
    Ctrl+Z: take the last step back. Ctrl+Y or Ctrl+Shift+Z: do it again.
    Mouse or pen: press on a cell to change it, drag to change a rectangle.
    Touch: tap a cell to change it, swipe to scroll. Hold a cell, then drag to change a rectangle.

# What others do while a page is open.
live-cut = { $name } removed { $time }.
live-cut-many = { $name } removed { $count } times.
live-other = This has changed since you opened it: { $what }
live-show = Show it
