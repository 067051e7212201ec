/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "parse/sse_parser.h"

/* What the callbacks saw, as text: one line per event or comment. Each feed's tag is the offset of its first byte. */
typedef struct seen_t {
    char *log;
    apr_pool_t *p;
    apr_status_t answer;
    int with_tags;
} seen_t;

static apr_status_t on_event(void *baton, const bm_sse_event_t *e)
{
    seen_t *seen = baton;

    ck_assert_uint_eq(strlen(e->data) <= e->data_len, 1);
    ck_assert_int_eq(e->data[e->data_len], '\0');
    seen->log = apr_psprintf(seen->p, "%s[%s|%s|%s|%" APR_INT64_T_FMT "|%" APR_INT64_T_FMT "-%" APR_INT64_T_FMT "%s%s]",
                             seen->log, e->name, e->data, e->id, e->retry_ms, e->first, e->last,
                             e->unterminated ? "|cut" : "", e->error_field ? "|error" : "");
    if (seen->with_tags)
        seen->log = apr_psprintf(seen->p, "%s@%" APR_INT64_T_FMT, seen->log, e->tag);
    return seen->answer;
}

static void on_comment(void *baton, const char *text, apr_size_t len, apr_int64_t first, apr_int64_t last)
{
    seen_t *seen = baton;

    seen->log = apr_psprintf(seen->p, "%s(%s|%" APR_INT64_T_FMT "-%" APR_INT64_T_FMT ")", seen->log,
                             apr_pstrmemdup(seen->p, text, len), first, last);
}

/* Feed bytes in pieces that end at a and b and the end, and finish. */
static const char *parse_split(const char *bytes, apr_size_t len, apr_size_t a, apr_size_t b, int with_tags,
                               apr_pool_t *p)
{
    seen_t seen = { apr_pstrdup(p, ""), p, APR_SUCCESS, with_tags };
    bm_sse_parser_t *parser = bm_sse_parser_make(on_event, on_comment, &seen, 0, p);

    ck_assert_int_eq(bm_sse_parser_feed(parser, bytes, a, 0), APR_SUCCESS);
    ck_assert_int_eq(bm_sse_parser_feed(parser, bytes + a, b - a, (apr_int64_t)a), APR_SUCCESS);
    ck_assert_int_eq(bm_sse_parser_feed(parser, bytes + b, len - b, (apr_int64_t)b), APR_SUCCESS);
    ck_assert_int_eq(bm_sse_parser_finish(parser), APR_SUCCESS);
    ck_assert_int_eq(bm_sse_parser_offset(parser), (apr_int64_t)len);
    return seen.log;
}

typedef struct sse_case_t {
    const char *bytes;
    const char *seen;
    apr_size_t len;      /* 0: strlen */
} sse_case_t;

static const sse_case_t cases[] = {
    { "data: a\n\n", "[|a||-1|0-8]" },
    { "data: a\r\n\r\n", "[|a||-1|0-10]" },
    { "data: a\r\r", "[|a||-1|0-8]" },
    { "data: a\r\rdata: b\r\r", "[|a||-1|0-8][|b||-1|9-17]" },
    { "data: a\n\r\n", "[|a||-1|0-9]" },
    { "data: a\r\n\n", "[|a||-1|0-9]" },
    { "data: a\r\n\rdata: b\n\r", "[|a||-1|0-9][|b||-1|10-18]" },
    { "data:a\n\n", "[|a||-1|0-7]" },
    { "data:  a \n\n", "[| a ||-1|0-10]" },
    { "data:\n\n", "[|||-1|0-6]" },
    { "data: \n\n", "[|||-1|0-7]" },
    { "data\n\n", "[|||-1|0-5]" },
    { "data: a\ndata: b\ndata\ndata:c\n\n", "[|a\nb\n\nc||-1|0-28]" },
    { "data\ndata\n\n", "[|\n||-1|0-10]" },
    { "data: a:b: c\n\n", "[|a:b: c||-1|0-13]" },
    { "\xef\xbb\xbf" "data: a\n\n", "[|a||-1|3-11]" },
    { "\xef\xbb\xbf\xef\xbb\xbf" "data: a\n\ndata: b\n\n", "[|b||-1|15-23]" },
    { "\xef\xbb" "data: a\ndata: b\n\n", "[|b||-1|0-18]" },
    { "\xef\n\ndata: b\n\n", "[|b||-1|3-11]" },
    { "\n\n\ndata: a\n\n\n\n", "[|a||-1|3-11]" },
    { ": ping\n\n: \n:\n:two  \ndata: a\n\n", "(ping|0-6)(|8-10)(|11-12)(two  |13-19)[|a||-1|20-28]" },
    { "data: a\n: between\ndata: b\n\n", "(between|8-17)[|a\nb||-1|0-26]" },
    { ":c\r\n\r\n:d\r\r", "(c|0-2)(d|6-8)" },
    { "event: error\ndata: {}\n\n", "[error|{}||-1|0-22]" },
    { "event: a\nevent: b\ndata: x\n\ndata: y\n\n", "[b|x||-1|0-26][|y||-1|27-35]" },
    { "event: a\n\ndata: y\n\n", "[|y||-1|10-18]" },
    { "id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", "[|a|7|-1|0-14][|b|7|-1|15-23][|c||-1|24-35]" },
    { "id: 7\n\ndata: a\n\n", "[|a|7|-1|7-15]" },
    { "id: 7\nid: x\0y\ndata: a\n\n", "[|a|7|-1|0-22]", 23 },
    { "retry: 100\n\ndata: a\n\nretry: 1x\nretry:\nretry: -1\nretry: 99999999999999999999\ndata: b\n\n",
      "[|a||100|12-20][|b||100|21-84]" },
    { "retry: 0\ndata: a\n\n", "[|a||0|0-17]" },
    { "Data: a\ndatax: b\ndat: c\ndata : d\n data: e\nfoo\n\n", "" },
    { "unknown_very_long_name: x\ndata: a\n\n", "[|a||-1|0-34]" },
    { "event : x\neventx\ndata: a\n\n", "[|a||-1|0-25]" },
    { "error: {\"code\":500}\n\ndata: a\n\n", "[error|{\"code\":500}||-1|0-20|error][|a||-1|21-29]" },
    { "event: e\nerror: x\n\n", "[e|x||-1|0-18|error]" },
    { "data: [DONE]", "[|[DONE]||-1|0-11|cut]" },
    { "data: a\n\ndata: b\n", "[|a||-1|0-8][|b||-1|9-16|cut]" },
    { "data: a\n\ndata: b\r\n", "[|a||-1|0-8][|b||-1|9-17|cut]" },
    { "data: a\n: late", "(late|8-13)[|a||-1|0-7|cut]" },
    { "data: a\n: late\n", "(late|8-14)[|a||-1|0-7|cut]" },
    { "data", "[|||-1|0-3|cut]" },
    { "data:", "[|||-1|0-4|cut]" },
    { "dat", "" },
    { ":", "(|0-0)" },
    { "\xef\xbb", "" },
    { "", "" },
    { "\r", "" },
    { "data: a\xe2\x80\xa8" "b\x0b\x0c\x1c\xc2\x85" "c\n\n", "[|a\xe2\x80\xa8" "b\x0b\x0c\x1c\xc2\x85" "c||-1|0-18]" },
    { "data: \xff\xfe\n\n", "[|\xff\xfe||-1|0-9]" },
};

static apr_size_t case_len(const sse_case_t *c)
{
    return c->len ? c->len : strlen(c->bytes);
}

BM_LOOP_TEST(every_nasty_input_gives_its_events, BM_COUNT(cases))
{
    const sse_case_t *c = &cases[_i];
    apr_size_t len = case_len(c);

    ck_assert_str_eq(parse_split(c->bytes, len, len, len, 0, g_pool), c->seen);
}
END_TEST

/* Every way to cut each input in up to three pieces. */
BM_LOOP_TEST(every_split_gives_identical_events, BM_COUNT(cases))
{
    const sse_case_t *c = &cases[_i];
    apr_size_t len = case_len(c), a, b;
    apr_pool_t *pround;

    apr_pool_create(&pround, g_pool);
    for (a = 0; a <= len; a++)
        for (b = a; b <= len; b++) {
            apr_pool_clear(pround);
            ck_assert_str_eq(parse_split(c->bytes, len, a, b, 0, pround), c->seen);
        }
}
END_TEST

BM_LOOP_TEST(one_byte_feeds_give_identical_events, BM_COUNT(cases))
{
    const sse_case_t *c = &cases[_i];
    seen_t seen = { apr_pstrdup(g_pool, ""), g_pool, APR_SUCCESS, 0 };
    bm_sse_parser_t *parser = bm_sse_parser_make(on_event, on_comment, &seen, 0, g_pool);
    apr_size_t i, len = case_len(c);

    for (i = 0; i < len; i++) {
        char *byte = malloc(1);      /* a block of its own, so that a sanitizer sees a read beside it */

        *byte = c->bytes[i];
        ck_assert_int_eq(bm_sse_parser_feed(parser, byte, 1, (apr_int64_t)i), APR_SUCCESS);
        free(byte);
    }
    ck_assert_int_eq(bm_sse_parser_finish(parser), APR_SUCCESS);
    ck_assert_str_eq(seen.log, c->seen);
}
END_TEST

/* All inputs one after the other through one parser: a reset leaves nothing behind. */
BM_TEST(a_reset_parser_is_as_new)
{
    seen_t seen = { NULL, g_pool, APR_SUCCESS, 0 };
    bm_sse_parser_t *parser = bm_sse_parser_make(on_event, on_comment, NULL, 0, g_pool);
    apr_size_t i;

    for (i = 0; i < BM_COUNT(cases); i++) {
        seen.log = apr_pstrdup(g_pool, "");
        bm_sse_parser_reset(parser, &seen);
        ck_assert_int_eq(bm_sse_parser_feed(parser, cases[i].bytes, case_len(&cases[i]), 0), APR_SUCCESS);
        if (i % 2 == 0)
            continue;                /* a reset also in the middle of an event */
        ck_assert_int_eq(bm_sse_parser_finish(parser), APR_SUCCESS);
        ck_assert_str_eq(seen.log, cases[i].seen);
    }
}
END_TEST

/* The tag is that of the feed with the last byte of the blank line, wherever the cut is. */
BM_TEST(tag_belongs_to_the_last_byte)
{
    static const char two[] = "data: a\n\ndata: b\r\n\r\n";

    ck_assert_str_eq(parse_split(two, 20, 8, 9, 1, g_pool), "[|a||-1|0-8]@8[|b||-1|9-19]@9");
    ck_assert_str_eq(parse_split(two, 20, 9, 12, 1, g_pool), "[|a||-1|0-8]@0[|b||-1|9-19]@12");
    ck_assert_str_eq(parse_split(two, 20, 3, 19, 1, g_pool), "[|a||-1|0-8]@3[|b||-1|9-19]@19");
    /* A CR that ends the event is its last byte although delivery waits for the byte behind it. */
    ck_assert_str_eq(parse_split("data: a\r\rdata: b\n\n", 18, 9, 10, 1, g_pool), "[|a||-1|0-8]@0[|b||-1|9-17]@10");
    /* Nothing but a comment came behind the last line: the tag is that of the line. */
    ck_assert_str_eq(parse_split("data: a\n: late", 14, 8, 10, 1, g_pool), "(late|8-13)[|a||-1|0-7|cut]@0");
}
END_TEST

BM_TEST(counts_events_and_comments_without_a_comment_callback)
{
    seen_t seen = { apr_pstrdup(g_pool, ""), g_pool, APR_SUCCESS, 0 };
    bm_sse_parser_t *parser = bm_sse_parser_make(on_event, NULL, &seen, 0, g_pool);

    ck_assert_int_eq(bm_sse_parser_feed(parser, ": a\n:\n\ndata: x\n\ndata: y", 23, 0), APR_SUCCESS);
    ck_assert_int_eq(bm_sse_parser_comments(parser), 2);
    ck_assert_int_eq(bm_sse_parser_events(parser), 1);
    ck_assert_int_eq(bm_sse_parser_finish(parser), APR_SUCCESS);
    ck_assert_int_eq(bm_sse_parser_events(parser), 2);
    ck_assert_int_eq(bm_sse_parser_finish(parser), APR_SUCCESS);
    ck_assert_int_eq(bm_sse_parser_events(parser), 2);
}
END_TEST

static apr_status_t feed_text(bm_sse_parser_t *parser, const char *text)
{
    return bm_sse_parser_feed(parser, text, strlen(text), 0);
}

BM_TEST(an_event_over_the_cap_is_an_error_that_stays)
{
    seen_t seen = { apr_pstrdup(g_pool, ""), g_pool, APR_SUCCESS, 0 };
    bm_sse_parser_t *parser = bm_sse_parser_make(on_event, NULL, &seen, 8, g_pool);

    ck_assert_int_eq(feed_text(parser, "data: 12345678\n\n"), APR_SUCCESS);
    ck_assert_int_eq(feed_text(parser, "data: 1234\ndata: 567\n\n"), APR_SUCCESS);
    ck_assert_int_eq(feed_text(parser, "data: 1234\ndata: 5678\n\n"), APR_ENOSPC);
    ck_assert_int_eq(feed_text(parser, "data: x\n\n"), APR_ENOSPC);
    ck_assert_int_eq(bm_sse_parser_finish(parser), APR_ENOSPC);
    ck_assert_str_eq(seen.log, "[|12345678||-1|0-15][|1234\n567||-1|16-37]");
    bm_sse_parser_reset(parser, &seen);
    ck_assert_int_eq(feed_text(parser, "data: 1234"), APR_SUCCESS);
    ck_assert_int_eq(feed_text(parser, "56789"), APR_ENOSPC);
    bm_sse_parser_reset(parser, &seen);
    ck_assert_int_eq(feed_text(parser, "event: 123456789"), APR_ENOSPC);
    bm_sse_parser_reset(parser, &seen);
    ck_assert_int_eq(feed_text(parser, "id: 123456789"), APR_ENOSPC);
    bm_sse_parser_reset(parser, &seen);
    ck_assert_int_eq(feed_text(parser, "data: 12345678\ndata\n"), APR_ENOSPC);
    /* What nobody keeps has no cap. */
    bm_sse_parser_reset(parser, &seen);
    ck_assert_int_eq(feed_text(parser, ": 0123456789012345\nfoo: 0123456789012345\ndata: ok\n\n"), APR_SUCCESS);
}
END_TEST

BM_TEST(a_long_comment_is_cut)
{
    seen_t seen = { apr_pstrdup(g_pool, ""), g_pool, APR_SUCCESS, 0 };
    bm_sse_parser_t *parser = bm_sse_parser_make(on_event, on_comment, &seen, 0, g_pool);
    char text[1002];

    memset(text, 'x', sizeof(text));
    memcpy(text, ": ", 2);
    text[1001] = '\n';
    ck_assert_int_eq(bm_sse_parser_feed(parser, text, 500, 0), APR_SUCCESS);
    ck_assert_int_eq(bm_sse_parser_feed(parser, text + 500, 502, 0), APR_SUCCESS);
    ck_assert_uint_eq(strspn(seen.log + 1, "x"), BM_SSE_COMMENT_MAX);
    ck_assert_ptr_nonnull(strstr(seen.log, "|0-1001)"));
}
END_TEST

BM_TEST(a_callback_can_stop_the_parser)
{
    seen_t seen = { apr_pstrdup(g_pool, ""), g_pool, APR_EOF, 0 };
    bm_sse_parser_t *parser = bm_sse_parser_make(on_event, NULL, &seen, 0, g_pool);

    ck_assert_int_eq(feed_text(parser, "data: [DONE]\n\ndata: x\n\n"), APR_EOF);
    ck_assert_int_eq(feed_text(parser, "data: x\n\n"), APR_EOF);
    ck_assert_int_eq(bm_sse_parser_finish(parser), APR_EOF);
    ck_assert_str_eq(seen.log, "[|[DONE]||-1|0-13]");
}
END_TEST

static apr_status_t count_event(void *baton, const bm_sse_event_t *e)
{
    (void)e;
    ++*(int *)baton;
    return APR_SUCCESS;
}

/* A data line of megabytes, cut at odd places, and the same parser again. */
BM_TEST(a_huge_event_comes_whole)
{
    const apr_size_t n = 3 * 1024 * 1024;
    char *body = malloc(n);
    int events = 0;
    bm_sse_parser_t *parser = bm_sse_parser_make(count_event, NULL, &events, 0, g_pool);
    apr_size_t at, len;
    int round;

    memset(body, 'x', n);
    memcpy(body, "data:", 5);
    memcpy(body + n - 2, "\n\n", 2);
    for (round = 1; round <= 2; round++) {
        for (at = 0; at < n; at += len) {
            len = n - at < 16381 ? n - at : 16381;
            ck_assert_int_eq(bm_sse_parser_feed(parser, body + at, len, 0), APR_SUCCESS);
        }
        ck_assert_int_eq(events, round);
        bm_sse_parser_reset(parser, &events);
    }
    free(body);
}
END_TEST

/* 24 MiB of lines that all end alike: with one search of the rest per line this takes many minutes, not a second. */
BM_LOOP_TEST(a_large_body_is_scanned_once, 2)
{
    const apr_size_t n = 6 * 1024 * 1024;
    char *body = malloc(n * 4);
    int events = 0;
    bm_sse_parser_t *parser = bm_sse_parser_make(count_event, NULL, &events, 0, g_pool);
    apr_size_t i;

    for (i = 0; i < n; i++)
        memcpy(body + 4 * i, _i ? "id\r\r" : "id\n\n", 4);
    ck_assert_int_eq(bm_sse_parser_feed(parser, body, n * 4, 0), APR_SUCCESS);
    for (i = 0; i < n; i++)
        memcpy(body + 4 * i, _i ? "x:y\r" : "x:y\n", 4);
    ck_assert_int_eq(bm_sse_parser_feed(parser, body, n * 4, 0), APR_SUCCESS);
    ck_assert_int_eq(events, 0);
    free(body);
}
END_TEST

#include "test_sse_parser.reg"
