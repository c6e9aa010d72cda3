/* Any bytes as a file to be taken in: recognised and refused, or a workbook whose rows come in order, within the limits, the same twice. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ext_sodium.h"
#include "collector/read_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
  int64_t rows, cells, line;
  uint64_t hash;
};
static enum err_code on_row(void *context, const struct source_row *row, struct err *e) {
  struct seen *s = context;
  (void)e;
  if (row->line <= s->line || row->n_cells < 1 || row->n_cells > 4096) abort();
  s->line = row->line;
  s->rows++;
  s->cells += row->n_cells;
  for (int64_t i = 0; i < row->n_cells; i++) {
    struct str t = row->cells[i].text;
    if (!utf8_valid(t.p, t.n, NULL)) abort();
    for (size_t k = 0; k < t.n; k++) s->hash = (s->hash ^ (uint8_t)t.p[k]) * 0x100000001b3u;
    s->hash = (s->hash ^ row->cells[i].flags) * 0x100000001b3u;
  }
  return E_OK;
}
static enum err_code read_once(const char *path, struct seen *s) {
  struct job job = {.n_threads = 1};
  struct source source = {.fd = -1};
  const struct source_reader *reader;
  struct arena *a = arena_new(0);
  struct err e = {0};
  *s = (struct seen){0};
  enum err_code code = source_open_as(a, path, "xlsx", "sheet", &source, &reader, &e);
  if (!code && reader == &source_reader_xlsx) code = reader->read(&job, &source, on_row, s, &e);
  source_close(&source);
  arena_free(a);
  return code;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct seen first, second;
  char path[64];
  static bool started;
  if (!started) started = crypto_start();
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || (n && write(fd, data, n) != (ssize_t)n)) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  enum err_code a = read_once(path, &first), b = read_once(path, &second);
  close(fd);
  if (a != b || a == E_BUG || a == E_NO_MEMORY) abort();
  if (first.rows != second.rows || first.cells != second.cells || first.hash != second.hash) abort();
  return 0;
}
