/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/csrf.h: a page from elsewhere must not be able to change anything with the rights that a browser carries by itself:
 * an anonymous role, a cookie, cached Basic credentials. Requests with a token in Authorization are not touched by this.
 * Thread: request. */
#ifndef BM_GLUE_CSRF_H
#define BM_GLUE_CSRF_H

#include <httpd.h>
#include "api/api.h"

/** @return APR_EACCES (403): from another site, or for a Host that is not ours; APR_EINVAL (415): a content type that a form
 *  could send. APR_SUCCESS for reads. */
apr_status_t bm_csrf_check(bm_req_t *q, request_rec *r);

#endif
