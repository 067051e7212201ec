/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: one byte that says how to cut and how small the cap is, then a stream. The stream in one piece and
 * in many must give the same events, comments and result. */
#include "fuzz.h"

#include <string.h>
#include <apr_general.h>
#include <apr_pools.h>
#include "parse/sse_parser.h"

typedef struct digest_t {
    uint64_t hash;            /* of all that was delivered (FNV-1a) */
    apr_int64_t end;          /* no event begins before it */
    apr_int64_t events;
} digest_t;

static void add(digest_t *digest, const void *bytes, size_t len)
{
    const uint8_t *s = bytes;

    while (len-- > 0)
        digest->hash = (digest->hash ^ *s++) * 1099511628211ULL;
    digest->hash = (digest->hash ^ 0x100) * 1099511628211ULL;
}

static apr_status_t on_event(void *baton, const bm_sse_event_t *e)
{
    digest_t *digest = baton;
    apr_int64_t numbers[] = { e->retry_ms, e->first, e->last, e->unterminated, e->error_field };

    BM_FUZZ_CHECK(e->first >= digest->end && e->last >= e->first);
    BM_FUZZ_CHECK(e->data[e->data_len] == '\0');
    BM_FUZZ_CHECK((apr_int64_t)e->data_len <= e->last - e->first);
    BM_FUZZ_CHECK(memchr(e->data, '\r', e->data_len) == NULL);
    digest->end = e->last + 1;
    digest->events++;
    add(digest, e->name, strlen(e->name));
    add(digest, e->id, strlen(e->id));
    add(digest, e->data, e->data_len);
    add(digest, numbers, sizeof(numbers));
    return APR_SUCCESS;
}

static void on_comment(void *baton, const char *text, apr_size_t len, apr_int64_t first, apr_int64_t last)
{
    apr_int64_t numbers[] = { first, last };

    BM_FUZZ_CHECK(len <= BM_SSE_COMMENT_MAX && last >= first);
    add(baton, text, len);
    add(baton, numbers, sizeof(numbers));
}

/* Feed in pieces of 1 to `most` bytes (0: in one), each in a block of its own. */
static apr_status_t run(bm_sse_parser_t *parser, const uint8_t *data, size_t size, size_t most, digest_t *digest)
{
    size_t at = 0, len, next = 1;

    memset(digest, 0, sizeof(*digest));
    bm_sse_parser_reset(parser, digest);
    while (at < size) {
        char *piece;

        len = most ? 1 + next++ % most : size;
        if (len > size - at)
            len = size - at;
        piece = malloc(len);
        memcpy(piece, data + at, len);
        (void)bm_sse_parser_feed(parser, piece, len, (apr_int64_t)at);
        free(piece);
        at += len;
    }
    BM_FUZZ_CHECK(bm_sse_parser_offset(parser) == (apr_int64_t)size);
    return bm_sse_parser_finish(parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    digest_t whole, cut;
    bm_sse_parser_t *parser;
    apr_status_t rv;
    apr_pool_t *p;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    if (size == 0)
        return 0;
    apr_pool_create(&p, process);
    parser = bm_sse_parser_make(on_event, on_comment, NULL, data[0] & 1 ? 16 : 0, p);
    rv = run(parser, data + 1, size - 1, 0, &whole);
    BM_FUZZ_CHECK(rv == APR_SUCCESS || rv == APR_ENOSPC);
    BM_FUZZ_CHECK(run(parser, data + 1, size - 1, 1 + (data[0] >> 1) % 7, &cut) == rv);
    BM_FUZZ_CHECK(whole.hash == cut.hash && whole.events == cut.events);
    BM_FUZZ_CHECK(whole.events == bm_sse_parser_events(parser));
    apr_pool_destroy(p);
    return 0;
}
