/* SPDX-License-Identifier: Apache-2.0 */
#include "api/audit_api.h"

#include "api/export_api.h"
#include "api/page.h"
#include "model/audit_model.h"

static const bm_field_t verdict_fields[] = {
    { "intact", BM_TYPE_BOOL, BM_FIELD_READ_ONLY,
      .doc = "Whether all batches are what was chained, and the one that was asked for is among them." },
    { "has_batch", BM_TYPE_BOOL, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "Whether the chain has `batch` with `hash`; null: was not asked, or the batch is removed." },
    { "first_broken_batch", BM_TYPE_INT, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "First that is not; null: all are." },
    { "batches", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "How many there are." },
    { "entries", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Entries in them." },
    { "last_batch", BM_TYPE_INT, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Number of the last one." },
    { "last_hash", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "Its hash: kept elsewhere, it shows later that nothing up to it was changed." },
    { "removed_to_batch", BM_TYPE_INT, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "Last batch that was removed by BenchmarkKeepAudit; the chain goes on from its hash. null: none was." },
    { "open_entries", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Entries that are too young to be in a batch." },
    { NULL }
};

static const bm_schema_t entry_schema = { "AuditEntry", bm_audit_fields };
static const bm_schema_t verdict_schema = { "AuditVerdict", verdict_fields };

static const bm_query_param_t verify_params[] = {
    { "batch", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "Number of a batch that was noted elsewhere; goes with hash." },
    { "hash", BM_QUERY_TEXT, 64, 64, NULL, "Its hash. Without one, it is not seen that the chain's end was cut off." },
    { NULL }
};

static const bm_query_param_t list_params[] = { BM_PAGE_PARAMS, BM_AUDIT_FILTER_PARAMS, { NULL } };

void bm_audit_filter_read(bm_audit_filter_t *filter, const bm_req_t *q)
{
    filter->actor = bm_query_string_text(q->query, "actor");
    filter->action = bm_query_string_text(q->query, "action");
    filter->object = bm_query_string_text(q->query, "object");
    filter->outcome = bm_query_string_text(q->query, "outcome");
    filter->request_id = bm_query_string_text(q->query, "request_id");
    filter->from = bm_query_string_time(q->query, "from", 0);
    filter->to = bm_query_string_time(q->query, "to", 0);
}

static apr_status_t audit_list(bm_req_t *q)
{
    bm_audit_filter_t filter = { .descending = 1 };
    bm_page_t page;
    bm_rows_t *rows;
    apr_status_t rv;

    bm_page_read(&page, q);
    bm_audit_filter_read(&filter, q);
    filter.after = page.after;
    filter.skip = page.skip;
    filter.limit = page.limit + 1;
    rv = bm_audit_store_list(&rows, q->db, &filter, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, 0, bm_audit_fields, 0, 0);
    if (!page.total)
        return APR_SUCCESS;
    filter.count_only = 1;
    rv = bm_audit_store_list(&rows, q->db, &filter, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, bm_rows_int64(rows, 0, 0, 0));
    return rv;
}

static void write_number(bm_req_t *q, const char *key, const bm_rows_t *rows, int column)
{
    bm_jw_key(&q->w, key);
    if (bm_rows_is_null(rows, 0, column))
        bm_jw_null(&q->w);
    else
        bm_jw_int(&q->w, bm_rows_int64(rows, 0, column, 0));
}

/* It may read all there is, so it has an export's time and place. */
static apr_status_t audit_verify(bm_req_t *q)
{
    const char *hash = bm_query_string_text(q->query, "hash");
    bm_rows_t *rows;
    bm_db_t *db;
    int has = 1, removed = 0;
    apr_status_t rv = bm_export_enter(q);

    if (rv == APR_SUCCESS)
        rv = bm_export_open(&db, q);
    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_audit_store_verify(&rows, db, q->err, q->p);
    if (rv == APR_SUCCESS && hash != NULL)
        rv = bm_audit_store_has(&has, &removed, db, bm_query_string_int(q->query, "batch", 0), hash, q->err, q->p);
    q->api->source->close(db, q->api->source);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "intact");
    bm_jw_bool(&q->w, bm_rows_is_null(rows, 0, 2) && (has || removed));
    bm_jw_key(&q->w, "has_batch");
    if (hash == NULL || removed)
        bm_jw_null(&q->w);
    else
        bm_jw_bool(&q->w, has);
    write_number(q, "first_broken_batch", rows, 2);
    write_number(q, "batches", rows, 0);
    write_number(q, "entries", rows, 1);
    write_number(q, "last_batch", rows, 3);
    bm_jw_key(&q->w, "last_hash");
    bm_jw_string(&q->w, bm_rows_text(rows, 0, 4));
    write_number(q, "removed_to_batch", rows, 6);
    write_number(q, "open_entries", rows, 5);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_audit_api_routes[] = {
    { "GET", "/audit", BM_ROLE_ADMIN, audit_list, BM_ROUTE_LIST, 200, list_params, NULL, &entry_schema,
      "listAudit", "audit", "Who changed what and who was kept from it, newest first." },
    { "GET", "/audit/verify", BM_ROLE_ADMIN, audit_verify, BM_ROUTE_NO_DATABASE | BM_ROUTE_WHOLE, 200, verify_params, NULL,
      &verdict_schema, "verifyAudit", "audit", "Whether the audit log is what it was when its entries were chained." },
    { NULL }
};
