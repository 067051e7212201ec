/* SPDX-License-Identifier: Apache-2.0
 *
 * base/wire.h: numbers as bytes, for what is stored or sent in a binary form of our own.
 *
 * Unsigned integers are little-endian base 128 (7 bits a byte, high bit = more follows), always in their
 * shortest form, so that equal content has equal bytes. Doubles are their 8 bytes, least significant first,
 * on every machine. The reader trusts nothing: it never looks behind `end`.
 *
 * Thread-safe (no state). */
#ifndef BM_BASE_WIRE_H
#define BM_BASE_WIRE_H

#include <apr_errno.h>

/** Most bytes of one integer. */
#define BM_WIRE_VARINT_MAX 10

/** Bytes still to be read. */
typedef struct bm_wire_t {
    const unsigned char *at;
    const unsigned char *end;
} bm_wire_t;

/** Bytes that bm_wire_put_varint writes for value: 1 to BM_WIRE_VARINT_MAX. */
apr_size_t bm_wire_varint_size(apr_uint64_t value);

/** Write value at `at`, where there is room for it. @return the byte behind it. */
unsigned char *bm_wire_put_varint(unsigned char *at, apr_uint64_t value);

/** Write 8 bytes at `at`. @return the byte behind them. */
unsigned char *bm_wire_put_double(unsigned char *at, double value);

/** Read one integer of at most max. @return APR_EINVAL: cut short, not in shortest form, over max (w stays where it was). */
apr_status_t bm_wire_get_varint(apr_uint64_t *value, bm_wire_t *w, apr_uint64_t max);

/** As bm_wire_get_varint, quicker where most integers are below 128. */
static inline apr_status_t bm_wire_get_small(apr_uint64_t *value, bm_wire_t *w, apr_uint64_t max)
{
    if (w->at < w->end && *w->at < 0x80 && *w->at <= max) {
        *value = *w->at++;
        return APR_SUCCESS;
    }
    return bm_wire_get_varint(value, w, max);
}

/** Read a double that is finite. @return APR_EINVAL: cut short, NaN or infinite (w stays where it was). */
apr_status_t bm_wire_get_double(double *value, bm_wire_t *w);

/** Take len bytes without copying. @return APR_EINVAL: there are fewer (w stays where it was). */
apr_status_t bm_wire_get_bytes(const unsigned char **data, bm_wire_t *w, apr_uint64_t len);

#endif
