/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <math.h>
#include "model/price_book.h"

static const bm_price_t prices[] = {
    { 1, "openai", "gpt-*", "USD", 1, 1, 2, 0, 0 },
    { 2, "openai", "gpt-4o*", "USD", 3, 3, 4, 0, 0 },
    { 3, "openai", "gpt-4o", "USD", 5, 2.5, 10, 100, 200 },
    { 4, "openai", "gpt-4o", "USD", 6, 3, 12, 200, 0 },
    { 5, "anthropic", "*", "USD", 7, 7, 8, 0, 0 },
    { 6, "openai", "gpt-4o", "USD", 9, 9, 9, 300, 0 },
};

static const struct {
    const char *provider, *model;
    apr_time_t at;
    apr_int64_t id;
} finds[] = {
    { "openai", "gpt-4o", 150, 3 }, { "openai", "gpt-4o", 200, 4 }, { "openai", "gpt-4o", 300, 6 }, { "openai", "gpt-4o", 99, 2 },
    { "openai", "gpt-4o-mini", 150, 2 }, { "openai", "gpt-3", 150, 1 }, { "openai", "llama", 150, 0 }, { "openai", NULL, 150, 0 },
    { "anthropic", NULL, 150, 5 }, { "anthropic", "claude", 1, 5 }, { "http", "gpt-4o", 150, 0 },
};

static bm_price_book_t *book(void)
{
    bm_price_book_t *b = apr_palloc(g_pool, sizeof(*b));
    size_t i;

    b->p = g_pool;
    b->prices = apr_array_make(g_pool, 8, sizeof(bm_price_t));
    for (i = 0; i < BM_COUNT(prices); i++)
        APR_ARRAY_PUSH(b->prices, bm_price_t) = prices[i];
    return b;
}

BM_LOOP_TEST(the_nearest_name_wins_and_then_the_newest, BM_COUNT(finds))
{
    const bm_price_t *price = bm_price_find(book(), finds[_i].provider, finds[_i].model, finds[_i].at);

    ck_assert_int_eq(price ? price->id : 0, finds[_i].id);
    ck_assert_ptr_null(bm_price_find(NULL, finds[_i].provider, finds[_i].model, finds[_i].at));
}
END_TEST

static const struct {
    apr_int64_t prompt, cached, completion;
    double cost;
} costs[] = {
    { 1000000, 0, 0, 5 }, { 1000000, 400000, 0, 4 }, { 0, 0, 1000000, 10 }, { 1000, -1, 100, 0.006 }, { -1, -1, 100, 0.001 },
    { 100, 1000, -1, 0.00025 }, { -1, -1, -1, NAN },
};

BM_LOOP_TEST(tokens_cost_by_kind, BM_COUNT(costs))
{
    double cost = bm_price_cost(&prices[2], costs[_i].prompt, costs[_i].cached, costs[_i].completion);

    if (isnan(costs[_i].cost))
        ck_assert(isnan(cost));
    else
        ck_assert_double_eq_tol(cost, costs[_i].cost, 1e-12);
}
END_TEST

#include "test_price_book.reg"
