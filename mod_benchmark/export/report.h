/* SPDX-License-Identifier: Apache-2.0
 *
 * export/report.h: the frame that all reports share: one HTML file without anything from elsewhere, for screens and paper.
 *
 * Its policy (bm_report_policy) forbids scripts, requests and styles other than its own; it is sent as a header and stands in the
 * file, too, so that it holds where the file is opened later. Thread: no state. */
#ifndef BM_EXPORT_REPORT_H
#define BM_EXPORT_REPORT_H

#include "export/html.h"

/** The Content-Security-Policy of a report; nonce: 16 or more characters of base64 or hex, new for each. In p. */
const char *bm_report_policy(const char *nonce, apr_pool_t *p);

/** Head and begin of the body; title may be anybody's text. */
void bm_report_begin(bm_html_t *h, const char *title, const char *nonce, apr_pool_t *p);

/** The last lines: what made it and when (RFC 3339), and from where. */
void bm_report_end(bm_html_t *h, const char *made_at, const char *made_of);

/** A heading with an anchor, and a sentence below it unless that is NULL; both are ours. */
void bm_report_section(bm_html_t *h, const char *title, const char *sentence);

/** A row of two cells: a name of ours and any JSON value. */
void bm_report_fact(bm_html_t *h, const char *name, const json_t *value, apr_pool_t *p);

/** Rows of two cells for every member of an object, those within objects by their path; arrays of objects likewise, by place. */
void bm_report_tree(bm_html_t *h, const json_t *object, apr_pool_t *p);

#endif
