/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rand.h"

#include <errno.h>
#include <math.h>
#include <sys/random.h>

static apr_uint64_t rotate_left(apr_uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

apr_uint64_t bm_rand_mix(apr_uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

void bm_rand_seed(bm_rand_t *r, apr_uint64_t seed)
{
    int i;

    for (i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15ULL;
        r->s[i] = bm_rand_mix(seed);
    }
}

apr_uint64_t bm_rand_next(bm_rand_t *r)
{
    apr_uint64_t *s = r->s, result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double bm_rand_uniform(bm_rand_t *r)
{
    return (double)(bm_rand_next(r) >> 11) * 0x1.0p-53;
}

apr_uint64_t bm_rand_below(bm_rand_t *r, apr_uint64_t n)
{
    apr_uint64_t x, limit;

    if (n == 0)
        return 0;
    limit = (0 - n) % n;                 /* 2^64 mod n: values below it would make the low results likelier */
    do
        x = bm_rand_next(r);
    while (x < limit);
    return x % n;
}

double bm_rand_exponential(bm_rand_t *r)
{
    return -log(1.0 - bm_rand_uniform(r));
}

double bm_rand_normal(bm_rand_t *r)
{
    double u, v, s;

    do {
        u = 2.0 * bm_rand_uniform(r) - 1.0;
        v = 2.0 * bm_rand_uniform(r) - 1.0;
        s = u * u + v * v;
    } while (s >= 1.0 || s == 0.0);
    return u * sqrt(-2.0 * log(s) / s);
}

double bm_rand_gamma(bm_rand_t *r, double shape)
{
    double d, c, x, v, u, boost = 1.0;

    if (shape < 1.0) {                   /* Gamma(a) = Gamma(a + 1) * U^(1/a) */
        boost = pow(1.0 - bm_rand_uniform(r), 1.0 / shape);
        shape += 1.0;
    }
    d = shape - 1.0 / 3.0;
    c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        x = bm_rand_normal(r);
        v = 1.0 + c * x;
        if (v <= 0.0)
            continue;
        v = v * v * v;
        u = 1.0 - bm_rand_uniform(r);
        if (log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return boost * d * v;
    }
}

apr_status_t bm_rand_secure(void *data, apr_size_t len)
{
    char *bytes = data;

    while (len > 0) {
        ssize_t n = getrandom(bytes, len, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : APR_EGENERAL;
        bytes += n;
        len -= (apr_size_t)n;
    }
    return APR_SUCCESS;
}
