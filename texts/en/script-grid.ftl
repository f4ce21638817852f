# The grid, which is loaded when it is needed.

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

# An answer on it.
answer-cut = removed
answer-keep = keep
rate-no = No
rate-1 = 1 If need be
rate-2 = 2 Good
rate-3 = 3 Best
rate-before = as you answered
answer-copy-weekday = every { $weekday }
answer-copy-all = all other days
