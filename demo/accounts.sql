-- The demo accounts: `ob` (staff) and `zo`, both verified, `ub`, who is inactive, `mia`, who has one-to-ones, and `kai`, whom guests can book;
-- the password of each is `p`. Flagged rows: they come in under DEV=1 alone.
insert or ignore into accounts (id, username, address, address_key, verified, active, staff, demo, timezone, first_name, last_name, password, created_at)
  select *, '$argon2id$v=19$m=19456,t=2,p=1$vKbSr2dFyqgVVuf1DDlXTg$UVSK4r+Bza2WPtRUhqxvIb8De7gf2vhfrfxSmRyj+w4', 0 from (values
  (1, 'ob', 'ob@localhost', 'ob@localhost', 1, 1, 1, 1, 'UTC', '', ''),
  (2, 'zo', 'zo@localhost', 'zo@localhost', 1, 1, 0, 1, 'UTC', '', ''),
  (3, 'ub', 'ub@localhost', 'ub@localhost', 0, 0, 0, 1, 'UTC', '', ''),
  (4, 'mia', 'mia@localhost', 'mia@localhost', 1, 1, 0, 1, 'Europe/Berlin', 'Mia', 'Hansen'),
  (5, 'kai', 'kai@localhost', 'kai@localhost', 1, 1, 0, 1, 'Europe/Berlin', 'Kai', 'Lund'));
