-- The demo accounts: `ob` (staff), `zo`, both verified, and `ub`, who is inactive; the password of all three is `p`.
-- Flagged rows: they come in under DEV=1 alone.
insert or ignore into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at) values
  (1, 'ob', 'ob@localhost', 'ob@localhost', 1, 1, 1, 1, '$argon2id$v=19$m=19456,t=2,p=1$vKbSr2dFyqgVVuf1DDlXTg$UVSK4r+Bza2WPtRUhqxvIb8De7gf2vhfrfxSmRyj+w4', 0),
  (2, 'zo', 'zo@localhost', 'zo@localhost', 1, 1, 0, 1, '$argon2id$v=19$m=19456,t=2,p=1$vKbSr2dFyqgVVuf1DDlXTg$UVSK4r+Bza2WPtRUhqxvIb8De7gf2vhfrfxSmRyj+w4', 0),
  (3, 'ub', 'ub@localhost', 'ub@localhost', 0, 0, 0, 1, '$argon2id$v=19$m=19456,t=2,p=1$vKbSr2dFyqgVVuf1DDlXTg$UVSK4r+Bza2WPtRUhqxvIb8De7gf2vhfrfxSmRyj+w4', 0);
