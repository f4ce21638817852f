# What the log's page says when its log is checked (web/script/verdict.ts).

proof-good = { $count ->
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
