-- SPDX-License-Identifier: Apache-2.0
--
-- 006 access: users, sessions, tokens, keys of programs, and what keeps the guessing of passwords slow.
--
-- What a client holds is nowhere here: of random secrets the SHA-256, of passwords argon2id. All times are the database's.

create sequence user_id_seq;
create table users (
    id             bigint primary key default nextval('user_id_seq'),
    name           text not null,                          -- what httpd calls him
    email          text,
    full_name      text,
    role           text not null default 'viewer' check (role in ('none', 'viewer', 'operator', 'admin')),
    password_hash  text,                                   -- libsodium's form of argon2id; null: he cannot use one here
    disabled       boolean not null default false,
    epoch          bigint not null default 1,              -- sessions that began under another one are over
    version        integer not null default 1,
    created_by     text,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    password_at    timestamptz,
    login_at       timestamptz
);
create unique index users_name on users (lower(name));     -- compared byte by byte, but no two differ only in the case
create unique index users_email on users (lower(email));

-- Links by which a user sets his password himself: one for each, good once.
create table password_links (
    user_id        bigint primary key references users (id) on delete cascade,
    hash           bytea not null unique,                  -- of the token
    created_by     text,
    created_at     timestamptz not null default now(),
    expires_at     timestamptz not null
);

create sequence session_number_seq;
create table sessions (
    id             text primary key,                       -- named by tokens; worth nothing by itself
    number         bigint not null unique default nextval('session_number_seq'),      -- what people see of it
    hash           bytea unique,                           -- of the cookie; null: a session of tokens
    user_id        bigint references users (id) on delete cascade,     -- null: a user of another provider of httpd's
    user_name      text not null,
    epoch          bigint not null default 0,              -- users.epoch when it began
    chain          bytea,                                  -- key that makes the successor of a refresh token
    idle_seconds   bigint not null default 0,              -- 0: as long as it lasts
    idle_until     timestamptz not null,
    expires_at     timestamptz not null,                   -- whatever happens
    created_at     timestamptz not null default now(),
    seen_at        timestamptz not null default now(),
    address        text,
    agent          text
);
create index sessions_user on sessions (user_name);
create index sessions_user_id on sessions (user_id);
create index sessions_expiry on sessions (expires_at);

-- Each is good once. One that comes a second time after the grace period was copied: its session ends.
create table refresh_tokens (
    hash           bytea primary key,
    session_id     text not null references sessions (id) on delete cascade,
    created_at     timestamptz not null default now(),
    used_at        timestamptz,
    used_from      text                                    -- address that used it
);
create index refresh_tokens_session on refresh_tokens (session_id);

create sequence api_key_id_seq;
create table api_keys (
    id             bigint primary key default nextval('api_key_id_seq'),
    prefix         text not null unique,                   -- bmk_<prefix>_<secret>
    hash           bytea not null,
    name           text not null,
    user_id        bigint references users (id) on delete cascade,
    user_name      text not null,
    role           text not null check (role in ('viewer', 'operator', 'admin')),     -- at most; no more than its owner's
    scopes         text[],                                 -- null: all
    expires_at     timestamptz,
    last_used_at   timestamptz,
    version        integer not null default 1,
    created_by     text,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now()
);
create index api_keys_user on api_keys (user_name);
create index api_keys_user_id on api_keys (user_id);

-- Ed25519. Published from created_at on, signs from signs_from until a younger one does, is believed until verifies_until.
create table signing_keys (
    kid            text primary key,
    public_key     bytea not null,
    secret_key     bytea not null,
    key_id         text,                                   -- key of the ring that encrypted secret_key (crypt/seal.h); null: none did
    created_at     timestamptz not null default now(),
    signs_from     timestamptz not null,
    verifies_until timestamptz
);

-- GCRA: attempts to log in, by user and by address. key is a hash. Worth nothing after minutes, so nothing is written ahead for
-- it: after a crash everybody has all attempts again.
create unlogged table login_budgets (
    key            bytea primary key,
    tat            timestamptz not null
);

-- A ticket stands for a session, or for a user of ours.
alter table tickets add column user_id bigint;
alter table tickets add column session_id text;
