/* SPDX-License-Identifier: Apache-2.0
 *
 * live_server: what the processes of a server take, from /proc. */
#ifndef LIVE_SERVER_H
#define LIVE_SERVER_H

enum { LIVE_SERVER_PIDS = 16 };

typedef struct live_server_t {
    int pids[LIVE_SERVER_PIDS];
    int n;
} live_server_t;

/** Of all together. */
long live_server_rss_kb(const live_server_t *server);
double live_server_cpu_seconds(const live_server_t *server);
int live_server_files(const live_server_t *server);

#endif
