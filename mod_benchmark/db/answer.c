/* SPDX-License-Identifier: Apache-2.0 */
#include "db/answer.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include "base/log.h"
#include "base/timefmt.h"
#include "db/conn_private.h"

/* What a living server needs to report its own time-out. */
#define GRACE_MS 1000

void bm_answer_give_up(bm_db_t *db)
{
    /* There is no call that makes a PGconn bad; an end of file does. */
    if (PQsocket(db->conn) >= 0)
        shutdown(PQsocket(db->conn), SHUT_RDWR);
    while (PQstatus(db->conn) == CONNECTION_OK && PQconsumeInput(db->conn))
        ;
}

int bm_answer_poll(const bm_db_t *db, short events, int timeout_ms)
{
    struct pollfd fds[2] = { { .fd = PQsocket(db->conn), .events = events }, { .fd = db->options.stop_fd, .events = POLLIN } };

    return poll(fds, db->options.stop_fd > 0 ? 2 : 1, timeout_ms) > 0 && fds[1].revents == 0;
}

int bm_answer_is_stopped(const bm_db_t *db)
{
    struct pollfd fd = { .fd = db->options.stop_fd, .events = POLLIN };

    return db->options.stop_fd > 0 && poll(&fd, 1, 0) > 0;
}

/* Wait until the socket is ready. @return 0: the deadline (monotonic ns; 0: none) has passed or the socket failed. */
static int wait_socket(bm_db_t *db, int want_write, apr_int64_t deadline)
{
    int ready;

    do {
        apr_int64_t left = deadline ? (deadline - bm_timefmt_monotonic_ns() + 999999) / 1000000 : -1;

        if (deadline && left <= 0)
            return 0;
        errno = 0;
        ready = bm_answer_poll(db, (short)(POLLIN | (want_write ? POLLOUT : 0)), (int)left);
    } while (!ready && errno == EINTR);
    return ready;
}

apr_status_t bm_answer_next(PGresult **pres, bm_db_t *db)
{
    apr_int64_t deadline = 0;
    int unsent, limit_ms = db->limit_ms > 0 ? db->limit_ms : db->options.statement_timeout_ms;

    *pres = NULL;
    if (limit_ms > 0)
        deadline = bm_timefmt_monotonic_ns() + ((apr_int64_t)limit_ms + GRACE_MS) * 1000000;
    for (;;) {
        unsent = PQflush(db->conn);
        if (unsent < 0 || PQstatus(db->conn) != CONNECTION_OK)
            return APR_EAGAIN;
        if (unsent == 0 && !PQisBusy(db->conn))
            break;
        if (!wait_socket(db, unsent > 0, deadline)) {
            if (!bm_answer_is_stopped(db))
                bm_log(BM_LOG_WARNING, APR_TIMEUP, BMLOG(0201) "the database does not answer; connection given up%s", db->tag);
            bm_answer_give_up(db);
            return APR_EAGAIN;
        }
        if (!PQconsumeInput(db->conn))
            return APR_EAGAIN;
    }
    *pres = PQgetResult(db->conn);
    return APR_SUCCESS;
}
