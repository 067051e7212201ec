/* SPDX-License-Identifier: Apache-2.0
 *
 * evidence_api.c: /loadtests/{id}/evidence: an archive from which every figure of a load test can be computed again
 * (tests/tools/recompute). It is made while it is sent, a page of requests at a time. */
#include "api/evidence_api.h"

#include <string.h>
#include <apr_strings.h>
#include "engine/timeline.h"
#include "export/archive.h"
#include "store/request_store.h"

enum { PAGE = 2000 };

typedef struct evidence_t {
    bm_archive_t *archive;
    apr_pool_t *p;                   /* of one page */
    apr_int64_t fence, after;
    int page;
} evidence_t;

/* --- requests as lines of JSON */

/* [[microseconds since S, kind, tokens], ...]; tokens -1: not said. Kinds are those of provider/provider.h. */
static void write_chunks(bm_jw_t *w, const bm_rows_t *rows, int row, apr_pool_t *p)
{
    apr_array_header_t *chunks;
    const void *data;
    apr_size_t len = bm_rows_bytes(&data, rows, row, BM_EVIDENCE_GAPS, p);
    int i;

    bm_jw_begin_array(w);
    if (len > 0 && bm_timeline_unpack(&chunks, data, len, p) == APR_SUCCESS) {
        for (i = 0; i < chunks->nelts; i++) {
            const bm_chunk_t *chunk = &APR_ARRAY_IDX(chunks, i, bm_chunk_t);

            bm_jw_begin_array(w);
            bm_jw_int(w, chunk->user_ns / 1000);
            bm_jw_int(w, chunk->kind);
            bm_jw_int(w, chunk->tokens);
            bm_jw_end_array(w);
        }
    }
    bm_jw_end_array(w);
}

static apr_status_t write_page(bm_buffer_t *lines, const bm_rows_t *rows, apr_pool_t *p)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < bm_rows_count(rows) && rv == APR_SUCCESS; i++) {
        bm_jw_t w;

        bm_jw_init(&w, lines);
        bm_jw_begin_object(&w);
        bm_jw_key(&w, "request");
        bm_jw_raw(&w, bm_rows_text(rows, i, BM_EVIDENCE_COLUMNS), (apr_size_t)bm_rows_length(rows, i, BM_EVIDENCE_COLUMNS));
        bm_jw_key(&w, "chunks");
        write_chunks(&w, rows, i, p);
        bm_jw_end_object(&w);
        rv = w.rv == APR_SUCCESS ? bm_buffer_append(lines, "\n", 1) : w.rv;
    }
    return rv;
}

static apr_status_t read_page(bm_rows_t **prows, bm_req_t *q, const evidence_t *e)
{
    bm_db_t *db;
    apr_status_t rv = bm_api_open(&db, q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_request_store_page(prows, db, q->ids[0], e->fence, e->after, PAGE, q->err, e->p);
    q->api->source->close(db, q->api->source);
    return rv;
}

/* The next file of requests, or the end of the archive. */
static apr_status_t next_part(bm_req_t *q, int *done)
{
    evidence_t *e = q->more_baton;
    bm_buffer_t lines = { 0 };
    bm_rows_t *rows;
    apr_status_t rv;

    apr_pool_clear(e->p);
    rv = read_page(&rows, q, e);
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0) {
        *done = 1;
        return bm_archive_end(e->archive, &q->out);
    }
    rv = write_page(&lines, rows, e->p);
    if (rv == APR_SUCCESS)
        rv = bm_archive_add(e->archive, &q->out, apr_psprintf(e->p, "requests-%06d.jsonl", ++e->page), lines.data, lines.len);
    e->after = bm_rows_int64(rows, bm_rows_count(rows) - 1, BM_EVIDENCE_SEQ, 0);
    bm_buffer_free(&lines);
    return rv;
}

/* --- the begin */

static apr_status_t add_text(bm_req_t *q, evidence_t *e, const char *name, const bm_rows_t *rows, int column)
{
    const char *text = bm_rows_text(rows, 0, column);

    return text == NULL ? APR_SUCCESS
        : bm_archive_add(e->archive, &q->out, name, text, (apr_size_t)bm_rows_length(rows, 0, column));
}

static apr_status_t begin(bm_req_t *q, evidence_t *e, const bm_rows_t *rows)
{
    static const char about[] =
        "run.json        the load test: state, times, engine\n"
        "plan.json       what was asked, seed included\n"
        "scenario.json   the scenario as it was\n"
        "response.json   results, certificate (environment, priority, our own error), validity\n"
        "requests-*.jsonl  one line per request, in the order of the plan: times in microseconds since the load test began,\n"
        "                chunks as [microseconds since the request was sent, kind, tokens]\n"
        "tests/tools/recompute of mod_benchmark computes every figure again from these files.\n";
    apr_status_t rv = bm_archive_add(e->archive, &q->out, "README", about, sizeof(about) - 1);

    if (rv == APR_SUCCESS)
        rv = add_text(q, e, "run.json", rows, BM_EVIDENCE_RUN);
    if (rv == APR_SUCCESS)
        rv = add_text(q, e, "plan.json", rows, BM_EVIDENCE_PLAN);
    if (rv == APR_SUCCESS)
        rv = add_text(q, e, "scenario.json", rows, BM_EVIDENCE_SCENARIO);
    if (rv == APR_SUCCESS)
        rv = add_text(q, e, "response.json", rows, BM_EVIDENCE_RESPONSE);
    return rv;
}

static apr_status_t evidence_get(bm_req_t *q)
{
    evidence_t *e = apr_pcalloc(q->p, sizeof(*e));
    bm_rows_t *rows;
    bm_db_t *db;
    apr_status_t rv = bm_api_open(&db, q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_request_store_evidence(&rows, db, q->ids[0], q->err, q->p);
    q->api->source->close(db, q->api->source);
    if (rv != APR_SUCCESS)
        return rv;
    e->archive = bm_archive_make(q->now, q->p);
    if (e->archive == NULL)
        return bm_err_set(q->err, APR_EGENERAL, NULL, "The archive cannot be begun.");
    apr_pool_create(&e->p, q->p);
    e->fence = bm_rows_int64(rows, 0, BM_EVIDENCE_FENCE, 0);
    e->after = -1;
    rv = begin(q, e, rows);
    if (rv != APR_SUCCESS)
        return bm_err_set(q->err, rv, NULL, "The archive cannot be written.");
    q->content_type = bm_archive_type();
    apr_table_setn(q->headers, "Content-Disposition",
                   apr_psprintf(q->p, "attachment; filename=\"loadtest-%" APR_INT64_T_FMT "%s\"", q->ids[0],
                                bm_archive_suffix()));
    q->more = next_part;
    q->more_baton = e;
    return APR_SUCCESS;
}

const bm_route_t bm_evidence_api_routes[] = {
    { "GET", "/loadtests/{id}/evidence", BM_ROLE_VIEWER, evidence_get, BM_ROUTE_NO_DATABASE, 200, NULL, NULL, NULL,
      "getLoadtestEvidence", "loadtests",
      "An archive of everything from which the figures of a load test can be computed again.",
      "application/gzip|application/x-tar" },
    { NULL }
};
