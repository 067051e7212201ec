/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <malloc.h>
#include <apr_strings.h>
#include "live/ws_session.h"

#define SECOND APR_INT64_C(1000000000)
#define BYTES(literal) literal, sizeof(literal) - 1

/* A session and what came of it, as text: "text(…)" for each message, "pong(…)", "ping()" and "close(code reason)" for each
 * frame that is to be sent, "end" when nothing more is read. */
typedef struct talk_t {
    bm_ws_session_t *session;
    char *log;
    int messages;
    int close_at;            /* the message that is answered with a close; 0: none */
    apr_status_t rv;
} talk_t;

static void note(talk_t *t, const char *what, const char *bytes, apr_size_t len)
{
    t->log = apr_psprintf(g_pool, "%s%s(%s)", t->log, what, apr_pstrmemdup(g_pool, bytes, len));
}

static void on_message(void *baton, const char *text, apr_size_t len)
{
    talk_t *t = baton;

    t->messages++;
    if (len <= 64)
        note(t, "text", text, len);
    if (t->messages == t->close_at)
        bm_ws_session_close(t->session, 4000, "enough");
}

static void begin(talk_t *t)
{
    memset(t, 0, sizeof(*t));
    t->log = apr_pstrdup(g_pool, "");
    ck_assert_int_eq(bm_ws_session_make(&t->session, on_message, t), APR_SUCCESS);
}

static void read_output(talk_t *t)
{
    bm_buffer_t out = { NULL, 0, 0, 0 };
    const unsigned char *s;
    apr_size_t at = 0;

    ck_assert_int_eq(bm_ws_session_output(t->session, &out), APR_SUCCESS);
    s = (const unsigned char *)out.data;
    while (at < out.len) {
        apr_size_t len = s[at + 1];
        const char *payload = out.data + at + 2;

        ck_assert_uint_le(len, 125);
        ck_assert_uint_le(at + 2 + len, out.len);
        if (s[at] == 0x8a)
            note(t, "pong", payload, len);
        else if (s[at] == 0x89)
            note(t, "ping", payload, len);
        else {
            ck_assert_int_eq(s[at], 0x88);
            ck_assert_uint_ne(len, 1);
            t->log = apr_psprintf(g_pool, "%sclose(%d%s%s)", t->log, len ? s[at + 2] << 8 | s[at + 3] : 0, len > 2 ? " " : "",
                                  len > 2 ? apr_pstrmemdup(g_pool, payload + 2, len - 2) : "");
        }
        at += 2 + len;
    }
    bm_buffer_free(&out);
}

static apr_status_t feed(talk_t *t, const char *bytes, apr_size_t len, apr_int64_t now_ns)
{
    char *copy = malloc(len + 1);         /* of its own size, so that ASan sees a byte too far */

    memcpy(copy, bytes, len);
    t->rv = bm_ws_session_receive(t->session, copy, len, now_ns);
    free(copy);
    return t->rv;
}

static const char *finish(talk_t *t)
{
    read_output(t);
    bm_ws_session_free(t->session);
    return apr_pstrcat(g_pool, t->log, t->rv == APR_EOF ? "end" : "", NULL);
}

/* What comes of bytes in pieces that end at a and at the end; a < 0: byte by byte. */
static const char *told(const char *bytes, apr_size_t len, int a)
{
    apr_size_t at, piece;
    talk_t t;

    begin(&t);
    for (at = 0; at < len; at += piece) {
        piece = a < 0 ? 1 : at < (apr_size_t)a ? (apr_size_t)a - at : len - at;
        feed(&t, bytes + at, piece, 0);
    }
    return finish(&t);
}

/* A frame as a client sends it: masked, with the shortest length there is. */
static void put_frame(bm_buffer_t *out, int first, const char *payload, apr_size_t len)
{
    static const unsigned char mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
    unsigned char head[14] = { (unsigned char)first };
    int at = 2, i;
    apr_size_t k;

    head[1] = (unsigned char)(0x80 | (len < 126 ? len : len <= 0xffff ? 126 : 127));
    for (i = len < 126 ? 0 : len <= 0xffff ? 2 : 8; i > 0; i--)
        head[at++] = (unsigned char)((apr_uint64_t)len >> (8 * (i - 1)));
    memcpy(head + at, mask, 4);
    ck_assert_int_eq(bm_buffer_append(out, head, (apr_size_t)at + 4), APR_SUCCESS);
    for (k = 0; k < len; k++) {
        unsigned char c = (unsigned char)payload[k] ^ mask[k % 4];

        ck_assert_int_eq(bm_buffer_append(out, &c, 1), APR_SUCCESS);
    }
}

#define B64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B125 B64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abc"

enum { MORE = 0x01, TEXT = 0x81, CONT = 0x00, LAST = 0x80, CLOSE = 0x88, PING = 0x89, PONG = 0x8a };

typedef struct ws_case_t {
    const char *number;      /* in the Autobahn test suite; "": not there */
    struct { int first; const char *payload; apr_size_t len; } frames[6];
    const char *told;
} ws_case_t;

static const ws_case_t cases[] = {
    { "1.1.1", { { TEXT, BYTES("") } }, "text()" },
    { "1.1.2", { { TEXT, BYTES("hello") } }, "text(hello)" },
    { "1.1.2", { { TEXT, BYTES("one") }, { TEXT, BYTES("two") } }, "text(one)text(two)" },
    { "1.2.1", { { 0x82, BYTES("") } }, "close(1003)end" },
    { "1.2.2", { { 0x82, BYTES("\xfe\xff") }, { TEXT, BYTES("not read") } }, "close(1003)end" },
    { "2.1", { { PING, BYTES("") } }, "pong()" },
    { "2.2", { { PING, BYTES("payload") } }, "pong(payload)" },
    { "2.3", { { PING, BYTES("\xff\xfe\x01") } }, "pong(\xff\xfe\x01)" },
    { "2.4", { { PING, BYTES(B125) } }, "pong(" B125 ")" },
    { "2.5", { { PING, BYTES(B125 "x") } }, "close(1002)end" },
    { "2.7", { { PONG, BYTES("") } }, "" },
    { "2.9", { { PONG, BYTES("unasked") }, { PING, BYTES("p") } }, "pong(p)" },
    { "2.10", { { PING, BYTES("1") }, { PING, BYTES("2") }, { PING, BYTES("3") }, { PING, BYTES("4") } },
      "pong(1)pong(2)pong(3)pong(4)" },
    { "3.1", { { TEXT | 0x40, BYTES("x") } }, "close(1002)end" },
    { "3.2", { { TEXT, BYTES("x") }, { TEXT | 0x20, BYTES("y") }, { PING, BYTES("") } }, "text(x)close(1002)end" },
    { "3.3", { { TEXT | 0x10, BYTES("x") } }, "close(1002)end" },
    { "3.5", { { PING | 0x50, BYTES("x") } }, "close(1002)end" },
    { "3.7", { { CLOSE | 0x70, BYTES("") } }, "close(1002)end" },
    { "3.1", { { MORE, BYTES("x") }, { LAST | 0x40, BYTES("y") } }, "close(1002)end" },
    { "4.1.1", { { 0x83, BYTES("") } }, "close(1002)end" },
    { "4.1.2", { { 0x84, BYTES("x") } }, "close(1002)end" },
    { "4.1.3", { { TEXT, BYTES("x") }, { 0x85, BYTES("") }, { PING, BYTES("") } }, "text(x)close(1002)end" },
    { "4.1.5", { { 0x87, BYTES("x") } }, "close(1002)end" },
    { "4.1.4", { { MORE, BYTES("x") }, { 0x86, BYTES("y") } }, "close(1002)end" },
    { "4.2.1", { { 0x8b, BYTES("") } }, "close(1002)end" },
    { "4.2.3", { { 0x8d, BYTES("x") } }, "close(1002)end" },
    { "4.2.5", { { 0x8f, BYTES("x") } }, "close(1002)end" },
    { "5.1", { { 0x09, BYTES("x") } }, "close(1002)end" },
    { "5.2", { { 0x0a, BYTES("x") } }, "close(1002)end" },
    { "", { { 0x08, BYTES("\x03\xe8") } }, "close(1002)end" },
    { "5.3", { { MORE, BYTES("frag") }, { LAST, BYTES("ment") } }, "text(fragment)" },
    { "5.6", { { MORE, BYTES("frag") }, { PING, BYTES("p") }, { LAST, BYTES("ment") } }, "text(fragment)pong(p)" },
    { "5.9", { { LAST, BYTES("x") }, { TEXT, BYTES("y") } }, "close(1002)end" },
    { "5.12", { { CONT, BYTES("x") } }, "close(1002)end" },
    { "5.15", { { MORE, BYTES("a") }, { LAST, BYTES("b") }, { CONT, BYTES("c") } }, "text(ab)close(1002)end" },
    { "5.18", { { MORE, BYTES("a") }, { TEXT, BYTES("b") } }, "close(1002)end" },
    { "", { { MORE, BYTES("a") }, { MORE, BYTES("b") } }, "close(1002)end" },
    { "", { { MORE, BYTES("a") }, { 0x82, BYTES("b") } }, "close(1002)end" },
    { "5.19", { { MORE, BYTES("a") }, { CONT, BYTES("b") }, { PING, BYTES("1") }, { CONT, BYTES("c") }, { LAST, BYTES("d") } },
      "text(abcd)pong(1)" },
    { "6.1.1", { { TEXT, BYTES("") } }, "text()" },
    { "6.1.2", { { MORE, BYTES("") }, { CONT, BYTES("") }, { LAST, BYTES("") } }, "text()" },
    { "6.1.3", { { MORE, BYTES("") }, { CONT, BYTES("middle") }, { LAST, BYTES("") } }, "text(middle)" },
    { "6.2.1", { { TEXT, BYTES("H\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x90\xa2") } },
      "text(H\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x90\xa2)" },
    { "6.2.3", { { MORE, BYTES("\xe2") }, { CONT, BYTES("\x82") }, { LAST, BYTES("\xac") } }, "text(\xe2\x82\xac)" },
    { "6.3.1", { { TEXT, BYTES("\xce\xba\xed\xa0\x80 edited") } }, "close(1007)end" },
    { "6.3.2", { { MORE, BYTES("\xce\xba") }, { CONT, BYTES("\xed") }, { CONT, BYTES("\xa0") } }, "close(1007)end" },
    { "6.4.1", { { MORE, BYTES("\xce\xba\xf4\x90") } }, "close(1007)end" },
    { "6.6.1", { { TEXT, BYTES("\xce") } }, "close(1007)end" },
    { "6.6.5", { { MORE, BYTES("\xf0\x9f") }, { LAST, BYTES("\x90") } }, "close(1007)end" },
    { "6.12.1", { { TEXT, BYTES("\xfe") } }, "close(1007)end" },
    { "6.14.1", { { TEXT, BYTES("\x80") } }, "close(1007)end" },
    { "6.16.1", { { TEXT, BYTES("\xc0\xaf") } }, "close(1007)end" },
    { "6.16.2", { { TEXT, BYTES("\xe0\x80\xaf") } }, "close(1007)end" },
    { "6.16.3", { { TEXT, BYTES("\xf0\x80\x80\xaf") } }, "close(1007)end" },
    { "6.17.1", { { TEXT, BYTES("\xc1\xbf") } }, "close(1007)end" },
    { "6.21.1", { { TEXT, BYTES("\xed\xa0\x80") } }, "close(1007)end" },
    { "6.21.8", { { TEXT, BYTES("\xed\xbf\xbf") } }, "close(1007)end" },
    { "6.21.8", { { TEXT, BYTES("\xed\x9f\xbf\xee\x80\x80") } }, "text(\xed\x9f\xbf\xee\x80\x80)" },
    { "6.22.1", { { TEXT, BYTES("\xef\xbf\xbe\xef\xbf\xbf\xf4\x8f\xbf\xbf") } },
      "text(\xef\xbf\xbe\xef\xbf\xbf\xf4\x8f\xbf\xbf)" },
    { "6.11.5", { { TEXT, BYTES("\xf4\x90\x80\x80") } }, "close(1007)end" },
    { "6.11.5", { { TEXT, BYTES("\xf5\x80\x80\x80") } }, "close(1007)end" },
    { "7.1.1", { { TEXT, BYTES("x") }, { CLOSE, BYTES("\x03\xe8") } }, "text(x)close(1000)end" },
    { "7.1.3", { { CLOSE, BYTES("\x03\xe8") }, { PING, BYTES("not read") } }, "close(1000)end" },
    { "7.1.5", { { MORE, BYTES("x") }, { CLOSE, BYTES("\x03\xe8") }, { LAST, BYTES("not read") } }, "close(1000)end" },
    { "7.3.1", { { CLOSE, BYTES("") } }, "close(0)end" },
    { "7.3.2", { { CLOSE, BYTES("\x03") } }, "close(1002)end" },
    { "7.3.3", { { CLOSE, BYTES("\x03\xe8") } }, "close(1000)end" },
    { "7.3.4", { { CLOSE, BYTES("\x03\xe9going") } }, "close(1001)end" },
    { "7.3.6", { { CLOSE, BYTES("\x03\xe8" B125) } }, "close(1002)end" },
    { "7.5.1", { { CLOSE, BYTES("\x03\xe8\xce\xba\xed\xa0\x80") } }, "close(1007)end" },
    { "7.5.1", { { CLOSE, BYTES("\x03\xe8\xe2\x82") } }, "close(1007)end" },
    { "7.5.1", { { CLOSE, BYTES("\x03\xe8\xe2\x82\xac\xe2\x82\xac") } }, "close(1000)end" },
};

/* Whole, in two pieces cut at every byte, and byte by byte: always the same. */
BM_LOOP_TEST(cases_in_any_pieces, BM_COUNT(cases))
{
    const ws_case_t *c = &cases[_i];
    bm_buffer_t bytes = { NULL, 0, 0, 0 };
    int a;

    for (a = 0; a < 6 && c->frames[a].payload != NULL; a++)
        put_frame(&bytes, c->frames[a].first, c->frames[a].payload, c->frames[a].len);
    for (a = -1; a < (int)bytes.len; a++) {
        const char *is = told(bytes.data, bytes.len, a);

        ck_assert_msg(strcmp(is, c->told) == 0, "case %s cut at %d: %s instead of %s", c->number, a, is, c->told);
    }
    bm_buffer_free(&bytes);
}
END_TEST

/* Heads that no frame may have. */
static const struct { const char *what; const char *bytes; apr_size_t len; const char *told; } heads[] = {
    { "unmasked", BYTES("\x81\x01x"), "close(1002)end" },
    { "unmasked and empty", BYTES("\x81\x00"), "close(1002)end" },
    { "an unmasked close", BYTES("\x88\x02\x03\xe8"), "close(1002)end" },
    { "125 bytes as 16 bits", BYTES("\x81\xfe\x00\x7d\x01\x02\x03\x04x"), "close(1002)end" },
    { "65535 bytes as 64 bits", BYTES("\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff\x01\x02\x03\x04x"), "close(1002)end" },
    { "a ping of 126 bytes", BYTES("\x89\xfe\x00\x7e\x01\x02\x03\x04x"), "close(1002)end" },
    { "a ping with 64 bits of length", BYTES("\x89\xff\x00\x00\x00\x00\x00\x00\x00\x01\x01\x02\x03\x04x"), "close(1002)end" },
    { "2^63 bytes", BYTES("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04x"), "close(1002)end" },
    { "2^63 - 1 bytes", BYTES("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04x"), "close(1009)end" },
    { "2^32 + 1 bytes", BYTES("\x81\xff\x00\x00\x00\x01\x00\x00\x00\x01\x01\x02\x03\x04x"), "close(1009)end" },
    { "one byte too much", BYTES("\x81\xfe\x40\x01\x01\x02\x03\x04x"), "close(1009)end" },
    { "as much as may be", BYTES("\x81\xfe\x40\x00\x01\x02\x03\x04x"), "" },
};

BM_LOOP_TEST(heads_in_any_pieces, BM_COUNT(heads))
{
    int a;

    for (a = -1; a < (int)heads[_i].len; a++) {
        const char *is = told(heads[_i].bytes, heads[_i].len, a);

        ck_assert_msg(strcmp(is, heads[_i].told) == 0, "%s cut at %d: %s", heads[_i].what, a, is);
    }
}
END_TEST

static int is_accepted(int code)
{
    char payload[2] = { (char)(code >> 8), (char)code };
    bm_buffer_t bytes = { NULL, 0, 0, 0 };
    const char *is;

    put_frame(&bytes, CLOSE, payload, 2);
    is = told(bytes.data, bytes.len, 0);
    bm_buffer_free(&bytes);
    if (strcmp(is, "close(1002)end") == 0)
        return 0;
    ck_assert_str_eq(is, apr_psprintf(g_pool, "close(%d)end", code));
    return 1;
}

/* 7.7, 7.9 and 7.13: each of the 65,536 codes. */
BM_TEST(codes_of_a_close)
{
    int code;

    for (code = 0; code <= 0xffff; code++) {
        int may = (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999);

        if (code != 1002)                  /* which looks like its refusal */
            ck_assert_msg(is_accepted(code) == may, "%d", code);
        if (code % 1000 == 0)
            apr_pool_clear(g_pool);
    }
}
END_TEST

/* At the first byte that cannot be, not at the end of the message. */
BM_TEST(bad_text_fails_at_once)
{
    bm_buffer_t bytes = { NULL, 0, 0, 0 };
    talk_t t;

    put_frame(&bytes, MORE, BYTES("ab\xed\xa0 and much more that never comes"));
    begin(&t);
    ck_assert_int_eq(feed(&t, bytes.data, 6 + 3, 0), APR_SUCCESS);
    ck_assert_int_eq(feed(&t, bytes.data + 9, 1, 0), APR_EOF);
    ck_assert_str_eq(finish(&t), "close(1007)end");
    bm_buffer_free(&bytes);
}
END_TEST

/* 9.x: the limit is that of a message, however it comes. */
BM_TEST(messages_end_at_their_limit)
{
    bm_buffer_t bytes = { NULL, 0, 0, 0 };
    char *long_text = apr_pcalloc(g_pool, BM_WS_MESSAGE_MAX + 1);
    talk_t t;
    int i;

    memset(long_text, 'x', BM_WS_MESSAGE_MAX);
    put_frame(&bytes, TEXT, long_text, BM_WS_MESSAGE_MAX);
    put_frame(&bytes, MORE, long_text, BM_WS_MESSAGE_MAX - 1);
    put_frame(&bytes, LAST, "y", 1);
    begin(&t);
    ck_assert_int_eq(feed(&t, bytes.data, bytes.len, 0), APR_SUCCESS);
    ck_assert_int_eq(t.messages, 2);
    bm_buffer_clear(&bytes);
    put_frame(&bytes, MORE, long_text, BM_WS_MESSAGE_MAX / 2);
    for (i = 0; i < 2; i++)
        put_frame(&bytes, CONT, long_text, BM_WS_MESSAGE_MAX / 4);
    ck_assert_int_eq(feed(&t, bytes.data, bytes.len, SECOND), APR_SUCCESS);
    bm_buffer_clear(&bytes);
    put_frame(&bytes, CONT, "", 0);
    ck_assert_int_eq(feed(&t, bytes.data, bytes.len, SECOND), APR_SUCCESS);
    bm_buffer_clear(&bytes);
    put_frame(&bytes, CONT, "z", 1);
    ck_assert_int_eq(feed(&t, bytes.data, bytes.len, SECOND), APR_EOF);
    ck_assert_str_eq(finish(&t), "close(1009)end");
    ck_assert_int_eq(t.messages, 2);
    bm_buffer_free(&bytes);
}
END_TEST

BM_TEST(too_many_frames_at_once)
{
    bm_buffer_t bytes = { NULL, 0, 0, 0 };
    talk_t t;
    int i;

    put_frame(&bytes, PONG, "", 0);
    begin(&t);
    for (i = 0; i < BM_WS_FRAMES_BURST; i++)
        ck_assert_int_eq(feed(&t, bytes.data, bytes.len, 5 * SECOND), APR_SUCCESS);
    for (i = 0; i < BM_WS_FRAMES_PER_SECOND; i++)           /* at their rate they go on */
        ck_assert_int_eq(feed(&t, bytes.data, bytes.len, 5 * SECOND + (i + 1) * SECOND / BM_WS_FRAMES_PER_SECOND), APR_SUCCESS);
    ck_assert_int_eq(feed(&t, bytes.data, bytes.len, 6 * SECOND), APR_EOF);
    ck_assert_str_eq(finish(&t), "close(1008)end");
    bm_buffer_free(&bytes);
}
END_TEST

static apr_size_t heap(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 0;                                               /* whose allocator keeps no such books */
#else
    return mallinfo2().uordblks;
#endif
}

/* A million fragments of one byte (a message of 16,000 and the next), then a million empty ones, as fast as they may come. */
BM_TEST(a_million_fragments_need_no_memory)
{
    bm_buffer_t first = { NULL, 0, 0, 0 }, next = { NULL, 0, 0, 0 }, empty = { NULL, 0, 0, 0 }, last = { NULL, 0, 0, 0 };
    apr_int64_t now = 0;
    apr_size_t before, most;
    talk_t t;
    int i;

    put_frame(&first, MORE, "a", 1);
    put_frame(&next, CONT, "b", 1);
    put_frame(&empty, CONT, "", 0);
    put_frame(&last, LAST, "c", 1);
    begin(&t);
    before = heap();
    most = 0;
    for (i = 0; i < 1000000; i++) {
        const bm_buffer_t *frame = i % 16000 == 0 ? &first : i % 16000 == 15999 ? &last : &next;

        now += SECOND / BM_WS_FRAMES_PER_SECOND;
        ck_assert_int_eq(bm_ws_session_receive(t.session, frame->data, frame->len, now), APR_SUCCESS);
        if (i % 997 == 0 && heap() > most)
            most = heap();
    }
    ck_assert_int_eq(t.messages, 62);
    for (i = 0; i < 1000000; i++) {
        now += SECOND / BM_WS_FRAMES_PER_SECOND;
        ck_assert_int_eq(bm_ws_session_receive(t.session, empty.data, empty.len, now), APR_SUCCESS);
    }
    if (heap() > most)
        most = heap();
    ck_assert_uint_le(most - (most < before ? most : before), 64 * 1024);
    ck_assert_str_eq(finish(&t), "");
    bm_buffer_free(&first);
    bm_buffer_free(&next);
    bm_buffer_free(&empty);
    bm_buffer_free(&last);
}
END_TEST

/* Nobody takes the answers: a bounded number of pongs waits, the last ping's among them (RFC 6455 5.5.3). */
BM_TEST(pings_without_end_need_no_memory)
{
    bm_buffer_t ping = { NULL, 0, 0, 0 }, last = { NULL, 0, 0, 0 }, out = { NULL, 0, 0, 0 };
    const bm_buffer_t *bytes;
    apr_int64_t now = 0;
    apr_size_t before;
    talk_t t;
    int i;

    put_frame(&ping, PING, B125, 125);
    put_frame(&last, PING, "last", 4);
    begin(&t);
    before = heap();
    for (i = 0; i <= 1000000; i++) {
        now += SECOND / BM_WS_FRAMES_PER_SECOND;
        bytes = i < 1000000 ? &ping : &last;
        ck_assert_int_eq(bm_ws_session_receive(t.session, bytes->data, bytes->len, now), APR_SUCCESS);
        bm_ws_session_ping(t.session);
    }
    ck_assert_uint_le(heap() - (heap() < before ? heap() : before), 64 * 1024);
    ck_assert_int_eq(bm_ws_session_output(t.session, &out), APR_SUCCESS);
    ck_assert_uint_le(out.len, 2048 + 2);
    ck_assert_uint_ge(out.len, 2 + 6);
    ck_assert_mem_eq(out.data + out.len - 8, "\x8a\x04last\x89\x00", 8);
    ck_assert_str_eq(finish(&t), "");
    bm_buffer_free(&ping);
    bm_buffer_free(&last);
    bm_buffer_free(&out);
}
END_TEST

BM_TEST(we_close_first)
{
    bm_buffer_t bytes = { NULL, 0, 0, 0 };
    talk_t t;

    begin(&t);
    ck_assert_int_eq(bm_ws_session_closing(t.session), 0);
    bm_ws_session_close(t.session, BM_WS_RESTART, "restart");
    bm_ws_session_close(t.session, BM_WS_POLICY, "too late");
    bm_ws_session_ping(t.session);
    ck_assert_int_eq(bm_ws_session_closing(t.session), 1);
    read_output(&t);
    ck_assert_str_eq(t.log, "close(1012 restart)");
    put_frame(&bytes, TEXT, BYTES("on its way"));
    put_frame(&bytes, PING, BYTES("too"));
    ck_assert_int_eq(feed(&t, bytes.data, bytes.len, 0), APR_SUCCESS);
    bm_buffer_clear(&bytes);
    put_frame(&bytes, CLOSE, BYTES("\x03\xf4"));
    ck_assert_int_eq(feed(&t, bytes.data, bytes.len, 0), APR_EOF);
    ck_assert_str_eq(finish(&t), "close(1012 restart)end");
    bm_buffer_free(&bytes);
}
END_TEST

/* What breaks the rules while we close ends it, too, without a second Close. */
BM_TEST(bad_frames_after_our_close)
{
    talk_t t;

    begin(&t);
    bm_ws_session_close(t.session, BM_WS_GOING_AWAY, NULL);
    read_output(&t);
    ck_assert_int_eq(feed(&t, BYTES("\x81\x00"), 0), APR_EOF);
    ck_assert_str_eq(finish(&t), "close(1001)end");
}
END_TEST

BM_TEST(a_message_may_close)
{
    bm_buffer_t bytes = { NULL, 0, 0, 0 };
    talk_t t;

    put_frame(&bytes, TEXT, BYTES("one"));
    put_frame(&bytes, PING, BYTES("p"));
    put_frame(&bytes, TEXT, BYTES("two"));
    put_frame(&bytes, TEXT, BYTES("three"));
    begin(&t);
    t.close_at = 2;
    ck_assert_int_eq(feed(&t, bytes.data, bytes.len, 0), APR_SUCCESS);
    ck_assert_str_eq(finish(&t), "text(one)text(two)pong(p)close(4000 enough)");
    bm_buffer_free(&bytes);
}
END_TEST

BM_TEST(a_long_reason_is_cut_between_characters)
{
    talk_t t;

    begin(&t);
    bm_ws_session_close(t.session, 4000, apr_pstrcat(g_pool, apr_pstrmemdup(g_pool, B125, 122), "\xe2\x82\xac", NULL));
    ck_assert_str_eq(finish(&t), apr_pstrcat(g_pool, "close(4000 ", apr_pstrmemdup(g_pool, B125, 122), ")", NULL));
    begin(&t);
    bm_ws_session_close(t.session, 0, NULL);
    ck_assert_str_eq(finish(&t), "close(0)");
}
END_TEST

BM_TEST(a_ping_is_asked_for_once)
{
    talk_t t;

    begin(&t);
    bm_ws_session_ping(t.session);
    bm_ws_session_ping(t.session);
    read_output(&t);
    read_output(&t);
    ck_assert_str_eq(finish(&t), "ping()");
}
END_TEST

#include "test_ws_session.reg"
