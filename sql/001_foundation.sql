-- SPDX-License-Identifier: Apache-2.0
--
-- 001 foundation: projects, automations, scenarios, the queue, runs, KPI cells, events, engines.
--
-- Run inside one transaction with search_path set to the module's schema (sql/migrate.sh or BenchmarkMigrate On do that).
-- Rules: no triggers, scenario_id in every key of the big tables, no UNIQUE that lacks it, ids from sequences, so that the
-- big tables can be partitioned by id range and distributed by scenario_id. Times are the database's clock.
--
-- kind and source: 0 run, 1 loadtest, 2 training, 3 workflow, 4 calibration, 5 trace (source only).

create table meta (
    singleton    boolean primary key default true check (singleton),
    epoch        bigint not null,                    -- names the history that stored transaction ids belong to
    stopped      boolean not null default false,     -- emergency stop: no engine claims anything
    stopped_by   text,
    stopped_at   timestamptz,
    events_pruned xid8 not null default '0'          -- events of older transactions may be gone
);
insert into meta (epoch) values ((random() * 9007199254740991)::bigint);

create table projects (
    id           bigint primary key,
    name         text not null,
    created_at   timestamptz not null default now()
);
insert into projects (id, name) values (1, 'default');

create sequence automation_id_seq;
create table automations (
    id                      bigint primary key default nextval('automation_id_seq'),
    project_id              bigint not null default 1,
    name                    text not null,
    provider                text not null default 'tinyfish',
    tinyfish_automation_id  text,
    description             text,
    default_inputs          jsonb not null default '{}',
    connection              jsonb not null default '{}',
    max_in_flight           integer not null default 16,
    labels                  text[] not null default '{}',
    hidden                  boolean not null default false,
    version                 integer not null default 1,
    created_by              text,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now()
);

create sequence scenario_id_seq;
create table scenarios (
    id               bigint primary key default nextval('scenario_id_seq'),
    project_id       bigint not null default 1,
    automation_id    bigint not null references automations (id),
    name             text not null,
    description      text,
    inputs_template  jsonb not null default '{}',
    run_settings     jsonb not null default '{}',
    labels           text[] not null default '{}',
    hidden           boolean not null default false,
    version          integer not null default 1,
    created_by       text,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now()
);
create index scenarios_automation on scenarios (automation_id);

-- What a scenario looked like when its runs were made: one row per version, the current one included.
create table scenario_versions (
    scenario_id   bigint not null,
    version       integer not null,
    body          jsonb not null,
    created_by    text,
    created_at    timestamptz not null default now(),
    primary key (scenario_id, version)
);

-- Small numbers for (provider, model), used in KPI keys. 0: no model.
create sequence model_id_seq as integer;
create table models (
    id        integer primary key default nextval('model_id_seq'),
    provider  text not null,
    name      text not null,
    unique (provider, name)
);
insert into models (id, provider, name) values (0, '', '');

-- Likewise for the places that engines measure from (BenchmarkEngineLocation). An engine adds its own when it starts; a name is
-- never forgotten, for figures are kept under it. 0: none.
create sequence location_id_seq as integer;
create table locations (
    id    integer primary key default nextval('location_id_seq'),
    name  text not null unique
);
insert into locations (id, name) values (0, '');

-- The queue: only what is pending or running. Everything needed to execute is in spec.
create sequence run_id_seq;
create sequence fence_seq;
create table run_queue (
    id                bigint primary key default nextval('run_id_seq'),
    target_id         bigint not null,                   -- the automation
    scenario_id       bigint not null,
    project_id        bigint not null default 1,
    slot              smallint not null,
    kind              smallint not null default 0,
    state             text not null default 'pending' check (state in ('pending', 'running')),
    priority          smallint not null default 0,
    run_at            timestamptz not null default now(),
    created_at        timestamptz not null default now(),
    started_at        timestamptz,
    lease_until       timestamptz,
    fence             bigint not null default 0,
    attempt           integer not null default 0,
    max_attempts      integer not null default 3,
    owner             text,
    cancel_requested  boolean not null default false,
    last_error        text,
    uniq              text,
    scenario_version  integer not null default 1,
    labels            text[] not null default '{}',
    created_by        text,
    location          text collate "C" not null default '',    -- only engines of this place may take it; '': any
    spec              jsonb not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
-- By location before priority: an engine steps over what waits for others without looking at it.
create index run_queue_due on run_queue (target_id, location, priority desc, id) where state = 'pending' and not cancel_requested;
create index run_queue_running on run_queue (target_id) where state = 'running';
create index run_queue_cancelled on run_queue (state, owner) where cancel_requested;
create unique index run_queue_uniq on run_queue (uniq) where uniq is not null;
create index run_queue_scenario on run_queue (scenario_id, id desc);

create table queue_target (
    target_id      bigint primary key,
    slot           smallint not null,
    max_in_flight  integer not null
);
create index queue_target_slot on queue_target (slot);

-- One row per run, written once, when it ends. Figures in microseconds; null: not measured.
create table runs (
    id                 bigint not null,
    scenario_id        bigint not null,
    automation_id      bigint not null,
    project_id         bigint not null default 1,
    kind               smallint not null default 0,
    fence              bigint not null,
    rev                integer not null default 0,
    status             text not null,
    attempt            integer not null,
    max_attempts       integer not null default 3,
    priority           smallint not null default 0,
    scenario_version   integer not null default 1,
    labels             text[] not null default '{}',
    created_by         text,
    created_at         timestamptz not null,
    started_at         timestamptz,
    finished_at        timestamptz not null,
    provider           text not null,
    model              text,
    engine             text,
    location           text collate "C",       -- of the engine that performed it, or that it waited for; null: none
    pinned             boolean not null default false,   -- it was meant for that place
    http_status        integer,
    error_code         text,
    error              text,
    tinyfish_run_id    text,
    finish_reason      text,
    tokens_prompt      bigint,
    tokens_completion  bigint,
    tokens_reasoning   bigint,
    tokens_cached      bigint,
    tokens_provenance  text,
    cost_nano          bigint,     -- 10^-9 of the currency of the prices; null: no price or no tokens are known
    total_us           bigint,     -- from handing the request to the network until the last byte, connecting included
    e2e_us             bigint,     -- Cn - S
    ttfb_us            bigint,     -- B - S
    ttft_us            bigint,     -- C1 - S
    ttfo_us            bigint,
    ttst_us            bigint,     -- C2 - C1
    tpot_us            bigint,
    queue_us           bigint,     -- due until claimed
    dns_us             bigint,
    connect_us         bigint,
    tls_us             bigint,
    send_us            bigint,
    wait_us            bigint,
    stream_us          bigint,
    send_lag_us        bigint,     -- S - (P + held)
    held_us            bigint,     -- from P until it was due: what limits of the target held it back
    connection_reused  boolean,
    lag_p50_us         bigint,     -- the engine's own delay between kernel and user stamp
    lag_p99_us         bigint,
    lag_max_us         bigint,
    kernel_stamped     boolean,
    batched_events     integer,
    chunks             integer,
    inter_token_stats  json,
    inputs             json,
    request            json,
    response           json,
    timeline           bytea,      -- engine/timeline.h: the packed chunks of a run
    note               text,
    primary key (id, scenario_id)
) partition by range (id);
create table runs_p0 partition of runs for values from (minvalue) to (10000000);
create index runs_scenario on runs (scenario_id, id desc);
create index runs_automation on runs (automation_id, id desc);
create index runs_status on runs (status, id desc);
create index runs_dead on runs (id desc) where error_code = 'attempts_exhausted';
create index runs_created on runs using brin (created_at) with (pages_per_range = 32);

-- KPI deltas: written in the transaction that records the runs, folded into cells by a job.
create sequence kpi_delta_id_seq;
create table kpi_delta (
    id           bigint not null default nextval('kpi_delta_id_seq'),
    xid          xid8 not null default pg_current_xact_id(),
    scenario_id  bigint not null,
    model_id     integer not null default 0,
    source       smallint not null,
    label_id     integer not null default 0,
    location_id  integer not null default 0,
    hour         integer not null,          -- hours since 1970
    n            integer not null,
    min_id       bigint not null,
    max_id       bigint not null,
    body         bytea not null             -- kpi/kpi_cell.h
) with (toast_tuple_target = 8160);
create index kpi_delta_order on kpi_delta (xid, id);

create table kpi_cell (
    scenario_id  bigint not null,
    model_id     integer not null default 0,
    source       smallint not null,
    label_id     integer not null default 0,
    location_id  integer not null default 0,
    level        smallint not null,         -- 0 hour, 1 day
    bucket       integer not null,          -- hours or days since 1970
    n            bigint not null,
    min_id       bigint not null,
    max_id       bigint not null,
    body         bytea not null,
    primary key (scenario_id, model_id, source, label_id, location_id, level, bucket)
) with (toast_tuple_target = 8160, fillfactor = 80);
create index kpi_cell_bucket on kpi_cell (level, bucket, source);

create table kpi_state (
    singleton  boolean primary key default true check (singleton),
    compacted  xid8 not null,               -- every delta below is in kpi_cell
    next       xid8 not null default '0',   -- every delta below is committed, and older than next_at
    next_at    timestamptz
);
insert into kpi_state (compacted) values ('0');

-- Hours whose cells must be rebuilt from rows, because rows were deleted or a delta was damaged.
create table kpi_dirty (
    scenario_id  bigint not null,
    source       smallint not null,
    hour         integer not null,
    marked_at    timestamptz not null default now(),   -- rebuilt from then on; whoever marks again moves it
    min_id       bigint,                    -- runs that neither cells nor deltas name; null: none
    max_id       bigint,
    primary key (scenario_id, source, hour)
);

-- What SSE and WebSocket resume from; read with a snapshot cursor over (xid, id).
create sequence event_id_seq;
create table events (
    id          bigint not null default nextval('event_id_seq'),
    xid         xid8 not null default pg_current_xact_id(),
    project_id  bigint not null default 1,
    at          timestamptz not null default clock_timestamp(),
    kind        text not null,
    payload     jsonb not null,
    primary key (id)
) partition by range (id);
create table events_p0 partition of events for values from (minvalue) to (10000000);
create index events_order on events (xid, id);

-- One row per engine process; beat_at is its heartbeat.
create table engines (
    id          text primary key,           -- host, pid and a boot-unique part
    host        text not null,
    pid         integer not null,
    state       text not null default 'running' check (state in ('running', 'draining', 'stopped')),
    version     text not null,
    started_at  timestamptz not null default now(),
    beat_at     timestamptz not null default now(),
    info        jsonb not null default '{}' -- loops, capacity, in_flight, priority in force ...
);

-- Background jobs: leased rows, run by any engine.
create table jobs (
    name          text primary key,
    owner         text,
    fence         bigint not null default 0,
    lease_until   timestamptz,
    next_run_at   timestamptz not null default now(),
    last_run_at   timestamptz,
    last_ms       integer,
    failures      integer not null default 0,
    last_error    text
);

-- Answers to requests that carried an Idempotency-Key, kept for a day.
create table idempotency (
    principal   text not null,
    route       text not null,
    key         text not null,
    body_hash   bytea not null,
    status      integer,                    -- null: the first request is still under way
    location    text,
    body        text,
    created_at  timestamptz not null default now(),
    primary key (principal, route, key)
);
create index idempotency_age on idempotency (created_at);

-- The reference target as an automation of its own, so that a calibration is a run like any other.
insert into automations (id, name, provider, connection, max_in_flight, hidden)
    values (0, 'Reference target', 'openai', '{}', 4000, true);
insert into scenarios (id, automation_id, name, hidden) values (0, 0, 'Calibration', true);
insert into scenario_versions (scenario_id, version, body) values (0, 1, '{}');
insert into queue_target (target_id, slot, max_in_flight) values (0, 0, 1);

-- The resource "run": one statement reads both homes, so a run that moves is never missed and never doubled.
-- queued_run is its half that is waiting or running, recorded_run the one that has ended: to read one half costs half.
-- One that was cancelled while it waited has not started, also while an engine holds it to record that.
-- A run is queued by an insert into queued_run, so that one statement answers it as a run.
create view queued_run as
select q.id, q.scenario_id, q.target_id as automation_id, q.project_id, q.kind, q.fence,
       case when q.started_at is null and q.cancel_requested then 'cancelled' else q.state end as status,
       q.attempt, q.max_attempts, q.priority, q.scenario_version, q.labels, q.created_by,
       q.created_at, q.started_at, null::timestamptz as finished_at,
       q.spec ->> 'provider' as provider, q.spec #>> '{connection,model}' as model, q.owner as engine,
       null::integer as http_status, null::text as error_code, q.last_error as error,
       null::text as tinyfish_run_id, null::text as finish_reason,
       null::bigint as tokens_prompt, null::bigint as tokens_completion, null::bigint as tokens_reasoning,
       null::bigint as tokens_cached, null::text as tokens_provenance, null::bigint as cost_nano,
       null::bigint as total_us, null::bigint as e2e_us, null::bigint as ttfb_us, null::bigint as ttft_us,
       null::bigint as ttfo_us, null::bigint as ttst_us, null::bigint as tpot_us, null::bigint as queue_us,
       null::bigint as dns_us, null::bigint as connect_us, null::bigint as tls_us, null::bigint as send_us,
       null::bigint as wait_us, null::bigint as stream_us, null::bigint as send_lag_us, null::bigint as held_us,
       null::boolean as connection_reused, null::bigint as lag_p50_us, null::bigint as lag_p99_us,
       null::bigint as lag_max_us, null::boolean as kernel_stamped, null::integer as batched_events,
       null::integer as chunks, null::json as inter_token_stats, (q.spec -> 'inputs')::json as inputs,
       null::json as request, null::json as response, null::text as note, q.cancel_requested, q.run_at,
       concat(q.fence, '.', q.attempt, '.', q.cancel_requested::integer) as etag,
       q.slot, q.spec, q.location, q.location <> '' as pinned
  from run_queue q;

create view recorded_run as
select r.id, r.scenario_id, r.automation_id, r.project_id, r.kind, r.fence, r.status,
       r.attempt, r.max_attempts, r.priority, r.scenario_version, r.labels, r.created_by,
       r.created_at, r.started_at, r.finished_at, r.provider, r.model, r.engine,
       r.http_status, r.error_code, r.error, r.tinyfish_run_id, r.finish_reason,
       r.tokens_prompt, r.tokens_completion, r.tokens_reasoning, r.tokens_cached, r.tokens_provenance, r.cost_nano,
       r.total_us, r.e2e_us, r.ttfb_us, r.ttft_us, r.ttfo_us, r.ttst_us, r.tpot_us, r.queue_us,
       r.dns_us, r.connect_us, r.tls_us, r.send_us, r.wait_us, r.stream_us, r.send_lag_us, r.held_us,
       r.connection_reused, r.lag_p50_us, r.lag_p99_us, r.lag_max_us, r.kernel_stamped, r.batched_events,
       r.chunks, r.inter_token_stats, r.inputs, r.request, r.response, r.note,
       r.status = 'cancelled' as cancel_requested, r.created_at as run_at,
       concat(r.fence, '.r', r.rev) as etag,
       null::smallint as slot, null::jsonb as spec, r.location, r.pinned
  from runs r;

create view run as
select * from queued_run
union all
select * from recorded_run;
