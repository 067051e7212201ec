/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: one byte that says how to cut and what the server does meanwhile, then what a client sends behind its handshake. In
 * one piece and in many the messages and the frames to send must be the same. */
#include "fuzz.h"

#include <string.h>
#include "base/text.h"
#include "live/ws_session.h"

enum { CUT = 0x07, CLOSES = 0x08 };

typedef struct digest_t {
    uint64_t hash;                /* of all messages, and of all that is to be sent (FNV-1a) */
    bm_ws_session_t *session;
    int closes;                   /* the server ends it at the first message */
    int messages, sent_closes;
} digest_t;

static void add(digest_t *digest, const void *bytes, size_t len)
{
    const uint8_t *s = bytes;

    while (len-- > 0)
        digest->hash = (digest->hash ^ *s++) * 1099511628211ULL;
    digest->hash = (digest->hash ^ 0x100) * 1099511628211ULL;
}

static void on_message(void *baton, const char *text, apr_size_t len)
{
    digest_t *digest = baton;
    size_t at, piece;

    BM_FUZZ_CHECK(len <= BM_WS_MESSAGE_MAX);
    BM_FUZZ_CHECK(!bm_ws_session_closing(digest->session));
    for (at = 0; at < len; at += piece + 1) {                  /* NUL is text, too */
        piece = strnlen(text + at, len - at);
        BM_FUZZ_CHECK(bm_text_is_utf8(text + at, piece));
    }
    add(digest, text, len);
    digest->messages++;
    if (digest->closes)
        bm_ws_session_close(digest->session, 4000, "enough");
}

static void check_output(digest_t *digest)
{
    bm_buffer_t out = { NULL, 0, 0, 0 };
    const uint8_t *s;
    size_t at = 0;

    BM_FUZZ_CHECK(bm_ws_session_output(digest->session, &out) == APR_SUCCESS);
    s = (const uint8_t *)out.data;
    BM_FUZZ_CHECK(out.len <= 2048 + 2 + 127);
    while (at < out.len) {
        BM_FUZZ_CHECK(digest->sent_closes == 0);               /* nothing behind a Close */
        BM_FUZZ_CHECK(s[at] == 0x88 || s[at] == 0x8a);
        BM_FUZZ_CHECK(at + 2 <= out.len && s[at + 1] <= 125 && at + 2 + s[at + 1] <= out.len);
        digest->sent_closes += s[at] == 0x88;
        BM_FUZZ_CHECK(s[at] != 0x88 || s[at + 1] != 1);
        at += 2 + (size_t)s[at + 1];
    }
    add(digest, out.data, out.len);
    BM_FUZZ_CHECK(!digest->sent_closes == !bm_ws_session_closing(digest->session));
    bm_buffer_free(&out);
}

/* Feed in pieces of 1 to `most` bytes (0: in one), each in a block of its own. */
static apr_status_t run(const uint8_t *data, size_t size, size_t most, int closes, digest_t *digest)
{
    size_t at, len, next = 1;
    apr_status_t rv = APR_SUCCESS;

    memset(digest, 0, sizeof(*digest));
    digest->closes = closes;
    if (bm_ws_session_make(&digest->session, on_message, digest) != APR_SUCCESS)
        return APR_ENOMEM;
    for (at = 0; at < size; at += len) {
        char *piece;

        len = most ? 1 + next++ % most : size;
        if (len > size - at)
            len = size - at;
        piece = malloc(len);
        memcpy(piece, data + at, len);
        rv = bm_ws_session_receive(digest->session, piece, len, 0);
        free(piece);
        BM_FUZZ_CHECK(rv == APR_SUCCESS || rv == APR_EOF);
        BM_FUZZ_CHECK(rv == APR_SUCCESS || bm_ws_session_closing(digest->session));
    }
    check_output(digest);
    bm_ws_session_free(digest->session);
    return rv;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    digest_t whole, cut;
    apr_status_t rv;

    if (size == 0)
        return 0;
    rv = run(data + 1, size - 1, 0, data[0] & CLOSES, &whole);
    BM_FUZZ_CHECK(run(data + 1, size - 1, 1 + (data[0] & CUT), data[0] & CLOSES, &cut) == rv);
    BM_FUZZ_CHECK(whole.hash == cut.hash && whole.messages == cut.messages && whole.sent_closes == cut.sent_closes);
    return 0;
}
