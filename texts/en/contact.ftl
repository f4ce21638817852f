# The list.
contacts-title = Contacts
contacts-none = Nobody is here yet. Add the people you meet, one by one or from a file, and invite them with a tick when you propose times.
contacts-none-found = No contact fits. Search for a part of the name or of the address.
contacts-edit = Edit
contacts-search-label = Search by name or address
contacts-search-button = Search
contacts-group-label = Group
contacts-group-all = All groups
contacts-next = Next page
contacts-first = First page
contacts-everybody = Show all contacts
contacts-export-title = Export
contacts-export-lead = All contacts as a file for a spreadsheet or another address book.
contacts-export = Download (CSV)

# One contact.
contact-add-title = Add somebody
contact-add-button = Add
contact-save-button = Save
contact-back = Back to the contacts
contact-groups-label = Groups
contact-groups-hint = Several with a semicolon between them: Team; Friends
contact-remove-title = Remove
contact-remove-lead = { $name } is removed from your contacts. Invitations and meetings stay as they are.
contact-remove-button = Remove from my contacts

# Groups.
groups-title = Groups
groups-lead = A group exists as long as somebody is in it. Edit a contact to change its groups.
groups-none = You have no groups yet. Give a contact one when you add or edit it.
groups-count = { $count ->
    [one] { $count } contact
   *[other] { $count } contacts
}

# The import.
import-title = Import contacts
import-lead = Choose a file, or paste lines. You see what would happen first; nothing is stored until you confirm it.
import-file-label = File (CSV)
import-text-label = Lines of the file
import-text-hint = The first line names the columns: first_name, last_name and email, and groups if you like. Each further line is one person.
import-preview-button = Show what would happen
import-added = { $count ->
    [one] { $count } person will be added.
   *[other] { $count } people will be added.
}
import-updated = { $count ->
    [one] { $count } contact will be changed.
   *[other] { $count } contacts will be changed.
}
import-unchanged = { $count ->
    [one] { $count } contact is there already, just like this.
   *[other] { $count } contacts are there already, just like this.
}
import-refused = { $count ->
    [one] { $count } line is wrong.
   *[other] { $count } lines are wrong.
}
import-ready = Nothing is stored yet.
import-not-ready = Nothing can be imported before every line is right. Correct the lines below, and check them again.
import-nothing-new = There is nothing to import: all of them are among your contacts already.
import-empty = There is nobody in these lines.
import-button = Import these contacts
import-cancel = Cancel
import-lines = What would happen
import-line = Line { $number }
import-line-added = added
import-line-updated = changed
import-line-unchanged = known
import-line-refused = wrong
import-whole-line = The line
import-fault = { $column }: { $fault }
import-text-title = Change the lines
import-check-again = Check again
