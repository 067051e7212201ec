/* SPDX-License-Identifier: Apache-2.0 */
#include "api/timeline_api.h"

#include "api/etag.h"
#include "engine/timeline.h"
#include "model/field_values.h"
#include "store/run_store.h"

#define OURS BM_FIELD_READ_ONLY

static const bm_field_t chunk_fields[] = {
    { "t_us", BM_TYPE_INT, OURS, .doc = "Microseconds since the request was sent." },
    { "kind", BM_TYPE_ENUM, OURS, .values = "role|content|reasoning|tool|progress|usage|finish|other|error",
      .doc = "What it carried." },
    { "tokens", BM_TYPE_INT, OURS | BM_FIELD_NULLABLE, .doc = "Output tokens, where the stream says so." },
    { "bytes", BM_TYPE_INT, OURS, .doc = "Bytes on the wire." },
    { "wake", BM_TYPE_INT, OURS, .doc = "Wake-up of the engine that saw it: equal numbers arrived together." },
    { NULL }
};

static const bm_field_t timeline_fields[] = {
    { "chunks", BM_TYPE_ARRAY, OURS, .members = chunk_fields, .doc = "In order of arrival." },
    { "stalls", BM_TYPE_ARRAY, OURS, .members = bm_field_integers,
      .doc = "Indices of chunks that came after an unusually long gap." },
    { "truncated", BM_TYPE_BOOL, OURS, .doc = "Whether later chunks were not kept." },
    { "total", BM_TYPE_INT, OURS, .doc = "Chunks that the run had." },
    { "kernel_stamped", BM_TYPE_BOOL, OURS, .doc = "Whether times are the kernel's." },
    { NULL }
};

const bm_schema_t bm_timeline_api_schema = { "Timeline", timeline_fields };

apr_status_t bm_timeline_api_get(bm_req_t *q)
{
    bm_rows_t *rows;
    const void *packed;
    apr_size_t len;
    apr_status_t rv = bm_run_store_timeline(&rows, q->db, q->ids[0], q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    len = bm_rows_bytes(&packed, rows, 0, 2, q->p);
    rv = bm_timeline_write_json(&q->w, packed, len, q->p);
    if (rv != APR_SUCCESS)
        return bm_err_set(q->err, APR_EGENERAL, NULL, "the timeline of run %" APR_INT64_T_FMT " is damaged", q->ids[0]);
    q->etag = bm_etag_of_version("t", bm_rows_text(rows, 0, 1), q->p);
    return APR_SUCCESS;
}
