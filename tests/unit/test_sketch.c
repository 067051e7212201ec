/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <string.h>
#include "base/rand.h"
#include "stat/sketch.h"

/* The bound, and a hair for the rounding of log and exp. */
#define BOUND (BM_SKETCH_ERROR * (1 + 1e-9))

static const double quantiles[] = { 0, 0.001, 0.01, 0.1, 0.25, 1.0 / 3, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1 };

/* --- samples --- */

typedef double draw_fn(bm_rand_t *r);

static double draw_constant(bm_rand_t *r)
{
    (void)r;
    return 137.25;
}

static double draw_lognormal(bm_rand_t *r)
{
    return fmin(fmax(900 * exp(1.2 * bm_rand_normal(r)), BM_SKETCH_LEAST), BM_SKETCH_MOST);
}

static double draw_bimodal(bm_rand_t *r)
{
    return bm_rand_uniform(r) < 0.7 ? 3 + bm_rand_uniform(r) : 30000 + 100 * bm_rand_uniform(r);
}

static double draw_heavy_tail(bm_rand_t *r)
{
    return fmin(0.5 * pow(1 - bm_rand_uniform(r), -1 / 0.7), BM_SKETCH_MOST);
}

static double draw_whole_range(bm_rand_t *r)
{
    return BM_SKETCH_LEAST * pow(BM_SKETCH_MOST / BM_SKETCH_LEAST, bm_rand_uniform(r));
}

static double draw_whole_numbers(bm_rand_t *r)
{
    return 1 + (double)bm_rand_below(r, 20);
}

static draw_fn *const draws[] = {
    draw_constant, draw_lognormal, draw_bimodal, draw_heavy_tail, draw_whole_range, draw_whole_numbers
};
static const int sizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 28, 65, 100, 1000, 30000 };

static double *sample_make(draw_fn *draw, int n, apr_uint64_t seed)
{
    double *values = apr_palloc(g_pool, sizeof(double) * (apr_size_t)n);
    bm_rand_t r;

    bm_rand_seed(&r, seed);
    for (int i = 0; i < n; i++)
        values[i] = draw(&r);
    return values;
}

static bm_sketch_t *sketch_of(const double *values, int n)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    for (int i = 0; i < n; i++)
        ck_assert_int_eq(bm_sketch_add(s, values[i], 1), APR_SUCCESS);
    return s;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* PostgreSQL's percentile_cont of values in ascending order. */
static double percentile_cont(const double *sorted, int n, double q)
{
    double rank = q * (n - 1), below = floor(rank);

    return sorted[(int)below] + (sorted[(int)ceil(rank)] - sorted[(int)below]) * (rank - below);
}

static unsigned char *wire_of(const bm_sketch_t *s, apr_size_t *len)
{
    unsigned char *bytes;

    *len = bm_sketch_size(s);
    bytes = apr_palloc(g_pool, *len);
    ck_assert_ptr_eq(bm_sketch_write(s, bytes), bytes + *len);
    return bytes;
}

/* Same buckets, counts and ends; the sum up to rounding, for it depends on the order of additions. */
static void assert_alike(const bm_sketch_t *a, const bm_sketch_t *b)
{
    apr_size_t a_len, b_len;
    unsigned char *a_bytes = wire_of(a, &a_len), *b_bytes = wire_of(b, &b_len);
    apr_size_t sum_at = 1;

    ck_assert_double_eq_tol(bm_sketch_head(a)->sum, bm_sketch_head(b)->sum, 1e-9 * fabs(bm_sketch_head(b)->sum) + 1e-300);
    ck_assert_uint_eq(a_len, b_len);
    for (int i = 0; i < 2; i++) {                       /* behind the varints n and zero */
        while (a_bytes[sum_at++] & 0x80)
            continue;
    }
    memset(a_bytes + sum_at, 0, 8);
    memset(b_bytes + sum_at, 0, 8);
    ck_assert_mem_eq(a_bytes, b_bytes, a_len);
}

/* --- accuracy --- */

BM_LOOP_TEST(every_quantile_is_within_the_bound_of_percentile_cont, BM_COUNT(draws) * BM_COUNT(sizes))
{
    draw_fn *draw = draws[_i / (int)BM_COUNT(sizes)];
    int n = sizes[_i % (int)BM_COUNT(sizes)];

    for (apr_uint64_t seed = 1; seed <= (n <= 100 ? 50 : 2); seed++) {
        double *values = sample_make(draw, n, seed), at_once[BM_COUNT(quantiles)], sum = 0;
        bm_sketch_t *s = sketch_of(values, n);

        for (int i = 0; i < n; i++)
            sum += values[i];
        qsort(values, (size_t)n, sizeof(double), ascending);
        bm_sketch_quantiles(s, quantiles, at_once, BM_COUNT(quantiles));
        for (size_t i = 0; i < BM_COUNT(quantiles); i++) {
            double exact = percentile_cont(values, n, quantiles[i]), got = bm_sketch_quantile(s, quantiles[i]);

            ck_assert_double_eq_tol(got, exact, BOUND * exact);
            ck_assert_double_eq(got, at_once[i]);
        }
        ck_assert_uint_eq(bm_sketch_head(s)->n, (apr_uint64_t)n);
        ck_assert_double_eq(bm_sketch_head(s)->min, values[0]);
        ck_assert_double_eq(bm_sketch_head(s)->max, values[n - 1]);
        ck_assert_double_eq(bm_sketch_head(s)->sum, sum);
        ck_assert_double_eq(bm_sketch_mean(s), sum / n);
    }
}
END_TEST

BM_TEST(the_bound_holds_at_every_place_of_the_range)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    /* Among a thousand equal values the middle one is an estimate, not the exact minimum or maximum. */
    for (double x = BM_SKETCH_LEAST; x <= BM_SKETCH_MOST; x *= 1.00037) {
        bm_sketch_clear(s);
        bm_sketch_add(s, x, 1000);
        bm_sketch_add(s, x / 2, 1);
        bm_sketch_add(s, x * 2, 1);
        ck_assert_double_eq_tol(bm_sketch_quantile(s, 0.5), x, BOUND * x);
    }
}
END_TEST

BM_TEST(quantiles_in_any_order_are_those_asked_for)
{
    const double asked[] = { 0.99, 0.5, 0.5, 0, 1, 0.25, -0.1, 1.1, NAN, 0.95 };
    double got[BM_COUNT(asked)];
    bm_sketch_t *s = sketch_of(sample_make(draw_lognormal, 5000, 3), 5000);

    bm_sketch_quantiles(s, asked, got, BM_COUNT(asked));
    for (size_t i = 0; i < BM_COUNT(asked); i++) {
        if (asked[i] >= 0 && asked[i] <= 1)
            ck_assert_double_eq(got[i], bm_sketch_quantile(s, asked[i]));
        else
            ck_assert_double_nan(got[i]);
    }
}
END_TEST

BM_TEST(an_empty_sketch_has_no_quantile)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    ck_assert_double_nan(bm_sketch_quantile(s, 0.5));
    ck_assert_double_nan(bm_sketch_mean(s));
    ck_assert_uint_eq(bm_sketch_head(s)->n, 0);
}
END_TEST

BM_TEST(values_outside_the_range_are_counted_and_their_ends_exact)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    ck_assert_int_eq(bm_sketch_add(s, -3, 1), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 0, 5), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 0.0099, 3), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 10, 2), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 1e12, 1), APR_SUCCESS);
    ck_assert_uint_eq(bm_sketch_head(s)->n, 12);
    ck_assert_uint_eq(bm_sketch_head(s)->zero, 9);
    ck_assert_double_eq(bm_sketch_quantile(s, 0), -3);
    ck_assert_double_eq(bm_sketch_quantile(s, 0.5), 0);
    ck_assert_double_eq_tol(bm_sketch_quantile(s, 9.0 / 11), 10, BOUND * 10);
    ck_assert_double_eq(bm_sketch_quantile(s, 1), 1e12);
}
END_TEST

static const double refused[] = { NAN, INFINITY, -INFINITY, 1.1e18, -1.1e18 };

BM_LOOP_TEST(a_value_that_is_no_duration_is_refused_and_changes_nothing, BM_COUNT(refused))
{
    bm_sketch_t *s = sketch_of((const double[]){ 1, 2 }, 2);
    apr_size_t before_len, len;
    unsigned char *before = wire_of(s, &before_len), *after;

    ck_assert_int_eq(bm_sketch_add(s, refused[_i], 1), APR_EINVAL);
    after = wire_of(s, &len);
    ck_assert_uint_eq(len, before_len);
    ck_assert_mem_eq(after, before, len);
}
END_TEST

BM_TEST(more_values_than_a_double_can_count_are_refused)
{
    bm_sketch_t *s = bm_sketch_make(g_pool), *one = sketch_of((const double[]){ 5 }, 1);

    ck_assert_int_eq(bm_sketch_add(s, 5, BM_SKETCH_COUNT_MAX - 1), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 5, 2), APR_ENOSPC);
    ck_assert_int_eq(bm_sketch_merge(s, one), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_merge(s, one), APR_ENOSPC);
    ck_assert_int_eq(bm_sketch_merge(one, s), APR_ENOSPC);
    ck_assert_uint_eq(bm_sketch_head(s)->n, BM_SKETCH_COUNT_MAX);
    ck_assert_uint_eq(bm_sketch_head(one)->n, 1);
}
END_TEST

/* --- merging --- */

BM_LOOP_TEST(merging_parts_in_any_order_is_the_sketch_of_all_values, BM_COUNT(draws))
{
    enum { PARTS = 9 };
    static const int ends[PARTS + 1] = { 0, 0, 1, 3, 30, 70, 71, 1000, 1200, 9000 };    /* empty, sparse and wide ones */
    double *values = sample_make(draws[_i], ends[PARTS], 11);
    bm_sketch_t *all = sketch_of(values, ends[PARTS]);
    bm_rand_t r;

    bm_rand_seed(&r, 5);
    for (int round = 0; round < 40; round++) {
        bm_sketch_t *parts[PARTS];

        for (int i = 0; i < PARTS; i++)
            parts[i] = sketch_of(values + ends[i], ends[i + 1] - ends[i]);
        for (int left = PARTS; left > 1; left--) {      /* a random binary tree of merges */
            int a = (int)bm_rand_below(&r, (apr_uint64_t)left), b = (int)bm_rand_below(&r, (apr_uint64_t)left - 1);

            b += b >= a;
            ck_assert_int_eq(bm_sketch_merge(parts[a], parts[b]), APR_SUCCESS);
            parts[b] = parts[left - 1];
        }
        assert_alike(parts[0], all);
    }
}
END_TEST

BM_LOOP_TEST(merging_with_itself_doubles, BM_COUNT(sizes))
{
    double *values = sample_make(draw_lognormal, sizes[_i], 2);
    bm_sketch_t *s = sketch_of(values, sizes[_i]), *twice = sketch_of(values, sizes[_i]);

    for (int i = 0; i < sizes[_i]; i++)
        bm_sketch_add(twice, values[i], 1);
    ck_assert_int_eq(bm_sketch_merge(s, s), APR_SUCCESS);
    assert_alike(s, twice);
}
END_TEST

BM_LOOP_TEST(times_is_the_same_as_adding_often, BM_COUNT(draws))
{
    double *values = sample_make(draws[_i], 200, 8);
    bm_sketch_t *often = bm_sketch_make(g_pool), *times = bm_sketch_make(g_pool);

    for (int i = 0; i < 200; i++) {
        for (int k = 0; k < i % 5; k++)
            bm_sketch_add(often, values[i], 1);
        bm_sketch_add(times, values[i], (apr_uint64_t)(i % 5));
    }
    assert_alike(times, often);
}
END_TEST

/* The memory of a cleared sketch is used again for values elsewhere in the range. */
BM_TEST(a_cleared_sketch_is_like_a_new_one)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    for (int round = 0; round < 60; round++) {
        draw_fn *draw = draws[round % (int)BM_COUNT(draws)];
        int n = sizes[(round * 7) % (int)BM_COUNT(sizes)];
        double *values = sample_make(draw, n, (apr_uint64_t)round);

        bm_sketch_clear(s);
        for (int i = 0; i < n; i++)
            bm_sketch_add(s, values[i], 1);
        assert_alike(s, sketch_of(values, n));
    }
}
END_TEST

/* --- wire form --- */

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

/* Of every rank, also of values below and above the range. */
BM_TEST(the_value_of_a_rank_lies_within_its_bounds)
{
    static const double odd[] = { -3, 0, 0.001, 0.0099999, 0.01, 0.0100001, 0.02, 1, 1, 0.995, 86399999, 86400000, 86400001,
                                  9e9 };
    bm_sketch_t *s = bm_sketch_make(g_pool);
    double *values = apr_palloc(g_pool, 3000 * sizeof(*values));
    bm_rand_t r;
    int n, i;

    ck_assert(isnan(bm_sketch_rank_low(s, 0)) && isnan(bm_sketch_rank_high(s, 1)));
    bm_rand_seed(&r, 7);
    for (n = 1; n <= 3000; n++) {
        double value = n <= (int)BM_COUNT(odd) ? odd[n - 1] : n % 3 ? 0.9 + 0.2 * bm_rand_uniform(&r) : draw_heavy_tail(&r);

        ck_assert_int_eq(bm_sketch_add(s, value, 1), APR_SUCCESS);
        for (i = n - 1; i > 0 && values[i - 1] > value; i--)
            values[i] = values[i - 1];
        values[i] = value;
        if (n > 20 && n < 3000)
            continue;
        for (i = 0; i < n; i++) {
            double low = bm_sketch_rank_low(s, (apr_uint64_t)i + 1), high = bm_sketch_rank_high(s, (apr_uint64_t)i + 1);
            double slack = 1e-12 * fabs(values[i]);

            ck_assert_msg(low <= values[i] + slack && high >= values[i] - slack, "rank %d of %d: %.9g not in %.9g, %.9g", i + 1,
                          n, values[i], low, high);
            ck_assert(values[i] < 0.01 || values[i] > 86e6 || high - low <= 0.0102 * values[i]);
        }
    }
}
END_TEST

/* Some ranks at once, of either form of counters, are what quantiles at these ranks are. */
BM_LOOP_TEST(ranks_are_quantiles_at_ranks, BM_COUNT(draws) * BM_COUNT(sizes))
{
    int n = sizes[_i % (int)BM_COUNT(sizes)], count = 0, i;
    bm_sketch_t *s = sketch_of(sample_make(draws[_i / (int)BM_COUNT(sizes)], n, 5), n);
    apr_uint64_t ranks[64];
    double values[64];

    bm_sketch_add(s, 0, 2);
    n += 2;
    for (i = 0; i < n && count < 62; i += n / 40 + 1)
        ranks[count++] = (apr_uint64_t)i;
    ranks[count++] = (apr_uint64_t)n - 1;
    ranks[count++] = (apr_uint64_t)n - 1;
    bm_sketch_ranks(s, ranks, values, count);
    for (i = 0; i < count; i++)
        ck_assert_double_eq_tol(values[i], bm_sketch_quantile(s, (double)ranks[i] / (n - 1)), 1e-6 + 1e-6 * values[i]);
}
END_TEST

/* Exact for a threshold within the bound of the one asked for. */
BM_TEST(how_many_are_at_most_a_value)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    ck_assert_uint_eq(bm_sketch_at_most(s, 1e9), 0);
    for (int i = 0; i <= 10000; i++)
        ck_assert_int_eq(bm_sketch_add(s, i, 1), APR_SUCCESS);
    for (double x = 0; x <= 12000; x += 7.3) {
        double low = floor(x / (1 + BM_SKETCH_ERROR)) + 1, high = floor(x / (1 - BM_SKETCH_ERROR)) + 1;
        double count = (double)bm_sketch_at_most(s, x);

        ck_assert_msg(count >= fmin(low, 10001) && count <= fmin(high, 10001), "%g: %g not in %g, %g", x, count, low, high);
    }
    ck_assert_uint_eq(bm_sketch_at_most(s, -1), 0);
    ck_assert_uint_eq(bm_sketch_at_most(s, 0), 1);
    ck_assert_uint_eq(bm_sketch_at_most(s, 10000), 10001);
    ck_assert_uint_eq(bm_sketch_at_most(s, NAN), 0);
}
END_TEST

#include "test_sketch.reg"
