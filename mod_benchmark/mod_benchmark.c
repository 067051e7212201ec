/* SPDX-License-Identifier: Apache-2.0
 *
 * mod_benchmark.c: the module record. Everything it points to lives in glue/. */
#include "httpd.h"
#include "http_config.h"

AP_DECLARE_MODULE(benchmark) = { STANDARD20_MODULE_STUFF };
