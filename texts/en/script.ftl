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

zone-use = Use my device’s zone, { $zone }
