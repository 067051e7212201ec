/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/host.h: facts about the machine that a measurement must be read with: processors, stolen time, priority, clock.
 *
 * Thread-safe (no state). */
#ifndef BM_ENGINE_HOST_H
#define BM_ENGINE_HOST_H

#include <apr_errno.h>
#include <apr_pools.h>

/** What does not change while we run. */
typedef struct bm_host_facts_t {
    int cpus_online;
    int cpus_usable;                 /* by this process (affinity) */
    const char *cpu_model;           /* as the kernel names it; "unknown" */
    const char *kernel;              /* release */
    const char *machine;             /* "x86_64" */
    const char *clock_source;        /* "tsc"; anything else makes each stamp dearer */
    apr_int64_t memory_bytes;
    apr_int64_t clock_read_ns;       /* what one reading of CLOCK_MONOTONIC takes, measured now */
} bm_host_facts_t;

/** Time of all processors since boot, in ticks. */
typedef struct bm_host_cpu_t {
    apr_uint64_t total, idle, steal;
} bm_host_cpu_t;

/** Scheduling of a thread. */
typedef struct bm_host_priority_t {
    const char *policy;              /* "other", "rr", "fifo", "batch", "idle", "deadline" */
    int nice;
    int rt_priority;                 /* 0 unless rr or fifo */
} bm_host_priority_t;

/** Look around. Texts in p. What cannot be found out is 0 or "unknown". Takes some 0.1 ms. */
void bm_host_facts(bm_host_facts_t *facts, apr_pool_t *p);

/** Connections that this process may have open at once: its limit of open files less what it needs itself. At least 1. */
int bm_host_connections(void);

/** Bytes of memory that this process uses (resident); 0: not known. */
apr_int64_t bm_host_memory_used(void);

/** Processor time that this process has used, in ns. */
apr_int64_t bm_host_cpu_used(void);

/** Bytes free for an ordinary user on the file system of path; -1: not known. */
apr_int64_t bm_host_disk_free(const char *path);

/** Read /proc/stat. @return errno status; APR_EINVAL: not as expected. */
apr_status_t bm_host_cpu_read(bm_host_cpu_t *cpu);

/** The same from text (the first line of /proc/stat). @return APR_EINVAL. */
apr_status_t bm_host_cpu_parse(bm_host_cpu_t *cpu, const char *text);

/** Share (0 to 1) of all processors' time that the hypervisor gave to others between two readings; 0 if no time passed. */
double bm_host_steal(const bm_host_cpu_t *before, const bm_host_cpu_t *after);

/** Share (0 to 1) that was used by anything on this machine. */
double bm_host_busy(const bm_host_cpu_t *before, const bm_host_cpu_t *after);

/** Priority in force of the calling thread. */
void bm_host_priority(bm_host_priority_t *priority);

/** Set the calling thread's nice value (0: leave) and SCHED_RR priority (0: leave; threads made later do not inherit it).
 *  @return errno status of what was refused; the rest is set. */
apr_status_t bm_host_set_priority(int nice, int rt_priority);

/** Let the calling thread run on this CPU only. @return errno status. */
apr_status_t bm_host_pin(int cpu);

/** The CPU at place `index` (modulo) of a list like "1,2"; -1 for NULL. @return APR_EINVAL: not such a list. */
apr_status_t bm_host_choose_cpu(int *cpu, const char *cpus, int index, apr_pool_t *p);

#endif
