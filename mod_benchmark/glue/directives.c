/* SPDX-License-Identifier: Apache-2.0
 *
 * directives.c: the table of directives. A knob is a row: type, place in bm_server_conf_t, default and limits;
 * create, set and merge are loops over the rows. What is not a single value has a setter of its own (glue/setters.h). */
#include "glue/directives.h"

#include <stddef.h>
#include <string.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_main.h>
#include "base/log.h"
#include "crypt/key_ring.h"
#include "glue/knob.h"
#include "glue/live_limit.h"
#include "glue/rate_limit.h"
#include "glue/setters.h"
#include "kpi/kpi_sample.h"

APLOG_USE_MODULE(benchmark);

static const char *set_knob(cmd_parms *cmd, void *dummy, const char *text);

/* Index of a knob: its row in bm_directives. */
static int knob_index(const command_rec *row)
{
    return (int)(row - bm_directives);
}

static const char *set_knob(cmd_parms *cmd, void *dummy, const char *text)
{
    const bm_knob_t *knob = cmd->info;
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, knob->per_server ? NOT_IN_DIR_CONTEXT : GLOBAL_ONLY);

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    wrong = bm_knob_apply(conf, knob, text, cmd->pool);
    if (wrong != NULL)
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " ", wrong, NULL);
    conf->set[knob_index(cmd->cmd)] = 1;
    return NULL;
}

#define SETTING(member) offsetof(bm_server_conf_t, settings.member)
#define KNOB(name, type, offset, fallback, min, max, doc) \
    AP_INIT_TAKE1(name, set_knob, (void *)&((bm_knob_t){ BM_##type, offset, fallback, min, max, 0 }), RSRC_CONF, doc)
#define SERVER_KNOB(name, type, offset, fallback, doc) \
    AP_INIT_TAKE1(name, set_knob, (void *)&((bm_knob_t){ BM_##type, offset, fallback, 0, 0, 1 }), RSRC_CONF, doc)

const command_rec bm_directives[] = {
    /* where it appears */
    AP_INIT_TAKE1("BenchmarkMount", bm_set_mount, NULL, RSRC_CONF,
                  "URL path below which dashboard, API and metrics are served; Off: nowhere in this server"),
    SERVER_KNOB("BenchmarkSeedPaths", KNOB_FLAG, offsetof(bm_server_conf_t, seed_paths), "Off",
                "On: also serve the root paths of the seed systems (/api, /health, ...)"),
    KNOB("BenchmarkPublicURL", KNOB_URL, SETTING(public_url), NULL, 0, 0,
         "Base URL for links made outside a request"),
    KNOB("BenchmarkHtmlDir", KNOB_PATH, SETTING(html_dir), NULL, 0, 0, "Directory of the built dashboard"),
    KNOB("BenchmarkProject", KNOB_STRING, SETTING(project), "mod_benchmark", 0, 0, "Name of this installation"),
    KNOB("BenchmarkMockMode", KNOB_FLAG, SETTING(mock_mode), "Off", 0, 0,
         "On: provider tinyfish is answered by the mock"),
    /* who may */
    AP_INIT_ITERATE2("BenchmarkRole", bm_add_role, NULL, RSRC_CONF, "A role (viewer, operator, admin) and the users who have it"),
    AP_INIT_ITERATE2("BenchmarkProjects", bm_add_projects, NULL, RSRC_CONF,
                     "Projects (numbers, all or none) and the users of httpd's own authentication who see them"),
    AP_INIT_TAKE1("BenchmarkAnonymousProjects", bm_set_anonymous_projects, NULL, RSRC_CONF,
                  "Projects (numbers, all or none) that requests without a user see"),
    AP_INIT_TAKE12("BenchmarkAnonymousRole", bm_set_anonymous_role, NULL, RSRC_CONF,
                   "Role of requests without a user; 'loopback' restricts it to clients on this machine (default none)"),
    AP_INIT_ITERATE("BenchmarkLoginProvider", bm_add_word, (void *)offsetof(bm_server_conf_t, login_providers), RSRC_CONF,
                    "Authentication providers of httpd that a login asks, one after another (default benchmark)"),
    KNOB("BenchmarkTokenLifetime", KNOB_TIME, SETTING(token_lifetime), "24h", 60, 31536000, "How long an access token lives"),
    KNOB("BenchmarkSessionIdle", KNOB_TIME, SETTING(session_idle), "8h", 60, 31536000,
         "How long the session of a cookie lasts that is not used"),
    KNOB("BenchmarkSessionLifetime", KNOB_TIME, SETTING(session_lifetime), "7d", 60, 31536000,
         "How long a session lasts at most"),
    AP_INIT_ITERATE("BenchmarkAllowedHosts", bm_add_word, (void *)offsetof(bm_server_conf_t, allowed_hosts), RSRC_CONF,
                    "Host names that anonymous or cookie-borne writes may be sent to"),
    SERVER_KNOB("BenchmarkRequireTLS", KNOB_FLAG, offsetof(bm_server_conf_t, require_tls), "Off",
                "On: over plain HTTP pages are redirected and all else is refused, unless the client is on this machine"),
    AP_INIT_ITERATE("BenchmarkCORSOrigin", bm_add_origin, (void *)offsetof(bm_server_conf_t, cors_origins), RSRC_CONF,
                    "Exact origins whose pages may call the API"),
    /* store */
    KNOB("BenchmarkDSN", KNOB_STRING, SETTING(dsn), NULL, 0, 0,
         "libpq connection string of the engine (default: what DBDParams says)"),
    KNOB("BenchmarkDirectDSN", KNOB_STRING, SETTING(direct_dsn), NULL, 0, 0,
         "Connection string of the engine past a transaction pooler (default BenchmarkDSN)"),
    KNOB("BenchmarkMigrateDSN", KNOB_STRING, SETTING(migrate_dsn), NULL, 0, 0,
         "Connection string of the schema's owner (default BenchmarkDSN)"),
    AP_INIT_TAKE1("BenchmarkSchema", bm_set_schema, NULL, RSRC_CONF, "PostgreSQL schema (default benchmark)"),
    KNOB("BenchmarkMigrate", KNOB_FLAG, SETTING(migrate), "Off", 0, 0, "On: bring the schema up to date at start"),
    KNOB("BenchmarkSqlDir", KNOB_PATH, SETTING(sql_dir), NULL, 0, 0, "Directory of the migrations"),
    KNOB("BenchmarkUnnamedStatements", KNOB_FLAG, SETTING(unnamed_statements), "Off", 0, 0,
         "On: never prepare statements (behind a transaction pooler)"),
    KNOB("BenchmarkPoolLimit", KNOB_INT, SETTING(pool_limit), "4", 1, 1000,
         "Requests of one child that may use the database at once; keep it at DBDMax"),
    KNOB("BenchmarkStatementTimeout", KNOB_TIME, SETTING(statement_timeout), "4s", 1, 3600,
         "Longest time of one statement of a request"),
    KNOB("BenchmarkExportLimit", KNOB_INT, SETTING(export_limit), "2", 1, 1000,
         "Exports that one child sends at once"),
    KNOB("BenchmarkKpiTimeout", KNOB_TIME, SETTING(kpi_timeout), "10s", 1, 3600, "Longest time of one statement of a KPI query"),
    KNOB("BenchmarkKpiLimit", KNOB_INT, SETTING(kpi_limit), "0", 0, 1000,
         "KPI queries of one child that may use the database at once; 0: half of BenchmarkPoolLimit"),
    KNOB("BenchmarkSlowQuery", KNOB_INT, SETTING(slow_query_ms), "500", 0, 3600000,
         "Milliseconds from which a statement is logged; 0: never"),
    /* metrics */
    AP_INIT_ITERATE("BenchmarkMetricsAllow", bm_add_clients, (void *)offsetof(bm_server_conf_t, metrics_allow), RSRC_CONF,
                    "Addresses or networks that may read /metrics without a role, or 'all'"),
    KNOB("BenchmarkMetricsScenarios", KNOB_INT, SETTING(metrics_scenarios), "50", 0, 1000,
         "Scenarios that /metrics tells apart; what comes after them is summed up as other"),
    KNOB("BenchmarkOtlpEndpoint", KNOB_URL, SETTING(otlp_endpoint), NULL, 0, 0,
         "Base URL of an OpenTelemetry collector that gets a trace of each run, such as http://127.0.0.1:4318"),
    AP_INIT_TAKE2("BenchmarkOtlpHeader", bm_add_otlp_header, NULL, RSRC_CONF,
                  "A header for the collector and the name of the secret that is its value"),
    KNOB("BenchmarkOtlpQueue", KNOB_INT, SETTING(otlp_queue), "2048", 16, 1000000,
         "Runs whose traces may wait for the collector; what comes on top is dropped and counted"),
    KNOB("BenchmarkOtlpTraceparent", KNOB_FLAG, SETTING(otlp_traceparent), "Off", 0, 0,
         "On: requests to targets carry a traceparent header"),
    KNOB("BenchmarkOtlpMetrics", KNOB_TIME, SETTING(otlp_metrics), "60s", 0, 86400,
         "How often metrics are sent to the collector; 0: never"),
    /* limits */
    AP_INIT_TAKE2("BenchmarkRateLimit", bm_set_rate_limit, NULL, RSRC_CONF,
                  "Requests that an anonymous address, a user or an attempt to log in has in a time, such as anonymous 100/1min"),
    AP_INIT_ITERATE("BenchmarkRateLimitExempt", bm_add_clients, (void *)offsetof(bm_server_conf_t, rate_exempt), RSRC_CONF,
                    "Addresses or networks whose requests are not limited, or 'all'"),
    KNOB("BenchmarkRateLimitHeaders", KNOB_FLAG, offsetof(bm_server_conf_t, rate_headers), "On", 0, 0,
         "Off: answers do not say what is left of a limit"),
    KNOB("BenchmarkMaxBody", KNOB_SIZE, SETTING(max_body), "1M", 1024, 1073741824, "Largest request body"),
    KNOB("BenchmarkMaxStoredResponse", KNOB_SIZE, SETTING(max_response_stored), "1M", 0, 104857600,
         "Bytes of a target's answer that are kept with a run"),
    /* outbound */
    AP_INIT_ITERATE("BenchmarkTargetAllow", bm_add_target, (void *)SETTING(target_allow), RSRC_CONF,
                    "Addresses, networks or host:NAME that runs may be sent to besides public addresses, or 'all'"),
    AP_INIT_ITERATE("BenchmarkTargetDeny", bm_add_target, (void *)SETTING(target_deny), RSRC_CONF,
                    "Addresses, networks or host:NAME that no run is sent to, whatever BenchmarkTargetAllow says"),
    KNOB("BenchmarkTargetCA", KNOB_PATH, SETTING(target_ca), NULL, 0, 0, "File of certificates that targets are checked against"),
    KNOB("BenchmarkTargetClientCert", KNOB_PATH, SETTING(target_cert), NULL, 0, 0, "Client certificate shown to targets"),
    KNOB("BenchmarkTargetClientKey", KNOB_PATH, SETTING(target_key), NULL, 0, 0, "Key of that certificate"),
    KNOB("BenchmarkTargetProxy", KNOB_URL, SETTING(target_proxy), NULL, 0, 0, "Egress proxy for runs"),
    KNOB("BenchmarkPasswordDenyFile", KNOB_PATH, SETTING(password_deny_file), NULL, 0, 0,
         "File of SHA-1 hashes, in order, of passwords that are refused"),
    KNOB("BenchmarkSecretKeys", KNOB_PATH, SETTING(secret_keys), NULL, 0, 0,
         "File of the keys that secrets set by the API are encrypted with"),
    AP_INIT_TAKE2("BenchmarkSecret", bm_add_secret, NULL, RSRC_CONF, "Name of a secret and the file that holds it"),
    AP_INIT_ITERATE("BenchmarkEnvAllow", bm_add_env, NULL, RSRC_CONF, "Environment variables that {{env.NAME}} may read"),
    /* engine */
    KNOB("BenchmarkEngine", KNOB_FLAG, SETTING(engine), "On", 0, 0, "Off: this httpd serves the web side only"),
    KNOB("BenchmarkLoops", KNOB_INT, SETTING(loops), "1", 1, 64, "Loop threads of the engine"),
    KNOB("BenchmarkMaxInFlight", KNOB_INT, SETTING(max_in_flight), "256", 1, 100000, "Runs that this engine performs at once"),
    KNOB("BenchmarkNice", KNOB_INT, SETTING(nice), "-10", -20, 19, "Nice level that the engine asks for while it is root"),
    KNOB("BenchmarkRealtime", KNOB_INT, SETTING(realtime), "0", 0, 49, "Real-time priority of loop threads; 0: none"),
    KNOB("BenchmarkSpin", KNOB_INT, SETTING(spin_us), "0", 0, 1000000,
         "Microseconds that loop threads look for work before they sleep, while requests are under way; 0: none"),
    KNOB("BenchmarkLoopCPUs", KNOB_CPUS, SETTING(loop_cpus), NULL, 0, 0, "CPUs that loop threads are pinned to, such as 1,2"),
    KNOB("BenchmarkKernelStamps", KNOB_FLAG, SETTING(kernel_stamps), "On", 0, 0,
         "Off: do not use the kernel's send and receive times"),
    KNOB("BenchmarkLease", KNOB_TIME, SETTING(lease), "30s", 2, 3600, "Lease of a claimed run"),
    KNOB("BenchmarkPoll", KNOB_TIME, SETTING(poll), "500ms", 0, 60, "Longest pause between two looks at the queue"),
    KNOB("BenchmarkDrainTimeout", KNOB_TIME, SETTING(drain), "1h", 1, 604800,
         "Longest time that an engine finishes its runs after a graceful restart"),
    KNOB("BenchmarkRecorderBacklog", KNOB_SIZE, SETTING(recorder_backlog), "64M", 1048576, 17179869184,
         "Bytes of finished runs kept in memory while the database is away"),
    KNOB("BenchmarkOpenFiles", KNOB_INT, SETTING(open_files), "0", 0, 1048576,
         "Descriptors that the engine may have open; 0: as many as the system lets it"),
    KNOB("BenchmarkEngineCore", KNOB_FLAG, SETTING(engine_core), "Off", 0, 0,
         "On: the engine may leave a core and be looked into by a debugger; both show secrets"),
    KNOB("BenchmarkEngineMemory", KNOB_SIZE, SETTING(engine_memory), "0", 0, 1099511627776,
         "Bytes of memory that the engine may use; 0: no limit"),
    KNOB("BenchmarkDiskPath", KNOB_PATH, SETTING(disk_path), NULL, 0, 0,
         "Directory on the file system that holds PostgreSQL's data, if that is this machine's"),
    KNOB("BenchmarkDiskReserve", KNOB_SIZE, SETTING(disk_reserve), "1G", 0, 1099511627776,
         "Bytes that load tests leave free there"),
    KNOB("BenchmarkConnectTimeout", KNOB_TIME, SETTING(connect_timeout), "10s", 1, 600, "Default connect time-out of runs"),
    KNOB("BenchmarkFirstByteTimeout", KNOB_TIME, SETTING(first_byte_timeout), "120s", 1, 86400,
         "Default time-out from sending a request to its first byte"),
    KNOB("BenchmarkStallTimeout", KNOB_TIME, SETTING(stall_timeout), "60s", 1, 86400, "Default time-out between two reads"),
    KNOB("BenchmarkRunTimeout", KNOB_TIME, SETTING(run_timeout), "600s", 1, 86400, "Default time-out of a whole run"),
    KNOB("BenchmarkMaxAttempts", KNOB_INT, SETTING(max_attempts), "3", 1, 100,
         "How often a run is started when engines die under it"),
    KNOB("BenchmarkMaxLiveClients", KNOB_INT, SETTING(max_live_clients), "-1", -1, 1000000,
         "Clients of one child that watch events; 0: none (default: what the MPM can hold)"),
    KNOB("BenchmarkLivePush", KNOB_TIME, SETTING(live_push), "500ms", 0, 60,
         "Least time between two pushes of what is not urgent"),
    KNOB("BenchmarkLiveBeat", KNOB_TIME, SETTING(live_beat), "15s", 0, 300,
         "Time between two signs of life to a client that watches"),
    KNOB("BenchmarkMaxLabels", KNOB_INT, SETTING(max_labels), "4", 0, BM_KPI_LABELS_MAX,
         "Labels of a run that have figures of their own"),
    KNOB("BenchmarkConfirmAbove", KNOB_INT, SETTING(confirm_above), "500", 0, 1000000,
         "Load of a load test from which the automation must have a confirmed_rate; 0: none"),
    KNOB("BenchmarkTrainingSessions", KNOB_INT, SETTING(training_sessions), "4", 0, 1000,
         "Sessions of training at once; 0: none"),
    KNOB("BenchmarkTrainingMaxRate", KNOB_INT, SETTING(training_max_rate), "500", 1, 50000,
         "Requests a second that a problem of training may send at most"),
    KNOB("BenchmarkTrainingMaxConcurrency", KNOB_INT, SETTING(training_max_concurrency), "1000", 1, 20000,
         "Requests that a problem of training may have under way at most"),
    KNOB("BenchmarkTrainingDurationScale", KNOB_INT, SETTING(training_scale), "100", 1, 100,
         "Percent of their usual length that problems of training may take"),
    KNOB("BenchmarkEngineLocation", KNOB_LOCATION, SETTING(location), NULL, 0, 0, "Name of the place this engine measures from"),
    KNOB("BenchmarkKpiMemory", KNOB_SIZE, SETTING(kpi_memory), "64M", 0, 68719476736,
         "Bytes of shared memory for KPI cells; 0: KPIs are read from the database only"),
    KNOB("BenchmarkTargetListen", KNOB_LISTEN, SETTING(target_listen), "127.0.0.1:0", 0, 0,
         "Address and port of the reference target; port 0: any free one"),
    /* retention */
    KNOB("BenchmarkKeepRuns", KNOB_INT, SETTING(keep_runs), "0", 0, 36500, "Days that runs are kept; 0: for ever"),
    KNOB("BenchmarkKeepRaw", KNOB_INT, SETTING(keep_raw), "0", 0, 36500,
         "Days that requests of load tests are kept; 0: as long as the load test"),
    KNOB("BenchmarkKeepTraces", KNOB_INT, SETTING(keep_traces), "0", 0, 36500,
         "Days that traces of agents are kept; 0: for ever"),
    KNOB("BenchmarkKeepHourCells", KNOB_INT, SETTING(keep_hour_cells), "0", 0, 36500,
         "Days that KPIs are kept by the hour; 0: for ever"),
    KNOB("BenchmarkKeepDayCells", KNOB_INT, SETTING(keep_day_cells), "0", 0, 36500,
         "Days that KPIs are kept at all, by the day; 0: for ever"),
    KNOB("BenchmarkKeepEvents", KNOB_INT, SETTING(keep_events), "7", 1, 36500, "Days that events are kept"),
    KNOB("BenchmarkKeepAudit", KNOB_INT, SETTING(keep_audit), "0", 0, 36500,
         "Days that entries of the audit log are kept; 0: for ever"),
    { NULL }
};

static const bm_knob_t *knob_of(const command_rec *row)
{
    return row->func.take1 == set_knob ? row->cmd_data : NULL;
}

const char *bm_directives_fallback(const command_rec *row)
{
    const bm_knob_t *knob = knob_of(row);

    return knob != NULL ? knob->fallback : NULL;
}

void *bm_directives_create(apr_pool_t *p, server_rec *s)
{
    bm_server_conf_t *conf = apr_pcalloc(p, sizeof(*conf));
    const command_rec *row;

    (void)s;
    for (row = bm_directives; row->name != NULL; row++) {
        const bm_knob_t *knob = knob_of(row);

        if (knob != NULL && knob->fallback != NULL)
            bm_knob_apply(conf, knob, knob->fallback, p);
    }
    conf->roles = apr_table_make(p, 4);
    conf->projects = apr_table_make(p, 4);
    conf->anonymous_projects = bm_projects_all();
    conf->rate_limits[BM_RATE_ANONYMOUS] = (bm_rate_t){ 100, apr_time_from_sec(60) };
    conf->rate_limits[BM_RATE_USER] = (bm_rate_t){ 1200, apr_time_from_sec(60) };
    conf->rate_limits[BM_RATE_LOGIN] = (bm_rate_t){ 10, apr_time_from_sec(60) };
    conf->settings.schema = "benchmark";
    conf->settings.secrets = apr_table_make(p, 4);
    conf->settings.env_allow = apr_table_make(p, 4);
    conf->settings.otlp_headers = apr_table_make(p, 4);
    return conf;
}

/* A virtual host takes what it does not say itself from the main server, as with Alias; seed paths go with the mount. (httpd does
 * not even ask us about a virtual host without a directive of ours: it then has the main server's configuration as it is.) */
void *bm_directives_merge(apr_pool_t *p, void *basev, void *addv)
{
    const bm_server_conf_t *base = basev, *add = addv;
    bm_server_conf_t *conf = apr_pmemdup(p, add, sizeof(*add));

    conf->settings = base->settings;
    if (add->mount == NULL && !add->unmounted) {
        conf->mount = base->mount;
        conf->unmounted = base->unmounted;
        conf->seed_paths = base->seed_paths || add->seed_paths;
    }
    if (!add->set[BM_KNOBS_MAX - 1]) {
        conf->anonymous_role = base->anonymous_role;
        conf->anonymous_loopback = base->anonymous_loopback;
    }
    conf->roles = apr_table_overlay(p, add->roles, base->roles);
    conf->projects = apr_table_overlay(p, add->projects, base->projects);
    if (!add->anonymous_projects_set)
        conf->anonymous_projects = base->anonymous_projects;
    if (add->login_providers == NULL)
        conf->login_providers = base->login_providers;
    if (add->allowed_hosts == NULL)
        conf->allowed_hosts = base->allowed_hosts;
    if (add->cors_origins == NULL)
        conf->cors_origins = base->cors_origins;
    if (add->metrics_allow == NULL)
        conf->metrics_allow = base->metrics_allow;
    return conf;
}

const bm_server_conf_t *bm_directives_of(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &benchmark_module);
}

const bm_settings_t *bm_directives_settings(void)
{
    return &bm_directives_of(ap_server_conf)->settings;
}

void bm_directives_complete(server_rec *main_server, apr_pool_t *pconf)
{
    bm_server_conf_t *conf = ap_get_module_config(main_server->module_config, &benchmark_module);
    bm_settings_t *settings = &conf->settings;

    if (settings->html_dir == NULL)
        settings->html_dir = BM_DATA_DIR "/htdocs";
    if (settings->sql_dir == NULL)
        settings->sql_dir = BM_DATA_DIR "/sql";
    if (bm_key_ring_read(&settings->key_ring, settings->secret_keys, NULL, pconf) != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, main_server, BMLOG(0410) "%s", bm_key_ring_trouble(settings->key_ring));
    bm_live_limit_settle(&settings->max_live_clients, main_server);
}
