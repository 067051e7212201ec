/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/gunzip.h: what is compressed with gzip (RFC 1952), unpacked up to a limit. Thread: no state. */
#ifndef BM_PARSE_GUNZIP_H
#define BM_PARSE_GUNZIP_H

#include "base/buffer.h"

/** Append what data unpacks to, one member behind the other. out->limit bounds it, and never much more is held than that.
 *  @return APR_ENOSPC: it is longer than the limit; APR_EINVAL: it is cut, damaged or no gzip; APR_ENOTIMPL: built without
 *  zlib. */
apr_status_t bm_gunzip(bm_buffer_t *out, const void *data, apr_size_t len);

#endif
