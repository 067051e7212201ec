/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/lifecycle.h"

#include <ap_mpm.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_main.h>
#include <mpm_common.h>
#include "base/log.h"
#include "crypt/key_ring.h"
#include "crypt/opaque_token.h"
#include "glue/authn.h"
#include "glue/dbd.h"
#include "glue/directives.h"
#include "glue/logging.h"
#include "glue/metering.h"
#include "glue/process.h"
#include "glue/rate_limit.h"

APLOG_USE_MODULE(benchmark);

#define WEB_KEY "mod_benchmark:web"

bm_web_t *bm_lifecycle_web(void)
{
    void *web = NULL;

    apr_pool_userdata_get(&web, WEB_KEY, ap_server_conf->process->pconf);
    return web;
}

/* Whether any server mounts us: a module that is only loaded starts nothing. */
static int is_mounted(const server_rec *s)
{
    for (; s != NULL; s = s->next)
        if (bm_directives_of(s)->mount != NULL || bm_directives_of(s)->seed_paths)
            return 1;
    return 0;
}

/* A login that asks a provider which is not there would refuse everybody. @return its name. */
static const char *missing_provider(const server_rec *s)
{
    const char *name = NULL;

    for (; s != NULL && name == NULL; s = s->next)
        name = bm_authn_missing_provider(s);
    return name;
}

/* Who credentials stand for; a generation's children tell each other when that changes. */
static bm_authenticator_t *make_authenticator(const bm_web_t *web)
{
    const bm_settings_t *settings = web->settings;
    bm_generation_t *generation = bm_process_generation();
    const bm_authenticator_options_t options = {
        .source = web->source,
        .issuer = settings->public_url != NULL ? settings->public_url : "mod_benchmark",
        .token_seconds = apr_time_sec(settings->token_lifetime),
        .ring = settings->secret_keys != NULL ? settings->key_ring : NULL,
        .epoch = generation != NULL && generation->board != NULL ? &generation->board->access_epoch : NULL
    };

    return bm_authenticator_make(&options, web->pchild);
}

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    const char *missing;
    apr_status_t rv;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    bm_logging_start(s);
    bm_directives_complete(s, pconf);
    if (!is_mounted(s)) {
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, s, BMLOG(0010) "loaded, but no server has BenchmarkMount");
        return OK;
    }
    missing = bm_dbd_check(s, ptemp);
    if (missing != NULL) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, BMLOG(0011) "%s", missing);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    missing = missing_provider(s);
    if (missing != NULL) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, BMLOG(0016) "BenchmarkLoginProvider: no module provides %s", missing);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    (void)bm_crypt_start();                 /* once, before forks and threads; without libsodium there is nothing to start */
    ap_add_version_component(pconf, "mod_benchmark/" BM_VERSION);
    if (ap_state_query(AP_SQ_RUN_MODE) != AP_SQ_RM_NORMAL)
        return OK;
    rv = bm_metering_start(s, pconf);
    if (rv == APR_SUCCESS)
        rv = bm_rate_limit_start(s);
    if (rv == APR_SUCCESS)
        rv = bm_process_start(s, pconf);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, s, BMLOG(0012) "the engine cannot be set up");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return OK;
}

/* `configtest` refuses what a running server goes on without: a key ring that cannot be used. */
static int check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    const bm_settings_t *settings = &bm_directives_of(s)->settings;
    bm_key_ring_t *ring;

    (void)pconf;
    (void)plog;
    if (ap_state_query(AP_SQ_RUN_MODE) != AP_SQ_RM_CONFIG_TEST || settings->secret_keys == NULL
        || bm_key_ring_read(&ring, settings->secret_keys, NULL, ptemp) == APR_SUCCESS)
        return OK;
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, s, BMLOG(0411) "%s", bm_key_ring_trouble(ring));
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* What was left to do behind answers is done, if that takes no longer than two seconds. */
static apr_status_t finish_behind(void *data)
{
    apr_thread_pool_t *behind = data;
    int i;

    for (i = 0; i < 200 && apr_thread_pool_tasks_count(behind) + apr_thread_pool_busy_count(behind) > 0; i++)
        apr_sleep(apr_time_from_msec(10));
    return APR_SUCCESS;
}

static void child_init(apr_pool_t *pchild, server_rec *s)
{
    bm_web_t *web;

    if (!is_mounted(s))
        return;
    bm_process_child_init();
    web = apr_pcalloc(pchild, sizeof(*web));
    web->main_server = s;
    web->pchild = pchild;
    web->settings = bm_directives_settings();
    web->meters = bm_metering_meters();
    web->source = bm_dbd_source_make(s, web->meters, pchild);
    web->auth = make_authenticator(web);
    if (apr_thread_pool_create(&web->behind, 0, 1, pchild) == APR_SUCCESS)
        apr_pool_pre_cleanup_register(pchild, web->behind, finish_behind);
    apr_pool_userdata_set(web, WEB_KEY, apr_pool_cleanup_null, s->process->pconf);
}

/* The parent, every ten seconds or so. */
static int monitor(apr_pool_t *p, server_rec *s)
{
    (void)p;
    bm_process_start_missing(s);
    return DECLINED;
}

void bm_lifecycle_register(apr_pool_t *p)
{
    (void)p;
    ap_hook_check_config(check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_monitor(monitor, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(post_config, NULL, NULL, APR_HOOK_REALLY_LAST);    /* after mod_dbd made its groups */
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_LAST);             /* after mod_dbd made its pools */
}
