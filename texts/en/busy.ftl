# The page of an account's engagements.

busy-tab = My week
busy-title = What is coming up
busy-lead = Whittle knows your meetings here. Let it know the rest of your week, too: then no guest books you twice, and you see what else you have when you look for times.
calendars-title = Your other calendars
busy-import-title = Your own calendar
busy-import-none = Nothing is imported yet.
busy-import-stored = { $instances ->
    [one] One busy time is imported, last on { $at }.
   *[other] { $instances } busy times are imported, last on { $at }.
}
busy-file-label = Calendar file (.ics)
busy-file-hint = Your calendar program exports it. Only the times of the next twelve months are kept, no titles, and only you see them. Guests cannot book what is busy; for everybody else it is a hint.
busy-replace-label = Remove what was imported before and is not in this file
busy-import-button = Import
busy-forget-button = Forget all that was imported
busy-coming-lead = Your meetings and imported busy times of the next four weeks, in { $zone }.
busy-coming-none = You are free for the next four weeks.
busy-kind-import = Imported
busy-kind-other = Reserved
busy-next = More
