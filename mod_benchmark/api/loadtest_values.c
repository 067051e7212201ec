/* SPDX-License-Identifier: Apache-2.0 */
#include "api/loadtest_values.h"

#include <math.h>
#include <string.h>
#include "api/export_api.h"
#include "engine/measure.h"
#include "engine/timeline.h"
#include "store/request_value_store.h"

typedef struct reading_t {
    bm_sketch_t *sketch;
    double n, mean, squares;         /* Welford: of the distances from the mean */
    int pooled, by_token, lacks_rows;
} reading_t;

static apr_status_t add(reading_t *r, double ms, apr_uint32_t times)
{
    double distance = ms - r->mean;

    if (times == 0)
        return APR_SUCCESS;
    r->n += times;
    r->mean += distance * times / r->n;
    r->squares += distance * (ms - r->mean) * times;
    return bm_sketch_add(r->sketch, ms, times);
}

/* As the rows of a rebuilt hour (engine/kpi_rebuild.c): what the chunks are follows from them. */
static apr_status_t add_gaps(reading_t *r, const void *data, apr_size_t len, apr_pool_t *p)
{
    apr_array_header_t *chunks;
    bm_stream_e stream = BM_STREAM_TOKENS;
    bm_gaps_t itl, icl;
    const bm_gaps_t *gaps = r->by_token ? &itl : &icl;
    apr_status_t rv = APR_SUCCESS;
    apr_size_t i;
    int k;

    if (len == 0 || bm_timeline_unpack(&chunks, data, len, p) != APR_SUCCESS)
        return APR_SUCCESS;
    for (k = 0; k < chunks->nelts; k++)
        if (APR_ARRAY_IDX(chunks, k, bm_chunk_t).kind == BM_CHUNK_PROGRESS)
            stream = BM_STREAM_PROGRESS;
    bm_measure_gaps(&itl, &icl, chunks, stream, p);
    for (i = 0; rv == APR_SUCCESS && i < gaps->count; i++)
        rv = add(r, gaps->ms[i], gaps->times != NULL ? gaps->times[i] : 1);
    return rv;
}

static apr_status_t add_rows(reading_t *r, const bm_rows_t *rows, apr_pool_t *p)
{
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *prow;
    int i;

    apr_pool_create(&prow, p);
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        const void *data;
        apr_size_t len;

        apr_pool_clear(prow);                       /* a long timeline takes megabytes */
        len = r->pooled ? bm_rows_bytes(&data, rows, i, BM_REQUEST_VALUE, prow) : 0;
        rv = r->pooled ? add_gaps(r, data, len, prow) : add(r, bm_rows_double(rows, i, BM_REQUEST_VALUE, 0), 1);
    }
    apr_pool_destroy(prow);
    return rv;
}

static apr_status_t read_page(bm_rows_t **prows, reading_t *r, bm_req_t *q, apr_int64_t id, const char *metric, int step,
                              apr_int64_t after, apr_pool_t *p)
{
    bm_db_t *db;
    apr_status_t rv = bm_export_open(&db, q);

    if (rv != APR_SUCCESS)
        return rv;
    if (after < 0)
        rv = bm_request_value_store_check(&r->lacks_rows, db, id, q->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_request_value_store_page(prows, db, id, metric, step, after, q->err, p);
    q->api->source->close(db, q->api->source);
    return rv;
}

apr_status_t bm_loadtest_values(bm_loadtest_values_t *values, bm_req_t *q, apr_int64_t id, const char *metric, int step)
{
    reading_t r = { .sketch = bm_sketch_make(q->p), .by_token = strcmp(metric, "itl_ms") == 0 };
    apr_int64_t after = -1;
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *p;
    int page;

    r.pooled = r.by_token || strcmp(metric, "icl_ms") == 0;
    page = r.pooled ? BM_REQUEST_GAPS_PAGE : BM_REQUEST_VALUE_PAGE;
    apr_pool_create(&p, q->p);
    for (;;) {
        bm_rows_t *rows;

        apr_pool_clear(p);
        rv = read_page(&rows, &r, q, id, metric, step, after, p);
        if (rv == APR_SUCCESS)
            rv = add_rows(&r, rows, p);
        if (rv != APR_SUCCESS || bm_rows_count(rows) < page)
            break;
        after = bm_rows_int64(rows, bm_rows_count(rows) - 1, BM_REQUEST_VALUE_SEQ, 0);
    }
    apr_pool_destroy(p);
    values->sketch = r.sketch;
    values->kept_rows_only = r.lacks_rows;
    values->deviation = r.n > 0 ? sqrt(r.squares / r.n) : NAN;
    return rv;
}
