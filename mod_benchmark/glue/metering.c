/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/metering.h"

#include <string.h>
#include <http_config.h>
#include <http_log.h>
#include <http_main.h>
#include <http_protocol.h>
#include "glue/directives.h"
#include "glue/lifecycle.h"
#include "glue/router.h"

#define METERS_KEY "mod_benchmark:meters"

apr_status_t bm_metering_start(server_rec *main_server, apr_pool_t *pconf)
{
    int scenarios = bm_directives_settings()->metrics_scenarios;
    bm_region_t *region;
    bm_meters_t *meters;
    apr_status_t rv = bm_region_create(&region, bm_meters_size(scenarios), pconf);

    if (rv == APR_SUCCESS)
        rv = bm_meters_create(&meters, scenarios, region);
    if (rv == APR_SUCCESS)
        apr_pool_userdata_set(meters, METERS_KEY, apr_pool_cleanup_null, main_server->process->pconf);
    return rv;
}

bm_meters_t *bm_metering_meters(void)
{
    void *meters = NULL;

    apr_pool_userdata_get(&meters, METERS_KEY, ap_server_conf->process->pconf);
    return meters;
}

/* Methods that anybody may invent would be as many labels. */
static const char *method_of(const request_rec *r)
{
    static const char *const known[] = { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" };
    size_t i;

    if (r->header_only)
        return "HEAD";
    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(r->method, known[i]) == 0)
            return known[i];
    return "other";
}

/* Paths are labels only as templates. What httpd refused itself and what found no route is "none". */
static const char *route_of(const bm_place_t *place)
{
    if (place->kind == BM_PLACE_PAGE)
        return "page";
    return place->route != NULL ? place->route : "none";
}

/* When the answer has been sent, as mod_log_config sees it. An internal redirect (an error page) has the status that was sent. */
static int log_transaction(request_rec *r)
{
    const bm_place_t *place = bm_router_place_of(r);
    bm_web_t *web = place != NULL ? bm_lifecycle_web() : NULL;
    const request_rec *last = r;
    bm_histogram_key_t key;
    char status[4];

    if (web == NULL)
        return DECLINED;
    while (last->next != NULL)
        last = last->next;
    if (last->status < 100 || last->status > 999)
        return DECLINED;
    status[0] = (char)('0' + last->status / 100);
    status[1] = (char)('0' + last->status / 10 % 10);
    status[2] = (char)('0' + last->status % 10);
    status[3] = '\0';
    key.part[0] = route_of(place);
    key.part[1] = method_of(r);
    key.part[2] = status;
    bm_histogram_table_add(web->meters->requests, &key, (apr_time_now() - r->request_time) * 1000);
    return DECLINED;
}

void bm_metering_register(apr_pool_t *p)
{
    (void)p;
    ap_hook_log_transaction(log_transaction, NULL, NULL, APR_HOOK_MIDDLE);
}
