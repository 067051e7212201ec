/* SPDX-License-Identifier: Apache-2.0
 *
 * store/hive_sql.h: parts of statements that tell the metrics of problems as clients of Hive know them. */
#ifndef BM_STORE_HIVE_SQL_H
#define BM_STORE_HIVE_SQL_H

/** Of one second (its JSON), as rows m of type and value; what was not measured is null. */
#define BM_HIVE_SQL_METRICS(body) \
    " cross join lateral (select (" body " ->> 'completed')::float8 as done, (" body " ->> 'failed')::float8 as failed) n" \
    " cross join lateral (values ('response_time', (" body " #>> '{e2e_ms,p50}')::float8), ('throughput', n.done)," \
    "  ('error_rate', n.failed / nullif(n.done + n.failed, 0)), ('success_rate', n.done / nullif(n.done + n.failed, 0))," \
    "  ('cpu_usage', (" body " ->> 'cpu_usage')::float8), ('memory_usage', (" body " ->> 'memory_usage')::float8))" \
    "  m (type, value)"
/** Of problems b: their load tests t, their seconds x, and r, when they were begun. */
#define BM_HIVE_SQL_SECONDS \
    " join loadtests t on t.id = b.loadtest_id join loadtest_series x on x.loadtest_id = t.id and x.fence = t.fence" \
    " cross join lateral (select started_at from run where id = t.id offset 0) r"

#endif
