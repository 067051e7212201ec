-- SPDX-License-Identifier: Apache-2.0
--
-- 003 KPIs: what any question over many runs needs beside the cells.

-- --- labels, retention, rebuilds and self-check of KPI cells

-- Small numbers for labels, used in KPI keys (label_id; 0 there: all runs). A name is never forgotten, for figures are kept under
-- it. 1: all labels that have no number, because there were too many.
create sequence label_id_seq as integer start 2;
create table labels (
    id    integer primary key default nextval('label_id_seq'),
    name  text not null unique
);
insert into labels (id, name) values (1, '');

-- Where the cells begin: below, those of hours (hours since 1970, a whole day) and of days (days since 1970) are gone or going.
-- They never move back.
alter table kpi_state add column hours_from integer not null default 0;
alter table kpi_state add column days_from integer not null default 0;

-- Windows whose cells are made again from rows, by request: one row each, worked on by a job, kept to be looked at. Hours and
-- days as in kpi_cell.
create sequence kpi_rebuild_id_seq;
create table kpi_rebuilds (
    id           bigint primary key default nextval('kpi_rebuild_id_seq'),
    from_hour    integer not null,
    to_hour      integer not null check (to_hour > from_hour),
    scenario_id  bigint,                                    -- null: all
    state        text not null default 'scanning' check (state in ('scanning', 'rebuilding', 'done')),
    next_id      bigint not null default 0,                 -- runs below are looked at
    last_id      bigint,                                    -- the newest that may lie in the window; null: not asked yet
    hours        bigint not null default 0,                 -- marks that were made, those of one hour counted once
    kept         bigint not null default 0,                 -- hours left as they are, because rows of theirs were dropped
    created_by   text,
    created_at   timestamptz not null default now(),
    finished_at  timestamptz
);
create index kpi_rebuilds_open on kpi_rebuilds (id) where finished_at is null;

-- What the last comparison of cells with rows found, and all of them together.
create table kpi_check (
    singleton     boolean primary key default true check (singleton),
    checked_at    timestamptz,                              -- null: never yet
    scenario_id   bigint,
    source        smallint,
    from_hour     integer,
    to_hour       integer,
    hours         integer not null default 0,               -- compared in the last one, and that differed
    drifted       integer not null default 0,
    figures       integer not null default 0,               -- numbers compared in the last one
    worst         text,                                     -- the first difference of the last one that found any
    worst_at      timestamptz,
    checks_total  bigint not null default 0,
    hours_total   bigint not null default 0,
    drifted_total bigint not null default 0
);
insert into kpi_check default values;

-- Counts of a label and the cells of one, without the bodies of all others.
create index kpi_cell_label on kpi_cell (label_id, level, source, bucket) include (n) where label_id <> 0;

-- --- cells in two parts

-- body: counts, and the metrics that the dashboard shows; more: all others, if there are any (store/kpi_store.h). Who wants the
-- former reads a quarter of the bytes. Out of line rather than compressed: taking a day's cell out of pglz took longer than all
-- else that is done with it. Cells from before have all of it in body until they change.
alter table kpi_cell add column more bytea;
alter table kpi_cell alter column body set storage external, alter column more set storage external;
alter table kpi_cell reset (toast_tuple_target);

-- Cells of labels, or those of all runs, without looking at the others.
drop index kpi_cell_bucket;
create index kpi_cell_bucket on kpi_cell (level, bucket, source, label_id);

-- --- SLOs

alter table scenarios add column slos jsonb not null default '[]';      -- model/slo_model.h
alter table runs add column good boolean;        -- completed, and kept every limit of its scenario's SLOs; null: not judged

-- --- the board of KPI cells in shared memory

-- The board (shm/kpi_board.h) follows kpi_delta. Whoever changes cells, or takes deltas away, in any other way than by folding
-- deltas into cells counts this up in the same transaction: boards are then filled anew, and are not read until they are.
alter table kpi_state add column rewritten bigint not null default 0;
