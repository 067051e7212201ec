/* SPDX-License-Identifier: Apache-2.0 */
#include "model/automation_model.h"

#include <stddef.h>
#include "model/project_model.h"

const bm_field_t bm_automation_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the automation." },
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 200, .doc = "Name for people." },
    { "provider", BM_TYPE_ENUM, 0, .values = BM_AUTOMATION_PROVIDERS, .fallback = "\"tinyfish\"",
      .doc = "Kind of target." },
    { "tinyfish_automation_id", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 200,
      .doc = "Name of the automation at TinyFish." },
    { "description", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 10000, .doc = "Free text." },
    { "default_inputs", BM_TYPE_OBJECT, 0, .fallback = "{}",
      .doc = "Inputs of every run, overlaid by the scenario's inputs_template and the run's inputs_override." },
    { "connection", BM_TYPE_OBJECT, 0, .fallback = "{}",
      .doc = "How to reach the target; its members depend on the provider. Secrets are named, never given." },
    { "max_in_flight", BM_TYPE_INT, 0, 1, 100000, .fallback = "16",
      .doc = "Most runs of this target at one time, over all nodes." },
    { "confirmed_rate", BM_TYPE_NUMBER, BM_FIELD_NULLABLE, 0, 50000,
      .doc = "Highest load of a load test that its operator has agreed to, in requests a second or under way; null: "
             "BenchmarkConfirmAbove." },
    BM_FIELD_PROJECT,
    { "labels", BM_TYPE_STRINGS, 0, 0, 20, .fallback = "[]", .column = "array_to_json(labels)",
      .doc = "Words to find it by." },
    { "created_by", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User who made it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was made." },
    { "updated_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was last changed." },
    { NULL }
};
