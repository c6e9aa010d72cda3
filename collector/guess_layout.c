/* guess_layout.c -- a guess as a layout object; see guess_write.h. */
#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "collector/guess_impl.h"
#include "collector/guess_write.h"

enum { NAMED_COLUMNS = 512 };

static const char *encoding_text(const struct guess *g) {
  if (strcmp(g->kind, "csv") != 0 || g->source->encoding.encoding == ENCODING_ASCII) return ""; /* ASCII is either */
  return g->source->encoding.encoding == ENCODING_CP932 ? "cp932" : "utf-8";
}

static bool well_formed(const char *s) {
  if (*s < 'a' || *s > 'z' || strlen(s) > 40) return false;
  for (; *s; s++)
    if (!((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') || *s == '_')) return false;
  return true;
}

static bool is_numbered(const char *s) {
  for (s++; *s; s++)
    if (*s < '0' || *s > '9') return false;
  return true;
}

const char *guess_item_name(const struct guess *g, int64_t j, char out[64]) {
  const struct guess_column *c = &g->columns[j];
  if (c->heading_unique && well_formed(c->label) && !(c->label[0] == 'c' && is_numbered(c->label))) snprintf(out, 64, "%s", c->label);
  else snprintf(out, 64, "c%04lld", (long long)j + 1);
  return out;
}

/* Headings tell columns apart, and there are not so many that looking them up costs more than the file. */
static bool by_heading(const struct guess *g) {
  bool unique = g->header_rows > 0 && g->n_columns <= NAMED_COLUMNS;
  for (int64_t j = 0; unique && j < g->n_columns; j++) unique = g->columns[j].heading_unique;
  return unique;
}

static void put_items(struct json_out *j, const struct guess *g, const struct guess_mapping *mapping) {
  bool named = by_heading(g);
  char name[64];
  json_key(j, "items");
  json_array(j);
  for (int64_t k = 0; k < g->n_columns; k++) {
    if (mapping && !mapping->match[k].item) continue;
    json_object(j);
    json_put(j, "item", mapping ? mapping->match[k].item->name : guess_item_name(g, k, name));
    if (named) json_put(j, "heading", g->columns[k].label);
    else json_put_int(j, "cell", k + 1);
    json_end_object(j);
  }
  json_end_array(j);
}

void guess_layout_object(struct json_out *j, const struct guess *g, const struct guess_mapping *mapping) {
  char delimiter[2] = {g->sample.delimiter, 0};
  json_object(j);
  json_put(j, "name", "guessed");
  json_put(j, "kind", g->kind);
  json_key(j, "header"), json_bool(j, g->header_rows > 0);
  json_put(j, "encoding", encoding_text(g));
  if (strcmp(g->kind, "csv") == 0) json_put(j, "delimiter", delimiter);
  if (g->source->sheet_report) json_put(j, "sheet", g->source->sheet_report->sheet);
  json_put_int(j, "title_rows", g->title_rows);
  if (g->header_rows) json_put_int(j, "header_rows", g->header_rows);
  put_items(j, g, mapping);
  json_end_object(j);
}

enum err_code guess_layout_file(const struct guess *g, const struct guess_mapping *mapping, const char *path, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  guess_layout_object(&j, g, mapping);
  strbuf_addc(&b, '\n');
  enum err_code code = b.failed || !json_done(&j) ? ERR(e, E_NO_MEMORY, .subject = path) : atomic_write(path, b.p, b.n, ATOMIC_NEW_ONLY, 0644, e);
  strbuf_release(&b);
  return code;
}
