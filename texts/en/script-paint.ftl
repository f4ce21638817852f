# Painting a week of times that are offered, which is loaded when it is needed.

paint-label = The week that you paint
paint-no = not offered
paint-yes = offered
paint-passed = it has passed
paint-gap = clocks are put forward then, so this time does not exist
paint-twice = clocks are put back then, so this time comes twice; add it under “Add times”
paint-taken = { $time } is offered already; see the list below
paint-copy-work = Monday to Friday
paint-copy-all = the whole week
paint-zone = You paint in { $zone }. If you choose another time zone, the times of day stay: 10:00 is then 10:00 there.
paint-count = { $count ->
    [0] Nothing is offered yet.
    [one] One time is offered.
   *[other] { $count } times are offered.
}
paint-many = You offer { $count } times, and { $most } is the most. Remove some, or make fewer of them longer.
paint-many-levels = You have { $count } times, and { $most } is the most. Make fewer of them longer.
paint-level-3 = 3, best
paint-level-2 = 2, good
paint-level-1 = 1, if need be
paint-level-of = How much you like { $time }
paint-split = Split
paint-join = Make it one time
paint-remove = Remove
paint-unfit = No time of { $minutes } minutes, one every { $every }, fits into what is painted.
