/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/request.h: a request_rec as the API sees it. Thread: request. */
#ifndef BM_GLUE_REQUEST_H
#define BM_GLUE_REQUEST_H

#include <httpd.h>
#include "api/api.h"
#include "glue/router.h"

/** Name of a request: the client's X-Request-Id if it is harmless, else mod_unique_id's, else a random one. The same for
 *  each call with r. In r->pool. */
const char *bm_request_id(request_rec *r);

/** The request without route, principal and body. */
bm_req_t *bm_request_make(bm_api_t *api, request_rec *r, const bm_place_t *place);

/** Whether there is a body: Content-Length over 0 or a transfer coding. */
int bm_request_has_body(const request_rec *r);

/** Whether Content-Type is application/json, in UTF-8 if it names a charset. */
int bm_request_is_json(const request_rec *r);

/** Whether Content-Type is application/x-protobuf. */
int bm_request_is_protobuf(const request_rec *r);

/** Read the body into q. @return APR_EINVAL with code body_too_large or unsupported_media_type; *http: a status that httpd
 *  shall answer with, as the body cannot be read (cut, badly coded, too slow); else OK. */
apr_status_t bm_request_read_body(bm_req_t *q, request_rec *r, int *http);

#endif
