#include "estimators/table/page.h"

#include <string.h>

static void html(struct strbuf *b, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '<') strbuf_adds(b, "&lt;");
    else if (s.p[i] == '>') strbuf_adds(b, "&gt;");
    else if (s.p[i] == '&') strbuf_adds(b, "&amp;");
    else if (s.p[i] == '"') strbuf_adds(b, "&quot;");
    else strbuf_addc(b, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
  }
}

static bool is_word(struct str s, size_t i) { /* a letter, digit or part of a wider character */
  unsigned char c = i < s.n ? (unsigned char)s.p[i] : ' ';
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

static void markdown(struct strbuf *b, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    bool inside = s.p[i] == '_' && i > 0 && is_word(s, i - 1) && is_word(s, i + 1);
    if (s.p[i] && strchr("\\`*_<>|[]#", s.p[i]) && !inside) strbuf_addc(b, '\\');
    strbuf_addc(b, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
  }
}

static void text(struct page *p, struct str s) {
  if (p->form == PAGE_HTML) html(p->to, s);
  else markdown(p->to, s);
}

static const char style[] =
    "<style>@page{size:A4;margin:18mm}body{font:10.5pt/1.5 'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu "
    "Gothic',Meiryo,sans-serif;color:#111;"
    "max-width:190mm;margin:0 auto;padding:6mm}h1{font-size:16pt}h2{font-size:12.5pt;border-bottom:1px solid #777;margin:1.6em 0 .5em;"
    "break-after:avoid}table{border-collapse:collapse;width:100%;margin:.5em 0}th,td{border:1px solid #aaa;padding:2px 6px;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}th{background:#eee}thead{display:table-header-group}tr{break-inside:avoid}</style>";

void page_begin(struct page *p, enum page_form form, enum err_lang lang, struct strbuf *to, const char *title) {
  *p = (struct page){.form = form, .lang = lang, .to = to};
  if (form == PAGE_JSON) {
    json_begin(&p->json, to, false);
    json_object(&p->json);
    json_put(&p->json, "title", title);
    json_key(&p->json, "blocks");
    json_array(&p->json);
  } else if (form == PAGE_HTML) {
    strbuf_addf(to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"><title>", lang == LANG_JA ? "ja" : "en");
    html(to, str_of(title));
    strbuf_addf(to, "</title>%s</head>\n<body>\n<h1>", style);
    html(to, str_of(title));
    strbuf_adds(to, "</h1>\n");
  } else {
    strbuf_adds(to, "# ");
    markdown(to, str_of(title));
    strbuf_adds(to, "\n");
  }
}

static void json_block(struct page *p, const char *key, const char *value) {
  json_object(&p->json);
  json_put(&p->json, key, value);
  json_end_object(&p->json);
}

void page_heading(struct page *p, const char *s) {
  if (p->form == PAGE_JSON) {
    json_block(p, "heading", s);
    return;
  }
  strbuf_adds(p->to, p->form == PAGE_HTML ? "<h2>" : "\n## ");
  text(p, str_of(s));
  strbuf_adds(p->to, p->form == PAGE_HTML ? "</h2>\n" : "\n");
}

void page_paragraph(struct page *p, const char *s) {
  if (p->form == PAGE_JSON) {
    json_block(p, "text", s);
    return;
  }
  strbuf_adds(p->to, p->form == PAGE_HTML ? "<p>" : "\n");
  text(p, str_of(s));
  strbuf_adds(p->to, p->form == PAGE_HTML ? "</p>\n" : "\n");
}

void page_table(struct page *p, const char *const *heads, int n) {
  p->n_columns = n < PAGE_COLUMNS ? n : PAGE_COLUMNS;
  p->column = 0;
  if (p->form == PAGE_JSON) {
    json_object(&p->json);
    json_key(&p->json, "columns");
    json_array(&p->json);
    for (int i = 0; i < p->n_columns; i++) json_cstr(&p->json, heads[i]);
    json_end_array(&p->json);
    json_key(&p->json, "rows");
    json_array(&p->json);
    return;
  }
  strbuf_adds(p->to, p->form == PAGE_HTML ? "<table><thead><tr>" : "\n|");
  for (int i = 0; i < p->n_columns; i++) {
    strbuf_adds(p->to, p->form == PAGE_HTML ? "<th>" : " ");
    text(p, str_of(heads[i]));
    strbuf_adds(p->to, p->form == PAGE_HTML ? "</th>" : " |");
  }
  strbuf_adds(p->to, p->form == PAGE_HTML ? "</tr></thead><tbody>\n" : "\n|");
  for (int i = 0; p->form == PAGE_MARKDOWN && i < p->n_columns; i++) strbuf_adds(p->to, "---|");
  if (p->form == PAGE_MARKDOWN) strbuf_addc(p->to, '\n');
}

void page_cell(struct page *p, struct str s) {
  const bool first = p->column == 0, last = p->column + 1 == p->n_columns;
  p->column = last ? 0 : p->column + 1;
  if (p->form == PAGE_JSON) {
    if (first) json_array(&p->json);
    json_text(&p->json, s);
    if (last) json_end_array(&p->json);
    return;
  }
  if (first) strbuf_adds(p->to, p->form == PAGE_HTML ? "<tr>" : "|");
  strbuf_adds(p->to, p->form == PAGE_HTML ? "<td>" : " ");
  text(p, s);
  strbuf_adds(p->to, p->form == PAGE_HTML ? "</td>" : " |");
  if (last) strbuf_adds(p->to, p->form == PAGE_HTML ? "</tr>\n" : "\n");
}

void page_cells(struct page *p, const char *a, const char *b) {
  page_cell(p, str_of(a));
  page_cell(p, str_of(b));
}

void page_table_end(struct page *p) {
  while (p->column) page_cell(p, STR(""));
  if (p->form == PAGE_HTML) strbuf_adds(p->to, "</tbody></table>\n");
  if (p->form != PAGE_JSON) return;
  json_end_array(&p->json);
  json_end_object(&p->json);
}

void page_end(struct page *p) {
  if (p->form == PAGE_HTML) strbuf_adds(p->to, "</body>\n</html>\n");
  if (p->form != PAGE_JSON) return;
  json_end_array(&p->json);
  json_end_object(&p->json);
  strbuf_addc(p->to, '\n');
}
