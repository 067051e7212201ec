/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: the wire form of a sketch. Either it is refused and leaves an empty sketch, or its own wire form is these
 * very bytes, its quantiles ascend between minimum and maximum, and it can be merged and added to. Bytes that are added
 * without being read first are refused or taken alike. */
#include "fuzz.h"

#include <math.h>
#include <string.h>
#include <apr_general.h>
#include <apr_pools.h>
#include "stat/sketch.h"

static const double quantiles[] = { 0, 0.001, 0.25, 0.5, 0.75, 0.95, 0.99, 0.9999, 1 };
#define QUANTILES ((int)(sizeof(quantiles) / sizeof(quantiles[0])))

static void check_quantiles(const bm_sketch_t *s)
{
    const bm_sketch_head_t *head = bm_sketch_head(s);
    double values[QUANTILES];

    bm_sketch_quantiles(s, quantiles, values, QUANTILES);
    for (int i = 0; i < QUANTILES; i++) {
        BM_FUZZ_CHECK((head->n == 0) == (isnan(values[i]) != 0));
        BM_FUZZ_CHECK(head->n == 0 || (values[i] >= head->min && values[i] <= head->max));
        BM_FUZZ_CHECK(head->n == 0 || i == 0 || values[i] >= values[i - 1]);
    }
}

static void check_bytes(const bm_sketch_t *s, const uint8_t *data, size_t size)
{
    unsigned char *bytes = malloc(size + 1);

    BM_FUZZ_CHECK(bm_sketch_size(s) == size);
    BM_FUZZ_CHECK(bm_sketch_write(s, bytes) == bytes + size);
    BM_FUZZ_CHECK(memcmp(bytes, data, size) == 0);
    free(bytes);
}

/* Adding what is there once more doubles each count and moves no quantile out of the ends. */
static void check_merge(const bm_sketch_t *s, apr_pool_t *p)
{
    bm_sketch_t *other = bm_sketch_make(p);
    apr_uint64_t n = bm_sketch_head(s)->n;

    BM_FUZZ_CHECK(bm_sketch_add(other, 5, 1) == APR_SUCCESS);
    BM_FUZZ_CHECK(bm_sketch_add(other, 80000, 1) == APR_SUCCESS);
    if (bm_sketch_merge(other, s) != APR_SUCCESS) {
        BM_FUZZ_CHECK(n > BM_SKETCH_COUNT_MAX - 2);
        return;
    }
    BM_FUZZ_CHECK(bm_sketch_head(other)->n == n + 2);
    check_quantiles(other);
    if (bm_sketch_merge(other, other) == APR_SUCCESS)
        BM_FUZZ_CHECK(bm_sketch_head(other)->n == 2 * n + 4);
    check_quantiles(other);
}

static void check_added(const uint8_t *data, size_t size, const bm_sketch_t *read, apr_pool_t *p)
{
    bm_sketch_t *sum = bm_sketch_make(p), *merged = bm_sketch_make(p);
    unsigned char *bytes;

    BM_FUZZ_CHECK(bm_sketch_add_wire(sum, data, size) == (read != NULL ? APR_SUCCESS : APR_EINVAL));
    if (read != NULL) {
        bytes = apr_palloc(p, size + 1);
        BM_FUZZ_CHECK(bm_sketch_merge(merged, read) == APR_SUCCESS && bm_sketch_write(merged, bytes) == bytes + size);
        check_bytes(sum, bytes, size);          /* not data: a sum of -0 is 0 then */
        return;
    }
    bm_sketch_clear(sum);
    BM_FUZZ_CHECK(bm_sketch_head(sum)->n == 0 && bm_sketch_size(sum) == bm_sketch_size(bm_sketch_make(p)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    bm_sketch_head_t head;
    bm_sketch_t *s;
    apr_pool_t *p;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    apr_pool_create(&p, process);
    s = bm_sketch_make(p);
    if (bm_sketch_read(s, data, size) == APR_SUCCESS) {
        BM_FUZZ_CHECK(bm_sketch_read_head(&head, data, size) == APR_SUCCESS && head.n == bm_sketch_head(s)->n);
        check_bytes(s, data, size);
        check_added(data, size, s, p);
        check_quantiles(s);
        check_merge(s, p);
    }
    else {
        check_added(data, size, NULL, p);
        BM_FUZZ_CHECK(bm_sketch_head(s)->n == 0);
    }
    BM_FUZZ_CHECK(bm_sketch_head(s)->n > BM_SKETCH_COUNT_MAX - 1 || bm_sketch_add(s, 12.5, 1) == APR_SUCCESS);
    check_quantiles(s);
    apr_pool_destroy(p);
    return 0;
}
