/* Any bytes: no crash, counts that fit the sample, and a layout object that is whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_json.h"
#include "collector/guess_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_columns(const struct guess *g) {
  int64_t records = g->sample.n_rows - g->first_data;
  if (g->title_rows < 0 || g->header_rows < 0 || g->header_rows > GUESS_HEADER_ROWS || g->first_data > g->sample.n_rows) abort();
  for (int64_t j = 0; j < g->n_columns; j++) {
    const struct guess_column *c = &g->columns[j];
    if (c->filled + c->blank + c->signs > records || c->numbers + c->dates > c->filled || c->confidence < 0 || c->confidence > 100) abort();
  }
}

static void check_layout(const struct guess *g) {
  struct strbuf b;
  struct json_out j;
  struct json_document *d = NULL;
  struct err e = {0};
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  guess_layout_object(&j, g, NULL);
  if (!json_done(&j) || json_parse("layout.json", b.p, b.n, &d, &e)) abort();
  if ((int64_t)json_length(json_member(json_root(d), "items")) != g->n_columns) abort();
  json_release(d);
  strbuf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static struct guess_lists none;
  struct arena *a = arena_new(256 << 20);
  struct cp932 *table = a ? ARENA_NEW(a, struct cp932) : NULL;
  struct job job = {.arena = a, .n_threads = 1};
  struct source s = {.path = "fuzz.csv", .name = "fuzz.csv", .file = "fuzz.csv", .p = data, .n = n, .fd = -1, .cp932 = table};
  struct guess g;
  struct err e = {0};
  if (table && !cp932_init(table, &e) && !detect_encoding("fuzz.csv", data, n, table, &s.encoding, &e) &&
      !guess_file(a, &job, &s, &source_reader_csv, &none, &g, &e)) {
    check_columns(&g);
    check_layout(&g);
  }
  arena_free(a);
  return 0;
}
