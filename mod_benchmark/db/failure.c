/* SPDX-License-Identifier: Apache-2.0 */
#include "db/failure.h"

#include <string.h>
#include <apr_strings.h>
#include "base/log.h"
#include "db/answer.h"
#include "db/conn_private.h"

typedef struct outcome_t {
    const char *sqlstate;        /* whole, or the two letters of its class */
    apr_status_t status;
    bm_log_level_e level;
    const char *code;
    const char *sentence;
} outcome_t;

/* First match wins. */
static const outcome_t outcomes[] = {
    { "23505", APR_EEXIST, BM_LOG_DEBUG, "duplicate", "There is already an object with these values." },
    { "23503", APR_EEXIST, BM_LOG_DEBUG, "still_referenced",
      "Other objects still refer to it, or what it refers to does not exist." },
    { "40001", APR_EAGAIN, BM_LOG_INFO, "database_busy", "Another change came in between; try again." },
    { "40P01", APR_EAGAIN, BM_LOG_WARNING, "database_busy", "Another change came in between; try again." },
    { "55P03", APR_EAGAIN, BM_LOG_WARNING, "database_busy", "The data is locked at the moment; try again." },
    { "25006", APR_EAGAIN, BM_LOG_WARNING, "database_unavailable", "The database is read-only at the moment." },
    { "25P03", APR_EAGAIN, BM_LOG_WARNING, "database_unavailable", "The database cannot be reached at the moment." },
    { "25P04", APR_EAGAIN, BM_LOG_WARNING, "database_unavailable", "The database cannot be reached at the moment." },
    { "57014", APR_TIMEUP, BM_LOG_WARNING, "query_timeout", "The database took too long to answer." },
    { "57P0", APR_EAGAIN, BM_LOG_WARNING, "database_unavailable", "The database cannot be reached at the moment." },
    { "08", APR_EAGAIN, BM_LOG_WARNING, "database_unavailable", "The database cannot be reached at the moment." },
    { "53", APR_EAGAIN, BM_LOG_WARNING, "database_unavailable", "The database is out of resources at the moment." },
    { "22", APR_EINVAL, BM_LOG_ERR, "bad_value", "The database did not accept a value." },
    { "23", APR_EINVAL, BM_LOG_ERR, "bad_value", "The database did not accept a value." },
    { "", APR_EGENERAL, BM_LOG_ERR, "database_error", "The database could not process this." },
};

/* Classes whose primary message is about names, states and resources, never about values. */
static const char *const harmless_classes[] = { "08", "0A", "25", "26", "28", "3D", "3F", "40", "42", "53", "55", "57",
                                               "58", "XX" };

static const outcome_t *outcome_of(const char *sqlstate)
{
    const outcome_t *o = outcomes;

    while (strncmp(sqlstate, o->sqlstate, strlen(o->sqlstate)) != 0)
        o++;
    return o;
}

static int is_harmless(const char *sqlstate)
{
    apr_size_t i;

    for (i = 0; i < sizeof(harmless_classes) / sizeof(harmless_classes[0]); i++)
        if (strncmp(sqlstate, harmless_classes[i], 2) == 0)
            return 1;
    return 0;
}

apr_status_t bm_failure_unavailable(bm_err_t *err)
{
    bm_err_set(err, APR_EAGAIN, "database_unavailable", "The database cannot be reached at the moment.");
    if (err != NULL)
        err->retry_after_s = 2;
    return APR_EAGAIN;
}

void bm_failure_message(char *text, apr_size_t size, const PGconn *conn)
{
    char *s;

    apr_cpystrn(text, *PQerrorMessage(conn) != '\0' ? PQerrorMessage(conn) : "no answer in time", size);
    for (s = text; *s != '\0'; s++)
        if (*s == '\n' || *s == '\t')
            *s = ' ';
    while (s > text && s[-1] == ' ')
        *--s = '\0';
}

static const char *field(const PGresult *res, int code)
{
    const char *text = PQresultErrorField(res, code);

    return text ? text : "";
}

apr_status_t bm_failure_report(const bm_db_t *db, const char *name, const PGresult *res, bm_err_t *err)
{
    const char *sqlstate = res ? field(res, PG_DIAG_SQLSTATE) : "08006";
    const outcome_t *o;
    char lost[200] = "";

    /* libpq makes up results without a SQLSTATE when the connection breaks. */
    if (sqlstate[0] == '\0' && PQstatus(db->conn) == CONNECTION_BAD)
        sqlstate = "08006";
    if (res == NULL || field(res, PG_DIAG_SQLSTATE)[0] == '\0')
        bm_failure_message(lost, sizeof(lost), db->conn);
    o = outcome_of(sqlstate);
    if (!bm_answer_is_stopped(db))
        bm_log(o->level, APR_SUCCESS, BMLOG(0200) "statement %s%s failed: SQLSTATE %s %s%s%s %s", name, db->tag, sqlstate,
               lost, res && is_harmless(sqlstate) ? field(res, PG_DIAG_MESSAGE_PRIMARY) : "",
               res ? field(res, PG_DIAG_CONSTRAINT_NAME) : "", res ? field(res, PG_DIAG_TABLE_NAME) : "");
    bm_err_set(err, o->status, o->code, "%s", o->sentence);
    if (err != NULL && o->status == APR_EAGAIN)
        err->retry_after_s = 2;
    return o->status;
}
