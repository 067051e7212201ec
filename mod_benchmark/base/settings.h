/* SPDX-License-Identifier: Apache-2.0
 *
 * base/settings.h: every directive as a value, so that no room below glue/ needs httpd to be configured.
 *
 * Filled once per configuration by glue/directives.c (defaults there, one row per directive), read-only
 * afterwards, shared by all threads of a process. Times are microseconds unless the name has a unit. */
#ifndef BM_BASE_SETTINGS_H
#define BM_BASE_SETTINGS_H

#include <apr_network_io.h>
#include <apr_tables.h>
#include <apr_time.h>

typedef struct bm_settings_t {
    /* store */
    const char *dsn;                  /* BenchmarkDSN: the engine's and LISTEN's connections; NULL: as DBDParams */
    const char *direct_dsn;           /* BenchmarkDirectDSN; NULL: dsn */
    const char *migrate_dsn;          /* BenchmarkMigrateDSN; NULL: dsn */
    const char *schema;               /* BenchmarkSchema */
    int migrate;                      /* BenchmarkMigrate */
    const char *sql_dir;              /* BenchmarkSqlDir: where the migrations are */
    int unnamed_statements;           /* BenchmarkUnnamedStatements */
    int pool_limit;                   /* BenchmarkPoolLimit: requests that may hold a connection at once, per child */
    apr_interval_time_t statement_timeout;  /* BenchmarkStatementTimeout */
    int export_limit;                 /* BenchmarkExportLimit: exports at once, per child */
    apr_interval_time_t kpi_timeout;        /* BenchmarkKpiTimeout */
    int kpi_limit;                    /* BenchmarkKpiLimit; 0: half of pool_limit */
    int slow_query_ms;                /* BenchmarkSlowQuery */
    /* product */
    const char *project;              /* BenchmarkProject: name shown in /health */
    const char *public_url;           /* BenchmarkPublicURL; NULL: from the request */
    const char *html_dir;             /* BenchmarkHtmlDir: the built dashboard */
    int mock_mode;                    /* BenchmarkMockMode */
    /* access */
    apr_interval_time_t token_lifetime;     /* BenchmarkTokenLifetime: of an access token */
    apr_interval_time_t session_idle;       /* BenchmarkSessionIdle: a cookie that nobody shows for so long is worth nothing */
    apr_interval_time_t session_lifetime;   /* BenchmarkSessionLifetime: of any session, whatever happens */
    /* metrics */
    int metrics_scenarios;            /* BenchmarkMetricsScenarios: scenarios that /metrics tells apart */
    const char *otlp_endpoint;        /* BenchmarkOtlpEndpoint: base URL of a collector; NULL: nothing is sent */
    apr_table_t *otlp_headers;        /* BenchmarkOtlpHeader name secret: header -> name of the secret that is its value */
    int otlp_queue;                   /* BenchmarkOtlpQueue: runs that may wait for the collector */
    int otlp_traceparent;             /* BenchmarkOtlpTraceparent: tell targets which trace they are part of */
    apr_interval_time_t otlp_metrics; /* BenchmarkOtlpMetrics: how often metrics are sent; 0: never */
    /* limits of requests */
    apr_int64_t max_body;             /* BenchmarkMaxBody */
    apr_int64_t max_response_stored;  /* BenchmarkMaxStoredResponse: bytes of a target's answer kept with a run */
    /* outbound */
    apr_array_header_t
        *target_allow; /* BenchmarkTargetAllow: of const char *, address or network in CIDR, "host:NAME", or "all" */
    apr_array_header_t *target_deny;  /* BenchmarkTargetDeny: likewise; goes before the other */
    const char *target_ca;            /* BenchmarkTargetCA: file of trusted certificates; NULL: the system's */
    const char *target_cert;          /* BenchmarkTargetClientCert; NULL: none */
    const char *target_key;
    const char *target_proxy;         /* BenchmarkTargetProxy: egress proxy; NULL: none (the environment is not read) */
    apr_table_t *secrets;             /* BenchmarkSecret name file: name -> path (read by the engine while it may) */
    const char *password_deny_file;   /* BenchmarkPasswordDenyFile: SHA-1 of passwords that nobody may take; NULL: none */
    const char *secret_keys;          /* BenchmarkSecretKeys: file of the keys that encrypt secrets of the store; NULL: none */
    struct bm_key_ring_t *key_ring;   /* what it holds (crypt/key_ring.h); NULL before it was read, as none */
    apr_table_t *env_allow;           /* BenchmarkEnvAllow NAME: name -> value at start */
    /* engine */
    int engine;                       /* BenchmarkEngine On|Off */
    int loops;                        /* BenchmarkLoops: loop threads */
    int max_in_flight;                /* BenchmarkMaxInFlight: exchanges of this engine */
    int nice;                         /* BenchmarkNice: asked for before root is dropped */
    int realtime;                     /* BenchmarkRealtime: SCHED_RR priority of loop threads; 0: none */
    int spin_us;                      /* BenchmarkSpin: microseconds that loop threads look for work before they sleep; 0: none */
    const char *loop_cpus;            /* BenchmarkLoopCPUs: "1,2"; NULL: not pinned */
    int kernel_stamps;                /* BenchmarkKernelStamps */
    apr_interval_time_t lease;        /* BenchmarkLease */
    apr_interval_time_t poll;         /* BenchmarkPoll: longest pause between claims */
    apr_interval_time_t drain;        /* BenchmarkDrainTimeout: longest life of an engine after a graceful restart */
    apr_int64_t recorder_backlog;     /* BenchmarkRecorderBacklog: bytes of finished runs kept while the database is away */
    apr_interval_time_t connect_timeout, first_byte_timeout, stall_timeout,
        run_timeout;                  /* Benchmark…Timeout: defaults of runs */
    int engine_core;                  /* BenchmarkEngineCore: the engine may leave a core */
    int open_files;                   /* BenchmarkOpenFiles: limit of the engine's descriptors; 0: the hard limit */
    apr_int64_t engine_memory;        /* BenchmarkEngineMemory: bytes that the engine may use; 0: no limit */
    const char *disk_path;            /* BenchmarkDiskPath: where PostgreSQL's data are; NULL: not looked at */
    apr_int64_t disk_reserve;         /* BenchmarkDiskReserve: bytes that load tests leave free there */
    int max_live_clients;             /* BenchmarkMaxLiveClients: of one child; 0: none */
    apr_interval_time_t live_push, live_beat;     /* BenchmarkLivePush, BenchmarkLiveBeat */
    int max_attempts;                 /* BenchmarkMaxAttempts */
    int max_labels;                   /* BenchmarkMaxLabels: of a run, with KPI cells of their own */
    int training_sessions;            /* BenchmarkTrainingSessions: at once */
    int training_max_rate;            /* BenchmarkTrainingMaxRate: requests per second of a problem */
    int training_max_concurrency;     /* BenchmarkTrainingMaxConcurrency: requests under way of a problem */
    int training_scale;               /* BenchmarkTrainingDurationScale: percent of the usual length of problems */
    int confirm_above;                /* BenchmarkConfirmAbove: load that needs an automation's confirmed_rate; 0: none does */
    const char *location;             /* BenchmarkEngineLocation */
    apr_int64_t kpi_memory;           /* BenchmarkKpiMemory: bytes shared with the web children for KPI cells; 0: none */
    /* reference target */
    const char *target_listen;        /* BenchmarkTargetListen: "127.0.0.1:0" */
    /* retention, in days; 0: for ever */
    int keep_runs, keep_raw, keep_events, keep_hour_cells, keep_day_cells, keep_audit, keep_traces;
} bm_settings_t;

#endif
