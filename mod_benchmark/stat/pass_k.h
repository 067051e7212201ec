/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/pass_k.h: pass^k, the probability that k trials of a task all pass.
 *
 * With c of n trials passed, C(c,k) / C(n,k) is the share of all choices of k trials that passed throughout, and so an unbiased
 * estimate; (c/n)^k is not, it is too high on average. Over several tasks it is their mean, each with the same weight.
 * Source: S. Yao et al., "tau-bench" (2024), section 4. Thread-safe; a sum belongs to one thread at a time. */
#ifndef BM_STAT_PASS_K_H
#define BM_STAT_PASS_K_H

#include <apr.h>

/** Largest k that is asked for. */
#define BM_PASS_K_MAX 1000

/** The estimate for one task, 0 to 1. NaN: fewer than k trials, k below 1, or more passed than trials. */
double bm_pass_k(apr_uint64_t trials, apr_uint64_t passed, int k);

/** The mean over tasks. Starts zeroed. */
typedef struct bm_pass_k_sum_t {
    apr_uint64_t tasks;         /* that had k trials or more */
    double sum;
} bm_pass_k_sum_t;

/** Another task; one of fewer than k trials says nothing and is left out. */
void bm_pass_k_add(bm_pass_k_sum_t *sum, apr_uint64_t trials, apr_uint64_t passed, int k);

/** NaN: no task had enough trials. */
double bm_pass_k_mean(const bm_pass_k_sum_t *sum);

#endif
