/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kpi_rebuild_model.h"

#include <stddef.h>

enum {
    OURS = BM_FIELD_READ_ONLY,
    MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE
};

#define LEFT \
    "(select count(*) from kpi_dirty d where d.hour >= r.from_hour / 24 * 24 and d.hour < r.to_hour" \
    " and (r.scenario_id is null or d.scenario_id = r.scenario_id))"

const bm_field_t bm_kpi_rebuild_fields[] = {
    { "id", BM_TYPE_INT, OURS, .doc = "Number." },
    { "state", BM_TYPE_ENUM, OURS, .values = "scanning|rebuilding|done",
      .doc = "scanning: runs of the window are looked for; rebuilding: its hours are made again, one by one." },
    { "from", BM_TYPE_TIME, OURS, .column = "to_timestamp(from_hour * 3600.0)", .doc = "Begin of the window, a whole hour." },
    { "to", BM_TYPE_TIME, OURS, .column = "to_timestamp(to_hour * 3600.0)", .doc = "End of it, exclusive." },
    { "scenario_id", BM_TYPE_INT, MAYBE, .doc = "The scenario; null: all." },
    { "scanned", BM_TYPE_NUMBER, OURS,
      .column = "round(case when last_id is null then 0 when next_id > last_id then 1"
                " else next_id::numeric / greatest(last_id, 1) end, 3)",
      .doc = "How much of the runs has been looked at, 0 to 1." },
    { "hours", BM_TYPE_INT, MAYBE, .column = "case when state <> 'scanning' then hours end",
      .doc = "Hours to be made again, of each scenario and kind; null while scanning. Where hours are no longer kept, days." },
    { "hours_left", BM_TYPE_INT, MAYBE, .column = "case state when 'rebuilding' then " LEFT " when 'done' then 0 end",
      .doc = "Those that wait; null while scanning." },
    { "hours_kept", BM_TYPE_INT, OURS, .column = "kept",
      .doc = "Hours that were left as they are, because retention has dropped rows that they count." },
    { "created_by", BM_TYPE_STRING, MAYBE, .doc = "Who asked for it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, OURS, .doc = "When." },
    { "finished_at", BM_TYPE_TIME, MAYBE, .doc = "When it was done." },
    { NULL }
};

const bm_field_t bm_kpi_rebuild_order_fields[] = {
    { "from", BM_TYPE_TIME, BM_FIELD_REQUIRED, .doc = "Begin of the window; its hour counts as a whole." },
    { "to", BM_TYPE_TIME, BM_FIELD_REQUIRED, .doc = "End of it, likewise." },
    { "scenario_id", BM_TYPE_INT, BM_FIELD_NULLABLE, 0, 9007199254740991, .doc = "Of this scenario only." },
    { NULL }
};
