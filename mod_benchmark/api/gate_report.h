/* SPDX-License-Identifier: Apache-2.0
 *
 * api/gate_report.h: a judged gate as JSON, as JUnit XML and as a badge. Thread: no state. */
#ifndef BM_API_GATE_REPORT_H
#define BM_API_GATE_REPORT_H

#include "api/gate.h"

/** The JSON. */
extern const bm_field_t bm_gate_fields[];

/** Write it into q's answer: q->w. A gate whose runs have not ended has the verdict "pending" and no checks. */
void bm_gate_report_json(bm_req_t *q, const bm_gate_t *gate);

/** JUnit XML as Jenkins, GitLab and GitHub's reporters read it: one test case for each check; one that has too few samples
 *  fails, or is skipped if it does not fail the gate. Appended to q->out. */
void bm_gate_report_junit(bm_req_t *q, const bm_gate_t *gate);

/** A badge: SVG without anything from elsewhere. Appended to q->out. */
void bm_gate_report_badge(bm_req_t *q, const bm_gate_t *gate);

#endif
