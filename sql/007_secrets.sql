-- SPDX-License-Identifier: Apache-2.0
--
-- 007 secrets: named secrets that are encrypted at rest, the audit log, what a node's changes are counted by, and what a role that does
-- not own the schema may do all the same.

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

-- Who changed what, and who was kept from it. Rows are written with the change and never touched again; none that is sealed (below,
-- docs/security.md) can be altered, removed or slipped in without that being found.
create sequence audit_id_seq;
create table audit_log (
    id          bigint primary key default nextval('audit_id_seq'),
    at          timestamptz not null default clock_timestamp(),
    projects    bigint[],                        -- its object's, else those that the actor sees; null: the whole installation
    actor       text,                            -- null: nobody who is known
    role        text not null,
    address     text,
    action      text not null,                   -- "PATCH /automations/{id}"
    object      text not null,                   -- "/automations/7"
    members     text[] not null default '{}',    -- what the body named, never values
    outcome     text not null check (outcome in ('done', 'denied')),
    status      integer not null,
    request_id  text not null
);
create index audit_actor on audit_log (actor, id);
create index audit_object on audit_log (object, id);

-- One row for each batch: the hash of its rows, chained to the one before. Covers the ids behind the batch before, up to last_id.
create table audit_seal (
    batch      bigint primary key,
    last_id    bigint not null,
    entries    bigint not null,
    rows_hash  bytea not null,
    hash       bytea not null,
    sealed_at  timestamptz not null default now()
);

-- Up to where the next batch can go once every transaction that ran when this was seen has ended.
create table audit_horizon (
    id       integer primary key default 1 check (id = 1),
    last_id  bigint not null default 0,
    next_xid bigint not null default 0,
    seen_at  timestamptz not null default now()
);
insert into audit_horizon default values;

-- The last batch that retention has removed: the chain goes on from it.
create table audit_checkpoint (
    id         integer primary key default 1 check (id = 1),
    batch      bigint not null,
    last_id    bigint not null,
    hash       bytea not null,
    removed_at timestamptz not null default now()
);

revoke update, delete, truncate on audit_log, audit_seal from public, current_user;
revoke insert, update, delete, truncate on audit_checkpoint from public, current_user;

-- What batches are sealed with, made again, and compared: once here, for sealing, GET /audit/verify and retention.
--   audit_rows      number and hash of the rows of a batch, in the order of their ids; what is hashed is text that any version of
--                   PostgreSQL writes alike
--   audit_chained   that, chained to the batch before
--   audit_chain     every batch up to a number (null: all), and whether it is what it was when it was sealed
--   audit_forget    the one way in which entries go (BenchmarkKeepAudit): whole batches, oldest first, of which every entry is older than
--                   so many days, never the last batch, and none from the first one on that is not what was sealed (or before which rows
--                   were slipped in): that one is answered as broken, and stays for somebody to look at. The owner has the right to
--                   delete for as long as this lasts, and nobody sees that. Looks at `most` entries at once, which must be more than a
--                   batch has. Answers how many it removed, and the batch and hash that the chain goes on from.
do $$
begin
    execute format($f$
create function audit_rows(from_id bigint, upto_id bigint, out entries bigint, out rows_hash bytea)
language sql stable set search_path = %1$I, pg_temp as $b$
    select count(*), sha256(coalesce(string_agg(sha256(convert_to(jsonb_build_array(a.id,
           to_char(a.at at time zone 'UTC', 'YYYYMMDDHH24MISSUS'), to_jsonb(a.projects), a.actor, a.role, a.address,
           a.action, a.object, to_jsonb(a.members), a.outcome, a.status, a.request_id)::text, 'UTF8')),
           ''::bytea order by a.id), ''::bytea))
      from audit_log a where a.id > from_id and a.id <= upto_id
$b$;

create function audit_chained(prev bytea, batch bigint, last_id bigint, entries bigint, rows_hash bytea) returns bytea
language sql immutable as $b$
    select sha256(prev || int8send(batch) || int8send(last_id) || int8send(entries) || rows_hash)
$b$;

create function audit_chain(upto bigint)
returns table (batch bigint, entries bigint, fits boolean)
language sql stable set search_path = %1$I, pg_temp as $b$
    with k as (select coalesce(max(c.batch), 0) as batch, coalesce(max(c.last_id), 0) as last_id,
               coalesce((select c.hash from audit_checkpoint c), ''::bytea) as hash from audit_checkpoint c),
         s as (select s.*, lag(s.last_id, 1, k.last_id) over w as from_id, lag(s.hash, 1, k.hash) over w as prev,
               lag(s.batch, 1, k.batch) over w as before
               from audit_seal s, k where upto is null or s.batch <= upto window w as (order by s.batch))
    select s.batch, s.entries, s.batch = s.before + 1 and r.entries = s.entries and r.rows_hash = s.rows_hash
           and s.hash = audit_chained(s.prev, s.batch, s.last_id, s.entries, s.rows_hash)
      from s, lateral audit_rows(s.from_id, s.last_id) r
$b$;

create function audit_forget(days integer, most integer, out removed bigint, out head text, out broken bigint)
language plpgsql security definer set search_path = %1$I, pg_temp as $b$
declare
    young bigint;
    upto record;
begin
    if days < 1 then
        raise exception 'entries of the audit log are kept for a day at least';
    end if;
    select coalesce(min(x.id) filter (where x.at >= now() - days * interval '1 day') - 1, max(x.id)) into young
      from (select a.id, a.at from audit_log a order by a.id limit most) x;
    select s.batch, s.last_id, s.hash into upto from audit_seal s
     where s.last_id <= young and s.batch < (select max(batch) from audit_seal) order by s.batch desc limit 1;
    removed := 0;
    if upto.batch is null then
        return;
    end if;
    select least(min(c.batch) filter (where not c.fits),
                 (select k.batch from audit_checkpoint k where exists (select from audit_log a where a.id <= k.last_id)))
      into broken from audit_chain(upto.batch) c;
    if broken is not null then
        select s.batch, s.last_id, s.hash into upto from audit_seal s where s.batch < broken order by s.batch desc limit 1;
    end if;
    if upto.batch is null then
        return;
    end if;
    execute 'grant delete on audit_log, audit_seal to current_user';
    execute 'grant insert, update on audit_checkpoint to current_user';
    insert into audit_checkpoint (batch, last_id, hash) values (upto.batch, upto.last_id, upto.hash)
        on conflict (id) do update set batch = excluded.batch, last_id = excluded.last_id, hash = excluded.hash, removed_at = now();
    delete from audit_log where id <= upto.last_id;
    get diagnostics removed = row_count;
    delete from audit_seal where batch <= upto.batch;
    execute 'revoke delete on audit_log, audit_seal from current_user';
    execute 'revoke insert, update on audit_checkpoint from current_user';
    head := upto.batch || ' ' || encode(upto.hash, 'hex');
end $b$
    $f$, current_schema());
end
$$;
revoke execute on function audit_forget from public;

-- Partitions are tables: only the schema's owner makes and drops them. Where the module's role is another one, it does so by these two,
-- with his rights: the next partition of runs, events and requests, for ids from from_id on, and the oldest one of several. Which are
-- to be, and whether all of one is past its time, the module has looked at (store/partition_store.c); it may delete the rows anyway.
do $$
begin
    execute format($f$
create function partition_make(parent text, from_id bigint, size bigint) returns void
language plpgsql security definer set search_path = %1$I, pg_temp as $b$
begin
    if parent not in ('runs', 'events', 'requests') or from_id < 0 or size < 1 then
        raise exception 'this is not to be parted';
    end if;
    -- CREATE ... PARTITION OF would lock the parent against everybody; a table of its own and ATTACH does not
    execute format('create table %%I (like %%I including all)', parent || '_p' || from_id, parent);
    execute format('alter table %%I attach partition %%I for values from (%%s) to (%%s)', parent, parent || '_p' || from_id, from_id,
                   from_id + size);
end $b$;

create function partition_remove(parent text, oldest text) returns void
language plpgsql security definer set search_path = %1$I, pg_temp as $b$
begin
    if parent not in ('runs', 'events', 'requests') or not exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
           where i.inhparent = to_regclass(parent) and c.relname = oldest and c.relnamespace = to_regnamespace(%1$L)
             and exists (select from pg_inherits o where o.inhparent = i.inhparent and o.inhrelid <> i.inhrelid)) then
        raise exception 'this is not a partition of several';
    end if;
    execute format('drop table %%I', oldest);
end $b$
    $f$, current_schema());
end
$$;
revoke execute on function partition_make, partition_remove from public;
