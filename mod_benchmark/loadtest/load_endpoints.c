/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/load_endpoints.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "loadtest/load_figures.h"

typedef enum strategy_e {
    ROUND_ROBIN,
    LEAST_CONNECTIONS,
    HASH
} strategy_e;

struct bm_load_endpoints_t {
    strategy_e strategy;
    int n, next;                     /* next: of the round */
    bm_load_endpoint_t *list;
};

static strategy_e strategy_of(const json_t *json)
{
    const char *name = json_string_value(json_object_get(json, "strategy"));

    if (name != NULL && strcmp(name, "least_connections") == 0)
        return LEAST_CONNECTIONS;
    return name != NULL && strcmp(name, "hash") == 0 ? HASH : ROUND_ROBIN;
}

bm_load_endpoints_t *bm_load_endpoints_make(const json_t *json, apr_pool_t *p)
{
    const json_t *urls = json_object_get(json, "urls");
    bm_load_endpoints_t *endpoints;
    int i;

    if (json_array_size(urls) == 0)
        return NULL;
    endpoints = apr_pcalloc(p, sizeof(*endpoints));
    endpoints->strategy = strategy_of(json);
    endpoints->n = (int)json_array_size(urls);
    endpoints->list = apr_pcalloc(p, (apr_size_t)endpoints->n * sizeof(*endpoints->list));
    for (i = 0; i < endpoints->n; i++) {
        endpoints->list[i].url = apr_pstrdup(p, json_string_value(json_array_get(urls, (size_t)i)));
        endpoints->list[i].number = i;
        endpoints->list[i].e2e_ms = bm_sketch_make(p);
    }
    return endpoints;
}

int bm_load_endpoints_are_watched(const bm_load_endpoints_t *endpoints)
{
    return endpoints != NULL && endpoints->strategy == LEAST_CONNECTIONS;
}

/* Of those that are equally busy the next of the round: else the first would have all of a light load. */
static int least_busy(const bm_load_endpoints_t *endpoints)
{
    int best = endpoints->next, i;

    for (i = 1; i < endpoints->n; i++) {
        int at = (endpoints->next + i) % endpoints->n;

        if (endpoints->list[at].under_way < endpoints->list[best].under_way)
            best = at;
    }
    return best;
}

bm_load_endpoint_t *bm_load_endpoints_choose(bm_load_endpoints_t *endpoints, apr_int64_t session, int entry)
{
    apr_uint64_t key = session >= 0 ? (apr_uint64_t)session : (apr_uint64_t)entry;
    int at = endpoints->strategy == HASH ? (int)(bm_rand_mix(key) % (apr_uint64_t)endpoints->n)
        : endpoints->strategy == LEAST_CONNECTIONS ? least_busy(endpoints) : endpoints->next;

    if (endpoints->strategy != HASH)
        endpoints->next = (at + 1) % endpoints->n;
    endpoints->list[at].under_way++;
    return &endpoints->list[at];
}

void bm_load_endpoints_ended(bm_load_endpoint_t *endpoint, int counts, int completed, double e2e_ms)
{
    endpoint->under_way--;
    if (!counts)
        return;
    endpoint->attempts++;
    endpoint->completed += completed != 0;
    if (completed && !isnan(e2e_ms))
        (void)bm_sketch_add(endpoint->e2e_ms, e2e_ms, 1);
}

/* --- in the result */

static void write_one(bm_jw_t *w, const bm_load_endpoint_t *endpoint, double all)
{
    double n = (double)endpoint->attempts;

    bm_jw_begin_object(w);
    bm_load_put_text(w, "url", endpoint->url);
    bm_load_put_count(w, "attempts", endpoint->attempts);
    bm_load_put_number(w, "share", all > 0 ? n / all : NAN);
    bm_load_put_number(w, "success", n > 0 ? 100 * (double)endpoint->completed / n : NAN);
    bm_load_put_ms(w, "p95_ms", bm_sketch_head(endpoint->e2e_ms)->n > 0 ? bm_sketch_quantile(endpoint->e2e_ms, 0.95) : NAN);
    bm_jw_end_object(w);
}

void bm_load_endpoints_write(bm_jw_t *w, const bm_load_endpoints_t *endpoints)
{
    double all = 0, most = 0;
    int i;

    if (endpoints == NULL)
        return;
    for (i = 0; i < endpoints->n; i++) {
        all += (double)endpoints->list[i].attempts;
        most = fmax(most, (double)endpoints->list[i].attempts);
    }
    bm_jw_key(w, "endpoints");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "imbalance", all > 0 ? most * endpoints->n / all : NAN);
    bm_jw_key(w, "list");
    bm_jw_begin_array(w);
    for (i = 0; i < endpoints->n; i++)
        write_one(w, &endpoints->list[i], all);
    bm_jw_end_array(w);
    bm_jw_end_object(w);
}
