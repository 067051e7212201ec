/* SPDX-License-Identifier: Apache-2.0
 *
 * store/event_sql.h: events as parts of the statements whose changes they tell: in the same transaction, and without a round
 * trip of their own. docs/live.md says what they mean.
 *
 * `from` names rows (a WITH query) with id and project_id, of runs also scenario_id, automation_id and kind. */
#ifndef BM_STORE_EVENT_SQL_H
#define BM_STORE_EVENT_SQL_H

#include "model/run_model.h"

/** A time as the API writes it; sessions are in UTC. */
#define BM_EVENT_SQL_TIME(time) "to_char(" time ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

/** Behind FROM: who listens is told at the commit. For what is rare: commits that notify go one after another in the whole
 *  server. */
#define BM_EVENT_SQL_NOTIFY " cross join pg_notify('bm_events', '')"

/** An object was made, changed or deleted by the API. members: ", 'name', value" or "". */
#define BM_EVENT_SQL_CHANGED(topic, change, members, from) \
    "insert into events (project_id, kind, payload) select c.project_id, '" topic ".changed'," \
    " jsonb_build_object('id', c.id, 'change', '" change "'" members ") from " from " c" BM_EVENT_SQL_NOTIFY

/** Likewise of what belongs to no project (users, API keys): who may be told is for live/subscription.c to say. */
#define BM_EVENT_SQL_CHANGED_APART(topic, change, from) \
    "insert into events (project_id, kind, payload) select 0, '" topic ".changed'," \
    " jsonb_build_object('id', c.id, 'change', '" change "') from " from " c" BM_EVENT_SQL_NOTIFY

/** One run, as row c; members as above. */
#define BM_EVENT_SQL_RUN(members) \
    "jsonb_build_object('id', c.id, 'scenario_id', c.scenario_id, 'automation_id', c.automation_id," \
    " 'kind', " BM_RUN_KINDS_SQL "[c.kind + 1]" members ")"

/** Runs, 200 to an event. more: ", 'name', value" beside them, or "". notify: BM_EVENT_SQL_NOTIFY or "". */
#define BM_EVENT_SQL_RUNS(event, more, members, from, notify) \
    "insert into events (project_id, kind, payload) select c.project_id, 'run." event "'," \
    " jsonb_build_object('runs', jsonb_agg(" BM_EVENT_SQL_RUN(members) " order by c.id)" more ")" \
    " from (select *, (row_number() over (partition by project_id order by id) - 1) / 200 as page from " from ") c" notify \
    " group by c.project_id, c.page"

#endif
