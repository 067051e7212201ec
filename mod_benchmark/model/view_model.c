/* SPDX-License-Identifier: Apache-2.0 */
#include "model/view_model.h"

#include <stddef.h>
#include "model/project_model.h"

#define QUERY_MAX 4000

const bm_field_t bm_view_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the view." },
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 100, .doc = "Name for people; no other view of its page has it." },
    { "page", BM_TYPE_ENUM, BM_FIELD_REQUIRED, .values = BM_VIEW_PAGES, .doc = "List of the dashboard that it is a view of." },
    { "query", BM_TYPE_STRING, 0, 0, QUERY_MAX, .fallback = "\"\"",
      .doc = "What is filtered, as in the address of the page: status=failed&from=now-24h. Empty: nothing." },
    BM_FIELD_PROJECT,
    { "created_by", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User who made it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was made." },
    { "updated_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was last changed." },
    { NULL }
};
