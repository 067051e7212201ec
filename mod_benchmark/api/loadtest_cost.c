/* SPDX-License-Identifier: Apache-2.0 */
#include "api/loadtest_cost.h"

#include <math.h>
#include "model/loadtest_dataset.h"
#include "store/price_store.h"

#define TOKENS_PER_BYTE 0.5          /* as in loadtest/load_policy.c: rather too much */

static apr_status_t destroy(void *p)
{
    apr_pool_destroy(p);
    return APR_SUCCESS;
}

apr_status_t bm_loadtest_cost_price(const bm_price_t **price, bm_req_t *q, const bm_run_order_t *order, const char *pointer)
{
    bm_price_book_t *book;
    apr_status_t rv = bm_price_store_book(&book, q->db, q->err, q->p);

    *price = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    apr_pool_cleanup_register(q->p, book->p, destroy, apr_pool_cleanup_null);
    *price = bm_price_find(book, order->provider, order->model, apr_time_now());
    if (*price == NULL && pointer != NULL)
        return bm_err_violation(q->err, pointer, "There is no price for model %s of provider %s: add one (POST /prices).",
                                order->model ? order->model : "(none named)", order->provider);
    return APR_SUCCESS;
}

/* Without what classes lay over the inputs. */
static double entry_tokens(const json_t *inputs, const json_t *plan, const json_t *items)
{
    const json_t *own = json_object_get(inputs, "max_tokens");
    double most = bm_loadtest_generate_most_output(json_object_get(json_object_get(plan, "dataset"), "generate"));
    size_t i;

    if (most >= 0)
        return most;
    if (items == NULL)
        return json_is_integer(own) ? json_number_value(own) : -1;
    for (i = 0; i < json_array_size(items); i++) {
        const json_t *given = json_object_get(json_array_get(items, i), "max_tokens");

        if (given == NULL)
            given = own;
        if (!json_is_integer(given))
            return -1;
        most = fmax(most, json_number_value(given));
    }
    return most;
}

static const json_t *class_inputs(const json_t *plan, size_t i)
{
    const json_t *list = json_object_get(json_object_get(plan, "classes"), "list");

    return json_object_get(json_array_get(list, i), "inputs");
}

double bm_loadtest_cost_tokens(const json_t *inputs, const json_t *plan, const json_t *items)
{
    double plain = entry_tokens(inputs, plan, items), most = 0;
    size_t i, n = json_array_size(json_object_get(json_object_get(plan, "classes"), "list"));

    for (i = 0; i < n; i++) {
        const json_t *given = json_object_get(class_inputs(plan, i), "max_tokens");
        double tokens = json_is_integer(given) ? json_number_value(given) : plain;

        if (tokens < 0)
            return -1;
        most = fmax(most, tokens);
    }
    return n > 0 ? most : plain;
}

double bm_loadtest_cost_class_bytes(const json_t *plan)
{
    size_t i, n = json_array_size(json_object_get(json_object_get(plan, "classes"), "list"));
    double most = 0;

    for (i = 0; i < n; i++)
        most = fmax(most, (double)json_dumpb(class_inputs(plan, i), NULL, 0, 0));
    return most;
}

static double most_input(const json_t *inputs, const json_t *plan, const json_t *items)
{
    double bytes = (double)json_dumpb(inputs, NULL, 0, 0), most = 0;
    double generated = bm_loadtest_generate_most_input(json_object_get(json_object_get(plan, "dataset"), "generate"));
    size_t i;

    for (i = 0; i < json_array_size(items); i++)
        most = fmax(most, (double)json_dumpb(json_array_get(items, i), NULL, 0, 0));
    return (bytes + most + bm_loadtest_cost_class_bytes(plan)) * TOKENS_PER_BYTE + fmax(generated, 0);
}

double bm_loadtest_cost_each(const bm_price_t *price, const json_t *inputs, const json_t *plan, const json_t *items)
{
    double output = bm_loadtest_cost_tokens(inputs, plan, items);

    return output < 0 ? -1 : (most_input(inputs, plan, items) * price->input + output * price->output) / 1e6;
}
