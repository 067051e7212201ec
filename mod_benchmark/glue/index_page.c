/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/index_page.h"

#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

/* What the build writes, see htdocs/vite.config.ts and htdocs/src/shell.tsx. */
#define PAGES_BEGIN "<!--bm-pages\n"
#define PAGES_END "-->\n"
#define BASE_MARK "/__bm_base__/"
#define TITLE_MARK "__bm_title__"
#define ROOT_TAG "<html lang=\"en\">"

#define NO_PAGE "Not found"

/* What stands for a mark. */
typedef struct filling_t {
    const char *mark, *text;
} filling_t;

static apr_status_t append(bm_buffer_t *html, const char *text)
{
    return bm_buffer_append(html, text, strlen(text));
}

/* "/runs/7/" as the build's list has it: "/runs/#". */
static const char *pattern_of(const char *path, apr_pool_t *p)
{
    char *pattern = apr_pstrdup(p, path), *to = pattern;
    const char *at = path;

    if (strcmp(path, "/index.html") == 0)
        return "/";
    while (*at != '\0') {
        size_t digits = *at == '/' ? strspn(at + 1, "0123456789") : 0;

        *to++ = *at++;
        if (digits > 0 && (at[digits] == '/' || at[digits] == '\0')) {
            *to++ = '#';
            at += digits;
        }
    }
    while (to > pattern + 1 && to[-1] == '/')
        to--;
    *to = '\0';
    return pattern;
}

/* The rest of one line of the list, "PATTERN|TITLE|FILE|FILE...|>QUESTION...": files and questions to the API as preloads, which
 * the browser fetches before it runs anything. A title that begins with ! is of a page that stands without the frame. */
static apr_status_t add_what_it_needs(bm_buffer_t *html, int is_filtered, char **state)
{
    apr_status_t rv = APR_SUCCESS;
    const char *word;

    while (rv == APR_SUCCESS && (word = apr_strtok(NULL, "|", state)) != NULL) {
        int is_question = word[0] == '>';

        if (is_question && is_filtered)
            continue;
        rv = append(html, is_question ? "<link rel=\"preload\" as=\"fetch\" crossorigin href=\"" BASE_MARK "api/v1"
                                      : "<link rel=\"modulepreload\" crossorigin href=\"" BASE_MARK);
        if (rv == APR_SUCCESS)
            rv = append(html, word + is_question);
        if (rv == APR_SUCCESS)
            rv = append(html, "\">\n");
    }
    return rv;
}

/* The build's page with its list replaced by the lines that this page needs; *title is that of the page. */
static apr_status_t choose_scripts(bm_buffer_t *html, const char **title, const bm_buffer_t *source, const bm_index_page_t *page,
                                   apr_pool_t *p)
{
    const char *begin = bm_text_find(source->data, source->len, PAGES_BEGIN, strlen(PAGES_BEGIN));
    const char *pattern = pattern_of(page->path, p);
    const char *list = begin ? begin + strlen(PAGES_BEGIN) : NULL, *limit = source->data + source->len;
    const char *end = list ? bm_text_find(list, (apr_size_t)(limit - list), PAGES_END, strlen(PAGES_END)) : NULL;
    size_t len = strlen(pattern);
    char *lines, *line, *word;
    apr_status_t rv;

    if (end == NULL)
        return bm_buffer_append(html, source->data, source->len);
    rv = bm_buffer_append(html, source->data, (apr_size_t)(begin - source->data));
    line = apr_strtok(apr_pstrmemdup(p, list, (apr_size_t)(end - list)), "\n", &lines);
    for (; rv == APR_SUCCESS && line != NULL; line = apr_strtok(NULL, "\n", &lines))
        if (strncmp(line, pattern, len) == 0 && line[len] == '|') {
            const char *said = apr_strtok(line + len, "|", &word);

            *title = said != NULL ? said : *title;
            rv = add_what_it_needs(html, page->is_filtered, &word);
        }
    end += strlen(PAGES_END);
    return rv == APR_SUCCESS ? bm_buffer_append(html, end, (apr_size_t)(limit - end)) : rv;
}

/* The mark that comes first from at on; NULL: none does any more. */
static const filling_t *next_mark(const char **place, const char *at, const char *end, const filling_t *fillings)
{
    const filling_t *first = NULL;

    *place = end;
    for (; fillings->mark != NULL; fillings++) {
        const char *found = bm_text_find(at, (apr_size_t)(*place - at), fillings->mark, strlen(fillings->mark));

        if (found != NULL) {
            *place = found;
            first = fillings;
        }
    }
    return first;
}

static apr_status_t fill(bm_buffer_t *html, const bm_buffer_t *source, const filling_t *fillings)
{
    const char *at = source->data, *end = at + source->len, *place;
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && at < end) {
        const filling_t *filling = next_mark(&place, at, end, fillings);

        rv = bm_buffer_append(html, at, (apr_size_t)(place - at));
        if (rv == APR_SUCCESS && filling != NULL)
            rv = append(html, filling->text);
        at = filling != NULL ? place + strlen(filling->mark) : end;
    }
    return rv;
}

static const char *root_tag(const char *theme, int alone, apr_pool_t *p)
{
    const char *known = theme == NULL ? "" : strcmp(theme, "dark") == 0 ? " data-theme=\"dark\""
        : strcmp(theme, "light") == 0 ? " data-theme=\"light\"" : "";

    return apr_pstrcat(p, "<html lang=\"en\"", known, alone ? " data-alone>" : ">", NULL);
}

apr_status_t bm_index_page_make(bm_buffer_t *html, const bm_buffer_t *source, const bm_index_page_t *page, apr_pool_t *p)
{
    bm_buffer_t *chosen = apr_pcalloc(p, sizeof(*chosen));
    const char *title = NO_PAGE;
    apr_status_t rv;

    if (source->len == 0)
        return APR_SUCCESS;
    bm_buffer_adopt(chosen, p);
    rv = choose_scripts(chosen, &title, source, page, p);
    if (rv == APR_SUCCESS) {
        int alone = title[0] == '!';
        filling_t fillings[] = { { BASE_MARK, apr_pstrcat(p, page->mount, "/", NULL) }, { TITLE_MARK, title + alone },
                                 { ROOT_TAG, root_tag(page->theme, alone, p) }, { NULL, NULL } };

        rv = fill(html, chosen, fillings);
    }
    return rv;
}
