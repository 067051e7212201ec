/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/target_process.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <http_config.h>
#include <http_log.h>
#include "base/log.h"
#include "base/thread.h"
#include "target/target_server.h"

APLOG_USE_MODULE(benchmark);

#define DRAIN_MS (60 * 60 * 1000)       /* a draining engine may calibrate that long */

/* Turns signals into writes of the server's eventfd: one drains, two end. */
typedef struct watcher_t {
    int signals;
    int stop_fd;
} watcher_t;

static void watch_signals(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    watcher_t *watcher = baton;
    struct pollfd pfd = { .fd = watcher->signals, .events = POLLIN };
    struct signalfd_siginfo info;
    uint64_t times;

    (void)p;
    while (!bm_thread_stopping(thread)) {
        if (poll(&pfd, 1, 200) <= 0 || read(watcher->signals, &info, sizeof(info)) != sizeof(info))
            continue;
        for (times = info.ssi_signo == SIGTERM ? 2 : 1; times > 0; times--) {
            uint64_t one = 1;

            if (write(watcher->stop_fd, &one, sizeof(one)) < 0)
                return;
            apr_sleep(20000);
        }
    }
}

void bm_target_process_main(bm_generation_t *generation, void *prepared, int signals, apr_pool_t *p)
{
    bm_target_options_t options = { .drain_ms = DRAIN_MS };
    watcher_t watcher = { .signals = signals, .stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) };
    bm_thread_t *thread;
    apr_status_t rv;

    (void)prepared;
    if (watcher.stop_fd < 0 || bm_thread_start(&thread, "bm-signals", watch_signals, &watcher, p) != APR_SUCCESS)
        return;
    rv = bm_target_run(generation->target_fd, watcher.stop_fd, generation->ring, &options);
    if (rv != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, generation->main_server, BMLOG(0007) "the reference target cannot serve");
    bm_thread_stop(thread);
    bm_thread_join(thread);
}
