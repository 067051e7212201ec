/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <string.h>
#include "base/wire.h"

static const apr_uint64_t integers[] = {
    0, 1, 127, 128, 16383, 16384, 0xffffffffULL, 0x7fffffffffffffffULL, 0x8000000000000000ULL, 0xffffffffffffffffULL
};

BM_LOOP_TEST(varint_comes_back_and_no_shorter_bytes_do, BM_COUNT(integers))
{
    unsigned char bytes[BM_WIRE_VARINT_MAX];
    apr_size_t len = (apr_size_t)(bm_wire_put_varint(bytes, integers[_i]) - bytes);
    apr_uint64_t value = 42;

    ck_assert_uint_eq(len, bm_wire_varint_size(integers[_i]));
    for (apr_size_t cut = 0; cut <= len; cut++) {
        bm_wire_t w = { bytes, bytes + cut };

        ck_assert_int_eq(bm_wire_get_varint(&value, &w, APR_UINT64_MAX), cut == len ? APR_SUCCESS : APR_EINVAL);
        ck_assert_ptr_eq(w.at, cut == len ? bytes + len : bytes);
    }
    ck_assert_uint_eq(value, integers[_i]);
}
END_TEST

typedef struct bad_case_t {
    const char *bytes;
    apr_size_t len;
    apr_uint64_t max;
} bad_case_t;

static const bad_case_t bad[] = {
    { "\x80\x00", 2, 1000 },                                        /* longer than needed */
    { "\x05", 1, 4 },                                               /* over max */
    { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, APR_UINT64_MAX },     /* 65 bits */
    { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, APR_UINT64_MAX }, /* 11 bytes */
};

BM_LOOP_TEST(varint_refuses_what_is_not_the_shortest_form_or_too_large, BM_COUNT(bad))
{
    const unsigned char *bytes = (const unsigned char *)bad[_i].bytes;
    bm_wire_t w = { bytes, bytes + bad[_i].len };
    apr_uint64_t value;

    ck_assert_int_eq(bm_wire_get_varint(&value, &w, bad[_i].max), APR_EINVAL);
    ck_assert_ptr_eq(w.at, bytes);
}
END_TEST

BM_TEST(double_is_little_endian_and_must_be_finite)
{
    const double refused[] = { NAN, INFINITY, -INFINITY };
    unsigned char bytes[8];
    bm_wire_t w = { bytes, bytes + 8 };
    double value = 0;

    bm_wire_put_double(bytes, -1.5);
    ck_assert_int_eq(memcmp(bytes, "\0\0\0\0\0\0\xf8\xbf", 8), 0);
    ck_assert_int_eq(bm_wire_get_double(&value, &w), APR_SUCCESS);
    ck_assert_double_eq(value, -1.5);
    ck_assert_int_eq(bm_wire_get_double(&value, &w), APR_EINVAL);
    for (size_t i = 0; i < BM_COUNT(refused); i++) {
        bm_wire_put_double(bytes, refused[i]);
        w.at = bytes;
        ck_assert_int_eq(bm_wire_get_double(&value, &w), APR_EINVAL);
    }
}
END_TEST

BM_TEST(bytes_are_never_taken_from_behind_the_end)
{
    const unsigned char bytes[4] = { 1, 2, 3, 4 }, *data = NULL;
    bm_wire_t w = { bytes, bytes + 4 };

    ck_assert_int_eq(bm_wire_get_bytes(&data, &w, APR_UINT64_MAX), APR_EINVAL);
    ck_assert_int_eq(bm_wire_get_bytes(&data, &w, 5), APR_EINVAL);
    ck_assert_int_eq(bm_wire_get_bytes(&data, &w, 4), APR_SUCCESS);
    ck_assert_ptr_eq(data, bytes);
    ck_assert_int_eq(bm_wire_get_bytes(&data, &w, 0), APR_SUCCESS);
}
END_TEST

#include "test_wire.reg"
