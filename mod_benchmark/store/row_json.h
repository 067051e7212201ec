/* SPDX-License-Identifier: Apache-2.0
 *
 * store/row_json.h: rows as JSON by their field table, without a value in between. json columns are copied verbatim.
 *
 * The select list and the writer walk the table in the same order; so a field is added in one place.
 * Session settings that this relies on: DateStyle ISO, TimeZone UTC (db/conn.h). Thread: no state. */
#ifndef BM_STORE_ROW_JSON_H
#define BM_STORE_ROW_JSON_H

#include "base/json.h"
#include "db/query.h"
#include "model/field.h"

/** Select list of a table: "id, name, ...". summary: without the BM_FIELD_BULKY fields. In p. */
const char *bm_row_json_columns(const bm_field_t *fields, int summary, apr_pool_t *p);

/** Write one row as an object; its columns begin at `column`. @return the column behind them. */
int bm_row_json_write(bm_jw_t *w, const bm_rows_t *rows, int row, int column, const bm_field_t *fields, int summary);

/** The same into an object that the caller begins and ends. */
int bm_row_json_write_members(bm_jw_t *w, const bm_rows_t *rows, int row, int column, const bm_field_t *fields, int summary);

/** "2026-01-31 12:00:00.12+00" as "2026-01-31T12:00:00.120000Z", without counting its NUL. @return its length; 0: it does
 *  not look like that (a year over 9999, infinity, before Christ) and is best passed on as it is. */
#define BM_ROW_TIME 28
apr_size_t bm_row_time_text(char out[BM_ROW_TIME], const char *text);

/** Whole microseconds as milliseconds, without a NUL: "1500" as "1.5". @return its length; 0: not a number of ours. */
#define BM_ROW_MICROS 32
apr_size_t bm_row_micros_text(char out[BM_ROW_MICROS], const char *text);

/** A timestamptz in the session's text form as a JSON string in RFC 3339 with six digits; NULL is written as null. */
void bm_row_json_time(bm_jw_t *w, const char *text);

/** Whole microseconds in text form as milliseconds; NULL is written as null. */
void bm_row_json_micros(bm_jw_t *w, const char *text);

/** The value of a member as a parameter of its column's type; NULL and JSON null are SQL null. In p. */
bm_param_t bm_row_json_param(const json_t *value, const bm_field_t *field, apr_pool_t *p);

#endif
