-- SPDX-License-Identifier: Apache-2.0
--
-- 005 dashboard: what its pages need, and what its users keep together.

-- Discoveries (docs/discoveries.md) are runs of kind 6 on a hidden target of their own: so few at one time in the whole cluster.
-- Of the slots of the queue it has the last: id & 15.
insert into automations (id, name, provider, connection, max_in_flight, hidden)
    values (-1, 'Discovery', 'http', '{}', 4, true);
insert into scenarios (id, automation_id, name, hidden) values (-1, -1, 'Discovery', true);
insert into scenario_versions (scenario_id, version, body) values (-1, 1, '{}');
insert into queue_target (target_id, slot, max_in_flight) values (-1, 15, 4);

-- Views: the filters of a list under a name.
create sequence view_id_seq;
create table views (
    id          bigint primary key default nextval('view_id_seq'),
    project_id  bigint not null default 1,
    name        text not null,
    page        text not null,                           -- which list
    query       text not null default '',                -- of its address, as the browser writes it
    version     integer not null default 1,
    created_by  text,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);
create unique index views_name on views (project_id, page, lower(name));
