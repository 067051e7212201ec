-- SPDX-License-Identifier: Apache-2.0
--
-- 008 projects: which of them somebody sees, and the store as he sees it.
--
-- The schema NAME_projects has a view for every table that projects part, of the same name and columns, with the rows of
-- the projects that the setting benchmark.projects lists ('{1,2}') and no others; without the setting none. A connection that
-- serves somebody who is held to projects has it before the schema itself in its search_path (db/conn.h): the same statements
-- then find, count, change and delete what is his and nothing else, and the tables are as fast as before for everybody else.
--
-- Whoever changes a table that has a view here makes the view anew in the same migration (a test compares their columns).

create sequence project_id_seq start 2;
alter table projects alter column id set default nextval('project_id_seq'),
    add column description text,
    add column version integer not null default 1,
    add column created_by text,
    add column updated_at timestamptz not null default now();
create unique index projects_name on projects (lower(name));

-- null: all of them, also those to come
alter table users add column projects bigint[];
alter table api_keys add column projects bigint[];
alter table tickets add column projects bigint[];

-- What is made by hand belongs to a project that there is; a project goes only when it is empty.
alter table automations add foreign key (project_id) references projects (id);
alter table scenarios add foreign key (project_id) references projects (id);
alter table datasets add foreign key (project_id) references projects (id);
alter table views add foreign key (project_id) references projects (id);
alter table secrets add foreign key (project_id) references projects (id);
create index automations_project on automations (project_id);
create index datasets_project on datasets (project_id);
create index scenarios_project on scenarios (project_id);
-- For pages of who is held to projects alone (store/run_list_held.c): over expressions, so that nothing else is planned by them.
create index runs_project on runs ((project_id + 0), (id + 0) desc);
create index runs_project_ended on runs ((project_id + 0), (id + 0) desc) where status <> 'completed';

do $$
declare
    own text := current_schema();
    held text := current_schema() || '_projects';
    -- in a query of its own, so that it is read once for each statement
    mine text := 'any ((select nullif(current_setting(''benchmark.projects'', true), ''''))::bigint[])';
    parted record;
begin
    if to_regnamespace(quote_ident(held)) is null then
        execute format('create schema %I', held);
    end if;
    for parted in select * from (values
        ('projects', 't.id = ' || mine),
        ('automations', 't.project_id = ' || mine),
        ('scenarios', 't.project_id = ' || mine),
        ('run_queue', 't.project_id = ' || mine),
        ('queued_run', 't.project_id = ' || mine),
        ('runs', 't.project_id = ' || mine),
        ('recorded_run', 't.project_id = ' || mine),
        ('loadtests', 't.project_id = ' || mine),
        ('datasets', 't.project_id = ' || mine),
        ('views', 't.project_id = ' || mine),
        ('secrets', 't.project_id = ' || mine)) v (name, condition)
    loop
        execute format('create view %I.%I as select * from %I.%I t where %s with local check option',
                       held, parted.name, own, parted.name, parted.condition);
    end loop;
    -- what a parent's project decides
    for parted in select * from (values
        ('scenario_versions', 'scenarios', 'scenario_id'), ('kpi_cell', 'scenarios', 'scenario_id'),
        ('kpi_delta', 'scenarios', 'scenario_id'), ('kpi_rebuilds', 'scenarios', 'scenario_id'),
        ('loadtest_series', 'loadtests', 'loadtest_id'), ('requests', 'loadtests', 'loadtest_id'),
        ('dataset_entries', 'datasets', 'dataset_id')) v (name, parent, reference)
    loop
        execute format('create view %I.%I as select * from %I.%I t where exists'
                       ' (select from %I.%I p where p.id = t.%I and p.project_id = %s)',
                       held, parted.name, own, parted.name, own, parted.parent, parted.reference, mine);
    end loop;
    -- entries that are about nothing else than the own projects; written through it is what an actor who is held does anywhere
    execute format('create view %I.audit_log as select * from %I.audit_log t where t.projects <> ''{}'''
                   ' and t.projects <@ (select nullif(current_setting(''benchmark.projects'', true), ''''))::bigint[]', held, own);
    execute format('revoke update, delete, truncate on %I.audit_log from public, current_user', held);
    -- the condition outside, so that its two halves are still read in order and merged
    execute format('create view %I.run as select * from %I.run t where t.project_id = %s', held, own, mine);
    execute format('create view %1$I.labels as select * from %2$I.labels t where t.id = 1'
                   ' or exists (select from %1$I.kpi_cell c where c.label_id = t.id and c.label_id <> 0)'
                   ' or exists (select from %1$I.kpi_delta d where d.label_id = t.id)', held, own);
end
$$;
