/* SPDX-License-Identifier: Apache-2.0
 *
 * store/row_csv.h: rows as CSV by their field table: the columns are those of row_json.h in the same order.
 *
 * An object becomes a column for each of its members ("tokens.prompt"), unless it is bulky or free: then it is JSON in a cell,
 * as arrays are. What row_json.h says of the session's settings holds here. Thread: no state. */
#ifndef BM_STORE_ROW_CSV_H
#define BM_STORE_ROW_CSV_H

#include "base/csv.h"
#include "db/query.h"
#include "model/field.h"

/** The row of the columns' names. */
void bm_row_csv_head(bm_csv_t *w, const bm_field_t *fields, int summary);

/** One row; its columns begin at `column`. */
void bm_row_csv_write(bm_csv_t *w, const bm_rows_t *rows, int row, int column, const bm_field_t *fields, int summary);

#endif
