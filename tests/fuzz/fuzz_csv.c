/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: cells with US (0x1f) between them and rows with RS (0x1e); one that begins with 0x1d is null, with 0x1c plain, else
 * text. Read by the letter of RFC 4180 they are the same cells, none of them a formula unless it was plain, and readers that
 * take a semicolon or a tab for the comma see no more of them. Then the input as JSON in a cell of an object with members. */
#include "fuzz.h"

#include <string.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <libpq-fe.h>
#include "base/json.h"
#include "db/rows.h"
#include "store/row_csv.h"

enum { CELL = 0x1f, ROW = 0x1e, NOTHING = 0x1d, PLAIN = 0x1c };

typedef struct cell_t {
    const char *text;                /* NULL: null */
    size_t len;
    int end;                         /* ',' or '\n' or 0: of the text */
} cell_t;

/* The cell at *at, its quotes undone; *at moves behind what ends it. Nothing but RFC 4180 is taken. */
static cell_t next_cell(const char **at, const char *end, apr_pool_t *p)
{
    char *text = apr_palloc(p, (apr_size_t)(end - *at) + 1);
    cell_t cell = { .text = text };
    const char *s = *at;

    if (s < end && *s == '"') {
        for (s++;; s++) {
            BM_FUZZ_CHECK(s < end);
            if (*s == '"' && (s + 1 == end || s[1] != '"'))
                break;
            s += *s == '"';
            text[cell.len++] = *s;
        }
        s++;
    }
    else {
        for (; s < end && memchr(",\r\n", *s, 3) == NULL; s++) {
            BM_FUZZ_CHECK(memchr("\";\t", *s, 3) == NULL);
            text[cell.len++] = *s;
        }
        cell.text = cell.len > 0 ? text : NULL;
        BM_FUZZ_CHECK(cell.len == 0 || (text[0] != ' ' && text[cell.len - 1] != ' '));
    }
    BM_FUZZ_CHECK(s + 1 < end && (*s == ',' || (s[0] == '\r' && s[1] == '\n')));
    cell.end = *s == ',' ? ',' : '\n';
    *at = s + (*s == ',' ? 1 : 2);
    if (*at == end)
        cell.end = 0;
    return cell;
}

static void check_cell(const cell_t *is, const char *was, size_t len, int is_plain)
{
    int formula = was != NULL && !is_plain && len > 0 && memchr("=+-@\t\r", was[0], 6) != NULL;

    if (was == NULL) {
        BM_FUZZ_CHECK(is->text == NULL);
        return;
    }
    BM_FUZZ_CHECK(is->text != NULL && is->len == len + (size_t)formula && (!formula || is->text[0] == '\''));
    BM_FUZZ_CHECK(memcmp(is->text + formula, was, len) == 0);
}

/* What each piece of the input is; *begin moves to the text. */
static const char *piece(const char **begin, const char *end, int *is_plain)
{
    *is_plain = *begin < end && **begin == PLAIN;
    if (*begin < end && **begin == NOTHING)
        return NULL;
    *begin += *is_plain;
    return *begin;
}

static const char *end_of(const char *s, const char *end)
{
    while (s < end && *s != CELL && *s != ROW)
        s++;
    return s;
}

static void check_cells(const char *data, size_t size, apr_pool_t *p)
{
    const char *end = data + size, *s, *stop, *text, *at;
    bm_buffer_t out = { 0 };
    int is_plain;
    bm_csv_t w;

    bm_csv_init(&w, &out);
    for (s = data;; s = stop + 1) {
        stop = end_of(s, end);
        text = piece(&s, stop, &is_plain);
        (is_plain ? bm_csv_plain : bm_csv_text)(&w, text, (apr_size_t)(stop - s));
        if (stop == end || *stop == ROW)
            bm_csv_end_row(&w);
        if (stop == end)
            break;
    }
    BM_FUZZ_CHECK(w.rv == APR_SUCCESS);
    at = out.data;
    for (s = data;; s = stop + 1) {
        cell_t cell = next_cell(&at, out.data + out.len, p);

        stop = end_of(s, end);
        text = piece(&s, stop, &is_plain);
        check_cell(&cell, text, (size_t)(stop - s), is_plain);
        BM_FUZZ_CHECK(cell.end == (stop == end ? 0 : *stop == ROW ? '\n' : ','));
        if (stop == end)
            break;
    }
    BM_FUZZ_CHECK(at == out.data + out.len);
    bm_buffer_free(&out);
}

/* --- members of JSON */

static const bm_field_t members[] = { { "n", BM_TYPE_INT }, { "word", BM_TYPE_STRING }, { "list", BM_TYPE_ARRAY }, { NULL } };
static const bm_field_t fields[] = { { "o", BM_TYPE_OBJECT, .members = members }, { NULL } };

static void write_json(bm_buffer_t *out, const char *text, size_t len, apr_pool_t *p)
{
    PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc column = { .name = apr_pstrdup(p, "o") };
    bm_csv_t w;

    BM_FUZZ_CHECK(PQsetResultAttrs(res, 1, &column) && PQsetvalue(res, 0, 0, apr_pstrmemdup(p, text, len), (int)len));
    bm_csv_init(&w, out);
    bm_row_csv_write(&w, bm_rows_make(res, p), 0, 0, fields, 0);
    BM_FUZZ_CHECK(w.rv == APR_SUCCESS);
}

/* Any bytes end in three cells; those of an object as PostgreSQL writes it are the values of its members. */
static void check_members(const char *data, size_t size, apr_pool_t *p)
{
    bm_buffer_t out = { 0 };
    const char *text, *at;
    json_t *json;
    int i;

    write_json(&out, data, size, p);
    bm_buffer_free(&out);
    if (bm_json_parse(&json, data, size, NULL, p) != APR_SUCCESS || !json_is_object(json))
        return;
    text = bm_json_dump(NULL, json, p);
    write_json(&out, text, strlen(text), p);
    at = out.data;
    for (i = 0; i < 3; i++) {
        const json_t *value = json_object_get(json, members[i].name);
        cell_t cell = next_cell(&at, out.data + out.len, p);

        BM_FUZZ_CHECK(cell.end == (i < 2 ? ',' : 0));
        text = value == NULL || json_is_null(value) ? NULL : bm_json_dump(NULL, value, p);
        if (text != NULL && json_is_string(value) && strchr(text, '\\') == NULL)
            check_cell(&cell, text + 1, strlen(text) - 2, 0);
        else
            check_cell(&cell, text, text != NULL ? strlen(text) : 0, 1);
    }
    bm_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    apr_pool_t *p;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    apr_pool_create(&p, process);
    check_cells((const char *)data, size, p);
    check_members((const char *)data, size, p);
    apr_pool_destroy(p);
    return 0;
}
