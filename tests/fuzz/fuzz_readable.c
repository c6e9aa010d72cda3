/* Any bytes as a table whose machine readability is judged: read by the parser itself (no worker), every rule twice with the same verdicts, places
 *          inside the sheet,
 * a page of valid text. First byte M: the rest is what a worker says about a workbook. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ext_sodium.h"
#include "collector/readable/readable_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void judge_twice(struct arena *a, const struct readable_file *f) {
  const struct readable_spec spec = {.level = 3};
  struct readable_report r[2];
  struct strbuf page;
  struct err e;
  enum err_code code = readable_judge(a, f, &spec, &r[0], &e);
  if (code) return;
  if (readable_judge(a, f, &spec, &r[1], &e)) abort();
  for (int i = 0; i < r[0].n_results; i++) {
    const struct readable_result *x = &r[0].results[i];
    if (x->verdict != r[1].results[i].verdict || x->n_places != r[1].results[i].n_places) abort();
    if (x->verdict == RULE_FAILED && x->n_places < 1) abort();
    for (int64_t k = 0; k < x->n_kept; k++)
      if (x->places[k].sheet < 0 || (f->n_sheets && x->places[k].sheet >= f->n_sheets) || x->places[k].row < 0 || x->places[k].column < 0) abort();
  }
  strbuf_init(&page, 0);
  readable_html(&r[0], LANG_JA, &page);
  if (!page.failed && !utf8_valid(page.p, page.n, NULL)) abort();
  if (!page.failed && page.n && memmem(page.p, page.n, "<script", 7)) abort();
  strbuf_release(&page);
}
static void as_file(const uint8_t *data, size_t n) {
  struct arena *a = arena_new((size_t)512 << 20);
  struct job job = {.n_threads = 1, .arena = a};
  struct readable_file f;
  struct err e = {.code = E_OK};
  char path[64];
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (!a || fd < 0 || (n && write(fd, data, n) != (ssize_t)n)) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  enum err_code code = readable_open(&job, path, false, &f, &e);
  if (code == E_BUG || code == E_SANDBOX_KILLED) abort();
  if (!code) judge_twice(a, &f);
  close(fd);
  arena_free(a);
}
static void as_message(const uint8_t *data, size_t n) {
  struct arena *a = arena_new((size_t)512 << 20);
  struct readable_file f = {.format = "xlsx", .encoding = "", .why = ""};
  struct err e = {.code = E_OK};
  if (readable_take(a, "fuzz.xlsx", data, n, &f, &e) && !e.code) judge_twice(a, &f);
  arena_free(a);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static bool started;
  if (!started) started = crypto_start();
  if (n && data[0] == 'M') as_message(data + 1, n - 1);
  else as_file(data, n);
  return 0;
}
