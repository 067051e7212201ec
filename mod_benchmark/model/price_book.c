/* SPDX-License-Identifier: Apache-2.0 */
#include "model/price_book.h"

#include <math.h>
#include <string.h>

/* How well a price's model fits: 0 not at all, else the better the larger. */
static size_t fit(const char *pattern, const char *model)
{
    size_t len = strlen(pattern);

    if (strcmp(pattern, model) == 0)
        return APR_INT32_MAX;
    return len > 0 && pattern[len - 1] == '*' && strncmp(pattern, model, len - 1) == 0 ? len : 0;
}

const bm_price_t *bm_price_find(const bm_price_book_t *book, const char *provider, const char *model, apr_time_t at)
{
    const bm_price_t *best = NULL;
    size_t best_fit = 0;
    int i;

    for (i = 0; book != NULL && i < book->prices->nelts; i++) {
        const bm_price_t *price = &APR_ARRAY_IDX(book->prices, i, bm_price_t);
        size_t how = fit(price->model, model ? model : "");

        if (how == 0 || strcmp(price->provider, provider) != 0 || at < price->valid_from
            || (price->valid_to != 0 && at >= price->valid_to))
            continue;
        if (how > best_fit || (how == best_fit && price->valid_from > best->valid_from)) {
            best = price;
            best_fit = how;
        }
    }
    return best;
}

double bm_price_cost(const bm_price_t *price, apr_int64_t prompt, apr_int64_t cached, apr_int64_t completion)
{
    if (prompt < 0 && completion < 0)
        return NAN;
    if (prompt < 0)
        prompt = 0;
    if (cached < 0 || cached > prompt)
        cached = cached < 0 ? 0 : prompt;
    return ((double)(prompt - cached) * price->input + (double)cached * price->cached
            + (completion > 0 ? (double)completion : 0) * price->output) / 1e6;
}
