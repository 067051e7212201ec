-- SPDX-License-Identifier: Apache-2.0
--
-- 009 training: sessions that give a target problem after problem, and the problems.
--
-- A problem that is executed is a load test (002) whose run has kind 2. What a session does next is decided from its row alone, in
-- one transaction by whichever engine holds the row: which problem is under way, what the policy knows (state), what is left of
-- the budget. So it does not matter which engine, or how many of them, died meanwhile.

alter table loadtests add column kind smallint not null default 1;     -- that of its run: 1, or 2 where it is a problem

-- Places in the plan's endpoints and classes, from 0; null: it has none.
alter table requests add column endpoint smallint, add column class smallint;

create sequence training_session_id_seq;
create table training_sessions (
    id             bigint primary key default nextval('training_session_id_seq'),
    project_id     bigint not null default 1,
    name           text not null,
    automation_id  bigint not null,
    scenario_id    bigint not null,
    plan           jsonb not null,                 -- the request's body, defaults filled in: policy, types, settings, budget
    spec           jsonb not null,                 -- of its runs, without the plan of the problem: later edits change nothing
    labels         text[] not null default '{}',   -- of its runs
    scenario_version integer not null default 1,
    status         text not null default 'running'
                   check (status in ('running', 'stopping', 'completed', 'stopped', 'failed')),
    ended_by       text,                           -- 'policy', 'budget', 'user', 'target', 'client', 'error'
    reason         text,                           -- the same as a sentence
    difficulty     text not null default 'easy',   -- of the last problem
    state          jsonb not null,                 -- what the policy knows
    problem_id     bigint,                         -- under way
    total_scenarios      integer not null default 0,
    successful_scenarios integer not null default 0,
    unclear_scenarios    integer not null default 0,
    failures_in_row      integer not null default 0,
    rated_scenarios      integer not null default 0,   -- those with a success rate
    average_performance  double precision,         -- the mean of these, 0 to 1
    requests       bigint not null default 0,
    tokens         bigint not null default 0,
    cost           numeric not null default 0,
    moves          jsonb not null default '[]',    -- from, to and why, and what became of the problem, in order
    conclusion     jsonb,
    metrics        jsonb,                          -- of one that has ended: each metric over its seconds
    next_at        timestamptz not null default now(),
    rev            integer not null default 0,
    created_by     text,
    started_at     timestamptz not null default now(),
    ended_at       timestamptz
);
create unique index training_sessions_one on training_sessions (automation_id) where ended_at is null;
create index training_sessions_due on training_sessions (next_at) where ended_at is null;

create sequence problem_id_seq;
create table problems (
    id             bigint primary key default nextval('problem_id_seq'),
    key            text not null,                  -- type and eight hexadecimal digits, for clients of Hive
    project_id     bigint not null default 1,
    session_id     bigint references training_sessions (id) on delete cascade,
    scenario_id    bigint,
    name           text,                           -- of one that is kept
    type           text not null,
    difficulty     text not null,
    seed           bigint not null,
    parameters     jsonb not null,
    perturbations  jsonb not null,
    expected       jsonb not null,                 -- expected outcomes
    description    text not null,
    why            text,                           -- why the session chose it
    loadtest_id    bigint,
    status         text not null default 'generated'
                   check (status in ('generated', 'running', 'completed', 'failed', 'cancelled')),
    completed      boolean not null default false,
    success        boolean,                        -- null: not judged, or not clear
    success_rate   double precision,
    execution_time double precision,               -- seconds
    results        jsonb,
    created_by     text,
    created_at     timestamptz not null default now(),
    finished_at    timestamptz
);
create index problems_session on problems (session_id, id);
create index problems_alone on problems (id) where session_id is null and status = 'running';
create index problems_kept on problems (id) where session_id is null;
create unique index problems_key on problems (key, id);
create index problems_loadtest on problems (loadtest_id) where loadtest_id is not null;

do $$
declare
    own text := current_schema();
    held text := current_schema() || '_projects';
    mine text := 'any ((select nullif(current_setting(''benchmark.projects'', true), ''''))::bigint[])';
    parted text;
begin
    foreach parted in array array['loadtests', 'training_sessions', 'problems'] loop
        execute format('create or replace view %I.%I as select * from %I.%I t where t.project_id = %s with local check option',
                       held, parted, own, parted, mine);
    end loop;
    execute format('create or replace view %1$I.requests as select * from %2$I.requests t where exists'
                   ' (select from %2$I.loadtests p where p.id = t.loadtest_id and p.project_id = %3$s)', held, own, mine);
end
$$;
