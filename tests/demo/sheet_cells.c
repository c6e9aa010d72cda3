/* sheet_cells.c -- prints the cells of a file as our readers see them: row, cell and text, one per line; for comparing with readers of others.
 * Use: sheet_cells FILE [SHEET] */
#include <stdio.h>

#include "base/ext_sodium.h"
#include "collector/read_source.h"

static enum err_code print_row(void *context, const struct source_row *row, struct err *e) {
  (void)context, (void)e;
  for (int64_t i = 0; i < row->n_cells; i++) {
    struct str t = row->cells[i].text;
    if (t.n == 0) continue;
    printf("%lld\t%lld\t", (long long)row->line, (long long)i + 1);
    for (size_t k = 0; k < t.n; k++) {
      if (t.p[k] == '\n') printf("\\n");
      else if (t.p[k] == '\t') printf("\\t");
      else putchar(t.p[k]);
    }
    putchar('\n');
  }
  return E_OK;
}

int main(int argc, char **argv) {
  struct job job = {.n_threads = 1};
  struct source source = {.fd = -1, .sheet = argc > 2 ? argv[2] : ""};
  const struct source_reader *reader;
  struct arena *a = arena_new(0);
  struct err e = {0};
  char text[1024];
  if (argc < 2 || !crypto_start()) return 64;
  enum err_code code = source_open_as(a, argv[1], "csv", "csv", &source, &reader, &e);
  if (!code) code = reader->read(&job, &source, print_row, NULL, &e);
  source_close(&source);
  arena_free(a);
  if (!code) return 0;
  err_format(&e, LANG_EN, text, sizeof text);
  fprintf(stderr, "%s\n", text);
  return err_exit_status(code);
}
