/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/logging.h: base/log.h into httpd's error log, under `LogLevel benchmark:...`. */
#ifndef BM_GLUE_LOGGING_H
#define BM_GLUE_LOGGING_H

#include <httpd.h>

/** Send the messages of all rooms to the main server's error log. Before any thread or process of ours starts. */
void bm_logging_start(server_rec *main_server);

#endif
