/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "net/exchange.h"

BM_TEST(segments_are_found_by_offset)
{
    static const bm_http_request_t request = { .method = "GET" };
    bm_exchange_t *x = bm_exchange_make(&request, g_pool);
    apr_uint64_t offset = 0, at;
    int i;

    ck_assert_ptr_null(bm_exchange_segment_at(x, 0));
    for (i = 0; i < 1000; i++) {
        apr_uint32_t len = (apr_uint32_t)(1 + i % 7);

        ck_assert_int_eq(bm_exchange_add_segment(x, offset, len, (apr_uint32_t)i, 1000 + i, 500 + i), APR_SUCCESS);
        offset += len;
    }
    ck_assert_uint_eq(x->segment_count, 1000);
    for (at = 0; at < offset; at++) {
        const bm_segment_t *s = bm_exchange_segment_at(x, at);

        ck_assert_ptr_nonnull(s);
        ck_assert(s->offset <= at && at < s->offset + s->len);
        ck_assert_int_eq(s->user_ns, 1000 + s->wake);
        ck_assert_int_eq(s->kernel_ns, 500 + s->wake);
    }
    ck_assert_ptr_null(bm_exchange_segment_at(x, offset));
    ck_assert_ptr_null(bm_exchange_segment_at(x, (apr_uint64_t)-1));
}
END_TEST

BM_TEST(every_end_has_its_own_code)
{
    int i, j;

    ck_assert_str_eq(bm_exchange_end_code(BM_END_COMPLETE), "ok");
    ck_assert_str_eq(bm_exchange_end_code(BM_END_FIRST_BYTE_TIMEOUT), "first_byte_timeout");
    ck_assert_str_eq(bm_exchange_end_code((bm_exchange_end_e)99), "internal_error");
    for (i = 0; i <= BM_END_INTERNAL; i++)
        for (j = 0; j < i; j++)
            ck_assert_str_ne(bm_exchange_end_code((bm_exchange_end_e)i), bm_exchange_end_code((bm_exchange_end_e)j));
}
END_TEST

BM_TEST(headers_are_found_in_any_case)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Type:  text/event-stream "
                               "\r\nretry-after:\t7\r\nX: a: b\r\n\r\n";
    static const bm_http_request_t request = { .method = "GET" };
    bm_exchange_t *x = bm_exchange_make(&request, g_pool);

    ck_assert_ptr_null(bm_exchange_header(x, "X", g_pool));
    ck_assert_int_eq(bm_buffer_append(&x->header, text, sizeof(text) - 1), APR_SUCCESS);
    ck_assert_str_eq(bm_exchange_header(x, "content-type", g_pool), "text/event-stream");
    ck_assert_str_eq(bm_exchange_header(x, "Retry-After", g_pool), "7");
    ck_assert_str_eq(bm_exchange_header(x, "X-Empty", g_pool), "");
    ck_assert_str_eq(bm_exchange_header(x, "x", g_pool), "a: b");
    ck_assert_ptr_null(bm_exchange_header(x, "X-Emp", g_pool));
    ck_assert_ptr_null(bm_exchange_header(x, "Type", g_pool));
}
END_TEST

#include "test_exchange.reg"
