/* SPDX-License-Identifier: Apache-2.0 */
#include "export/report.h"

#include <apr_strings.h>

/* Deeper values are shown as JSON; of longer lists the first are. */
enum { TREE_DEPTH = 8, ELEMENTS_MAX = 5 };

static const char style[] =
    ":root{color-scheme:light;--text:#141a24;--text-2:#4a5565;--line:#d9dee6;--grid:#e7ebf0;--soft:#eef1f5;"
    "--ok:#0b7a53;--warn:#8f5200;--bad:#b42318}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:1000px;padding:32px 24px;background:#fff;color:var(--text);"
    "font:14px/21px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;"
    "font-variant-numeric:tabular-nums}"
    "h1{font-size:24px;line-height:30px;margin:0 0 4px;overflow-wrap:anywhere}"
    "h2{font-size:17px;line-height:24px;margin:32px 0 4px;padding-top:12px;border-top:1px solid var(--line)}"
    "p{margin:4px 0 10px}"
    ".quiet,figcaption,.note{color:var(--text-2);font-size:12.5px;line-height:18px}"
    ".cards{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:16px 0}"
    ".card{border:1px solid var(--line);border-radius:8px;padding:10px 12px}"
    ".card b{display:block;font-size:22px;line-height:28px}"
    ".card span{display:block;color:var(--text-2);font-size:12px;line-height:16px}"
    ".verdict{border-left:4px solid var(--line);background:var(--soft);border-radius:0 6px 6px 0;padding:8px 12px;margin:12px 0}"
    ".verdict.valid{border-color:var(--ok)}.verdict.invalid{border-color:var(--bad)}.verdict.unknown{border-color:var(--warn)}"
    ".verdict ul{margin:4px 0 0;padding-left:20px}"
    "table{border-collapse:collapse;width:100%;margin:8px 0 12px;font-size:12.5px;line-height:17px}"
    "th,td{padding:4px 8px;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}"
    "th{color:var(--text-2);font-weight:600}"
    "th:first-child,td:first-child,.left th,.left td{text-align:left;overflow-wrap:anywhere}"
    ".left td:first-child{width:34%;color:var(--text-2)}"
    ".left.plain td:first-child{width:auto;color:inherit}.left.plain th,.left.plain td{overflow-wrap:break-word}"
    ".plain td:not(.words){white-space:nowrap}.words small{white-space:normal}"
    "td small{display:block;color:var(--text-2);font-size:10.5px;line-height:14px;white-space:nowrap}"
    ".met{color:var(--ok);font-weight:600}.missed{color:var(--bad);font-weight:600}"
    ".metric{break-inside:avoid}.metric tr:first-child td{background:var(--soft)}.metric .valid{color:var(--ok);font-weight:600}"
    ".metric .invalid{color:var(--bad);font-weight:600}.metric tr:first-child small{white-space:normal}"
    "figure{margin:14px 0;break-inside:avoid}figure>svg{display:block;width:100%;height:auto}"
    ".key{white-space:nowrap;margin-left:12px}"
    "svg text{font-size:11px;fill:var(--text-2)}"
    ".grid{stroke:var(--grid)}.line{fill:none;stroke-width:1.6;stroke-linejoin:round}"
    ".c1{stroke:#2c71b7}.c2{stroke:#de6e29}.c3{stroke:#630c43}.c4{stroke:#3c0591}"
    ".dot{stroke:none}.dot.c1{fill:#2c71b7}.dot.c2{fill:#de6e29}.dot.c3{fill:#630c43}.dot.c4{fill:#3c0591}"
    ".line.c2{stroke-dasharray:7 2}.line.c3{stroke-dasharray:2 2}.line.c4{stroke-dasharray:9 3 2 3}"
    "footer{margin-top:32px;padding-top:10px;border-top:1px solid "
    "var(--line);color:var(--text-2);font-size:12px;overflow-wrap:anywhere}"
    "@media print{@page{size:A4;margin:14mm 12mm}body{max-width:none;padding:0;font-size:11px;line-height:16px}"
    "h2{margin-top:18px;break-after:avoid}h2+p{break-after:avoid}tr,.card,.verdict,figure{break-inside:avoid}"
    "thead{display:table-header-group}"
    "table{font-size:10px;line-height:14px}td small{font-size:8.5px;line-height:11px}th,td{padding:3px 5px}"
    ".card,.verdict,svg{-webkit-print-color-adjust:exact;print-color-adjust:exact}}"
    "@media (max-width:640px){.cards{grid-template-columns:repeat(2,1fr)}.wide{overflow-x:auto}}";

const char *bm_report_policy(const char *nonce, apr_pool_t *p)
{
    return apr_pstrcat(p, "default-src 'none'; style-src 'nonce-", nonce, "'; base-uri 'none'; form-action 'none'", NULL);
}

void bm_report_begin(bm_html_t *h, const char *title, const char *nonce, apr_pool_t *p)
{
    bm_html_put(h, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"");
    bm_html_text(h, bm_report_policy(nonce, p));
    bm_html_put(h, "\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"referrer\" "
                   "content=\"no-referrer\">\n<title>");
    bm_html_text(h, title);
    bm_html_put(h, "</title>\n<style nonce=\"");
    bm_html_text(h, nonce);
    bm_html_put(h, "\">");
    bm_html_put(h, style);
    bm_html_put(h, "</style>\n</head>\n<body>\n<main>\n");
}

void bm_report_end(bm_html_t *h, const char *made_at, const char *made_of)
{
    bm_html_put(h, "</main>\n<footer>mod_benchmark " BM_VERSION ", ");
    bm_html_text(h, made_at);
    bm_html_put(h, ", from ");
    bm_html_text(h, made_of);
    bm_html_put(h, "</footer>\n</body>\n</html>\n");
}

void bm_report_section(bm_html_t *h, const char *title, const char *sentence)
{
    bm_html_putf(h, "<h2>%s</h2>\n", title);
    if (sentence != NULL) {
        bm_html_put(h, "<p class=\"note\">");
        bm_html_put(h, sentence);
        bm_html_put(h, "</p>\n");
    }
}

void bm_report_fact(bm_html_t *h, const char *name, const json_t *value, apr_pool_t *p)
{
    bm_html_put(h, "<tr><td>");
    bm_html_text(h, name);
    bm_html_put(h, "</td><td>");
    bm_html_json(h, value, p);
    bm_html_put(h, "</td></tr>\n");
}

static void write_tree(bm_html_t *h, const char *path, const json_t *value, int depth, apr_pool_t *p)
{
    const json_t *member;
    const char *name;
    size_t i;

    if (depth < TREE_DEPTH && json_is_object(value) && json_object_size(value) > 0) {
        for (void *at = json_object_iter((json_t *)(apr_uintptr_t)value); at != NULL;
             at = json_object_iter_next((json_t *)(apr_uintptr_t)value, at)) {
            name = json_object_iter_key(at);
            member = json_object_iter_value(at);
            write_tree(h, *path == '\0' ? name : apr_pstrcat(p, path, ".", name, NULL), member, depth + 1, p);
        }
        return;
    }
    if (depth < TREE_DEPTH && json_is_array(value) && json_is_object(json_array_get(value, 0))) {
        for (i = 0; i < json_array_size(value) && i < ELEMENTS_MAX; i++)
            write_tree(h, apr_psprintf(p, "%s[%d]", path, (int)i), json_array_get(value, i), depth + 1, p);
        if (json_array_size(value) > ELEMENTS_MAX) {
            bm_html_put(h, "<tr><td>");
            bm_html_text(h, path);
            bm_html_putf(h, "</td><td>%d in all; the API has the others.</td></tr>\n", (int)json_array_size(value));
        }
        return;
    }
    bm_report_fact(h, path, value, p);
}

void bm_report_tree(bm_html_t *h, const json_t *object, apr_pool_t *p)
{
    write_tree(h, "", object, 0, p);
}
