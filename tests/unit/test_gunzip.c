/* SPDX-License-Identifier: Apache-2.0
 *
 * What is unpacked of gzip: all of it, up to a limit, and nothing of what is none. */
#include "unit.h"

#include <string.h>

#include "parse/gunzip.h"

/* printf hello | gzip -n; the last four bytes are its length. */
static const unsigned char hello[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd,
                                       0xc9, 0xc9, 0x07, 0x00, 0x86, 0xa6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00 };

/* *pout: what came of it, in the pool. */
static apr_status_t unpack(bm_buffer_t **pout, const void *data, apr_size_t len, apr_size_t limit)
{
    bm_buffer_t *out = *pout = apr_pcalloc(g_pool, sizeof(*out));

    out->limit = limit;
    bm_buffer_adopt(out, g_pool);
    return bm_gunzip(out, data, len);
}

static int is_built_in(void)
{
    bm_buffer_t *out;

    return !APR_STATUS_IS_ENOTIMPL(unpack(&out, hello, sizeof(hello), 0));
}

BM_TEST(one_member_and_two)
{
    unsigned char twice[2 * sizeof(hello)];
    bm_buffer_t *out;

    if (!is_built_in())
        return;
    ck_assert_int_eq(unpack(&out, hello, sizeof(hello), 5), APR_SUCCESS);
    ck_assert_uint_eq(out->len, 5);
    ck_assert_mem_eq(out->data, "hello", 5);
    memcpy(twice, hello, sizeof(hello));
    memcpy(twice + sizeof(hello), hello, sizeof(hello));
    ck_assert_int_eq(unpack(&out, twice, sizeof(twice), 0), APR_SUCCESS);
    ck_assert_mem_eq(out->data, "hellohello", 10);
}
END_TEST

BM_TEST(the_limit_holds)
{
    bm_buffer_t *out;

    if (!is_built_in())
        return;
    ck_assert_int_eq(unpack(&out, hello, sizeof(hello), 4), APR_ENOSPC);
}
END_TEST

BM_TEST(what_is_cut_damaged_or_none)
{
    unsigned char damaged[sizeof(hello)];
    bm_buffer_t *out;
    apr_size_t len;

    if (!is_built_in())
        return;
    for (len = 0; len < sizeof(hello); len++)
        ck_assert_int_eq(unpack(&out, hello, len, 0), APR_EINVAL);
    memcpy(damaged, hello, sizeof(hello));
    damaged[sizeof(hello) - 6] ^= 1;         /* the checksum */
    ck_assert_int_eq(unpack(&out, damaged, sizeof(damaged), 0), APR_EINVAL);
    ck_assert_int_eq(unpack(&out, "{\"resourceSpans\":[]}", 20, 0), APR_EINVAL);
    damaged[sizeof(hello) - 6] ^= 1;
    damaged[3] = 0xff;
    ck_assert_int_eq(unpack(&out, damaged, sizeof(damaged), 0), APR_EINVAL);
}
END_TEST

#include "test_gunzip.reg"
