-- SPDX-License-Identifier: Apache-2.0
--
-- 007 secrets: named secrets that are encrypted at rest, the audit log, and what a node's changes are counted by.

-- Values are sealed by the module before they come here ("v1.<key id>.<nonce and ciphertext>", docs/security.md) and opened by
-- engines alone; the database never sees a key. The seal is bound to project and name: moved to another row it does not open.
create sequence secret_id_seq;
create table secrets (
    id            bigint primary key default nextval('secret_id_seq'),
    project_id    bigint not null default 1,
    name          text not null,
    description   text,
    sealed        text not null,
    key_id        text not null,                 -- of the key that sealed it: a key without rows can leave the key rings
    version       integer not null default 1,
    created_by    text,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    set_at        timestamptz not null default now(),      -- when the value was
    last_used_at  timestamptz,                   -- by an engine, to the minute
    unique (project_id, name)
);

-- Counts changes of secrets, so that an engine knows whether what it has read still holds.
create table secret_state (
    id       integer primary key default 1 check (id = 1),
    changed  bigint not null default 1
);
insert into secret_state default values;
