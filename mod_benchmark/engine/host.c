/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/host.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include "base/text.h"
#include "base/timefmt.h"

#define CLOCK_READS 1000
enum { CONNECTIONS_MAX = 60000, FILES_OF_OURS = 64 };

/* Start of a file as text; "" if it cannot be read. */
static void read_start(char *text, apr_size_t size, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
}

static const char *cpu_model(apr_pool_t *p)
{
    static const char label[] = "model name";
    char text[4096], *at, *end;

    read_start(text, sizeof(text), "/proc/cpuinfo");
    at = strstr(text, label);
    at = at ? strchr(at, ':') : NULL;
    if (at == NULL)
        return "unknown";
    at += strspn(at, ": \t");
    end = strchr(at, '\n');
    return apr_pstrmemdup(p, at, end ? (apr_size_t)(end - at) : strlen(at));
}

static const char *clock_source(apr_pool_t *p)
{
    char text[64];

    read_start(text, sizeof(text), "/sys/devices/system/clocksource/clocksource0/current_clocksource");
    text[strcspn(text, "\n")] = '\0';
    return text[0] ? apr_pstrdup(p, text) : "unknown";
}

static apr_int64_t clock_read_ns(void)
{
    apr_int64_t begin = bm_timefmt_monotonic_ns(), end = begin;
    int i;

    for (i = 0; i < CLOCK_READS; i++)
        end = bm_timefmt_monotonic_ns();
    return (end - begin) / CLOCK_READS;
}

void bm_host_facts(bm_host_facts_t *facts, apr_pool_t *p)
{
    struct utsname names;
    cpu_set_t cpus;
    int known = uname(&names) == 0;

    memset(facts, 0, sizeof(*facts));
    facts->cpus_online = (int)sysconf(_SC_NPROCESSORS_ONLN);
    facts->cpus_usable = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : facts->cpus_online;
    facts->cpu_model = cpu_model(p);
    facts->kernel = known ? apr_pstrdup(p, names.release) : "unknown";
    facts->machine = known ? apr_pstrdup(p, names.machine) : "unknown";
    facts->clock_source = clock_source(p);
    facts->memory_bytes = (apr_int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    facts->clock_read_ns = clock_read_ns();
}

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice"; guest time is already in user. */
apr_status_t bm_host_cpu_parse(bm_host_cpu_t *cpu, const char *text)
{
    char line[256], *at = line, *word;
    apr_int64_t value;
    int column = 0;

    memset(cpu, 0, sizeof(*cpu));
    apr_cpystrn(line, text, sizeof(line));
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "cpu ", 4) != 0)
        return APR_EINVAL;
    at += 4;
    while (column < 8 && (word = strsep(&at, " ")) != NULL) {
        if (*word == '\0')
            continue;
        if (bm_text_to_int64(&value, word, 0, APR_INT64_MAX) != APR_SUCCESS)
            return APR_EINVAL;
        cpu->total += (apr_uint64_t)value;
        if (column == 3 || column == 4)
            cpu->idle += (apr_uint64_t)value;
        if (column == 7)
            cpu->steal = (apr_uint64_t)value;
        column++;
    }
    return column >= 5 ? APR_SUCCESS : APR_EINVAL;
}

int bm_host_connections(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY || files.rlim_cur > CONNECTIONS_MAX)
        return CONNECTIONS_MAX;
    return files.rlim_cur > FILES_OF_OURS ? (int)(files.rlim_cur - FILES_OF_OURS) : 1;
}

apr_int64_t bm_host_memory_used(void)
{
    unsigned long size, resident;
    char text[128];

    read_start(text, sizeof(text), "/proc/self/statm");
    return sscanf(text, "%lu %lu", &size, &resident) == 2 ? (apr_int64_t)resident * sysconf(_SC_PAGESIZE) : 0;
}

apr_int64_t bm_host_cpu_used(void)
{
    struct timespec used;

    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 ? (apr_int64_t)used.tv_sec * 1000000000 + used.tv_nsec : 0;
}

apr_int64_t bm_host_disk_free(const char *path)
{
    struct statvfs disk;

    return statvfs(path, &disk) == 0 ? (apr_int64_t)disk.f_bavail * (apr_int64_t)disk.f_frsize : -1;
}

apr_status_t bm_host_cpu_read(bm_host_cpu_t *cpu)
{
    char text[256];

    read_start(text, sizeof(text), "/proc/stat");
    if (text[0] == '\0')
        return APR_ENOENT;
    return bm_host_cpu_parse(cpu, text);
}

double bm_host_steal(const bm_host_cpu_t *before, const bm_host_cpu_t *after)
{
    if (after->total <= before->total || after->steal < before->steal)
        return 0;
    return (double)(after->steal - before->steal) / (double)(after->total - before->total);
}

double bm_host_busy(const bm_host_cpu_t *before, const bm_host_cpu_t *after)
{
    if (after->total <= before->total || after->idle < before->idle)
        return 0;
    return 1.0 - (double)(after->idle - before->idle) / (double)(after->total - before->total);
}

void bm_host_priority(bm_host_priority_t *priority)
{
    static const char *const policies[] = {
        [SCHED_OTHER] = "other", [SCHED_FIFO] = "fifo", [SCHED_RR] = "rr", [SCHED_BATCH] = "batch", [SCHED_IDLE] = "idle",
        [6] = "deadline",
    };
    int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
    struct sched_param param = { 0 };

    *priority = (bm_host_priority_t){ .policy = "unknown" };
    if (policy >= 0 && policy < (int)(sizeof(policies) / sizeof(policies[0])) && policies[policy])
        priority->policy = policies[policy];
    if (sched_getparam(0, &param) == 0)
        priority->rt_priority = param.sched_priority;
    priority->nice = getpriority(PRIO_PROCESS, 0);
}

apr_status_t bm_host_set_priority(int nice, int rt_priority)
{
    struct sched_param param = { .sched_priority = rt_priority };
    apr_status_t rv = APR_SUCCESS;

    if (nice && setpriority(PRIO_PROCESS, 0, nice) != 0)
        rv = errno;
    if (rt_priority && sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &param) != 0)
        rv = errno;
    return rv;
}

apr_status_t bm_host_pin(int cpu)
{
    cpu_set_t cpus;

    if (cpu < 0 || cpu >= CPU_SETSIZE)
        return APR_EINVAL;
    CPU_ZERO(&cpus);
    CPU_SET((unsigned)cpu, &cpus);
    return sched_setaffinity(0, sizeof(cpus), &cpus) == 0 ? APR_SUCCESS : errno;
}

apr_status_t bm_host_choose_cpu(int *cpu, const char *cpus, int index, apr_pool_t *p)
{
    apr_array_header_t *list = apr_array_make(p, 4, sizeof(int));
    char *rest = apr_pstrdup(p, cpus), *word;
    apr_int64_t number;

    *cpu = -1;
    if (cpus == NULL)
        return APR_SUCCESS;
    while ((word = strsep(&rest, ", ")) != NULL) {
        if (*word == '\0')
            continue;
        if (bm_text_to_int64(&number, word, 0, CPU_SETSIZE - 1) != APR_SUCCESS)
            return APR_EINVAL;
        APR_ARRAY_PUSH(list, int) = (int)number;
    }
    if (list->nelts == 0)
        return APR_EINVAL;
    *cpu = APR_ARRAY_IDX(list, index % list->nelts, int);
    return APR_SUCCESS;
}
