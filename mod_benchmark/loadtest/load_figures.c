/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/load_figures.h"

#include <math.h>
#include "stat/certified_tail.h"

static const struct {
    const char *name;
    double q;
} quantiles[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p95", 0.95 }, { "p99", 0.99 }, { "p999", 0.999 } };
enum { QUANTILES = sizeof(quantiles) / sizeof(quantiles[0]) };

void bm_load_put_count(bm_jw_t *w, const char *name, apr_uint64_t n)
{
    bm_jw_key(w, name);
    bm_jw_int(w, (apr_int64_t)n);
}

void bm_load_put_number(bm_jw_t *w, const char *name, double value)
{
    bm_jw_key(w, name);
    bm_jw_fixed(w, value, 3);
}

void bm_load_put_ms(bm_jw_t *w, const char *name, double ms)
{
    bm_jw_key(w, name);
    bm_jw_ms(w, ms);
}

void bm_load_put_text(bm_jw_t *w, const char *name, const char *text)
{
    bm_jw_key(w, name);
    if (text != NULL)
        bm_jw_string(w, text);
    else
        bm_jw_null(w);
}

static apr_uint64_t size_of(const bm_sketch_t *sketch)
{
    return sketch != NULL ? bm_sketch_head(sketch)->n : 0;
}

static double worth(const bm_sketch_t *sketch, const bm_autocorrelation_t *serial)
{
    return bm_quantile_interval_n_effective(size_of(sketch), bm_autocorrelation_value(serial));
}

/* The 95 % interval of a quantile, wider by the sketch's error on either side; null: a rank leaves the sample. */
static void write_interval(bm_jw_t *w, const bm_sketch_t *sketch, const bm_autocorrelation_t *serial, double q)
{
    apr_uint64_t low, high;

    if (!bm_quantile_interval(&low, &high, size_of(sketch), worth(sketch, serial), q)) {
        bm_jw_null(w);
        return;
    }
    bm_jw_begin_array(w);
    bm_jw_ms(w, bm_sketch_rank_low(sketch, low));
    bm_jw_ms(w, bm_sketch_rank_high(sketch, high));
    bm_jw_end_array(w);
}

/* The rank among as many samples as they are worth, in proportion among all; up by the sketch's error, so that it bounds what
 * the sample bounds. NaN: too few. */
static double certified(const bm_sketch_t *sketch, const bm_autocorrelation_t *serial, double q)
{
    double n_effective = floor(worth(sketch, serial));
    apr_uint64_t n = size_of(sketch), rank = bm_certified_tail_rank((apr_uint64_t)n_effective, q);
    double place;

    if (rank == 0)
        return NAN;
    place = ceil((double)rank / n_effective * (double)n);
    return bm_sketch_rank_high(sketch, place > (double)n ? n : (apr_uint64_t)place);
}

static void write_certainty(bm_jw_t *w, const bm_sketch_t *sketch, const bm_autocorrelation_t *serial)
{
    int i;

    bm_jw_key(w, "intervals");
    bm_jw_begin_object(w);
    for (i = 0; i < QUANTILES; i++) {
        bm_jw_key(w, quantiles[i].name);
        write_interval(w, sketch, serial, quantiles[i].q);
    }
    bm_jw_end_object(w);
    bm_load_put_count(w, "n_effective", (apr_uint64_t)worth(sketch, serial));
    bm_jw_key(w, "certified");
    bm_jw_begin_object(w);
    for (i = 1; i < QUANTILES; i++)
        bm_load_put_ms(w, quantiles[i].name, certified(sketch, serial, quantiles[i].q));
    bm_jw_end_object(w);
}

void bm_load_figures_write(bm_jw_t *w, const char *name, const bm_sketch_t *sketch, const bm_autocorrelation_t *serial,
                           const char *basis, const char *provenance)
{
    apr_uint64_t n = size_of(sketch);
    int i;

    bm_jw_key(w, name);
    bm_jw_begin_object(w);
    if (basis != NULL)
        bm_load_put_text(w, "basis", basis);
    if (provenance != NULL)
        bm_load_put_text(w, "provenance", provenance);
    bm_load_put_count(w, "n", n);
    bm_load_put_ms(w, "mean", n > 0 ? bm_sketch_mean(sketch) : NAN);
    bm_load_put_ms(w, "min", n > 0 ? bm_sketch_head(sketch)->min : NAN);
    bm_load_put_ms(w, "max", n > 0 ? bm_sketch_head(sketch)->max : NAN);
    for (i = 0; i < QUANTILES; i++)
        bm_load_put_ms(w, quantiles[i].name, n > 0 ? bm_sketch_quantile(sketch, quantiles[i].q) : NAN);
    if (serial != NULL && n > 0)
        write_certainty(w, sketch, serial);
    bm_jw_end_object(w);
}

void bm_load_figures_short(bm_jw_t *w, const char *name, const bm_sketch_t *sketch)
{
    static const int which[] = { 0, 2, 3 };
    int i;

    bm_jw_key(w, name);
    bm_jw_begin_object(w);
    for (i = 0; i < 3; i++)
        bm_load_put_ms(w, quantiles[which[i]].name,
                       size_of(sketch) > 0 ? bm_sketch_quantile(sketch, quantiles[which[i]].q) : NAN);
    bm_jw_end_object(w);
}

void bm_load_put_waits(bm_jw_t *w, const char *name, const bm_sketch_t *waits)
{
    apr_uint64_t n = bm_sketch_head(waits)->n;

    bm_jw_key(w, name);
    bm_jw_begin_object(w);
    bm_load_put_ms(w, "p50", n > 0 ? bm_sketch_quantile(waits, 0.5) : NAN);
    bm_load_put_ms(w, "p99", n > 0 ? bm_sketch_quantile(waits, 0.99) : NAN);
    bm_load_put_ms(w, "max", n > 0 ? bm_sketch_head(waits)->max : NAN);
    bm_jw_end_object(w);
}
