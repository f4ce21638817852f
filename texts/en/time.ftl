# Days, times of day and lengths.

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
weekday-short-1 = Mon
weekday-short-2 = Tue
weekday-short-3 = Wed
weekday-short-4 = Thu
weekday-short-5 = Fri
weekday-short-6 = Sat
weekday-short-7 = Sun
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec

# Tuesday 24 November 2026
day-long = { $weekday } { $day } { $month } { $year }
# Tue 24 Nov
day-short = { $weekday } { $day } { $month }
# 1 Dec
day-of-month = { $day } { $month }
# 10:00 to 10:45
clock-range = { $from } to { $to }
# 23:30 to 00:30 the next day
clock-range-next-day = { $from } to { $to } the next day
# 10:00 to 12:00 on Thu 26 Nov
clock-range-until-day = { $from } to { $to } on { $day }
# 10:00, 10 seconds
clock-length = { $from }, { $length }
# Tuesday 24 November 2026, 10:00
day-and-clock = { $day }, { $clock }
# Tuesday 24 November 2026, 10:00 to 10:45, Europe/Berlin (UTC+01:00)
with-zone = { $time }, { $zone }
# The same time in another zone: 04:00 to 04:45 in America/New_York
time-origin = { $time } in { $zone }
time-origin-day = { $day }, { $time } in { $zone }
zone-name = { $name } (UTC{ $offset })
zone-utc = UTC
zone-chosen = Times are shown in { $zone }.

length-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
length-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
length-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
length-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}

# The times of a proposal that is composed.
times-chosen = { $count ->
    [0] No time is ticked. Tick the ones to offer.
    [one] One time is ticked. Untick it if you would rather not offer it.
   *[other] { $count } times are ticked. Untick the ones you would rather not offer.
}
