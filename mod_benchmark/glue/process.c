/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/process.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <ap_listen.h>
#include <ap_mpm.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_main.h>
#include <mpm_common.h>
#include "base/log.h"
#include "base/text.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "crypt/key_ring.h"
#include "glue/directives.h"
#include "glue/engine_process.h"
#include "glue/target_process.h"
#include "target/target_server.h"

APLOG_USE_MODULE(benchmark);

#define PARENT_KEY "mod_benchmark:parent"
#define STOP_BUDGET_MS 8000
#define RING_RECORDS (1u << 17)
#define ALL_KINDS (-1)

/* One forked process. Lives in process->pool; the slot of a dead one is used again. */
typedef struct record_t {
    apr_proc_t proc;
    bm_process_kind_e kind;
    int alive;
    int draining;
    apr_time_t started;
} record_t;

/* The parent's memory across configurations, in process->pool. */
typedef struct parent_t {
    apr_pool_t *p;
    apr_array_header_t *records;        /* of record_t * */
    bm_generation_t *generation;        /* of the configuration in force */
    const char *target_where;           /* what target_fd listens on; a draining target shares it with its successor */
    int target_fd;
    int target_port;
} parent_t;

static const struct {
    const char *name;
    /* While still privileged: open what needs it. The result goes to main. May be NULL. */
    void *(*prepare)(bm_generation_t *generation, apr_pool_t *p);
    /* Work until told to end by `signals` (signalfd of SIGTERM and SIGHUP); then return. */
    void (*main)(bm_generation_t *generation, void *prepared, int signals, apr_pool_t *p);
} kinds[BM_PROCESS_KINDS] = {
    [BM_PROCESS_ENGINE] = { "engine", bm_engine_process_prepare, bm_engine_process_main },
    [BM_PROCESS_TARGET] = { "target", NULL, bm_target_process_main },
};

static parent_t *parent_get(process_rec *process)
{
    void *data = NULL;
    parent_t *parent;

    apr_pool_userdata_get(&data, PARENT_KEY, process->pool);
    if (data != NULL)
        return data;
    parent = apr_pcalloc(process->pool, sizeof(*parent));
    parent->p = process->pool;
    parent->records = apr_array_make(process->pool, 8, sizeof(record_t *));
    apr_pool_userdata_set(parent, PARENT_KEY, apr_pool_cleanup_null, process->pool);
    return parent;
}

bm_generation_t *bm_process_generation(void)
{
    void *data = NULL;

    apr_pool_userdata_get(&data, PARENT_KEY, ap_server_conf->process->pool);
    return data ? ((parent_t *)data)->generation : NULL;
}

static record_t *record_make(parent_t *parent, bm_process_kind_e kind)
{
    record_t *record = NULL;
    int i;

    for (i = 0; i < parent->records->nelts && record == NULL; i++) {
        record_t *old = APR_ARRAY_IDX(parent->records, i, record_t *);

        if (!old->alive)
            record = old;
    }
    if (record == NULL) {
        record = apr_pcalloc(parent->p, sizeof(*record));
        APR_ARRAY_PUSH(parent->records, record_t *) = record;
    }
    memset(record, 0, sizeof(*record));
    record->kind = kind;
    return record;
}

/* --- the forked side */

/* Root in a container may not be allowed to pass the hard limit; up to it everybody may. wanted 0: as many as there may be. */
static void raise_limits(int wanted)
{
    struct rlimit files, more;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    more = files;
    if (wanted != 0) {
        files.rlim_cur = (rlim_t)wanted < files.rlim_max ? (rlim_t)wanted : files.rlim_max;
        more.rlim_cur = more.rlim_max = (rlim_t)wanted;
    }
    else if (more.rlim_max < 65536)
        more.rlim_cur = more.rlim_max = 65536;
    if (geteuid() != 0 || setrlimit(RLIMIT_NOFILE, &more) != 0)
        setrlimit(RLIMIT_NOFILE, &files);
}

/* Restarts may have given us the MPM's handlers. TERM and HUP are read from a signalfd by the main thread, so there is no
 * handler and no variable for one. */
static void settle_signals(sigset_t *wanted)
{
    static const int ignored[] = { SIGINT, SIGUSR1, SIGWINCH, SIGPIPE, SIGUSR2 };
    size_t i;

    for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigemptyset(wanted);
    sigaddset(wanted, SIGTERM);
    sigaddset(wanted, SIGHUP);
    sigprocmask(SIG_SETMASK, wanted, NULL);
}

/* Nice level, as far as the kernel lets us; what it became is read back for the certificate. Loop threads ask for their
 * real-time priority when root is gone, so the right to it is left to them here. */
static void ask_for_priority(const bm_generation_t *generation, const char *name)
{
    const bm_settings_t *settings = bm_directives_settings();
    int nice = settings->nice;
    struct rlimit realtime = { .rlim_cur = (rlim_t)settings->realtime, .rlim_max = (rlim_t)settings->realtime };

    if (settings->realtime > 0 && geteuid() == 0)
        setrlimit(RLIMIT_RTPRIO, &realtime);

    if (setpriority(PRIO_PROCESS, 0, nice) != 0)
        ap_log_error(APLOG_MARK, APLOG_DEBUG, errno, generation->main_server,
                     BMLOG(0001) "%s: nice level %d is not ours to have", name, nice);
}

/* Secrets stand in the engine's memory: no core, and nobody of the same user may look into it. The target has no use for keys. */
static void guard_memory(bm_process_kind_e kind)
{
    const bm_settings_t *settings = bm_directives_settings();
    struct rlimit none = { 0, 0 };

    if (kind != BM_PROCESS_ENGINE)
        bm_key_ring_forget(settings->key_ring);
    else if (!settings->engine_core) {
        setrlimit(RLIMIT_CORE, &none);
        prctl(PR_SET_DUMPABLE, 0);           /* after dropping privileges, where CoreDumpDirectory sets it */
    }
}

/* Everything a forked process does before its own work. Never returns, and never through exit(): that would run the
 * parent's cleanups. Never with status 15, which the parent takes as fatal. */
static void forked_main(bm_generation_t *generation, const record_t *record, pid_t parent_pid, int wait_first)
{
    const char *name = kinds[record->kind].name;
    void *prepared = NULL;
    apr_pool_t *p;
    sigset_t wanted;
    int signals;

    settle_signals(&wanted);
    setpgid(0, 0);
    ap_close_listeners();
    if (record->kind != BM_PROCESS_TARGET)
        close(generation->target_fd);
    if (record->kind != BM_PROCESS_ENGINE)
        close(generation->poke_fd);
    raise_limits(record->kind == BM_PROCESS_ENGINE ? bm_directives_settings()->open_files : 0);
    ask_for_priority(generation, name);
    p = bm_thread_pool_make(name);
    if (kinds[record->kind].prepare != NULL)
        prepared = kinds[record->kind].prepare(generation, p);
    if (geteuid() == 0 && ap_run_drop_privileges(p, generation->main_server) != 0)
        _exit(1);
    guard_memory(record->kind);
    prctl(PR_SET_NAME, record->kind == BM_PROCESS_ENGINE ? "bm-engine" : "bm-target");
    prctl(PR_SET_PDEATHSIG, SIGTERM);            /* after dropping privileges, which clears it */
    if (getppid() != parent_pid)
        _exit(0);
    signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0)
        _exit(1);
    if (wait_first)
        apr_sleep(apr_time_from_sec(1));
    kinds[record->kind].main(generation, prepared, signals, p);
    _exit(0);
}

/* --- the parent's side */

static void process_event(int reason, void *data, int status);

static void watch(record_t *record, apr_pool_t *pconf)
{
    apr_proc_other_child_register(&record->proc, process_event, record, NULL, pconf);
}

static void start_process(bm_generation_t *generation, bm_process_kind_e kind, int wait_first)
{
    parent_t *parent = parent_get(generation->main_server->process);
    record_t *record = record_make(parent, kind);
    pid_t parent_pid = getpid();
    pid_t pid = fork();

    if (pid == 0)
        forked_main(generation, record, parent_pid, wait_first);
    if (pid < 0) {
        ap_log_error(APLOG_MARK, APLOG_ERR, errno, generation->main_server, BMLOG(0002) "cannot fork the %s process",
                     kinds[kind].name);
        return;
    }
    record->proc.pid = pid;
    record->alive = 1;
    record->started = bm_timefmt_steady();
    watch(record, generation->pconf);
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, generation->main_server, BMLOG(0003) "%s process %" APR_PID_T_FMT " started",
                 kinds[kind].name, pid);
}

static int mpm_is_stopping(void)
{
    int state = AP_MPMQ_RUNNING;

    ap_mpm_query(AP_MPMQ_MPM_STATE, &state);
    return state == AP_MPMQ_STOPPING;
}

/* It ended, whatever the reason: note that first, since unregistering calls back at once. */
static void process_ended(record_t *record, int status)
{
    bm_generation_t *generation = bm_process_generation();
    int wait_first = bm_timefmt_steady() - record->started < apr_time_from_sec(1);
    bm_process_kind_e kind = record->kind;
    int was_draining = record->draining;

    record->alive = 0;
    apr_proc_other_child_unregister(record);
    if (was_draining || mpm_is_stopping() || generation == NULL)
        return;
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, generation->main_server,
                 BMLOG(0004) "%s process %" APR_PID_T_FMT " ended unexpectedly (%s %d); starting another",
                 kinds[kind].name, record->proc.pid, WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    start_process(generation, kind, wait_first);
}

static void process_event(int reason, void *data, int status)
{
    record_t *record = data;

    switch (reason) {
    case APR_OC_REASON_DEATH:
    case APR_OC_REASON_LOST:
        if (record->alive)
            process_ended(record, status);
        break;
    case APR_OC_REASON_RESTART:
        apr_proc_other_child_unregister(record);
        break;
    case APR_OC_REASON_UNREGISTER:
        if (record->alive && !record->draining) {       /* once: a second time would end the target's streams */
            record->draining = 1;
            kill(record->proc.pid, SIGHUP);
        }
        break;
    default:
        break;
    }
}

/* How many of ours still live, all or those of one kind; reaps those that have ended. */
static int count_living(parent_t *parent, int kind)
{
    int i, living = 0, status;

    for (i = 0; i < parent->records->nelts; i++) {
        record_t *record = APR_ARRAY_IDX(parent->records, i, record_t *);

        if (!record->alive)
            continue;
        if (waitpid(record->proc.pid, &status, WNOHANG) == 0)
            living += kind == ALL_KINDS || kind == (int)record->kind;
        else
            record->alive = 0;
    }
    return living;
}

static void signal_kind(parent_t *parent, int kind, int signal_number)
{
    int i;

    for (i = 0; i < parent->records->nelts; i++) {
        record_t *record = APR_ARRAY_IDX(parent->records, i, record_t *);

        if (record->alive && (kind == ALL_KINDS || kind == (int)record->kind))
            kill(record->proc.pid, signal_number);
    }
}

static void wait_for_kind(parent_t *parent, int kind, apr_time_t until)
{
    while (count_living(parent, kind) > 0 && bm_timefmt_steady() < until)
        apr_sleep(apr_time_from_msec(20));
}

/* Before pconf goes. At a stop the parent must outlive its engines, the draining ones too: under systemd the rest of the
 * control group is killed the moment the parent exits. At a restart it returns at once. */
static apr_status_t before_pconf_goes(void *data)
{
    parent_t *parent = data;
    apr_time_t until;

    if (ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_EXITING || count_living(parent, ALL_KINDS) == 0)
        return APR_SUCCESS;
    ap_close_listeners();
    until = bm_timefmt_steady() + apr_time_from_msec(STOP_BUDGET_MS);
    signal_kind(parent, BM_PROCESS_ENGINE, SIGTERM);     /* first: else they would record that the target hung up on them */
    wait_for_kind(parent, BM_PROCESS_ENGINE, until);
    signal_kind(parent, ALL_KINDS, SIGTERM);
    wait_for_kind(parent, ALL_KINDS, until);
    if (count_living(parent, ALL_KINDS) > 0) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, ap_server_conf, BMLOG(0005) "a process of ours did not end in %d s",
                     STOP_BUDGET_MS / 1000);
        signal_kind(parent, ALL_KINDS, SIGKILL);
        while (count_living(parent, ALL_KINDS) > 0)
            apr_sleep(apr_time_from_msec(5));
    }
    return APR_SUCCESS;
}

static apr_status_t after_pconf_went(void *data)
{
    parent_t *parent = data;
    bm_generation_t *generation = parent->generation;

    close(generation->poke_fd);
    parent->generation = NULL;
    return APR_SUCCESS;
}

/* "address:port". The socket outlives configurations, since the draining target of the last one still holds it. */
static apr_status_t listen_for_target(parent_t *parent, const char *where, apr_pool_t *ptemp)
{
    const char *colon = strrchr(where, ':');
    char *address;
    apr_int64_t port;
    apr_status_t rv;

    if (parent->target_where != NULL && strcmp(parent->target_where, where) == 0)
        return APR_SUCCESS;
    if (parent->target_where != NULL)
        close(parent->target_fd);
    parent->target_where = NULL;
    if (colon == NULL || bm_text_to_int64(&port, colon + 1, 0, 65535) != APR_SUCCESS)
        return APR_EINVAL;
    address = apr_pstrmemdup(ptemp, where, (apr_size_t)(colon - where));
    if (address[0] == '[' && address[strlen(address) - 1] == ']') {
        address[strlen(address) - 1] = '\0';
        address++;
    }
    parent->target_port = (int)port;
    rv = bm_target_listen(&parent->target_fd, address, &parent->target_port);
    if (rv == APR_SUCCESS)
        parent->target_where = apr_pstrdup(parent->p, where);
    return rv;
}

static apr_status_t generation_make(bm_generation_t **pgeneration, parent_t *parent, server_rec *main_server,
                                    apr_pool_t *pconf)
{
    bm_generation_t *generation = apr_pcalloc(pconf, sizeof(*generation));
    const bm_settings_t *settings = bm_directives_settings();
    apr_size_t memory = (apr_size_t)settings->kpi_memory;
    bm_region_t *region;
    apr_status_t rv;

    if (memory > 0 && memory < BM_KPI_BOARD_SIZE_MIN)
        memory = BM_KPI_BOARD_SIZE_MIN;

    generation->main_server = main_server;
    generation->pconf = pconf;
    rv = bm_region_create(&region, bm_target_ring_size(RING_RECORDS) + 65536 + memory, pconf);
    if (rv == APR_SUCCESS)
        rv = bm_node_board_create(&generation->board, region);
    if (rv == APR_SUCCESS)
        rv = bm_target_ring_create(&generation->ring, RING_RECORDS, region);
    if (rv == APR_SUCCESS && memory > 0)
        rv = bm_kpi_board_create(&generation->kpi_board, memory, region);
    if (rv != APR_SUCCESS)
        return rv;
    rv = listen_for_target(parent, settings->target_listen, pconf);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, main_server, BMLOG(0006) "BenchmarkTargetListen %s: cannot listen",
                     settings->target_listen);
        return rv;
    }
    generation->poke_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (generation->poke_fd < 0)
        return errno;
    generation->target_fd = parent->target_fd;
    generation->target_port = parent->target_port;
    *pgeneration = generation;
    return APR_SUCCESS;
}

apr_status_t bm_process_start(server_rec *main_server, apr_pool_t *pconf)
{
    parent_t *parent = parent_get(main_server->process);
    bm_generation_t *generation = NULL;
    apr_status_t rv;
    int i;

    if (!bm_directives_settings()->engine)
        return APR_SUCCESS;
    rv = generation_make(&generation, parent, main_server, pconf);
    if (rv != APR_SUCCESS)
        return rv;
    parent->generation = generation;
    apr_pool_cleanup_register(pconf, parent, after_pconf_went, apr_pool_cleanup_null);
    apr_pool_pre_cleanup_register(pconf, parent, before_pconf_goes);
    for (i = 0; i < parent->records->nelts; i++) {
        record_t *record = APR_ARRAY_IDX(parent->records, i, record_t *);

        if (record->alive)
            watch(record, pconf);
    }
    for (i = 0; i < BM_PROCESS_KINDS; i++)
        start_process(generation, (bm_process_kind_e)i, 0);
    return APR_SUCCESS;
}

static int has_process(const parent_t *parent, bm_process_kind_e kind)
{
    int i;

    for (i = 0; i < parent->records->nelts; i++) {
        const record_t *record = APR_ARRAY_IDX(parent->records, i, const record_t *);

        if (record->alive && !record->draining && record->kind == kind)
            return 1;
    }
    return 0;
}

void bm_process_start_missing(server_rec *main_server)
{
    bm_generation_t *generation = bm_process_generation();
    int i;

    if (generation == NULL || mpm_is_stopping())
        return;
    for (i = 0; i < BM_PROCESS_KINDS; i++)
        if (!has_process(parent_get(main_server->process), (bm_process_kind_e)i))
            start_process(generation, (bm_process_kind_e)i, 0);
}

void bm_process_child_init(void)
{
    bm_generation_t *generation = bm_process_generation();

    if (generation != NULL)
        close(generation->target_fd);
}

void bm_process_poke(void)
{
    bm_generation_t *generation = bm_process_generation();
    uint64_t one = 1;

    if (generation != NULL && write(generation->poke_fd, &one, sizeof(one)) < 0)
        return;         /* the counter is full: it has been told often enough */
}
