/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_request.h: what the providers have in common when they ask: members of `connection`, and a
 * bm_http_request_t made of them.
 *
 * Thread: that of the call; the check functions: any. */
#ifndef BM_PROVIDER_PROVIDER_REQUEST_H
#define BM_PROVIDER_PROVIDER_REQUEST_H

#include "provider/provider.h"

/* Longest time-out of a run: a week. */
#define BM_PROVIDER_SECONDS_MAX 604800

/** Rows of a connection table that every provider with a target has. */
extern const bm_field_t bm_provider_rate_limit_fields[];
extern const bm_field_t bm_provider_breaker_fields[];

#define BM_PROVIDER_COMMON_FIELDS \
    { "secret", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 200, \
      .doc = "Name of the secret (BenchmarkSecret) that holds the API key; never the key itself." }, \
    { "secret_header", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 100, \
      .doc = "Header that carries the key; Authorization carries it as a bearer token, any other as it is." }, \
    { "headers", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, \
      .doc = "More request headers, name to value; values may hold {{placeholders}}, also {{secret.NAME}}." }, \
    { "timeout_seconds", BM_TYPE_NUMBER, BM_FIELD_NULLABLE, 0.001, BM_PROVIDER_SECONDS_MAX, \
      .doc = "Longest time the whole call may take; run_settings.timeout_seconds replaces it." }, \
    { "connect_timeout_seconds", BM_TYPE_NUMBER, BM_FIELD_NULLABLE, 0.001, BM_PROVIDER_SECONDS_MAX, \
      .doc = "Longest time to be connected, TLS included." }, \
    { "first_token_timeout_seconds", BM_TYPE_NUMBER, BM_FIELD_NULLABLE, 0.001, BM_PROVIDER_SECONDS_MAX, \
      .doc = "Longest time from the request to the first byte of the answer's body." }, \
    { "stall_timeout_seconds", BM_TYPE_NUMBER, BM_FIELD_NULLABLE, 0.001, BM_PROVIDER_SECONDS_MAX, \
      .doc = "Longest silence inside the answer's body." }, \
    { "metrics_url", BM_TYPE_STRING, BM_FIELD_NULLABLE, 1, 8000, \
      .doc = "Page where the target shows its metrics in Prometheus' text format; load tests ask it once a second, without" \
             " keys, for process_cpu_seconds_total and process_resident_memory_bytes." }, \
    { "fresh_connection", BM_TYPE_BOOL, BM_FIELD_NULLABLE, \
      .doc = "Open a new connection for every run, so that each one is cold." }, \
    { "rate_limit", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .members = bm_provider_rate_limit_fields, \
      .doc = "Most requests per second that an engine sends to the target; absent: no limit." }, \
    { "circuit_breaker", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .members = bm_provider_breaker_fields, \
      .doc = "Leave the target alone for a while after failures in a row; absent: never." }

/** Check the common members: headers (names, values, no control characters) and secret_header. All violations are added.
 *  @return APR_EINVAL. */
apr_status_t bm_provider_request_check(const json_t *connection, bm_err_t *err, apr_pool_t *p);

/** Check member `name` as a URL; absent is fine unless required. @return APR_EINVAL. */
apr_status_t bm_provider_request_check_url(const json_t *connection, const char *name, int required, bm_err_t *err,
                                           apr_pool_t *p);

/** A request with the connection's headers, time-outs and API key. key_header: where the key goes unless
 *  connection.secret_header says so. @return APR_EINVAL (err): a header is refused, or the secret is not there (code
 *  "secret_missing"). */
apr_status_t bm_provider_request_make(bm_http_request_t **prequest, bm_call_t *call, const char *method, const char *url,
                                      const char *key_header, bm_err_t *err);

/** Add "name: value" unless the connection's headers already have that name. Both must be safe. */
void bm_provider_request_header(bm_call_t *call, bm_http_request_t *request, const char *name, const char *value);

/** Make the compact text of body the request's, with its content type. */
void bm_provider_request_json_body(bm_call_t *call, bm_http_request_t *request, const json_t *body);

/** Copy to body what may be sent: the members of connection.body, then inputs whose names are in the NULL-terminated list
 *  or begin with "x_" (extensions of one server). null inputs are left out. */
void bm_provider_request_members(const bm_call_t *call, json_t *body, const char *const *names);

/** A member of the connection as text; NULL: absent, null or no string, or empty. */
const char *bm_provider_request_text(const bm_call_t *call, const char *name);

/** A member of the connection that says true or false; absent: fallback. */
int bm_provider_request_flag(const bm_call_t *call, const char *name, int fallback);

/** Seconds of a member of the connection as milliseconds; 0: absent. */
apr_int64_t bm_provider_request_ms(const bm_call_t *call, const char *name);

#endif
