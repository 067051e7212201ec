/* SPDX-License-Identifier: Apache-2.0
 *
 * api/api.h: what a handler may use, and what a route says about itself.
 *
 * No httpd type appears here: glue/ fills a bm_req_t from a request that it has matched and authorised and sends
 * what bm_api_call leaves in it; a test does the same without a server. A handler is parse, do, reply: it reads
 * q->ids, q->query and q->body, calls the stores with q->db, writes its answer with q->w and returns; on anything but
 * APR_SUCCESS the answer is a problem document made of the status and q->err (api/problem.c).
 *
 * Thread: one request, one thread. Memory: everything in q->p. */
#ifndef BM_API_API_H
#define BM_API_API_H

#include <apr_hash.h>
#include <apr_tables.h>
#include "auth/authenticator.h"
#include "base/err.h"
#include "base/json.h"
#include "base/places.h"
#include "base/settings.h"
#include "db/query.h"
#include "live/hub.h"
#include "model/field.h"
#include "model/role.h"
#include "parse/query_string.h"
#include "shm/kpi_board.h"
#include "shm/meters.h"
#include "shm/node_board.h"

typedef struct bm_req_t bm_req_t;
typedef struct bm_route_t bm_route_t;

typedef struct bm_together_t bm_together_t;     /* api/together.h */

/** What all requests of a process share. Read-only but for the atomics; what it points to is thread-safe. */
typedef struct bm_api_t {
    const bm_settings_t *settings;
    bm_db_source_t *source;
    bm_together_t *together;
    bm_meters_t *meters;                 /* what this node counts */
    bm_node_board_t *board;              /* what its engine says; NULL: it has none */
    bm_places_t *kpi_places;             /* for KPI queries, so that they leave connections to the others */
    bm_places_t *push_places;            /* likewise for traces that are sent; NULL: no limit */
    bm_kpi_board_t *kpi_board;           /* NULL: KPIs are read from the store */
    void (*poke)(void);                  /* wake this node's engine; NULL: nothing to wake */
    volatile apr_uint32_t exports;       /* under way (api/export_api.c); atomic */
    const char *server;                  /* the server's own version string; NULL: not said */
    const apr_array_header_t *configuration; /* of bm_configured_t (api/configuration_api.h) */
    bm_authenticator_t *auth;            /* whom credentials of ours stand for */
    /** Whom name (or address) and password stand for, by the server's own providers (BenchmarkLoginProvider). *who: its user is
     *  what the server calls him. @return APR_EACCES: nobody; APR_EAGAIN: not now. NULL: there are no logins */
    apr_status_t (*check_password)(bm_identity_t *who, bm_req_t *q, const char *name, const char *password);
    volatile apr_uint32_t schema_seen;   /* seconds since 1970 when the schema was last found to be ours; atomic */
    volatile apr_uint32_t schema_told;   /* when the log was last told that it is not; atomic */
} bm_api_t;

/** Who asks. */
typedef struct bm_principal_t {
    const char *user;                    /* NULL: anonymous */
    bm_role_e role;
    bm_projects_t projects;              /* what he sees */
    const bm_identity_t *identity;       /* what a credential of ours says; NULL: he came by another way */
} bm_principal_t;

typedef apr_status_t bm_handler_fn(bm_req_t *q);

enum {
    BM_ROUTE_TRANSACTION = 1 << 0,       /* the handler's statements are one transaction, committed if it succeeds */
    BM_ROUTE_NO_DATABASE = 1 << 1,       /* q->db is NULL: the handler opens what it needs itself, or needs none */
    BM_ROUTE_IDEMPOTENT  = 1 << 2,       /* POST that honours Idempotency-Key */
    BM_ROUTE_UPDATE      = 1 << 3,       /* the body is a subset that the handler checks itself, against what is stored */
    BM_ROUTE_LIST        = 1 << 4,       /* answers an array of `answer` */
    BM_ROUTE_WAKES       = 1 << 5,       /* pokes the engine after it succeeded */
    BM_ROUTE_OWN_CHECK   = 1 << 6,       /* the handler checks the body against its table itself, with more than that */
    BM_ROUTE_MAY_BE_BARE = 1 << 7,       /* no body is as good as {} */
    BM_ROUTE_FANS_OUT    = 1 << 8,       /* a body with `locations` is answered as RunBulkAnswer (api/run_location.h) */
    BM_ROUTE_TOGETHER    = 1 << 9,       /* q->db is NULL but in a transaction: bm_api_connect, or api/together.h */
    BM_ROUTE_SCRAPED     = 1 << 10,      /* BenchmarkMetricsAllow lets clients in without a role */
    BM_ROUTE_SOCKET      = 1 << 11,      /* a WebSocket: no page of another site may open it */
    BM_ROUTE_SECRET      = 1 << 13,      /* the body holds a secret: nothing repeats it, and it is wiped behind the call */
    BM_ROUTE_OWN_ACCOUNT = 1 << 14,      /* changes of one's own account: scope write, whatever the role */
    BM_ROUTE_NO_AUDIT    = 1 << 16,      /* no GET, but changes nothing */
    BM_ROUTE_ANY_CREDENTIAL = 1 << 15,   /* a credential that is not believed counts as none (to log in, to refresh) */
    BM_ROUTE_PUSH        = 1 << 18,      /* the handler reads the body itself; it may be compressed with gzip and be of
                                          * BM_API_PUSH_BODIES times BenchmarkMaxBody; scope push */
    BM_ROUTE_PROTOBUF    = 1 << 19,      /* the body may be application/x-protobuf, and the answer is then, too */
    BM_ROUTE_WHOLE       = 1 << 17,      /* about the installation: not for who is held to projects */
    BM_ROUTE_KPI         = 1 << 12       /* q->db is that of a KPI query: one of so many, with a time-out (api/kpi_query.h) */
};

/** How many times BenchmarkMaxBody what is sent with BM_ROUTE_PUSH may be, as it comes and unpacked. */
#define BM_API_PUSH_BODIES 8

/** A schema of the reference by name. */
typedef struct bm_schema_t {
    const char *name;
    const bm_field_t *fields;
} bm_schema_t;

/** One method on one path. The table is the documentation: routing, roles, checks and the OpenAPI document come from it. */
struct bm_route_t {
    const char *method;                  /* GET (HEAD too), POST, PUT, PATCH, DELETE; NULL ends a table */
    const char *path;                    /* below /api/v1; {id} and {version} stand for integers, others for
                                          * texts (bm_routes_is_text) */
    bm_role_e role;                      /* lowest that may; BM_ROLE_NONE: everyone */
    bm_handler_fn *handler;
    unsigned flags;
    int status;                          /* of success */
    const bm_query_param_t *query;       /* NULL: no parameters */
    const bm_schema_t *body;             /* NULL: no body, or one that does not matter */
    const bm_schema_t *answer;           /* NULL: {message}, or what media says */
    const char *operation;               /* operationId */
    const char *tag;                     /* group in the reference */
    const char *summary;                 /* one sentence */
    const char *media;                   /* "a/b|c/d": what it answers if that is no JSON; NULL: it is */
    bm_handler_fn *read_query;           /* checks what the table cannot say of q->query, and may leave what it read in q->asked.
                                          * It is called before there is a connection, and also if the table refused a
                                          * parameter, which counts as not given: one answer names all that is wrong. NULL:
                                          * nothing to check */
    const char *also;                    /* "202|409": other statuses that come with the same answer; NULL: none */
    void (*failed)(bm_req_t *q);         /* writes what went wrong (status, err) in a form of the route's own, instead of a
                                          * problem document; NULL: it has none */
};

#define BM_API_IDS_MAX 2

struct bm_req_t {
    apr_pool_t *p;
    bm_api_t *api;
    const bm_route_t *route;
    bm_err_t *err;                       /* never NULL */
    const char *prefix;                  /* "<mount>/api/v1": what links of answers begin with */
    const char *path;                    /* below the prefix */
    const char *query_text;              /* as received, without "?"; NULL: none */
    apr_int64_t ids[BM_API_IDS_MAX];     /* path parameters that are integers, in order */
    const char *text;                    /* the path parameter that is a text: decoded, UTF-8; NULL: none */
    const char *body_text;               /* NULL: none */
    apr_size_t body_len;
    bm_principal_t who;
    const char *client;                  /* its address; never NULL */
    const char *base_url;                /* "http://host:port<mount>" */
    const char *request_id;
    const char *if_match, *if_none_match, *idempotency_key, *accept, *prefer;     /* NULL: absent */
    apr_time_t now;
    const char *address;                 /* of the client; NULL: not known */
    int secure;                          /* the client uses https */
    const char *(*header)(void *request, const char *name);     /* any other header of it; NULL: has none */
    void *request;
    int own_connection;                  /* nothing else goes over it (no HTTP/2): it can be kept for events (q->live) */
    /* filled by bm_api_call before the handler */
    bm_query_string_t *query;            /* never NULL */
    apr_int64_t secrets_of;              /* project of secret_names */
    apr_hash_t *secret_names;            /* of the store, as far as api/run_order.c has asked for them; NULL: not yet */
    void *asked;                         /* what read_query made of the query */
    const json_t *body;                  /* an object; NULL if the route has no body */
    bm_db_t *db;
    /* what the handler says beside its answer */
    int noted;                           /* the request has its entry in the audit log, or needs none */
    int access_changed;                  /* what is known of credentials is to be looked at again, once all is committed */
    bm_projects_t deleted_from;          /* the one project of what a DELETE is about, for the audit log */
    int foreign;                         /* 404 of something that is there, but another's: an attempt for the audit log */
    /* the answer */
    int status;                          /* HTTP */
    apr_table_t *headers;
    const char *content_type;
    const char *etag;                    /* with quotes; a GET without one gets one from its bytes */
    bm_buffer_t out;                     /* freed with p */
    bm_jw_t w;                           /* writes to out */
    /** An answer too large for memory: out is its begin; then this is called for the next part, which it appends to the empty
     *  out, until *done. It opens and closes connections itself, so that a slow reader holds none. A failure cuts the answer off
     *  so that the client notices. NULL: out is all. Not for HEAD. */
    apr_status_t (*more)(bm_req_t *q, int *done);
    void *more_baton;
    /** The answer's status and headers are all that is sent now; then the connection is kept for what happens (live/hub.h).
     *  NULL: an answer like any other. */
    bm_live_order_t *live;
    /** Of an order that waits (BM_FRAMING_WAIT): called by some thread of the server when it has waited enough. It leaves q->live
     *  to wait on, or answers as a handler does, with q->live NULL. last: it may not wait on. */
    apr_status_t (*then)(bm_req_t *q, int last);
    void *then_baton;
};

/** A request in pool p with an empty answer; the caller fills the first half. Never NULL. */
bm_req_t *bm_api_request_make(bm_api_t *api, apr_pool_t *p);

/** Answer a matched, authorised request: check query and body, borrow a connection, call the handler, commit, give the
 *  connection back, tag. Afterwards status, headers, content_type, etag and out are what to send; out is empty for 304. */
void bm_api_call(bm_req_t *q);

/** Go on with a request that waited (q->then). Afterwards q->live says whether it waits on, else the answer is as after
 *  bm_api_call. */
void bm_api_resume(bm_req_t *q, int last);

/** Make the answer a problem document of rv and q->err. */
void bm_api_fail(bm_req_t *q, apr_status_t rv);

/** Answer with row `row` of rows as a resource; etag may be NULL. */
void bm_api_reply_row(bm_req_t *q, const bm_rows_t *rows, int row, int first, const bm_field_t *fields, const char *etag);

/** Answer {"message": ...}. */
void bm_api_reply_message(bm_req_t *q, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Location of a resource of ours: prefix and path. */
void bm_api_set_location(bm_req_t *q, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Whether If-Match, if there is one, names etag. @return APR_EINVAL with code "precondition_failed" (412) if it does not;
 *  "bad_header" if it cannot be read. */
apr_status_t bm_api_check_match(bm_req_t *q, const char *etag);

/** The same of a resource that changes by itself: it is enough that the tag begins like this (bm_etag_list_begins). */
apr_status_t bm_api_check_match_begin(bm_req_t *q, const char *etag, const char *begin);

/** Borrow a connection whose schema is ours, held to the projects that the client sees (for routes with BM_ROUTE_NO_DATABASE).
 *  Give it back with q->api->source->close. @return APR_EAGAIN: none to be had, or another schema (code "schema_missing" ...). */
apr_status_t bm_api_open(bm_db_t **pdb, bm_req_t *q);

/** For a handler that began its transaction itself: note the request in the audit log and commit. Location is set before. */
apr_status_t bm_api_commit(bm_req_t *q);

/** Hold the rest of the request to one project of those that he sees, on q->db, too. Outside transactions.
 *  @return APR_NOTFOUND: he sees none of that number. */
apr_status_t bm_api_hold_to(bm_req_t *q, apr_int64_t project_id);

/** In a route with BM_ROUTE_TOGETHER: have a connection in q->db after all, until the handler returns. @return as bm_api_open. */
apr_status_t bm_api_connect(bm_req_t *q);

/** Go on with *pdb, borrowed by another request that gives it away; else as bm_api_open. *pdb is NULL after a failure. */
apr_status_t bm_api_inherit(bm_db_t **pdb, bm_req_t *q);

#endif
