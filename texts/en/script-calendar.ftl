# One's own calendar beside the times of an answer (web/script/calendar/compare.ts).

busy-with = You are busy: { $what }, { $time }
busy-more = { $what } and { $count } more
busy-untitled = an entry without a title
busy-all-day = all day
calendar-clashes = { $count ->
    [0] None of the { $of } times is taken in { $name }.
    [one] One of the { $of } times is taken in { $name }. It is striped above.
   *[other] { $count } of the { $of } times are taken in { $name }. They are striped above.
}
calendar-kept = { $count ->
    [0] Nothing had to be unticked: every time that is ticked is free.
    [one] One time is unticked, because you are busy then. Nothing is saved yet.
   *[other] { $count } times are unticked, because you are busy then. Nothing is saved yet.
}
calendar-set-no = { $count ->
    [0] Nothing had to be changed: every time that is marked is free.
    [one] One time is set to No, because you are busy then. Nothing is sent yet.
   *[other] { $count } times are set to No, because you are busy then. Nothing is sent yet.
}
calendar-forgotten = The calendar is forgotten. What is marked stays as it is.
calendar-large = { $name } is larger than 1 MB. Export a shorter part of your calendar, such as the next months. Nothing has changed.
calendar-broken = { $name } cannot be read as a calendar. Export your calendar as an .ics file and choose that. Nothing has changed.
calendar-often = “{ $title }” in { $name } repeats too often to be compared with these times. Nothing has changed.
calendar-slow = { $name } takes too long to read. Export a shorter part of your calendar, such as the next months. Nothing has changed.
