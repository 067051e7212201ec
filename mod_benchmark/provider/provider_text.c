/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_text.h"

#include <apr_strings.h>
#include <apr_tables.h>

enum { TOOLS_MAX = 128 };

static const char *const part_names[BM_PROVIDER_PARTS] = {
    [BM_PROVIDER_CONTENT] = "content",
    [BM_PROVIDER_REASONING] = "reasoning",
    [BM_PROVIDER_REFUSAL] = "refusal",
};

bm_provider_text_t *bm_provider_text_make(apr_size_t max, apr_pool_t *p)
{
    bm_provider_text_t *text = apr_pcalloc(p, sizeof(*text));
    int i;

    text->p = p;
    text->left = max;
    text->tools = apr_array_make(p, 2, sizeof(bm_provider_tool_t *));
    for (i = 0; i < BM_PROVIDER_PARTS; i++)
        bm_buffer_adopt(&text->parts[i], p);
    return text;
}

/* As much of bytes as may be kept; once something was cut, nothing behind it is kept either. */
static void append(bm_provider_text_t *text, bm_buffer_t *to, const char *bytes, apr_size_t len)
{
    if (text->truncated || len == 0)
        return;
    if (len > text->left) {
        text->truncated = 1;
        len = text->left;
        while (len > 0 && ((unsigned char)bytes[len] & 0xc0) == 0x80)
            len--;
    }
    if (bm_buffer_append(to, bytes, len) != APR_SUCCESS)
        text->truncated = 1;
    else
        text->left -= len;
}

int bm_provider_text_add(bm_provider_text_t *text, bm_provider_part_e part, const json_t *piece)
{
    if (json_string_length(piece) == 0)
        return 0;
    append(text, &text->parts[part], json_string_value(piece), json_string_length(piece));
    return 1;
}

void bm_provider_text_put(bm_provider_text_t *text, bm_provider_part_e part, const char *bytes, apr_size_t len)
{
    append(text, &text->parts[part], bytes, len);
}

static bm_provider_tool_t *tool_of(bm_provider_text_t *text, apr_int64_t index)
{
    bm_provider_tool_t *tool;
    int i;

    for (i = 0; i < text->tools->nelts; i++) {
        tool = APR_ARRAY_IDX(text->tools, i, bm_provider_tool_t *);
        if (tool->index == index)
            return tool;
    }
    if (text->tools->nelts == TOOLS_MAX) {
        text->truncated = 1;
        return NULL;
    }
    tool = apr_pcalloc(text->p, sizeof(*tool));
    tool->index = index;
    bm_buffer_adopt(&tool->arguments, text->p);
    APR_ARRAY_PUSH(text->tools, bm_provider_tool_t *) = tool;
    return tool;
}

static void set_word(bm_provider_text_t *text, const char **word, const json_t *j)
{
    apr_size_t len = json_string_length(j);

    if (len == 0 || *word != NULL)
        return;
    if (len > text->left) {
        text->truncated = 1;
        return;
    }
    *word = apr_pstrmemdup(text->p, json_string_value(j), len);
    text->left -= len;
}

int bm_provider_text_tool(bm_provider_text_t *text, apr_int64_t index, const json_t *id, const json_t *name,
                          const json_t *arguments)
{
    bm_provider_tool_t *tool = tool_of(text, index);

    if (tool != NULL) {
        set_word(text, &tool->id, id);
        set_word(text, &tool->name, name);
        append(text, &tool->arguments, json_string_value(arguments), json_string_length(arguments));
    }
    return json_string_length(id) > 0 || json_string_length(name) > 0 || json_string_length(arguments) > 0;
}

static void write_tools(const bm_provider_text_t *text, bm_jw_t *w)
{
    int i;

    bm_jw_key(w, "tool_calls");
    bm_jw_begin_array(w);
    for (i = 0; i < text->tools->nelts; i++) {
        const bm_provider_tool_t *tool = APR_ARRAY_IDX(text->tools, i, const bm_provider_tool_t *);

        bm_jw_begin_object(w);
        bm_jw_key(w, "id");
        bm_jw_string(w, tool->id);
        bm_jw_key(w, "name");
        bm_jw_string(w, tool->name);
        bm_jw_key(w, "arguments");
        bm_jw_string_n(w, tool->arguments.data ? tool->arguments.data : "", tool->arguments.len);
        bm_jw_end_object(w);
    }
    bm_jw_end_array(w);
}

void bm_provider_text_write(const bm_provider_text_t *text, bm_jw_t *w)
{
    int i;

    for (i = 0; i < BM_PROVIDER_PARTS; i++) {
        if (text->parts[i].len == 0 && i != BM_PROVIDER_CONTENT)
            continue;
        bm_jw_key(w, part_names[i]);
        bm_jw_string_n(w, text->parts[i].data ? text->parts[i].data : "", text->parts[i].len);
    }
    if (text->tools->nelts > 0)
        write_tools(text, w);
    if (text->truncated) {
        bm_jw_key(w, "truncated");
        bm_jw_bool(w, 1);
    }
}
