/* SPDX-License-Identifier: Apache-2.0 */
#include "api/run_location.h"

#include <string.h>
#include <apr_strings.h>
#include "api/run_order.h"
#include "base/rand.h"
#include "model/location.h"
#include "store/location_store.h"

static const char *known_names(const bm_rows_t *rows, apr_pool_t *p)
{
    const char *names = bm_rows_text(rows, 0, BM_LOCATION_NAME);
    int i;

    for (i = 1; i < bm_rows_count(rows); i++)
        names = apr_pstrcat(p, names, ", ", bm_rows_text(rows, i, BM_LOCATION_NAME), NULL);
    return names;
}

static int is_known(const bm_rows_t *rows, const char *name)
{
    int i;

    for (i = 0; i < bm_rows_count(rows); i++)
        if (strcmp(bm_rows_text(rows, i, BM_LOCATION_NAME), name) == 0)
            return 1;
    return 0;
}

static void check_name(bm_req_t *q, const char *name, const char *pointer, const bm_rows_t *known)
{
    if (!bm_location_is_name(name))
        bm_err_violation(q->err, pointer, "Must be 1 to %d letters, digits and . _ -.", BM_LOCATION_NAME_MAX);
    else if (bm_rows_count(known) == 0)
        bm_err_violation(q->err, pointer, "No engine has a location (BenchmarkEngineLocation).");
    else if (!is_known(known, name))
        bm_err_violation(q->err, pointer, "No engine has ever had the location %s; there are: %s.", name,
                         known_names(known, q->p));
}

/* A word that no other order has, short enough to be typed. */
static void add_group(bm_run_order_t *order, apr_pool_t *p)
{
    unsigned char draw[5] = { 0 };
    json_t *label;

    bm_rand_secure(draw, sizeof(draw));
    order->group = apr_psprintf(p, "group:%02x%02x%02x%02x%02x", draw[0], draw[1], draw[2], draw[3], draw[4]);
    label = bm_json_adopt(json_pack("[s]", order->group), p);
    bm_run_order_add_labels(order, label, p);
}

static apr_status_t check_all(bm_run_order_t *order, bm_req_t *q, const char *const *pointers)
{
    bm_rows_t *known;
    int i;
    apr_status_t rv = bm_api_connect(q);

    if (rv == APR_SUCCESS)
        rv = bm_location_store_list(&known, q->db, q->err, q->p);
    for (i = 0; rv == APR_SUCCESS && i < order->location_count; i++)
        check_name(q, order->locations[i], pointers[i], known);
    return rv == APR_SUCCESS && q->err->violations->nelts > 0 ? APR_EINVAL : rv;
}

apr_status_t bm_run_location_choose(bm_run_order_t *order, bm_req_t *q, const json_t *where, const json_t *run_settings)
{
    const json_t *list = json_object_get(where, "locations"), *one = json_object_get(where, "location");
    int n = list != NULL ? (int)json_array_size(list) : 1, i;
    const char **names = apr_palloc(q->p, (apr_size_t)n * sizeof(*names));
    const char **pointers = apr_palloc(q->p, (apr_size_t)n * sizeof(*pointers));

    if (list != NULL && one != NULL)
        return bm_err_violation(q->err, "/locations", "Cannot be given together with location.");
    for (i = 0; list != NULL && i < n; i++) {
        names[i] = json_string_value(json_array_get(list, (size_t)i));
        pointers[i] = apr_psprintf(q->p, "/locations/%d", i);
    }
    if (list == NULL) {
        names[0] = json_string_value(one != NULL ? one : json_object_get(run_settings, "location"));
        pointers[0] = one != NULL ? "/location" : "/run_settings/location";
        if (names[0] == NULL)
            return APR_SUCCESS;
    }
    order->locations = names;
    order->location_count = n;
    if (list != NULL)
        add_group(order, q->p);
    return check_all(order, q, pointers);
}

void bm_run_location_reply(bm_req_t *q, const bm_run_order_t *order, const char *const *run_ids, int n)
{
    int i;

    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "run_ids");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        bm_jw_raw(&q->w, run_ids[i], strlen(run_ids[i]));
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "count");
    bm_jw_int(&q->w, n);
    bm_jw_key(&q->w, "group");
    bm_jw_string(&q->w, order->group);
    bm_jw_end_object(&q->w);
}
