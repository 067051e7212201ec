/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/live_limit.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <ap_mpm.h>
#include <http_config.h>
#include <http_log.h>
#include "base/log.h"
#include "base/text.h"

APLOG_USE_MODULE(benchmark);

#define FACTOR_DEFAULT 2.0
#define FILES_OF_OTHERS 256              /* of a child: requests, logs, the database */

static int mpm(int what)
{
    int value = 0;

    return ap_mpm_query(what, &value) == APR_SUCCESS ? value : 0;
}

/* AsyncRequestWorkerFactor is known to the MPM alone: the last one that the configuration says. */
static double factor_in(const ap_directive_t *tree, double factor)
{
    for (; tree != NULL; tree = tree->next) {
        if (ap_cstr_casecmp(tree->directive, "AsyncRequestWorkerFactor") == 0)
            bm_text_to_double(&factor, tree->args);
        factor = factor_in(tree->first_child, factor);
    }
    return factor;
}

/* Clients that a child can hold while half its threads are busy. */
static int most_clients(void)
{
    int threads = mpm(AP_MPMQ_MAX_THREADS);

    if (threads < 1)
        threads = 1;                         /* prefork */
    if (!mpm(AP_MPMQ_IS_ASYNC))
        return threads > 4 ? threads / 4 : 1;
    return (int)(threads * factor_in(ap_conftree, FACTOR_DEFAULT) / 2);
}

static int most_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY || files.rlim_cur > 1000000)
        return 1000000;
    return files.rlim_cur > FILES_OF_OTHERS ? (int)(files.rlim_cur - FILES_OF_OTHERS) : 1;
}

/* With ServerLimit children running, the next generation has no place until they have said goodbye to their clients. */
static void check_server_limit(server_rec *s)
{
    if (mpm(AP_MPMQ_IS_ASYNC) && mpm(AP_MPMQ_HARD_LIMIT_DAEMONS) <= mpm(AP_MPMQ_MAX_DAEMONS))
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s, BMLOG(0803) "ServerLimit %d is no more than MaxRequestWorkers needs: a"
                     " graceful restart waits until the old children have said goodbye to their live clients; double it",
                     mpm(AP_MPMQ_HARD_LIMIT_DAEMONS));
}

void bm_live_limit_settle(int *limit, server_rec *main_server)
{
    int most = most_clients(), files = most_files();

    if (*limit < 0) {
        *limit = most < files ? most : files;
        return;
    }
    if (*limit > most)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main_server, BMLOG(0801) "BenchmarkMaxLiveClients %d: a child of this MPM can"
                     " hold %d beside its other connections; raise AsyncRequestWorkerFactor (mpm_event) or ThreadsPerChild",
                     *limit, most);
    if (*limit > files)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main_server, BMLOG(0802) "BenchmarkMaxLiveClients %d: the limit of open files"
                     " allows %d (ulimit -n, LimitNOFILE)", *limit, files);
    if (*limit > 0)
        check_server_limit(main_server);
}
