/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "engine/timeline.h"

static apr_array_header_t *make_chunks(const bm_chunk_t *chunks, int n)
{
    apr_array_header_t *list = apr_array_make(g_pool, n + 1, sizeof(bm_chunk_t));
    int i;

    for (i = 0; i < n; i++)
        APR_ARRAY_PUSH(list, bm_chunk_t) = chunks[i];
    return list;
}

static const char *json_of(const void *data, apr_size_t len)
{
    bm_buffer_t out = { 0 };
    const char *text;
    bm_jw_t w;

    bm_jw_init(&w, &out);
    if (bm_timeline_write_json(&w, data, len, g_pool) != APR_SUCCESS) {
        ck_assert_int_eq(out.len, 0);
        return NULL;
    }
    text = apr_pstrmemdup(g_pool, out.data, out.len);
    bm_buffer_free(&out);
    return text;
}

static const bm_chunk_t some[] = {
    { 2000400, 1900000, 70, 100, -1, BM_CHUNK_ROLE },
    { 2000600, 1900100, 70, 120, 3, BM_CHUNK_CONTENT },
    { 12000000, 11900000, 71, 90, 0, BM_CHUNK_REASONING },
    { 11999000, 11899000, 75, 4000000000u, 100000, BM_CHUNK_ERROR },
};

BM_TEST(a_timeline_comes_back)
{
    apr_size_t len;
    const void *data = bm_timeline_pack(&len, make_chunks(some, 4), 1000000, 0, g_pool);

    ck_assert_str_eq(json_of(data, len),
                     "{\"chunks\":[{\"t_us\":1000,\"kind\":\"role\",\"tokens\":null,\"bytes\":100,\"wake\":0},"
                     "{\"t_us\":1001,\"kind\":\"content\",\"tokens\":3,\"bytes\":120,\"wake\":0},"
                     "{\"t_us\":11000,\"kind\":\"reasoning\",\"tokens\":0,\"bytes\":90,\"wake\":1},"
                     "{\"t_us\":10999,\"kind\":\"error\",\"tokens\":100000,\"bytes\":4000000000,\"wake\":5}],"
                     "\"stalls\":[],\"truncated\":false,\"total\":4,\"kernel_stamped\":false}");
    data = bm_timeline_pack(&len, make_chunks(some, 2), 2000000, 1, g_pool);
    ck_assert_str_eq(json_of(data, len),
                     "{\"chunks\":[{\"t_us\":-100,\"kind\":\"role\",\"tokens\":null,\"bytes\":100,\"wake\":0},"
                     "{\"t_us\":-100,\"kind\":\"content\",\"tokens\":3,\"bytes\":120,\"wake\":0}],"
                     "\"stalls\":[],\"truncated\":false,\"total\":2,\"kernel_stamped\":true}");
}
END_TEST

BM_TEST(chunks_come_back_in_whole_microseconds)
{
    static const apr_int64_t at_us[] = { 1000, 1001, 11000, 10999 };
    apr_size_t len;
    const void *data = bm_timeline_pack(&len, make_chunks(some, 4), 1000000, 0, g_pool);
    apr_array_header_t *chunks;
    int i;

    ck_assert_int_eq(bm_timeline_unpack(&chunks, data, len, g_pool), APR_SUCCESS);
    ck_assert_int_eq(chunks->nelts, 4);
    for (i = 0; i < 4; i++) {
        const bm_chunk_t *chunk = &APR_ARRAY_IDX(chunks, i, bm_chunk_t);

        ck_assert_int_eq(chunk->user_ns, at_us[i] * 1000);
        ck_assert_int_eq(chunk->kernel_ns, 0);
        ck_assert_int_eq(chunk->kind, some[i].kind);
        ck_assert_int_eq(chunk->tokens, some[i].tokens);
        ck_assert_uint_eq(chunk->bytes, some[i].bytes);
        ck_assert_uint_eq(chunk->wake, some[i].wake - 70);
    }
    ck_assert_int_eq(bm_timeline_unpack(&chunks, data, len - 1, g_pool), APR_EINVAL);
    ck_assert_int_eq(bm_timeline_unpack(&chunks, NULL, 0, g_pool), APR_SUCCESS);
    ck_assert_int_eq(chunks->nelts, 0);
}
END_TEST

BM_TEST(nothing_is_an_empty_timeline)
{
    apr_size_t len = 7;

    ck_assert_ptr_null(bm_timeline_pack(&len, make_chunks(some, 0), 1, 0, g_pool));
    ck_assert_int_eq(len, 0);
    ck_assert_ptr_null(bm_timeline_pack(&len, make_chunks(some, 2), 0, 0, g_pool));
    ck_assert_str_eq(json_of(NULL, 0), "{\"chunks\":[],\"stalls\":[],\"truncated\":false,\"total\":0,\"kernel_stamped\":false}");
}
END_TEST

static bm_chunk_t token(double at_ms, bm_chunk_kind_e kind)
{
    return (bm_chunk_t){ .user_ns = 1000000 + (apr_int64_t)(at_ms * 1e6), .wake = 1, .bytes = 200, .tokens = -1, .kind = kind };
}

/* Gaps of 10 ms, one of 60 (five times the median and 50 ms are passed) and one of 45. */
BM_TEST(a_stall_is_marked_at_the_chunk_behind_it)
{
    static const double at[] = { 100, 110, 120, 130, 190, 200, 245, 255 };
    apr_array_header_t *chunks = apr_array_make(g_pool, 10, sizeof(bm_chunk_t));
    const char *text;
    const void *data;
    apr_size_t len, i;

    APR_ARRAY_PUSH(chunks, bm_chunk_t) = token(1, BM_CHUNK_ROLE);
    for (i = 0; i < BM_COUNT(at); i++)
        APR_ARRAY_PUSH(chunks, bm_chunk_t) = token(at[i], BM_CHUNK_CONTENT);
    APR_ARRAY_PUSH(chunks, bm_chunk_t) = token(900, BM_CHUNK_USAGE);
    data = bm_timeline_pack(&len, chunks, 1000000, 0, g_pool);
    text = json_of(data, len);
    ck_assert_ptr_nonnull(strstr(text, "\"stalls\":[5]"));
}
END_TEST

BM_TEST(a_long_stream_is_cut_and_says_so)
{
    apr_array_header_t *chunks = apr_array_make(g_pool, BM_TIMELINE_CHUNKS_MAX + 10, sizeof(bm_chunk_t));
    const char *text;
    const void *data;
    apr_size_t len;
    int i;

    for (i = 0; i < BM_TIMELINE_CHUNKS_MAX + 10; i++)
        APR_ARRAY_PUSH(chunks, bm_chunk_t) = (bm_chunk_t){ .user_ns = 1000000 + i * (apr_int64_t)20000000, .wake =
            (apr_uint32_t)i,
                                                           .bytes = 220, .tokens = -1, .kind = BM_CHUNK_CONTENT };
    data = bm_timeline_pack(&len, chunks, 1000000, 0, g_pool);
    text = json_of(data, len);
    ck_assert_int_lt(len, 7 * BM_TIMELINE_CHUNKS_MAX);
    ck_assert_ptr_nonnull(strstr(text, "\"truncated\":true,\"total\":65546,"));
    ck_assert_int_eq(bm_timeline_total(data, len), BM_TIMELINE_CHUNKS_MAX + 10);
    ck_assert_int_eq(bm_timeline_total(data, 3), 0);
    ck_assert_int_eq(bm_timeline_total(NULL, 0), 0);
}
END_TEST

/* Whatever the bytes, reading ends in order; what was shortened by any number of bytes is refused. */
BM_TEST(damaged_bytes_are_refused)
{
    apr_size_t len, cut, i;
    const unsigned char *data = bm_timeline_pack(&len, make_chunks(some, 4), 1000000, 0, g_pool);
    unsigned char *copy = apr_pmemdup(g_pool, data, len);
    apr_array_header_t *chunks;
    bm_rand_t r;
    int round;

    for (cut = 1; cut < len; cut++)
        ck_assert_ptr_null(json_of(apr_pmemdup(g_pool, data, cut), cut));
    bm_rand_seed(&r, 1);
    for (round = 0; round < 20000; round++) {
        i = bm_rand_below(&r, len);
        copy[i] = (unsigned char)bm_rand_next(&r);
        (void)json_of(copy, len);
        (void)bm_timeline_unpack(&chunks, copy, len, g_pool);
        if (round % 3 == 0)
            memcpy(copy, data, len);
    }
    memcpy(copy, data, len);
    copy[0] = 2;
    ck_assert_ptr_null(json_of(copy, len));
}
END_TEST

#include "test_timeline.reg"
