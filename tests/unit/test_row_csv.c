/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <libpq-fe.h>
#include <apr_strings.h>
#include "db/rows.h"
#include "store/row_csv.h"

static const bm_field_t pair[] = { { "a", BM_TYPE_NUMBER, BM_FIELD_MICROS, .column = "a_us" }, { "b", BM_TYPE_STRING },
                                   { NULL } };
static const bm_field_t stats[] = { { "p50", BM_TYPE_NUMBER }, { "n", BM_TYPE_INT }, { "word", BM_TYPE_STRING }, { NULL } };
static const bm_field_t fields[] = {
    { "id", BM_TYPE_INT },
    { "at", BM_TYPE_TIME },
    { "ok", BM_TYPE_BOOL },
    { "text", BM_TYPE_STRING },
    { "pair", BM_TYPE_OBJECT, .members = pair, .column = "" },
    { "stats", BM_TYPE_OBJECT, .members = stats },
    { "nowhere", BM_TYPE_STRING, .column = "" },
    { "big", BM_TYPE_OBJECT, BM_FIELD_BULKY, .members = stats },
    { NULL }
};
enum { COLUMNS = 8 };

/* What a row of these values becomes; NULL: null. */
static const char *written(const char *const values[COLUMNS], int summary)
{
    PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[COLUMNS] = { { 0 } };
    bm_buffer_t out = { 0 };
    const char *text;
    bm_csv_t w;
    int i;

    for (i = 0; i < COLUMNS; i++)
        columns[i].name = apr_pstrdup(g_pool, "c");
    ck_assert(PQsetResultAttrs(res, COLUMNS, columns));
    for (i = 0; i < COLUMNS; i++)
        ck_assert(PQsetvalue(res, 0, i, values[i] ? apr_pstrdup(g_pool, values[i]) : NULL,
                             values[i] ? (int)strlen(values[i]) : -1));
    bm_csv_init(&w, &out);
    bm_row_csv_write(&w, bm_rows_make(res, g_pool), 0, 0, fields, summary);
    ck_assert_int_eq(w.rv, APR_SUCCESS);
    text = apr_pstrmemdup(g_pool, out.data, out.len);
    bm_buffer_free(&out);
    return text;
}

BM_TEST(columns_are_the_members)
{
    bm_buffer_t out = { 0 };
    bm_csv_t w;

    bm_csv_init(&w, &out);
    bm_row_csv_head(&w, fields, 0);
    bm_row_csv_head(&w, fields, 1);
    ck_assert_str_eq(apr_pstrmemdup(g_pool, out.data, out.len),
                     "id,at,ok,text,pair.a,pair.b,stats.p50,stats.n,stats.word,big\r\n"
                     "id,at,ok,text,pair.a,pair.b,stats.p50,stats.n,stats.word\r\n");
    bm_buffer_free(&out);
}
END_TEST

BM_TEST(values_by_their_type)
{
    static const char *const row[] = { "-7", "2026-01-31 12:00:00.12+00", "t", "=1,2", "1500", "-x", "{\"n\": 3, "
                                       "\"p50\":12.5, \"word\":\"=w\"}",
                                       "{\"n\":1}" };
    static const char *const none[COLUMNS] = { NULL };

    ck_assert_str_eq(written(row, 0),
                     "-7,2026-01-31T12:00:00.120000Z,true,\"'=1,2\",1.5,\"'-x\",12.5,3,\"'=w\",\"{\"\"n\"\":1}\"\r\n");
    ck_assert_str_eq(written(row, 1), "-7,2026-01-31T12:00:00.120000Z,true,\"'=1,2\",1.5,\"'-x\",12.5,3,\"'=w\"\r\n");
    ck_assert_str_eq(written(none, 0), ",,,,,,,,,\r\n");
}
END_TEST

static const struct {
    const char *us, *ms;
} times[] = { { "0", "0" }, { "1", "0.001" }, { "10", "0.01" }, { "999", "0.999" }, { "1000", "1" }, { "1001", "1.001" },
              { "12345678", "12345.678" }, { "-1", "-0.001" }, { "-20500", "-20.5" }, { "", "" },
              { "123456789012345678901", "" } };

BM_TEST(microseconds_as_milliseconds)
{
    size_t i;

    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        const char *const row[COLUMNS] = { [4] = times[i].us };

        ck_assert_str_eq(written(row, 1), apr_pstrcat(g_pool, ",,,,", times[i].ms, ",,,,\r\n", NULL));
    }
}
END_TEST

/* Members of JSON, and what only looks like it: never a byte behind its end. */
static const struct {
    const char *json, *cells;
} objects[] = {
    { "{}", ",," }, { "[]", ",," }, { "null", ",," }, { "7", ",," }, { "", ",," }, { "{", ",," }, { "{\"", ",," },
    { "{\"n", ",," },
    { "{\"n\"", ",," }, { "{\"n\":", ",," }, { "{\"n\":1", ",1," }, { "{\"n\":\"\\", ",\"\"\"\\\"," },
    { "{\"p50\":null,\"n\":0}", ",0," },
    { " { \"x\" : {\"n\": 9, \"y\": [1, \"}\"]} , \"n\" : 2 }", ",2," },
    { "{\"word\":\"a\\\"b\",\"n\":1}", ",1,\"\"\"a\\\"\"b\"\"\"" },
    { "{\"word\":\"a,b\"}", ",,\"a,b\"" },
    { "{\"n\":1,\"n\":2}", ",2," },
};

BM_TEST(members_of_json)
{
    size_t i;

    for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        const char *const row[COLUMNS] = { [6] = objects[i].json };

        ck_assert_str_eq(written(row, 1), apr_pstrcat(g_pool, ",,,,,,", objects[i].cells, "\r\n", NULL));
    }
}
END_TEST

#include "test_row_csv.reg"
