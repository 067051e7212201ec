-- SPDX-License-Identifier: Apache-2.0
--
-- 002 load tests: their plans, what they show while they run, and one row per request.
--
-- A load test is a run of kind 1: its id is that run's, and its state, owner, lease and result are where every run has them
-- (run_queue, then runs). Here is what only a load test has.

create table loadtests (
    id             bigint primary key,             -- the run's
    scenario_id    bigint not null,
    automation_id  bigint not null,
    project_id     bigint not null default 1,
    name           text not null,
    plan           jsonb not null,                 -- the request's body, defaults filled in
    control        text not null default 'run' check (control in ('run', 'pause', 'drain')),
    progress       json,                           -- written by the engine once a second
    progress_at    timestamptz,
    fence          bigint not null default 0,      -- of the engine that wrote progress, series and requests last
    rev            integer not null default 0,     -- what users changed: name, control
    requests_dropped_at timestamptz,               -- past BenchmarkKeepRaw: its requests are gone or going; results stay
    created_by     text,
    created_at     timestamptz not null default now()
);
create index loadtests_scenario on loadtests (scenario_id, id desc);
create index loadtests_automation on loadtests (automation_id, id desc);

-- One row per second and phase of a load test, for charts.
create table loadtest_series (
    loadtest_id  bigint not null,
    fence        bigint not null,
    second       integer not null,                 -- since the load test began
    body         json not null,
    primary key (loadtest_id, fence, second)
);

-- One row per request that was sent or should have been. Offsets in microseconds since the load test began; null: did not
-- happen. Written in batches by the owner of the fence; readers take the rows of the last fence only.
create sequence request_id_seq;
create table requests (
    id                bigint not null default nextval('request_id_seq'),
    loadtest_id       bigint not null,
    scenario_id       bigint not null,
    fence             bigint not null,
    seq               bigint not null,             -- place in the plan, from 0
    attempt           smallint not null default 1,
    step              smallint not null default 0, -- of a sweep, ramp or search
    phase             smallint not null,           -- 0 warm-up, 1 window
    session           integer,                     -- of a semi-open load
    turn              smallint,
    at                timestamptz not null default now(),
    status            text not null,
    error_code        text,
    http_status       integer,
    planned_us        bigint not null,             -- P
    sent_us           bigint,                      -- S
    first_byte_us     bigint,                      -- B
    first_content_us  bigint,                      -- C1
    first_output_us   bigint,                      -- first content that is not reasoning
    last_content_us   bigint,                      -- Cn
    end_us            bigint,
    held_us           bigint,                      -- from P until it was due: earlier attempts, waits, limits of the target
    queue_us          bigint,                      -- from when it was due until the engine handed it to the network
    dns_us            bigint,
    connect_us        bigint,
    tls_us            bigint,
    connection_reused boolean,
    tokens_prompt     bigint,
    tokens_completion bigint,
    tokens_reasoning  bigint,
    tokens_cached     bigint,
    tokens_provenance text,
    chunks            integer,
    batched_events    integer,
    lag_max_us        bigint,                      -- largest delay between kernel and user stamp
    kernel_stamped    boolean,
    bytes             bigint,
    ttst_us           bigint,
    tpot_us           bigint,
    model_id          integer not null default 0,
    location_id       integer not null default 0,  -- of the engine that sent it
    gaps              bytea,                       -- packed chunks, as runs.timeline
    good              boolean,                     -- met all SLOs
    superseded        boolean not null default false,    -- another attempt followed: it counts for nothing
    cost_nano         bigint,                      -- as in runs
    primary key (id, loadtest_id)
) partition by range (id);
create table requests_p0 partition of requests for values from (minvalue) to (10000000);
create index requests_loadtest on requests (loadtest_id, fence, seq);
create index requests_at on requests using brin (at) with (pages_per_range = 32);    -- an hour that is rebuilt

-- What load tests ask, uploaded once. A load test takes a copy of the entries into its spec when it is queued, so a dataset is
-- needed no longer than that; while one waits or runs it is kept all the same.
create sequence dataset_id_seq;
create table datasets (
    id          bigint primary key default nextval('dataset_id_seq'),
    project_id  bigint not null default 1,
    name        text not null,
    format      text not null check (format in ('jsonl', 'csv')),
    entries     integer not null,
    bytes       bigint not null,                   -- of all entries as compact JSON
    version     integer not null default 1,
    created_by  text,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);
create table dataset_entries (
    dataset_id  bigint not null,
    number      integer not null,                  -- from 1
    inputs      jsonb not null,
    primary key (dataset_id, number)
);
create index loadtests_dataset on loadtests (((plan #>> '{dataset,dataset_id}')::bigint))
    where plan #>> '{dataset,dataset_id}' is not null;

-- What an operator has agreed to: the highest load that load tests may put on a target without asking (BenchmarkConfirmAbove).
alter table automations add column confirmed_rate double precision;

-- What calls cost. Engines read all of it (it is small) and apply what holds at the end of a call.
create sequence price_id_seq;
create table prices (
    id                        bigint primary key default nextval('price_id_seq'),
    provider                  text not null,
    model                     text not null,       -- exact, or the beginning of names with * behind it
    input_per_million         double precision not null,
    cached_input_per_million  double precision,    -- null: as other input
    output_per_million        double precision not null,
    currency                  text not null default 'USD',
    valid_from                timestamptz,         -- null: always was
    valid_to                  timestamptz,         -- null: still is
    version                   integer not null default 1,
    created_by                text,
    created_at                timestamptz not null default now(),
    updated_at                timestamptz not null default now()
);
