/* SPDX-License-Identifier: Apache-2.0 */
#include "ruler_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

/* "key sent stamp stamp ..." */
static int read_line(ruler_stamps_t *s, char *line, apr_pool_t *p)
{
    apr_int64_t value;
    char *word;
    int column = 0;

    line[strcspn(line, "\n")] = '\0';
    memset(s, 0, sizeof(*s));
    s->seen_ns = apr_array_make(p, 64, sizeof(apr_int64_t));
    for (; (word = strsep(&line, " ")) != NULL; column++) {
        if (bm_text_to_int64(&value, word, 0, APR_INT64_MAX) != APR_SUCCESS)
            return 0;
        if (column == 0)
            s->key = (apr_uint64_t)value;
        else if (column == 1)
            s->sent_ns = value;
        else
            APR_ARRAY_PUSH(s->seen_ns, apr_int64_t) = value;
    }
    return column >= 2;
}

int ruler_peer_run(apr_array_header_t **streams, const ruler_peer_t *peer, apr_pool_t *p)
{
    const char *command = apr_psprintf(p, "exec '%s' --port %d --first-key %" APR_UINT64_T_FMT " --total %d --streams %d"
                                       " --tokens %d --ttft %.3f --gap %.3f --cpu %d --rr %d",
                                       peer->program, peer->port, peer->first_key, peer->total, peer->streams,
                                       peer->tokens, peer->ttft_ms, peer->gap_ms, peer->cpu, peer->rr);
    FILE *out = popen(command, "r");
    char *line = NULL;
    size_t size = 0;
    int ok = out != NULL;

    *streams = apr_array_make(p, peer->total, sizeof(ruler_stamps_t));
    while (ok && getline(&line, &size, out) > 0)
        ok = read_line(apr_array_push(*streams), line, p);
    free(line);
    if (out != NULL && pclose(out) != 0)
        ok = 0;
    return ok && (*streams)->nelts == peer->total;
}
