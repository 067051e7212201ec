-- SPDX-License-Identifier: Apache-2.0
--
-- 010 traces: a mirror of what Langfuse knows of agents in production, and what is known of it at once.
--
-- A source is synced by one engine at a time, which holds the lease of its row in trace_sync. A page that it got is stored with the
-- cursor behind it, the traces and sessions that it touched, and their part of the figures of days, in one transaction that proves
-- the lease by the fence: whatever is killed is gone on with from the last page, and nothing is counted twice.

create sequence trace_source_id_seq;
create table trace_sources (
    id                   bigint primary key default nextval('trace_source_id_seq'),
    project_id           bigint not null default 1 references projects (id),
    name                 text not null,
    description          text,
    kind                 text not null default 'langfuse' check (kind in ('langfuse', 'pushed')),
    url                  text,                          -- of the server, without /api/public; null: it is pushed
    public_key           text,
    secret               text,                          -- name of the secret that is the secret key
    interval_seconds     integer not null default 300,
    overlap_seconds      integer not null default 7200, -- what is read again each time, because data come late
    backfill_days        integer not null default 30,
    page_size            integer not null default 1000,
    requests_per_minute  integer default 30,            -- that the server allows; null: no limit
    requests_per_day     integer,                       -- null: no limit of ours
    paused               boolean not null default false,
    scores               boolean not null default true, -- are read, too
    bodies               jsonb,                         -- what is kept of inputs and outputs; null: nothing
    words                jsonb,                         -- what its deployment calls things; null: nothing of its own
    version              integer not null default 1,
    created_by           text,
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now(),
    check (kind = 'pushed' or (url is not null and public_key is not null and secret is not null))
);
create unique index trace_sources_name on trace_sources (project_id, lower(name));

-- How far the sync of a source is. Everything that began in [seen_from, seen_to) is here, but for what came late: the newest is read
-- forwards from seen_to less the overlap (head), the past backwards from seen_from (backfill), each in windows that are
-- read from cursor to cursor.
create table trace_sync (
    source_id      bigint primary key references trace_sources (id) on delete cascade,
    project_id     bigint not null,
    state          text not null default 'idle' check (state in ('idle', 'running', 'rate_limited', 'error')),
    message        text,                                -- of the last attempt; null: nothing to say
    next_at        timestamptz not null default now(),
    wanted         boolean not null default false,      -- somebody asked for it
    owner          text,                                -- engine
    fence          bigint not null default 0,
    lease_until    timestamptz,
    failures       integer not null default 0,          -- in a row
    pass_id        bigint,                              -- under way; null: none
    api            text check (api in ('v4', 'v1')),    -- what the server speaks; null: to be asked
    server_version text,
    seen_from      timestamptz,
    seen_to        timestamptz,
    backfill_to    timestamptz,                         -- where the past ends; what was to be read of it began at backfill_from
    backfill_from  timestamptz,
    head_next      timestamptz,                         -- where reading the newest goes on; null: at seen_to less the overlap
    head_at        timestamptz,                         -- up to when the newest was read in this pass; null: not yet
    window_kind    text check (window_kind in ('head', 'backfill', 'scores')),
    window_from    timestamptz,
    window_to      timestamptz,
    cursor         text,                                -- of the next page; null: the first
    window_seconds integer not null default 86400,      -- longest window, and most of a page: halved while the server is overloaded
    page_limit     integer not null default 1000,
    request_at     timestamptz,                         -- token bucket: theoretical arrival of the next request
    requests_day   integer not null default 0,          -- days since 1970, and the requests of that day
    requests       integer not null default 0,
    scores_to      timestamptz,                         -- up to when scores were read; null: never
    last_sync_at   timestamptz                          -- the newest was last read to its end
);

-- What was sent to a source that nobody syncs (kind pushed). Who writes to it holds this row.
create table trace_pushed (
    source_id      bigint primary key references trace_sources (id) on delete cascade,
    project_id     bigint not null,
    requests       bigint not null default 0,
    received       bigint not null default 0,           -- observations and traces, those that were sent again included
    changed        bigint not null default 0,
    refused        bigint not null default 0,
    last_at        timestamptz
) with (fillfactor = 50);

-- Sources whose words were changed: their traces behind this one are still read by the old ones.
create table trace_rewording (
    source_id      bigint primary key references trace_sources (id) on delete cascade,
    project_id     bigint not null,
    after_id       text not null default ''
);

-- Its history, a row for each pass.
create sequence trace_pass_id_seq;
create table trace_passes (
    id            bigint primary key default nextval('trace_pass_id_seq'),
    source_id     bigint not null references trace_sources (id) on delete cascade,
    project_id    bigint not null,
    reason        text not null,                        -- 'interval', 'asked', 'first'
    state         text not null default 'running' check (state in ('running', 'completed', 'failed')),
    started_at    timestamptz not null default now(),
    ended_at      timestamptz,
    api           text,
    requests      integer not null default 0,
    pages         integer not null default 0,
    received      bigint not null default 0,            -- observations, those that are read again included
    changed       bigint not null default 0,            -- of these new or different
    deleted       bigint not null default 0,            -- that were no longer there
    refused       bigint not null default 0,            -- without id or start
    limited       integer not null default 0,           -- answers that said to wait
    failures      integer not null default 0,
    message       text
);
create index trace_passes_source on trace_passes (source_id, id desc);

-- One that was deleted there stays here with deleted_at, counts nowhere, and is there again if it turns up.
create table observations (
    source_id      bigint not null,
    id             text not null,
    start_time     timestamptz not null,
    project_id     bigint not null,
    trace_id       text not null,                       -- its own id where it has none
    parent_id      text,
    type           text not null,
    name           text,
    level          text not null default 'DEFAULT',
    status_message text,
    end_time       timestamptz,
    completion_at  timestamptz,                         -- first token
    latency_us     bigint,
    ttft_us        bigint,
    environment    text,
    version        text,
    release        text,
    trace_name     text,
    session_id     text,
    user_id        text,
    tags           text[],
    model          text,
    input_tokens   bigint,
    output_tokens  bigint,
    total_tokens   bigint,
    cost_nano      bigint,                              -- 10^-9 USD
    usage_details  jsonb,
    cost_details   jsonb,
    metadata       jsonb,
    input          text,                                -- as far as the source keeps them
    output         text,
    updated_at     timestamptz,                         -- by the server's word
    hash           bigint not null,                     -- of all this: one that is read again and is the same is not written
    synced_at      timestamptz not null default now(),
    deleted_at     timestamptz,
    primary key (source_id, id, start_time)
) partition by range (start_time);
-- Times for which no month was made: before 2000, and far ahead.
create table observations_other partition of observations default;
create index observations_trace on observations (source_id, trace_id);
create index observations_time on observations (start_time, source_id, id);
create index observations_agents on observations (name, start_time) where type = 'AGENT' and deleted_at is null;

create table traces (
    source_id      bigint not null,
    id             text not null,
    project_id     bigint not null,
    name           text,                                -- as the server says; null: it does not
    root_name      text,                                -- of its first observation that has none above it
    session_id     text,
    user_id        text,
    environment    text,
    release        text,
    version        text,
    tags           text[] not null default '{}',
    metadata       jsonb,
    told_at        timestamptz,                         -- when somebody who pushes last spoke of it; null: nobody did
    start_time     timestamptz not null,
    end_time       timestamptz,
    latency_us     bigint,
    observations   integer not null default 0,
    errors         integer not null default 0,          -- observations of level ERROR
    input_tokens   bigint not null default 0,
    output_tokens  bigint not null default 0,
    total_tokens   bigint not null default 0,
    cost_nano      bigint not null default 0,
    stage          integer,                             -- by the words of its source, from its tags
    completes      boolean not null default false,      -- it has the observation that completes a session
    synced_at      timestamptz not null default now(),
    primary key (source_id, id)
) with (fillfactor = 80);
create index traces_time on traces (start_time, source_id, id);
create index traces_session on traces (source_id, session_id, start_time) where session_id is not null;
create index traces_user on traces (user_id) where user_id is not null;

create table trace_sessions (
    source_id       bigint not null,
    id              text not null,
    project_id      bigint not null,
    trace_count     integer not null,
    observations    bigint not null,
    errors          bigint not null,
    user_ids        text[] not null default '{}',       -- up to ten
    first_trace_at  timestamptz not null,
    last_trace_at   timestamptz not null,
    ended_at        timestamptz,
    latency_us      bigint,                             -- mean of its traces
    input_tokens    bigint not null,
    output_tokens   bigint not null,
    total_tokens    bigint not null,
    cost_nano       bigint not null,
    labels          jsonb not null default '{}',        -- by the words of its source: texts, or null where no trace has it
    stage           integer,                            -- the highest of its traces
    is_complete     boolean not null default false,
    synced_at       timestamptz not null default now(),
    primary key (source_id, id)
) with (fillfactor = 80);
create index trace_sessions_time on trace_sessions (last_trace_at, source_id, id);

-- What somebody thought of a trace, an observation or a session.
create table trace_scores (
    source_id      bigint not null,
    id             text not null,
    project_id     bigint not null,
    name           text,
    data_type      text,
    value          double precision,                    -- null: it is a text
    string_value   text,
    source         text,                                -- ANNOTATION, API, EVAL
    comment        text,
    environment    text,
    at             timestamptz not null,
    trace_id       text,
    observation_id text,
    session_id     text,
    updated_at     timestamptz,
    synced_at      timestamptz not null default now(),
    primary key (source_id, id)
);
create index trace_scores_time on trace_scores (at, source_id, id);
create index trace_scores_trace on trace_scores (source_id, trace_id) where trace_id is not null;
create index trace_scores_session on trace_scores (source_id, session_id) where session_id is not null;

-- Figures of days (since 1970, by the begin): of all traces (kind trace, no name), of those of each stage, of each agent, which is what has the type AGENT, with
-- the cost and tokens of the generations below it, and of each model; and of each agent by the hour of the day (kind agent_hour, with
-- the hour as its day). Sums alone, so that what a trace adds can be taken away again.
create table trace_days (
    source_id      bigint not null,
    project_id     bigint not null,
    kind           text not null check (kind in ('trace', 'stage', 'agent', 'agent_hour', 'model')),
    name           text not null,
    day            integer not null,
    n              bigint not null,
    errors         bigint not null,
    input_tokens   bigint not null,
    output_tokens  bigint not null,
    total_tokens   bigint not null,
    cost_nano      bigint not null,
    latency_n      bigint not null,
    latency_us     bigint not null,                     -- sum of those latency_n
    primary key (source_id, kind, day, name)
) with (fillfactor = 70);

-- Users whose traces are to be removed, until they are; and traces that were, which are not taken again.
create table trace_erasures (
    source_id      bigint not null references trace_sources (id) on delete cascade,
    project_id     bigint not null,
    user_id        text not null,
    asked_at       timestamptz not null default now(),
    primary key (source_id, user_id)
);
create table trace_erased (
    source_id      bigint not null references trace_sources (id) on delete cascade,
    trace_id       text not null,
    primary key (source_id, trace_id)
);

-- Sources that were deleted, whose rows are being removed: nothing shows them any more.
create table trace_gone (source_id bigint primary key, gone_at timestamptz not null default now());

-- The month's partition of observations that a time is in, if there is none: by the schema's owner, as partition_make (007).
do $$
begin
    execute format($f$
create function observations_make(at timestamptz) returns void
language plpgsql security definer set search_path = %1$I, pg_temp set timezone = 'UTC' as $b$
declare
    first timestamptz := date_trunc('month', at);
    part text := 'observations_' || to_char(date_trunc('month', at), 'YYYYMM');
begin
    if at < '2000-01-01' or at > now() + interval '40 days' or to_regclass(quote_ident(part)) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtext(%1$L || '.observations'));
    if to_regclass(quote_ident(part)) is null then
        execute format('create table %%I (like observations including all)', part);
        -- what was far ahead once
        execute format('with moved as (delete from observations_other where start_time >= %%L and start_time < %%L returning *)'
                       ' insert into %%I select * from moved', first, first + interval '1 month', part);
        execute format('alter table observations attach partition %%I for values from (%%L) to (%%L)', part, first,
                       first + interval '1 month');
    end if;
end $b$;

-- Drop the oldest month that ended before a time and has nothing left in it. @return its name; null: there is none.
create function observations_drop(before timestamptz) returns text
language plpgsql security definer set search_path = %1$I, pg_temp set timezone = 'UTC' as $b$
declare
    part text := (select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass('observations') and c.relname ~ '^observations_[0-9]{6}$'
        order by c.relname limit 1);
    found boolean;
begin
    if part is null or to_date(right(part, 6), 'YYYYMM') + interval '1 month' > before then
        return null;
    end if;
    execute format('select exists (select from %%I)', part) into found;
    if found then
        return null;
    end if;
    execute format('lock table observations, %%I in access exclusive mode', part);
    execute format('select exists (select from %%I)', part) into found;
    if found then
        return null;
    end if;
    execute format('drop table %%I', part);
    return part;
end $b$
    $f$, current_schema());
end
$$;
revoke execute on function observations_make, observations_drop from public;

do $$
declare
    own text := current_schema();
    held text := current_schema() || '_projects';
    mine text := 'any ((select nullif(current_setting(''benchmark.projects'', true), ''''))::bigint[])';
    parted text;
begin
    foreach parted in array array['trace_sources', 'trace_sync', 'trace_pushed', 'trace_rewording', 'trace_passes', 'observations', 'traces', 'trace_sessions', 'trace_days',
                                'trace_scores', 'trace_erasures'] loop
        execute format('create view %I.%I as select * from %I.%I t where t.project_id = %s with local check option',
                       held, parted, own, parted, mine);
    end loop;
end
$$;
