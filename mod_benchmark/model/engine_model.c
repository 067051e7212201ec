/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine_model.h"

#include <stddef.h>

enum {
    OURS = BM_FIELD_READ_ONLY,
    MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE
};

const bm_field_t bm_engine_node_fields[] = {
    { "id", BM_TYPE_STRING, OURS, .doc = "Name of the engine, unique over restarts." },
    { "host", BM_TYPE_STRING, OURS, .doc = "Machine." },
    { "pid", BM_TYPE_INT, OURS, .doc = "Process." },
    { "state", BM_TYPE_ENUM, OURS, .values = "running|draining|stopped|stale",
      .column = "case when state <> 'stopped' and beat_at < now() - interval '15 seconds' then 'stale' else state end",
      .doc = "stale: no heartbeat for 15 seconds." },
    { "started_at", BM_TYPE_TIME, OURS, .doc = "When it started." },
    { "beat_at", BM_TYPE_TIME, OURS, .doc = "Its last heartbeat." },
    { "version", BM_TYPE_STRING, OURS, .doc = "Version of the module." },
    { "loops", BM_TYPE_INT, MAYBE, .column = "info ->> 'loops'", .doc = "Loop threads." },
    { "in_flight", BM_TYPE_INT, MAYBE, .column = "info ->> 'in_flight'", .doc = "Runs that it performs now." },
    { "capacity", BM_TYPE_INT, MAYBE, .column = "info ->> 'capacity'", .doc = "Runs that it can perform at once." },
    { "priority", BM_TYPE_INT, MAYBE, .column = "info ->> 'priority'", .doc = "Nice value in force." },
    { "location", BM_TYPE_STRING, MAYBE, .column = "info ->> 'location'", .doc = "Place that it measures from." },
    { NULL }
};

static const bm_field_t location_fields[] = {
    { "name", BM_TYPE_STRING, OURS, .doc = "Name." },
    { "engines", BM_TYPE_INT, OURS, .doc = "Engines that are there now; 0: what is meant for it waits." },
    { "pending", BM_TYPE_INT, OURS, .doc = "Runs that wait for it." },
    { "running", BM_TYPE_INT, OURS, .doc = "Runs in flight that were meant for it." },
    { NULL }
};

static const bm_field_t kind_fields[] = {
    { "pending", BM_TYPE_INT, OURS, .doc = "Runs that wait." },
    { "running", BM_TYPE_INT, OURS, .doc = "Runs in flight." },
    { NULL }
};

static const bm_field_t kinds_fields[] = { { BM_FIELD_EACH, BM_TYPE_OBJECT, OURS, .members = kind_fields }, { NULL } };

static const bm_field_t queue_fields[] = {
    { "pending", BM_TYPE_INT, OURS, .doc = "Runs that wait." },
    { "running", BM_TYPE_INT, OURS, .doc = "Runs in flight." },
    { "oldest_pending_seconds", BM_TYPE_NUMBER, MAYBE, .doc = "How long the oldest due run has waited." },
    { "by_kind", BM_TYPE_OBJECT, OURS, .members = kinds_fields, .doc = "Pending and running by kind." },
    { NULL }
};

static const bm_field_t dead_fields[] = {
    { "count", BM_TYPE_INT, OURS, .doc = "Runs that failed because engines died under them as often as was allowed." },
    { NULL }
};

static const bm_field_t kpi_board_fields[] = {
    { "readable", BM_TYPE_BOOL, OURS, .doc = "Whether KPIs are answered from it now." },
    { "age_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Milliseconds since it was last up to date; what was recorded since then is"
      " added to each answer." },
    { "bytes", BM_TYPE_INT, OURS, .doc = "Memory for cells (BenchmarkKpiMemory less its tables)." },
    { "bytes_used", BM_TYPE_INT, OURS, .doc = "Of it, in use." },
    { "cells", BM_TYPE_INT, OURS, .doc = "Cells of hours and days that it holds." },
    { "views", BM_TYPE_INT, OURS, .doc = "Windows that it holds put together." },
    { "hours_since", BM_TYPE_TIME, MAYBE, .doc = "It holds all hours from here on; null: all that there are." },
    { "days_since", BM_TYPE_TIME, MAYBE, .doc = "The same of days." },
    { "fills", BM_TYPE_INT, OURS, .doc = "How often it was filled from the database." },
    { "evictions", BM_TYPE_INT, OURS, .doc = "Hours and days that made room for others." },
    { "answers_from_board", BM_TYPE_INT, OURS, .doc = "Windows that were answered from it." },
    { "answers_from_store", BM_TYPE_INT, OURS, .doc = "Windows that were not." },
    { NULL }
};

const bm_field_t bm_engine_check_fields[] = {
    { "checked_at", BM_TYPE_TIME, MAYBE, .doc = "When; null: never yet." },
    { "hours", BM_TYPE_INT, OURS, .doc = "Hours of scenarios that were compared the last time." },
    { "figures", BM_TYPE_INT, OURS, .doc = "Numbers that were compared then." },
    { "drifted", BM_TYPE_INT, OURS, .doc = "Hours that differed then; they were made again from rows." },
    { "worst", BM_TYPE_STRING, MAYBE, .doc = "The last difference that was found, if ever." },
    { "worst_at", BM_TYPE_TIME, MAYBE, .doc = "When it was found." },
    { "checks_total", BM_TYPE_INT, OURS, .doc = "Comparisons so far." },
    { "hours_total", BM_TYPE_INT, OURS, .doc = "Hours compared so far." },
    { "drifted_total", BM_TYPE_INT, OURS, .doc = "Hours that differed so far." },
    { NULL }
};

const bm_field_t bm_engine_fields[] = {
    { "engines", BM_TYPE_ARRAY, OURS, .members = bm_engine_node_fields, .schema = "EngineNode",
      .doc = "Every engine seen in the last day." },
    { "queue", BM_TYPE_OBJECT, OURS, .members = queue_fields, .doc = "What waits and what runs." },
    { "locations", BM_TYPE_ARRAY, OURS, .members = location_fields,
      .doc = "Every place that an engine measures from or has measured from (BenchmarkEngineLocation), by name." },
    { "stopped", BM_TYPE_BOOL, OURS, .doc = "Whether claims are stopped on all nodes." },
    { "stopped_by", BM_TYPE_STRING, MAYBE, .doc = "Who stopped them." },
    { "stopped_at", BM_TYPE_TIME, MAYBE, .doc = "When." },
    { "dead", BM_TYPE_OBJECT, OURS, .members = dead_fields, .doc = "Runs to look at." },
    { "kpi_board", BM_TYPE_OBJECT, MAYBE, .members = kpi_board_fields,
      .doc = "The KPI cells that this node keeps in memory; null: it keeps none." },
    { "kpi_check", BM_TYPE_OBJECT, OURS, .members = bm_engine_check_fields,
      .doc = "What the daily comparison of KPIs with runs found." },
    { NULL }
};
