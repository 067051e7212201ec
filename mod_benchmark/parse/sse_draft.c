/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/sse_draft.h"

#include <string.h>
#include "base/text.h"
#include "parse/sse_parser.h"

/* A reset keeps a buffer up to this size: one huge event must not make a parser hold that much for good. */
#define KEEP_BYTES (1024 * 1024)

void bm_sse_draft_init(bm_sse_draft_t *draft, apr_size_t max, apr_pool_t *p)
{
    memset(draft, 0, sizeof(*draft));
    draft->max = max;
    draft->retry_ms = -1;
    bm_buffer_adopt(&draft->data, p);
    bm_buffer_adopt(&draft->event, p);
    bm_buffer_adopt(&draft->id, p);
    bm_buffer_adopt(&draft->value, p);
}

static void trim(bm_buffer_t *b)
{
    if (b->size > KEEP_BYTES)
        bm_buffer_free(b);
    bm_buffer_clear(b);
}

void bm_sse_draft_reset(bm_sse_draft_t *draft)
{
    trim(&draft->data);
    trim(&draft->event);
    trim(&draft->id);
    trim(&draft->value);
    draft->retry_ms = -1;
    bm_sse_draft_clear(draft);
}

void bm_sse_draft_clear(bm_sse_draft_t *draft)
{
    bm_buffer_clear(&draft->data);
    bm_buffer_clear(&draft->event);
    draft->has_data = 0;
    draft->error_field = 0;
}

static apr_status_t put(bm_sse_draft_t *draft, bm_buffer_t *b, const char *bytes, apr_size_t len)
{
    return len > draft->max - b->len ? APR_ENOSPC : bm_buffer_append(b, bytes, len);
}

static bm_sse_field_e field_of(const char *name, apr_size_t len)
{
    static const struct { const char *name; bm_sse_field_e field; } fields[] = {
        { "data", BM_SSE_DATA }, { "event", BM_SSE_EVENT }, { "id", BM_SSE_ID }, { "retry", BM_SSE_RETRY },
        { "error", BM_SSE_ERROR },
    };
    apr_size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (strlen(fields[i].name) == len && memcmp(fields[i].name, name, len) == 0)
            return fields[i].field;
    return BM_SSE_UNKNOWN;
}

apr_status_t bm_sse_draft_begin(bm_sse_draft_t *draft, const char *name, apr_size_t len)
{
    int more = draft->has_data;

    draft->field = field_of(name, len);
    switch (draft->field) {
    case BM_SSE_ERROR:
    case BM_SSE_DATA:
        draft->error_field |= draft->field == BM_SSE_ERROR;
        draft->has_data = 1;
        return more ? put(draft, &draft->data, "\n", 1) : APR_SUCCESS;
    case BM_SSE_EVENT:
        bm_buffer_clear(&draft->event);
        break;
    case BM_SSE_ID:
    case BM_SSE_RETRY:
        bm_buffer_clear(&draft->value);
        break;
    case BM_SSE_UNKNOWN:
        break;
    }
    return APR_SUCCESS;
}

apr_status_t bm_sse_draft_put(bm_sse_draft_t *draft, const char *bytes, apr_size_t len)
{
    switch (draft->field) {
    case BM_SSE_DATA:
    case BM_SSE_ERROR:
        return put(draft, &draft->data, bytes, len);
    case BM_SSE_EVENT:
        return put(draft, &draft->event, bytes, len);
    case BM_SSE_ID:
    case BM_SSE_RETRY:
        return put(draft, &draft->value, bytes, len);
    case BM_SSE_UNKNOWN:
        break;
    }
    return APR_SUCCESS;
}

/* Put an end behind the content of b that does not count. */
static apr_status_t terminate(bm_buffer_t *b)
{
    apr_status_t rv = bm_buffer_append(b, "", 1);

    if (rv == APR_SUCCESS)
        b->len--;
    return rv;
}

apr_status_t bm_sse_draft_end(bm_sse_draft_t *draft)
{
    bm_buffer_t *value = &draft->value;
    apr_int64_t retry_ms;
    apr_status_t rv;

    if (draft->field != BM_SSE_ID && draft->field != BM_SSE_RETRY)
        return APR_SUCCESS;
    rv = terminate(value);
    if (rv != APR_SUCCESS)
        return rv;
    if (draft->field == BM_SSE_RETRY) {
        if (strspn(value->data, "0123456789") == value->len
            && bm_text_to_int64(&retry_ms, value->data, 0, APR_INT64_MAX) == APR_SUCCESS)
            draft->retry_ms = retry_ms;
        return APR_SUCCESS;
    }
    if (strlen(value->data) != value->len)
        return APR_SUCCESS;
    bm_buffer_clear(&draft->id);
    return put(draft, &draft->id, value->data, value->len);
}

apr_status_t bm_sse_draft_read(bm_sse_draft_t *draft, bm_sse_event_t *event)
{
    apr_status_t rv = terminate(&draft->data);

    if (rv == APR_SUCCESS)
        rv = terminate(&draft->event);
    if (rv == APR_SUCCESS)
        rv = terminate(&draft->id);
    if (rv != APR_SUCCESS)
        return rv;
    event->name = draft->event.len == 0 && draft->error_field ? "error" : draft->event.data;
    event->data = draft->data.data;
    event->data_len = draft->data.len;
    event->id = draft->id.data;
    event->retry_ms = draft->retry_ms;
    event->error_field = draft->error_field;
    return APR_SUCCESS;
}
