/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_stream.h"

#include <string.h>
#include <apr_lib.h>
#include "base/json.h"
#include "base/text.h"
#include "parse/sse_parser.h"

/* A walk through a body. Offsets only grow, so the segment of the next one is found by going on from the last. */
typedef struct walk_t {
    bm_call_t *call;
    const bm_exchange_t *x;
    apr_uint32_t segment;
    bm_provider_event_fn *on_event;
    bm_provider_quick_fn *quick;
    void *baton;
    apr_pool_t *scratch;       /* of one event */
} walk_t;

static const bm_segment_t *segment_of(walk_t *walk, apr_uint64_t offset)
{
    const bm_segment_t *s;

    while (walk->segment < walk->x->segment_count) {
        s = &walk->x->segments[walk->segment];
        if (offset < s->offset + s->len)
            return s;
        walk->segment++;
    }
    return walk->x->segment_count > 0 ? &walk->x->segments[walk->x->segment_count - 1] : NULL;
}

static void add_chunk(walk_t *walk, apr_uint64_t last, apr_uint64_t bytes, bm_chunk_kind_e kind, apr_int32_t tokens)
{
    const bm_segment_t *s = segment_of(walk, last);
    bm_chunk_t *chunk = apr_array_push(walk->call->answer.chunks);

    chunk->user_ns = s ? s->user_ns : walk->x->end_ns;
    chunk->kernel_ns = s ? s->kernel_ns : 0;
    chunk->wake = s ? s->wake : 0;
    chunk->bytes = (apr_uint32_t)bytes;
    chunk->tokens = tokens;
    chunk->kind = kind;
}

/* Most streams come with one or two events a segment. */
static void begin(walk_t *walk, bm_call_t *call, const bm_exchange_t *x)
{
    memset(walk, 0, sizeof(*walk));
    walk->call = call;
    walk->x = x;
    call->answer.chunks = apr_array_make(call->p, (int)(x->segment_count < 65536 ? x->segment_count + 4 : 65536),
                                         sizeof(bm_chunk_t));
}

static int looks_like_json(const char *data, apr_size_t len)
{
    while (len > 0 && apr_isspace(*data)) {
        data++;
        len--;
    }
    return len > 0 && (*data == '{' || *data == '[');
}

static const json_t *json_of(walk_t *walk, const bm_sse_event_t *event)
{
    const char *clean;
    json_t *j;

    if (!looks_like_json(event->data, event->data_len))
        return NULL;
    if (bm_json_parse(&j, event->data, event->data_len, NULL, walk->scratch) == APR_SUCCESS)
        return j;
    if (bm_text_is_utf8(event->data, event->data_len))
        return NULL;
    clean = bm_text_clean_utf8(event->data, event->data_len, event->data_len * 3, walk->scratch);
    return bm_json_parse(&j, clean, strlen(clean), NULL, walk->scratch) == APR_SUCCESS ? j : NULL;
}

static bm_chunk_kind_e parsed(walk_t *walk, const bm_sse_event_t *event, apr_int32_t *tokens)
{
    bm_provider_event_t e = { event->error_field ? "error" : event->name, event->data, event->data_len,
                              json_of(walk, event), event->unterminated };
    bm_chunk_kind_e kind = walk->on_event(walk->baton, &e, tokens);

    apr_pool_clear(walk->scratch);
    return kind;
}

static apr_status_t sse_event(void *baton, const bm_sse_event_t *event)
{
    walk_t *walk = baton;
    apr_int32_t tokens = -1;
    bm_chunk_kind_e kind;

    if (walk->quick == NULL || event->error_field || *event->name != '\0'
        || !walk->quick(walk->baton, event->data, event->data_len, &kind))
        kind = parsed(walk, event, &tokens);
    add_chunk(walk, (apr_uint64_t)event->last, (apr_uint64_t)(event->last - event->first + 1), kind, tokens);
    return APR_SUCCESS;
}

static void sse_comment(void *baton, const char *text, apr_size_t len, apr_int64_t first, apr_int64_t last)
{
    (void)text;
    (void)len;
    add_chunk(baton, (apr_uint64_t)last, (apr_uint64_t)(last - first + 1), BM_CHUNK_OTHER, -1);
}

apr_status_t bm_provider_stream_events(bm_call_t *call, const bm_exchange_t *x, bm_provider_event_fn *on_event,
                                       bm_provider_quick_fn *quick, void *baton)
{
    bm_sse_parser_t *parser;
    apr_status_t rv = APR_SUCCESS;
    walk_t walk;

    begin(&walk, call, x);
    walk.on_event = on_event;
    walk.quick = quick;
    walk.baton = baton;
    apr_pool_create(&walk.scratch, call->p);
    parser = bm_sse_parser_make(sse_event, sse_comment, &walk, 0, call->p);
    if (x->body.len > 0)
        rv = bm_sse_parser_feed(parser, x->body.data, x->body.len, 0);
    if (rv == APR_SUCCESS)
        rv = bm_sse_parser_finish(parser);
    apr_pool_destroy(walk.scratch);
    return rv;
}

bm_provider_form_e bm_provider_stream_form(const bm_exchange_t *x)
{
    static const char *const fields[] = { "data:", "event:", "id:", "retry:", "error:", ":", NULL };
    const char *at = x->body.data, *end = at ? at + x->body.len : at;
    int i;

    if (end - at >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    while (at < end && apr_isspace(*at))
        at++;
    if (at == end)
        return BM_PROVIDER_EVENTS;
    if (*at == '{')
        return BM_PROVIDER_JSON;
    for (i = 0; fields[i] != NULL; i++) {
        apr_size_t len = strlen(fields[i]), left = (apr_size_t)(end - at);

        /* a body that was cut may hold no more than the beginning of a field */
        if (memcmp(at, fields[i], len < left ? len : left) == 0)
            return BM_PROVIDER_EVENTS;
    }
    return BM_PROVIDER_NEITHER;
}

void bm_provider_stream_whole(bm_call_t *call, const bm_exchange_t *x)
{
    walk_t walk;

    begin(&walk, call, x);
    if (x->body.len > 0)
        add_chunk(&walk, x->body.len - 1, x->body.len, BM_CHUNK_CONTENT, -1);
}

void bm_provider_stream_lines(bm_call_t *call, const bm_exchange_t *x)
{
    const char *data = x->body.data, *newline;
    apr_size_t at, end, i;
    walk_t walk;

    begin(&walk, call, x);
    for (at = 0; at < x->body.len; at = end + 1) {
        newline = memchr(data + at, '\n', x->body.len - at);
        end = newline ? (apr_size_t)(newline - data) : x->body.len - 1;
        for (i = at; i <= end && apr_isspace(data[i]); i++)
            ;
        if (i <= end)
            add_chunk(&walk, end, end - at + 1, BM_CHUNK_CONTENT, -1);
    }
}

void bm_provider_stream_reads(bm_call_t *call, const bm_exchange_t *x)
{
    apr_uint64_t bytes = 0;
    apr_uint32_t i;
    walk_t walk;

    begin(&walk, call, x);
    for (i = 0; i < x->segment_count; i++) {
        const bm_segment_t *s = &x->segments[i];

        bytes += s->len;
        if (bytes > 0 && (i + 1 == x->segment_count || x->segments[i + 1].wake != s->wake)) {
            add_chunk(&walk, s->offset + s->len - 1, bytes, BM_CHUNK_CONTENT, -1);
            bytes = 0;
        }
    }
}

int bm_provider_stream_is(const bm_provider_event_t *event, const char *text)
{
    const char *data = event->data;
    apr_size_t len = event->len, text_len = strlen(text);

    while (len > 0 && apr_isspace(*data)) {
        data++;
        len--;
    }
    while (len > 0 && apr_isspace(data[len - 1]))
        len--;
    return len == text_len && memcmp(data, text, len) == 0;
}
