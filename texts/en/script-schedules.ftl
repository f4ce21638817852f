# The owner's pages of one-to-ones, loaded with them.

heat-at = { $when }: { $count } of { $of } can.
heat-can = Can: { $names }.
heat-cannot = Cannot: { $names }.
heat-person = { $name } ({ $level })
plan-failed = This could not be checked just now. It is checked when you finalise.
