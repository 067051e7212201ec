/* SPDX-License-Identifier: Apache-2.0
 *
 * The wire form of a sketch: there and back, and bytes that nobody wrote. */
#include "unit.h"
#include "sketch_samples.h"

/* Added to a sketch as bytes they are refused or taken as they are when read, and a clear takes away whatever was added. */
static void assert_added_likewise(const unsigned char *bytes, apr_size_t len, const bm_sketch_t *read)
{
    apr_pool_t *p;
    bm_sketch_t *sum, *merged;
    int i;

    apr_pool_create(&p, g_pool);
    sum = bm_sketch_make(p);
    merged = bm_sketch_make(p);
    for (i = 0; i < 2 && (read == NULL || bm_sketch_head(read)->n < BM_SKETCH_COUNT_MAX / 4); i++) {
        bm_sketch_add(sum, 20, 3);
        bm_sketch_add(merged, 20, 3);
        ck_assert_int_eq(bm_sketch_add_wire(sum, bytes, len), read != NULL ? APR_SUCCESS : APR_EINVAL);
        if (read == NULL)
            bm_sketch_clear(sum);
        else
            bm_sketch_merge(merged, read);
        assert_alike(sum, read != NULL ? merged : bm_sketch_make(p));
    }
    bm_sketch_clear(sum);
    assert_alike(sum, bm_sketch_make(p));
    apr_pool_destroy(p);
}

BM_LOOP_TEST(what_was_written_reads_back_alike, BM_COUNT(draws) * BM_COUNT(sizes))
{
    int n = sizes[_i % (int)BM_COUNT(sizes)];
    double *values = sample_make(draws[_i / (int)BM_COUNT(sizes)], n, 21);
    bm_sketch_t *s = sketch_of(values, n), *back = bm_sketch_make(g_pool);
    bm_sketch_head_t head;
    apr_size_t len, back_len;
    unsigned char *bytes = wire_of(s, &len), *again;

    ck_assert_int_eq(bm_sketch_read(back, bytes, len), APR_SUCCESS);
    again = wire_of(back, &back_len);
    ck_assert_uint_eq(back_len, len);
    ck_assert_mem_eq(again, bytes, len);
    assert_added_likewise(bytes, len, back);
    ck_assert_int_eq(bm_sketch_read_head(&head, bytes, len), APR_SUCCESS);
    ck_assert(head.n == bm_sketch_head(s)->n && head.sum == bm_sketch_head(s)->sum);
    /* and it goes on like the original, whatever form its counters have */
    for (int i = 0; i < n; i++) {
        bm_sketch_add(s, values[i] * 1.7, 1);
        bm_sketch_add(back, values[i] * 1.7, 1);
    }
    assert_alike(back, s);
}
END_TEST

BM_TEST(the_wire_form_is_what_the_header_says)
{
    /* version, n 5, zero 1, sum 6.0, min 0.0, max 2.0; 1 ms is bucket 0: 463 behind the place before the lowest,
     * three values; 2 ms is bucket 70: one value. */
    static const char expected[] = "\x01\x05\x01" "\0\0\0\0\0\0\x14\x40" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\x40"
                                   "\x9f\x07\x03" "\x8c\x01";
    bm_sketch_t *s = sketch_of((const double[]){ 1, 0, 2, 1, 1 }, 5);
    apr_size_t len;
    unsigned char *bytes = wire_of(s, &len);

    ck_assert_uint_eq(len, sizeof(expected) - 1);
    ck_assert_mem_eq(bytes, expected, len);
}
END_TEST

BM_TEST(an_empty_sketch_has_a_wire_form)
{
    bm_sketch_t *s = bm_sketch_make(g_pool), *back = sketch_of((const double[]){ 1, 2 }, 2);
    apr_size_t len;
    unsigned char *bytes = wire_of(s, &len);

    ck_assert_int_eq(bm_sketch_read(back, bytes, len), APR_SUCCESS);
    ck_assert_uint_eq(bm_sketch_head(back)->n, 0);
}
END_TEST

/* Either refused, leaving an empty sketch, or a sketch whose own wire form is those bytes. @return whether accepted. */
static int assert_refused_or_consistent(bm_sketch_t *s, const unsigned char *bytes, apr_size_t len)
{
    double got[BM_COUNT(quantiles)];
    apr_size_t back_len;
    unsigned char *copy = malloc(len > 0 ? len : 1), *back;     /* exact size, so that a sanitizer sees a read behind it */
    apr_status_t rv;

    memcpy(copy, bytes, len);
    rv = bm_sketch_read(s, copy, len);
    assert_added_likewise(copy, len, rv == APR_SUCCESS ? s : NULL);
    free(copy);
    if (rv != APR_SUCCESS) {
        ck_assert_int_eq(rv, APR_EINVAL);
        ck_assert_uint_eq(bm_sketch_head(s)->n, 0);
        return 0;
    }
    ck_assert(bm_sketch_head(s)->n != 1 || memcmp(&bm_sketch_head(s)->min, &bm_sketch_head(s)->max, sizeof(double)) == 0);
    back = malloc(bm_sketch_size(s));
    back_len = (apr_size_t)(bm_sketch_write(s, back) - back);
    ck_assert_uint_eq(back_len, len);
    ck_assert_mem_eq(back, bytes, len);
    free(back);
    bm_sketch_quantiles(s, quantiles, got, BM_COUNT(quantiles));
    for (size_t i = 0; bm_sketch_head(s)->n > 0 && i < BM_COUNT(quantiles); i++) {
        ck_assert(got[i] >= bm_sketch_head(s)->min && got[i] <= bm_sketch_head(s)->max);
        ck_assert(i == 0 || got[i] >= got[i - 1]);
    }
    return 1;
}

static const int damaged_sizes[] = { 0, 1, 2, 10, 300 };

BM_LOOP_TEST(every_truncation_is_refused, BM_COUNT(draws) * BM_COUNT(damaged_sizes))
{
    int n = damaged_sizes[_i % (int)BM_COUNT(damaged_sizes)];
    bm_sketch_t *s = sketch_of(sample_make(draws[_i / (int)BM_COUNT(damaged_sizes)], n + 1, 4), n);
    bm_sketch_t *back = bm_sketch_make(g_pool);
    apr_size_t len;
    unsigned char *bytes = wire_of(s, &len);

    for (apr_size_t cut = 0; cut < len; cut++)
        ck_assert(!assert_refused_or_consistent(back, bytes, cut));
    ck_assert(assert_refused_or_consistent(back, bytes, len));
}
END_TEST

BM_LOOP_TEST(every_flipped_bit_is_refused_or_consistent, BM_COUNT(draws) * BM_COUNT(damaged_sizes))
{
    int n = damaged_sizes[_i % (int)BM_COUNT(damaged_sizes)];
    bm_sketch_t *s = sketch_of(sample_make(draws[_i / (int)BM_COUNT(damaged_sizes)], n + 1, 9), n);
    bm_sketch_t *back = bm_sketch_make(g_pool);
    apr_size_t len;
    unsigned char *bytes = wire_of(s, &len);

    for (apr_size_t bit = 0; bit < 8 * len; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        (void)assert_refused_or_consistent(back, bytes, len);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}
END_TEST

BM_TEST(random_damage_is_refused_or_consistent)
{
    bm_sketch_t *s = sketch_of(sample_make(draw_lognormal, 60, 1), 60), *back = bm_sketch_make(g_pool);
    apr_size_t len;
    unsigned char *bytes = wire_of(s, &len), *damaged = apr_palloc(g_pool, len);
    int accepted = 0;
    bm_rand_t r;

    bm_rand_seed(&r, 77);
    for (int round = 0; round < 100000; round++) {
        memcpy(damaged, bytes, len);
        for (apr_uint64_t i = bm_rand_below(&r, 3); i < 3; i++)
            damaged[bm_rand_below(&r, len)] = (unsigned char)bm_rand_next(&r);
        accepted += assert_refused_or_consistent(back, damaged, len);
    }
    ck_assert_int_gt(accepted, 0);              /* damage that only moves values is possible, else this tests nothing */
}
END_TEST

typedef struct hostile_case_t {
    const char *what;
    apr_uint64_t n, zero;
    double sum, min, max;
    const char *buckets;
    apr_size_t len;
} hostile_case_t;

#define BYTES(literal) literal, sizeof(literal) - 1

static const hostile_case_t hostile[] = {
    { "counts below n",               3, 0, 3, 1, 1, BYTES("\x9f\x07\x02") },
    { "counts above n",               3, 0, 3, 1, 1, BYTES("\x9f\x07\x04") },
    { "no buckets",                   3, 0, 3, 1, 1, BYTES("") },
    { "zero above n",                 1, 2, 0, 0, 0, BYTES("") },
    { "zero without a small value",   2, 1, 2, 1, 1, BYTES("\x9e\x07") },
    { "a small value without zero",   1, 0, 0, 0, 0, BYTES("\x9e\x07") },
    { "min above max",                2, 0, 3, 2, 1, BYTES("\x9f\x07\x02") },
    { "sum above n times max",        2, 0, 9, 1, 1, BYTES("\x9f\x07\x02") },
    { "sum below n times min",        2, 0, 1, 1, 1, BYTES("\x9f\x07\x02") },
    { "empty with a sum",             0, 0, 1, 0, 0, BYTES("") },
    { "lowest bucket is not min's",   2, 0, 2, 1, 1, BYTES("\x9a\x07\x04") },
    { "counts that wrap around to n", 1, 0, 1, 1, 1, BYTES("\x9c\x07\x02\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") },
    { "highest bucket is not max's",  2, 0, 4, 1, 3, BYTES("\x9f\x07\x02") },
    { "a count of 1 spelled out",     1, 0, 1, 1, 1, BYTES("\x9f\x07\x01") },
    { "a distance of 0",              2, 0, 2, 1, 1, BYTES("\x9e\x07\x00") },
    { "behind the highest bucket",    1, 0, 1e9, 1e9, 1e9, BYTES("\xec\x23") },
    { "a count cut short",            2, 0, 2, 1, 1, BYTES("\x9f\x07") },
    { "n beyond the limit",           ((apr_uint64_t)1 << 53) + 1, 0, 1, 1, 1, BYTES("\x9e\x07") },
    { "a value beyond the limit",     1, 0, 1e19, 1e19, 1e19, BYTES("\xea\x23") },
};

BM_LOOP_TEST(bytes_that_contradict_themselves_are_refused, BM_COUNT(hostile))
{
    const hostile_case_t *c = &hostile[_i];
    const double doubles[3] = { c->sum, c->min, c->max };
    unsigned char bytes[100] = { 1 }, *at = bytes + 1;
    apr_uint64_t integers[2] = { c->n, c->zero };
    bm_sketch_t *s = bm_sketch_make(g_pool);

    for (int i = 0; i < 2; i++) {
        for (; integers[i] >= 0x80; integers[i] >>= 7)
            *at++ = (unsigned char)(integers[i] | 0x80);
        *at++ = (unsigned char)integers[i];
    }
    memcpy(at, doubles, sizeof(doubles));           /* tests run on little-endian machines */
    at += sizeof(doubles);
    memcpy(at, c->buckets, c->len);
    at += c->len;
    ck_assert_msg(bm_sketch_read(s, bytes, (apr_size_t)(at - bytes)) == APR_EINVAL, "accepted: %s", c->what);
}
END_TEST

BM_TEST(an_unknown_version_is_refused)
{
    apr_size_t len;
    unsigned char *bytes = wire_of(sketch_of((const double[]){ 1 }, 1), &len);
    bm_sketch_head_t head;

    bytes[0] = 2;
    ck_assert_int_eq(bm_sketch_read(bm_sketch_make(g_pool), bytes, len), APR_EINVAL);
    ck_assert_int_eq(bm_sketch_read_head(&head, bytes, len), APR_EINVAL);
}
END_TEST

#include "test_sketch_wire.reg"
