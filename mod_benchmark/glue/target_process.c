/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/target_process.h"

#include <http_config.h>
#include <http_log.h>
#include "base/log.h"
#include "target/target_server.h"

APLOG_USE_MODULE(benchmark);

#define DRAIN_MS (60 * 60 * 1000)       /* a draining engine may calibrate that long */

void bm_target_process_main(bm_generation_t *generation, void *prepared, int signals, apr_pool_t *p)
{
    bm_target_options_t options = { .drain_ms = DRAIN_MS };
    apr_status_t rv;

    (void)prepared;
    (void)bm_target_tls_create(&options.tls, NULL, NULL, p);       /* without it, it serves plain HTTP; it has said why */
    rv = bm_target_run(generation->target_fd, signals, generation->ring, &options);
    if (rv != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, generation->main_server, BMLOG(0007) "the reference target cannot serve");
}
