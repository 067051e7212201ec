/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset_model.h"

#include <stddef.h>
#include "model/field_values.h"
#include "model/project_model.h"

#define FORMATS "jsonl|csv"

enum { OURS = BM_FIELD_READ_ONLY };

const bm_field_t bm_dataset_fields[] = {
    { "id", BM_TYPE_INT, OURS, .doc = "Number of the dataset." },
    { "name", BM_TYPE_STRING, OURS, .doc = "Name for people." },
    { "format", BM_TYPE_ENUM, OURS, .values = FORMATS, .doc = "What it was uploaded as." },
    { "entries", BM_TYPE_INT, OURS, .doc = "How many entries it has." },
    { "bytes", BM_TYPE_INT, OURS, .doc = "Bytes of all entries as compact JSON." },
    { "first_entries", BM_TYPE_ARRAY, OURS | BM_FIELD_BULKY, .members = bm_field_objects, .doc = "Its first 20 entries.",
      .column = "(select coalesce(jsonb_agg(e.inputs order by e.number), '[]') from dataset_entries e"
                " where e.dataset_id = d.id and e.number <= 20)" },
    { "version", BM_TYPE_INT, OURS, .doc = "Raised by every change of the name." },
    { "project_id", BM_TYPE_INT, OURS, .doc = "Project that it belongs to." },
    { "created_by", BM_TYPE_STRING, OURS | BM_FIELD_NULLABLE, .doc = "User who uploaded it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, OURS, .doc = "When it was uploaded." },
    { "updated_at", BM_TYPE_TIME, OURS, .doc = "When its name was last changed." },
    { NULL }
};

const bm_field_t bm_dataset_upload_fields[] = {
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 200, .doc = "Name for people." },
    { "format", BM_TYPE_ENUM, BM_FIELD_REQUIRED, .values = FORMATS,
      .doc = "jsonl: one JSON object in each line; csv: RFC 4180, the first line has the names." },
    { "content", BM_TYPE_STRING, BM_FIELD_REQUIRED, .doc = "The file." },
    BM_FIELD_PROJECT,
    { NULL }
};

const bm_field_t bm_dataset_patch_fields[] = {
    { "name", BM_TYPE_STRING, 0, 1, 200, .doc = "Name for people." },
    { NULL }
};

const bm_field_t bm_dataset_entry_fields[] = {
    { "number", BM_TYPE_INT, OURS, .doc = "Place in the dataset, from 1." },
    { "inputs", BM_TYPE_OBJECT, OURS, .doc = "What is laid over the inputs of a scenario." },
    { NULL }
};

#define ALL_ITEMS "(select jsonb_agg(e.inputs order by e.number) from dataset_entries e where e.dataset_id = d.id)"
#define HASH "(select encode(sha256(convert_to(string_agg(e.inputs::text, chr(10) order by e.number), 'UTF8')), 'hex')" \
             " from dataset_entries e where e.dataset_id = d.id)"
#define AT_MOST_(bytes) "d.bytes <= " #bytes
#define AT_MOST(limit) AT_MOST_(limit)                 /* a name becomes its number first */

enum { ONCE = BM_FIELD_FIXED | BM_FIELD_ABSENT | BM_FIELD_NULLABLE };

#define DEFINITION(items_column, hash_column) \
    { "id", BM_TYPE_INT, OURS, .doc = "Number of the dataset." }, \
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 200, .doc = "Name; a definition is known by it." }, \
    { "format", BM_TYPE_ENUM, BM_FIELD_FIXED, .values = FORMATS, .fallback = "\"jsonl\"", .doc = "What it was uploaded as." }, \
    { "items", BM_TYPE_ARRAY, ONCE, 1, BM_DATASET_ENTRIES_MAX, .members = bm_field_objects, .column = items_column, \
      .doc = "Its entries; absent: there are many, and sha256 tells them from others." }, \
    { "sha256", BM_TYPE_STRING, ONCE, 64, 64, .column = hash_column, \
      .doc = "SHA-256 of its entries, each as PostgreSQL writes jsonb, with a line feed between them." }, \
    { NULL }

const bm_field_t bm_dataset_definition_fields[] = {
    DEFINITION("case when " AT_MOST(BM_DATASET_DEFINED_BYTES) " then " ALL_ITEMS " end", HASH)
};

const bm_field_t bm_dataset_export_fields[] = {
    DEFINITION("case when " AT_MOST(BM_DATASET_INLINE_BYTES) " then " ALL_ITEMS " end",
               "case when not " AT_MOST(BM_DATASET_INLINE_BYTES) " then " HASH " end")
};
