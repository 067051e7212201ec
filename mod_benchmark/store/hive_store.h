/* SPDX-License-Identifier: Apache-2.0
 *
 * store/hive_store.h: what clients of Hive ask about training, each as one JSON text made by one statement. The scenarios of that
 * contract are problems here; their ids are the problems' keys. Nothing grows with the number of requests.
 *
 * Thread: that of db. Texts live with p. @return as bm_db_query. */
#ifndef BM_STORE_HIVE_STORE_H
#define BM_STORE_HIVE_STORE_H

#include "db/query.h"

/** {is_running, current_scenario, scenarios_completed, total_runtime, average_success_rate, current_difficulty} of the session
 *  under way that was begun last, else of the last one. */
apr_status_t bm_hive_store_status(const char **pjson, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** {metrics: [{timestamp, type, value, scenario_id}]}: the latest 100. */
apr_status_t bm_hive_store_latest(const char **pjson, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** {total_scenarios, average_response_time, average_throughput, average_success_rate, total_errors, uptime, last_updated} of the
 *  latest 1000 problems that were executed. uptime: seconds. */
apr_status_t bm_hive_store_summary(const char **pjson, bm_db_t *db, double uptime, bm_err_t *err, apr_pool_t *p);

/** {metrics: {TYPE: {min, max, mean, median, std_dev}}, scenarios_completed, current_difficulty, training_duration} of the
 *  session that
 *  bm_hive_store_status tells, over its last hour. */
apr_status_t bm_hive_store_performance(const char **pjson, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** {problems: [{id, type, difficulty, description, created_at}]}: the latest 20. */
apr_status_t bm_hive_store_recent(const char **pjson, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** {scenario_id, completed, success, success_rate, execution_time, metrics, errors, recommendations} of an executed problem,
 *  and its
 *  status; NULL: there is none. */
apr_status_t bm_hive_store_execution(const char **pjson, const char **pstatus, bm_db_t *db, apr_int64_t id, bm_err_t *err,
                                     apr_pool_t *p);

/** Sessions under way have to end. *pstopped: JSON array of their numbers. */
apr_status_t bm_hive_store_stop(const char **pstopped, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** The scenario that training is about where nobody says: that of the last session, else the only one there is whose
 *  automation has
 *  a confirmed rate. 0: none, or several. */
apr_status_t bm_hive_store_scenario(apr_int64_t *scenario_id, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
