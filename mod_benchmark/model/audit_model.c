/* SPDX-License-Identifier: Apache-2.0 */
#include "model/audit_model.h"

const bm_field_t bm_audit_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the entry." },
    { "at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When." },
    { "actor", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User; null: nobody who is known." },
    { "role", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "What he had at that time." },
    { "address", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Address of the client." },
    { "action", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Method and route, such as PATCH /automations/{id}." },
    { "object", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "What it was done to; of something new, where it is." },
    { "members", BM_TYPE_STRINGS, BM_FIELD_READ_ONLY, .column = "array_to_json(members)",
      .doc = "Members that the body named; never their values." },
    { "outcome", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "done|denied", .doc = "Whether it was done or not allowed." },
    { "status", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "HTTP status of the answer." },
    { "request_id", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "X-Request-Id of the answer." },
    { NULL }
};
