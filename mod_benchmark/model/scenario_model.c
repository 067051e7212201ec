/* SPDX-License-Identifier: Apache-2.0 */
#include "model/scenario_model.h"

#include <stddef.h>
#include "model/slo_model.h"

const bm_field_t bm_scenario_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the scenario." },
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 200, .doc = "Name for people." },
    { "automation_id", BM_TYPE_INT, BM_FIELD_REQUIRED, .doc = "Automation that it is asked of." },
    { "description", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 10000, .doc = "Free text." },
    { "inputs_template", BM_TYPE_OBJECT, 0, .fallback = "{}",
      .doc = "Inputs of its runs, laid over the automation's default_inputs. Strings may hold {{name}} placeholders." },
    { "run_settings", BM_TYPE_OBJECT, 0, .fallback = "{}",
      .doc = "How its runs are made and judged: max_attempts or retry (docs/load-tests.md), timeout_seconds, location, "
             "assertions (docs/assertions.md), apdex (docs/slos.md), and members of your own, such as interval_seconds." },
    { "slos", BM_TYPE_ARRAY, 0, 0, BM_SLOS_MAX, .fallback = "[]", .members = bm_slo_fields, .schema = "Slo",
      .doc = "What its runs have promised (docs/slos.md); a run is good if it completes within every max." },
    { "labels", BM_TYPE_STRINGS, 0, 0, 20, .fallback = "[]", .column = "array_to_json(labels)",
      .doc = "Words to find it by; its runs inherit them." },
    { "version", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Raised by every change; runs name the version they were made from." },
    { "project_id", BM_TYPE_INT, BM_FIELD_FIXED, 1, 9007199254740991.0, .doc = "Project that it belongs to: its automation's." },
    { "created_by", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User who made it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was made." },
    { "updated_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was last changed." },
    { NULL }
};

const bm_field_t bm_scenario_version_fields[] = {
    { "scenario_id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "The scenario." },
    { "version", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the version, from 1." },
    { "body", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .doc = "The scenario as it was." },
    { "created_by", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User who made this version." },
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When this version was made." },
    { NULL }
};
