/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/index_page.h: index.html of the built dashboard, as one page of it wants it. The build does not know the mount, the page
 * or the theme that its reader likes: it leaves marks in their places, and lists, in a comment, the title of each page and which
 * scripts it needs besides those of the frame, and what it asks the API first. What is sent has all that filled in, so that the
 * frame is drawn at once and as it will stay, and the browser fetches all scripts and the first answers together. Thread: no
 * state. */
#ifndef BM_GLUE_INDEX_PAGE_H
#define BM_GLUE_INDEX_PAGE_H

#include "base/buffer.h"

typedef struct bm_index_page_t {
    const char *mount;          /* "" or "/benchmark"; of characters that need no escaping */
    const char *path;           /* of the page below the mount: "/runs/7" */
    int is_filtered;            /* its address has a query: what it shows is not what the build's list asks for */
    const char *theme;          /* what the reader's cookie says, may be anything; NULL: as the system has it */
} bm_index_page_t;

/** Make index.html of source (what the build wrote) in *html, which is empty and adopted by a pool. Strings for the work are in
 *  p. @return APR_ENOMEM, APR_ENOSPC. */
apr_status_t bm_index_page_make(bm_buffer_t *html, const bm_buffer_t *source, const bm_index_page_t *page, apr_pool_t *p);

#endif
