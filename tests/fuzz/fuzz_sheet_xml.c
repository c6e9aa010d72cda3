/* Any bytes as the parts of a workbook that hold text: sheet, strings, styles and workbook, separated by a line with ====. Rows come in order and
 * within the limits; the parser keeps no memory, and a second run gives the same code. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ext_sodium.h"
#include "collector/read_source.h"
#include "tests/unit/zip_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static enum err_code on_row(void *context, const struct source_row *row, struct err *e) {
  int64_t *line = context;
  (void)e;
  if (row->line <= *line || row->n_cells < 1 || row->n_cells > 4096) abort();
  *line = row->line;
  for (int64_t i = 0; i < row->n_cells; i++)
    if (!utf8_valid(row->cells[i].text.p, row->cells[i].text.n, NULL)) abort();
  return E_OK;
}
static struct str next_part(struct str *rest, const char *otherwise) {
  static const char line[] = "\n====\n";
  struct str part = *rest;
  char *end = part.n ? memmem(part.p, part.n, line, sizeof line - 1) : NULL;
  *rest = end ? str_view(end + sizeof line - 1, part.n - (size_t)(end - part.p) - sizeof line + 1) : str_view("", 0);
  if (end) part.n = (size_t)(end - part.p);
  return part.n ? part : str_of(otherwise);
}
static int book_of(struct str rest) {
  struct zip_writer z;
  struct str sheet = next_part(&rest, xlsx_rows), strings = next_part(&rest, xlsx_texts), styles = next_part(&rest, xlsx_style),
             book = next_part(&rest, xlsx_book);
  zip_begin(&z);
  zip_stored(&z, "[Content_Types].xml", STR("<Types/>"));
  zip_stored(&z, "_rels/.rels", str_of(xlsx_package));
  zip_stored(&z, "xl/_rels/workbook.xml.rels", str_of(xlsx_links));
  zip_stored(&z, "xl/workbook.xml", book);
  zip_stored(&z, "xl/styles.xml", styles);
  zip_stored(&z, "xl/strings.xml", strings);
  zip_stored(&z, "xl/worksheets/a.xml", sheet);
  zip_finish(&z);
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || write(fd, z.out.p, z.out.n) != (ssize_t)z.out.n) abort();
  strbuf_release(&z.out);
  return fd;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct job job = {.n_threads = 1};
  char path[64];
  static bool started;
  if (!started) started = crypto_start();
  int fd = book_of(str_view((const char *)data, n));
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  enum err_code codes[2];
  for (int i = 0; i < 2; i++) {
    struct source source = {.fd = -1, .skip_hidden = n & 1};
    const struct source_reader *reader;
    struct arena *a = arena_new(0);
    struct err e = {0};
    int64_t line = 0;
    codes[i] = source_open_as(a, path, "csv", "csv", &source, &reader, &e);
    if (!codes[i]) codes[i] = reader->read(&job, &source, on_row, &line, &e);
    source_close(&source);
    arena_free(a);
  }
  close(fd);
  if (codes[0] != codes[1] || codes[0] == E_BUG || codes[0] == E_NO_MEMORY) abort();
  return 0;
}
