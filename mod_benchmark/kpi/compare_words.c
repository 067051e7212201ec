/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/compare_words.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>

/* Three significant digits, never an exponent, with its unit. */
static const char *number(double value, const char *unit, apr_pool_t *p)
{
    double size = fabs(value);
    int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : size >= 0.001 ? 5 : 9;
    const char *space = strcmp(unit, "cost") == 0 || unit[0] == '\0' ? "" : " ";

    return apr_psprintf(p, "%.*f%s%s", decimals, value, space, strcmp(unit, "cost") == 0 ? "" : unit);
}

static const char *with_sign(double value, const char *unit, apr_pool_t *p)
{
    return apr_pstrcat(p, value >= 0 ? "+" : "", number(value, unit, p), NULL);
}

/* The quantity that a sentence is about: the rate, else the median. */
static const bm_bootstrap_t *main_of(const bm_compare_result_t *r)
{
    return &r->of[strcmp(r->quantity->unit, "%") == 0 ? BM_COMPARE_MEAN : BM_COMPARE_P50];
}

static int is_rate(const bm_compare_result_t *r)
{
    return strcmp(r->quantity->unit, "%") == 0;
}

static const char *difference_of(const bm_compare_result_t *r, apr_pool_t *p)
{
    const bm_bootstrap_t *of = main_of(r);
    const char *unit = is_rate(r) ? "points" : r->quantity->unit;

    if (isnan(of->difference_low))
        return apr_psprintf(p, "a difference of %s", with_sign(of->difference, unit, p));
    return apr_psprintf(p, "a difference of %s (95 %% interval %s to %s)", with_sign(of->difference, unit, p),
                        with_sign(of->difference_low, "", p), with_sign(of->difference_high, unit, p));
}

static const char *p_text(double value, apr_pool_t *p)
{
    return value < 0.001 ? "p < 0.001" : apr_psprintf(p, "p = %.3f", value);
}

static const char *test_name(const bm_compare_result_t *r)
{
    static const char *const names[][2] = {
        { "mann_whitney_exact", "Mann-Whitney U, exact" }, { "mann_whitney", "Mann-Whitney U" },
        { "fisher_exact", "Fisher's exact test" }, { "score", "score test" },
        { "median_intervals", "intervals of the medians" }
    };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (r->test != NULL && strcmp(names[i][0], r->test) == 0)
            return names[i][1];
    return "no test";
}

static const char *evidence_of(const bm_compare_result_t *r, apr_pool_t *p)
{
    const char *effect = "";

    if (!isnan(r->effect) && !is_rate(r))
        effect = apr_psprintf(p, ", Cliff's delta %.2f (%s)", r->effect, bm_compare_magnitude(r->effect));
    return apr_psprintf(p, "%s, corrected %s%s; n = %" APR_UINT64_T_FMT " and %" APR_UINT64_T_FMT, test_name(r),
                        p_text(r->p_corrected, p), effect, r->a.n, r->b.n);
}

static const char *levels_of(const bm_compare_result_t *r, apr_pool_t *p)
{
    const bm_bootstrap_t *of = main_of(r);

    return apr_psprintf(p, "%s %s in B against %s in A", is_rate(r) ? "a rate of" : "a median of",
                        number(of->b, r->quantity->unit, p), number(of->a, r->quantity->unit, p));
}

/* Many values of few runs, of which only cells are known. */
static int is_untold(const bm_compare_result_t *r)
{
    const bm_kpi_metric_t *metric = bm_kpi_metric_find(r->quantity->metric);

    return metric != NULL && metric->pooled && r->test == NULL;
}

const char *bm_compare_words_of_one(const bm_compare_result_t *r, apr_pool_t *p)
{
    const char *name = r->quantity->name;

    switch (r->verdict) {
    case BM_COMPARE_BETTER:
    case BM_COMPARE_WORSE:
    case BM_COMPARE_DIFFERS:
        return apr_psprintf(p, "%s %s: %s, %s; %s.", name, r->verdict == BM_COMPARE_BETTER ? "is better in B"
                            : r->verdict == BM_COMPARE_WORSE ? "is worse in B" : "differs, which is neither better nor worse",
                            levels_of(r, p), difference_of(r, p), evidence_of(r, p));
    case BM_COMPARE_NO_DIFFERENCE:
        return apr_psprintf(p, "%s: no difference is shown: %s, %s; %s.", name, levels_of(r, p), difference_of(r, p),
                            evidence_of(r, p));
    case BM_COMPARE_TOO_FEW:
    case BM_COMPARE_MIXED:
    default:
        if (is_untold(r))
            return apr_psprintf(p, "%s: cells cannot tell how sure a difference is, as the gaps of one answer go together: %s;"
                                " n = %" APR_UINT64_T_FMT " and %" APR_UINT64_T_FMT ".", name, levels_of(r, p), r->a.n, r->b.n);
        return apr_psprintf(p, "%s: too few samples to show a difference: %s; n = %" APR_UINT64_T_FMT " and %"
                            APR_UINT64_T_FMT ".", name, levels_of(r, p), r->a.runs, r->b.runs);
    }
}

/* "ttft_ms (+27 %, 95 % interval +19 % to +33 %)". */
static const char *headline(const bm_compare_result_t *r, apr_pool_t *p)
{
    const bm_bootstrap_t *of = main_of(r);
    const char *name = r->quantity->name;

    if (is_rate(r) || isnan(of->ratio) || isnan(of->ratio_low))
        return apr_psprintf(p, "%s (%s)", name, levels_of(r, p));
    return apr_psprintf(p, "%s (median %s, 95 %% interval %s to %s)", name, with_sign(100 * (of->ratio - 1), "%", p),
                        with_sign(100 * (of->ratio_low - 1), "%", p), with_sign(100 * (of->ratio_high - 1), "%", p));
}

enum { NAMED = 3 };

/* Those with this verdict; the first few with their figures, the others counted. NULL: none. */
static const char *list_of(const bm_compare_t *c, bm_compare_verdict_e verdict, apr_pool_t *p)
{
    const char *list = NULL;
    int i, n = 0;

    for (i = 0; i < c->count; i++) {
        const bm_compare_result_t *r = &c->results[i];

        if (r->verdict != verdict || r->quantity->own_side)
            continue;
        if (n++ < NAMED)
            list = list == NULL ? headline(r, p) : apr_pstrcat(p, list, ", ", headline(r, p), NULL);
    }
    return n <= NAMED ? list : apr_psprintf(p, "%s and %d more", list, n - NAMED);
}

static int count_of(const bm_compare_t *c, bm_compare_verdict_e verdict)
{
    int i, n = 0;

    for (i = 0; i < c->count; i++)
        n += c->results[i].verdict == verdict && !c->results[i].quantity->own_side;
    return n;
}

static const char *others(const bm_compare_t *c, apr_pool_t *p)
{
    int same = count_of(c, BM_COMPARE_NO_DIFFERENCE), few = count_of(c, BM_COMPARE_TOO_FEW);
    const char *text = "";

    if (same > 0)
        text = apr_psprintf(p, " In %d other%s no difference is shown.", same, same == 1 ? "" : "s");
    if (few > 0)
        text = apr_psprintf(p, "%s Of %d there are too few samples.", text, few);
    return text;
}

const char *bm_compare_words_of_all(const bm_compare_t *c, double significance, apr_pool_t *p)
{
    const char *level = apr_psprintf(p, "%.*f", significance < 0.01 ? 3 : significance < 0.1 ? 2 : 1, significance);
    const char *at = apr_psprintf(p, "at significance %s, corrected for %d test%s (Holm)", level, c->tests,
                                  c->tests == 1 ? "" : "s");
    const char *better = list_of(c, BM_COMPARE_BETTER, p), *worse = list_of(c, BM_COMPARE_WORSE, p);

    switch (c->verdict) {
    case BM_COMPARE_BETTER:
        return apr_psprintf(p, "B is better than A %s: %s.%s", at, better, others(c, p));
    case BM_COMPARE_WORSE:
        return apr_psprintf(p, "B is worse than A %s: %s.%s", at, worse, others(c, p));
    case BM_COMPARE_MIXED:
        return apr_psprintf(p, "B is better than A in some and worse in others, %s. Better: %s. Worse: %s.%s", at, better, worse,
                            others(c, p));
    case BM_COMPARE_NO_DIFFERENCE:
        return apr_psprintf(p, "No difference in quality between A and B is shown %s. That does not prove that there is none.",
                            at);
    case BM_COMPARE_TOO_FEW:
    case BM_COMPARE_DIFFERS:
    default:
        return apr_psprintf(p, "Too few samples to show a difference between A and B at significance %s.", level);
    }
}
