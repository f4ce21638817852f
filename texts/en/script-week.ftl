# Blocking hours of the week, which is loaded when it is needed.

week-label = The hours of your week
week-open = open
week-blocked = blocked
week-copy-all = all these days
week-hint = What you mark is blocked once you press the button at the end of the page.
