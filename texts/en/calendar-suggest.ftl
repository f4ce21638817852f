# Suggested schedules of one-to-ones: how good they are, why there is no better one, what is wrong with one made by hand.

suggest-all-placed =
    { $people ->
        [one] The only person is placed.
       *[other] All { $people } people are placed.
    }
suggest-some-placed =
    { $placed ->
        [one] 1 of { $people } people is placed.
       *[other] { $placed } of { $people } people are placed.
    }
suggest-none-placed = Nobody is placed.
suggest-preferences = The preferences add up to { $sum } of { $most }.
suggest-first = The first meeting is { $day }, { $clock }.
suggest-optimal = No schedule is better: this is proven.
suggest-gap-placed =
    { $count ->
        [one] It is not certain that this is the best schedule. At most one more person could be placed.
       *[other] It is not certain that this is the best schedule. At most { $count } more people could be placed.
    }
suggest-gap-preference =
    { $count ->
        [one] Nobody more can be placed. It is not certain that the preferences cannot be met better: by at most one point.
       *[other] Nobody more can be placed. It is not certain that the preferences cannot be met better: by at most { $count } points.
    }
suggest-gap-delay = Nobody more can be placed, and the preferences cannot be met better. The meetings could begin earlier, together by at most { $length }.

suggest-names-and = { $names } and { $last }
suggest-competing =
    { $fit ->
        [one] Of { $names } only one fits.
       *[other] Of { $names } only { $fit } fit.
    }
suggest-no-time = { $name } has named no time.
suggest-nothing-in-common = { $name } has no time in common with you that is long enough for a meeting.
suggest-no-step = { $name } has time in common with you, but no meeting can begin in it: meetings begin every { $step } minutes.
suggest-owner-busy = Whenever { $name } could come, you have another engagement, or the time has passed.
suggest-crowded-out = { $name } could come only at times at which somebody else is better placed.
suggest-help-extra =
    { $placed ->
        [one] If { $name } could also come on { $day } at { $clock }, one person would have a meeting.
       *[other] If { $name } could also come on { $day } at { $clock }, { $placed } people would have a meeting.
    }
suggest-help-step =
    { $placed ->
        [one] If meetings could begin every { $minutes } minutes, one person would have one.
       *[other] If meetings could begin every { $minutes } minutes, { $placed } people would have one.
    }
suggest-help-length =
    { $placed ->
        [one] With meetings of { $minutes } minutes, one person would have one.
       *[other] With meetings of { $minutes } minutes, { $placed } people would have one.
    }
suggest-too-large = There are too many possible times, or they are too far apart, to work out the best schedule. Take back some of your time, or choose a longer step between starts.

conflict-not-invited = This contact is not invited.
conflict-empty = The meeting with { $name } must end after it begins.
conflict-twice = { $name } has two meetings.
conflict-overlap = The meeting with { $name } overlaps the one with { $other }.
conflict-outside-answer = { $name } has not named this time.
conflict-busy = You have another engagement then: { $when }.
conflict-busy-titled = You have “{ $title }” then: { $when }.
conflict-past = The meeting with { $name } would begin in the past.
conflict-too-far = The meeting with { $name } would be more than two years from now.
conflict-unanswered = { $name } has not said when to come.
conflict-outside-owner = The meeting with { $name } is not within the time that you offered.
conflict-someone = this contact
