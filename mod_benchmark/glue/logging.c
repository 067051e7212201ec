/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/logging.h"

#include <http_config.h>
#include <http_log.h>
#include "base/log.h"

APLOG_USE_MODULE(benchmark);

static void httpd_sink(void *baton, bm_log_level_e level, apr_status_t rv, const char *message)
{
    ap_log_error(APLOG_MARK, (int)level, rv, (server_rec *)baton, "%s", message);
}

static int httpd_wanted(void *baton, bm_log_level_e level)
{
    return APLOG_IS_LEVEL((server_rec *)baton, (int)level);
}

void bm_logging_start(server_rec *main_server)
{
    bm_log_set_sink(httpd_sink, httpd_wanted, main_server);
}
