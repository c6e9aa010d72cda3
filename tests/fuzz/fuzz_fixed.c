/* Records of fixed width: two bytes a field (width, flags), a zero, then the file. Every row has all its cells, every text is UTF-8 and no longer
 * than its bytes allow, rows come in the order of their lines, and nothing beyond the fields is read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ext_sodium.h"
#include "collector/read_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
  const struct source_shape *shape;
  int64_t line;
};

static enum err_code on_row(void *context, const struct source_row *row, struct err *e) {
  struct seen *s = context;
  (void)e;
  if (row->line != s->line + 1 || (row->n_cells != s->shape->n_fields && row->n_cells != 0)) abort();
  s->line = row->line;
  for (int64_t i = 0; i < row->n_cells; i++) {
    const struct source_cell *c = &row->cells[i];
    const struct source_field *f = &s->shape->fields[i];
    size_t bad;
    if (!utf8_valid(c->text.p, c->text.n, &bad) || c->text.n > (size_t)f->bytes * 3) abort();
    if ((c->flags & SOURCE_CELL_CUT) && c->text.n) abort();
    if (f->as_bytes && c->text.n && c->text.n != 2 * (size_t)f->bytes) abort();
  }
  return E_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct source_field fields[32];
  struct source_shape shape = {.fields = fields};
  int64_t position = 1;
  size_t at = 0;
  bool cp932 = n > 0 && data[0] & 1, lines = n > 0 && data[0] & 2;
  for (at = 1; at + 1 < n && data[at] && shape.n_fields < 32; at += 2) {
    position += data[at + 1] >> 4; /* a gap */
    fields[shape.n_fields++] = (struct source_field){position, data[at], (data[at + 1] & 3) == 3};
    position += data[at];
  }
  shape.rest_allowed = n > 0 && data[0] & 4;
  shape.record_bytes = lines || position == 1 ? 0 : position - 1;
  at = at < n ? at + 1 : n;
  if (shape.n_fields == 0 || at == n) return 0;
  struct arena *a = arena_new(0);
  struct source source;
  struct err e = {0};
  struct job job = {.n_threads = 1};
  struct seen seen = {&shape, 0};
  char path[64];
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || !crypto_start() || write(fd, data + at, n - at) != (ssize_t)(n - at)) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  enum err_code code = source_open(a, path, false, &source, &e);
  if (!code) code = source_declare(a, &source, cp932 ? ENCODING_CP932 : ENCODING_UTF8, &e);
  source.shape = shape;
  if (!code) code = source_reader_fixed.read(&job, &source, on_row, &seen, &e);
  if (code) abort();
  source_close(&source);
  close(fd);
  arena_free(a);
  return 0;
}
