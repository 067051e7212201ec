/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_url.h: URLs of targets: which are refused, and how an endpoint is found from a base.
 *
 * Thread: no state. */
#ifndef BM_PROVIDER_PROVIDER_URL_H
#define BM_PROVIDER_PROVIDER_URL_H

#include "base/err.h"

/** Whether url can be asked: http or https, a host, a port from 1 to 65535 if any, no user info, no fragment, no byte
 *  outside printable ASCII, no blank, quote or angle bracket, at most 8,000 bytes. Placeholders in {{ }} stand for
 *  anything; a URL that begins with one is judged when it is filled.
 *  @return APR_EINVAL: a violation at pointer was added to err. */
apr_status_t bm_provider_url_check(const char *url, const char *pointer, bm_err_t *err, apr_pool_t *p);

/** Endpoint (such as "/chat/completions") below a base URL, in p. The base may be the endpoint itself; if its path has no
 *  version segment ("v1", "v1beta" ...), "/v1" is put between. A query stays at the end. */
const char *bm_provider_url_endpoint(const char *base, const char *endpoint, apr_pool_t *p);

/** Another endpoint (such as "/models") beside the one that bm_provider_url_endpoint finds, in p. */
const char *bm_provider_url_beside(const char *base, const char *endpoint, const char *other, apr_pool_t *p);

/** What somebody meant who pasted the address of a request: without "/chat/completions", "/models", "/messages" and their like
 *  at its end, without slashes there, its query kept. In p. */
const char *bm_provider_url_base(const char *url, apr_pool_t *p);

/** base without slashes at its end and without a query, and path ("/v1/runs/x"); base may end in "/v1" already. In p. */
const char *bm_provider_url_path(const char *base, const char *path, apr_pool_t *p);

#endif
