/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/template_scan.h: a template cut into literals and placeholders (grammar: parse/template.h). */
#ifndef BM_PARSE_TEMPLATE_SCAN_H
#define BM_PARSE_TEMPLATE_SCAN_H

#include <apr_pools.h>

typedef enum bm_template_part_e {
    BM_TEMPLATE_END,          /* nothing is left */
    BM_TEMPLATE_LITERAL,      /* text is copied */
    BM_TEMPLATE_NAME,         /* text is the name of a placeholder */
    BM_TEMPLATE_MALFORMED     /* text begins with two braces, but is no placeholder; cut for a message */
} bm_template_part_e;

typedef struct bm_template_scan_t {
    const char *at, *end;     /* what is left */
    const char *text;         /* of the part found last; points into the template */
    apr_size_t len;
} bm_template_scan_t;

/** Find the next part. Each call moves on, so a caller that loops until BM_TEMPLATE_END ends. */
bm_template_part_e bm_template_scan_next(bm_template_scan_t *scan);

/** Whether the template is one placeholder and nothing else; then scan->text is its name. scan is at its begin. */
int bm_template_scan_is_whole(bm_template_scan_t *scan);

#endif
