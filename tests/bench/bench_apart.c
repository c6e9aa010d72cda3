/* bench_apart.c -- what it costs to have a workbook read by a worker of its own: wall time of both ways over the same file, and of a worker that does
 * nothing. bench_apart [ROWS]     a made workbook of ROWS rows of 12 cells (default 200,000) */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "collector/xlsx.h"
#include "secure-store/sandbox.h"
#include "tests/bench/bench_child.h"
#include "tests/unit/zip_writer.h"

static enum err_code count(void *context, const struct source_row *row, struct err *e) {
  (void)e;
  *(int64_t *)context += row->n_cells;
  return E_OK;
}
static double read_once(const char *path, enum source_apart apart, int64_t *cells) {
  struct job job = {.n_threads = 1};
  struct arena *a = arena_new(0);
  struct source source = {.apart = apart};
  const struct source_reader *reader;
  struct err e;
  double start = bench_now();
  *cells = 0;
  if (source_open_as(a, path, "csv", "csv", &source, &reader, &e) || reader->read(&job, &source, count, cells, &e)) bench_die(path, &e);
  double seconds = bench_now() - start;
  source_close(&source);
  arena_free(a);
  return seconds;
}
static void make(int fd, int64_t rows) {
  struct zip_writer z;
  struct strbuf sheet;
  strbuf_init(&sheet, 0);
  strbuf_adds(&sheet, "<worksheet " XLSX_MAIN "><sheetData>");
  for (int64_t i = 1; i <= rows; i++) {
    strbuf_addf(&sheet, "<row r=\"%lld\">", (long long)i);
    for (int k = 0; k < 12; k++)
      strbuf_addf(&sheet, "<c r=\"%c%lld\"%s<v>%lld</v></c>", 'A' + k, (long long)i, k % 3 ? ">" : " t=\"str\">", (long long)(i * 7919 + k) % 100000);
    strbuf_adds(&sheet, "</row>");
  }
  strbuf_adds(&sheet, "</sheetData></worksheet>");
  xlsx_begin(&z, &(struct xlsx_text){0});
  zip_stored(&z, "xl/strings.xml", str_of(xlsx_texts));
  zip_stored(&z, "xl/worksheets/a.xml", str_view(sheet.p, sheet.n));
  zip_finish(&z);
  if (write(fd, z.out.p, z.out.n) != (ssize_t)z.out.n) bench_die("write", NULL);
  strbuf_release(&z.out);
  strbuf_release(&sheet);
}
static int nothing(void *context, int channel) {
  (void)context, (void)channel;
  return 0;
}
int main(int argc, char **argv) {
  int64_t rows = argc > 1 ? strtoll(argv[1], NULL, 10) : 200000, cells[2];
  char path[64];
  int fd = memfd_create("book", MFD_CLOEXEC);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  make(fd, rows);
  double here = 1e9, apart = 1e9;
  for (int i = 0; i < 3; i++) {
    double a = read_once(path, SOURCE_HERE, &cells[0]), b = read_once(path, SOURCE_APART, &cells[1]);
    if (cells[0] != cells[1]) bench_die("the two ways differ", NULL);
    here = a < here ? a : here;
    apart = b < apart ? b : apart;
  }
  const struct sandbox_spec spec = {.name = "bench", .in = -1, .out = -1, .error = -1};
  struct err e;
  double start = bench_now();
  for (int i = 0; i < 50; i++)
    if (sandbox_run(&spec, nothing, NULL, NULL, &e)) bench_die("worker", &e);
  double worker = (bench_now() - start) / 50;
  printf("%lld rows of 12 cells: here %.3f s, by a worker %.3f s, ratio %.2f; an idle worker %.1f ms\n", (long long)rows, here, apart, apart / here,
      worker * 1e3);
  return 0;
}
