-- What people sign up with, and which of an account's addresses a link to verify is for.

alter table accounts add column first_name text not null default '';

alter table accounts add column last_name text not null default '';

alter table accounts add column address_generation integer not null default 0;
