/* SPDX-License-Identifier: Apache-2.0
 *
 * net/outbound.h: the one way in which this program sends HTTP requests: libcurl with our rules.
 *
 * A policy (bm_outbound_t) is made once from the settings and never changes, so all threads share it. Every easy handle
 * gets the same rules: http and https only, no redirects, no proxy but the administrator's, nothing from the environment or
 * from .netrc, certificates checked, addresses vetted when a connection is opened and again when a warm one is
 * reused. What differs per request is set by bm_outbound_apply().
 *
 * Threads: policy any; a handle with its call belongs to one thread. */
#ifndef BM_NET_OUTBOUND_H
#define BM_NET_OUTBOUND_H

#include <curl/curl.h>
#include <apr_pools.h>
#include "base/err.h"
#include "base/settings.h"
#include "net/exchange.h"
#include "net/tls_files.h"

/** User-Agent of every request that we send; our own API refuses it, or a load test could be its own target. */
#define BM_OUTBOUND_USER_AGENT "mod_benchmark"

typedef struct bm_outbound_t bm_outbound_t;

/** The limits of one request, the policy's defaults filled in. */
typedef struct bm_outbound_limits_t {
    apr_int64_t connect_ns;      /* start to request sent; 0 stands for "no limit" in all four */
    apr_int64_t first_byte_ns;   /* request sent to first byte of the body */
    apr_int64_t stall_ns;        /* between two reads of the body */
    apr_int64_t total_ns;        /* start to end */
    apr_int64_t abort_ns;        /* request sent to our closing it on purpose, whatever has arrived; 0: never */
    apr_int64_t max_body;        /* bytes */
} bm_outbound_limits_t;

/** What the callbacks of one easy handle know; lives as long as the handle. */
typedef struct bm_outbound_call_t {
    const bm_outbound_t *policy;
    const bm_http_request_t *request;
    struct curl_slist *headers;
    struct curl_slist *elsewhere;    /* where a request for the dead end connects to; NULL: where its URL says */
    int kernel_stamps;           /* ask for the kernel's stamps on new sockets */
    apr_int64_t ready_ns;        /* when the request was about to be sent on a connection, CLOCK_MONOTONIC; the last time */
    int host_allowed;            /* the allow-list names the host */
    int host_refused;            /* the deny-list names the host, or it is a refused address that a proxy would connect to */
    int own_certificate;         /* the handle trusts the request's reference_certificate and nothing else */
    int refused;                 /* the guard refused an address of this request */
    int out_of_files;            /* the process may not open another socket */
    char refused_address[64];
    char error[CURL_ERROR_SIZE]; /* libcurl's sentence; empty if none */
} bm_outbound_call_t;

/** libcurl's process-wide start. Once per process, after fork, before any thread uses this room. @return APR_EGENERAL. */
apr_status_t bm_outbound_init(void);

/** The policy of these settings, in p. files: those of the settings, which must outlive it; NULL, or one that could not be read:
 *  libcurl tries them by name with each connection, and the request fails with its words.
 *  @return APR_EINVAL: BenchmarkTargetAllow has a bad entry; err names it. */
apr_status_t bm_outbound_create(bm_outbound_t **poutbound, const bm_settings_t *settings, const bm_tls_files_t *files,
                                bm_err_t *err, apr_pool_t *p);

/** The limits that hold for request. */
void bm_outbound_limits(bm_outbound_limits_t *limits, const bm_outbound_t *outbound, const bm_http_request_t *request);

/** A new easy handle with everything set that is the same for all requests; call must outlive it. The caller ends it with
 *  curl_easy_cleanup(). @return APR_ENOMEM. */
apr_status_t bm_outbound_handle_create(CURL **peasy, bm_outbound_call_t *call, const bm_outbound_t *outbound);

/** Set what is particular to request. The request and its body must stay until bm_outbound_release().
 *  @return APR_EINVAL: libcurl or a guard refuses it, sentence in call->error. */
apr_status_t bm_outbound_apply(CURL *easy, bm_outbound_call_t *call, const bm_http_request_t *request);

/** Forget the request; the handle can be used again. Not while the handle is in a multi. */
void bm_outbound_release(CURL *easy, bm_outbound_call_t *call);

/** Why a transfer ended, from libcurl's code; call->error becomes ours where libcurl's misleads. sent: the request had
 *  gone out. */
bm_exchange_end_e bm_outbound_end(CURL *easy, bm_outbound_call_t *call, CURLcode rc, int sent);

#endif
