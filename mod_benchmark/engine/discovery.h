/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/discovery.h: asking a target what it is and which models it offers.
 *
 * A discovery is a work like any other (engine/work.h): at most three GET requests, one after the other, under the rules of every
 * run (net/outbound.h), on connections of their own so that connecting is measured. Its spec has `discovery`:
 * {named}, whether the provider was given or is to be found out. Recorder thread only. */
#ifndef BM_ENGINE_DISCOVERY_H
#define BM_ENGINE_DISCOVERY_H

#include "engine/work.h"

extern const bm_work_t bm_discovery_work;

#endif
