/* Any bytes as a file of birth slips: no crash, the counts balance, and a file gives the same report twice. The first byte: bit 0 puts the form's
 * headings above the rest, so that rows are reached; bit 1 asks for the second run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ext_csv.h"
#include "base/ext_sodium.h"
#include "collector/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct form *the_form(void) {
  static struct form *form;
  struct err e;
  static struct job job = {.n_threads = 1};
  if (form) return form;
  crypto_start();
  if (form_read(arena_new(0), &job, "forms", "vital", "birth", "2015", 0, &form, NULL, &e)) abort(); /* run from the repository's root */
  return form;
}

static int file_of(const struct form *f, const uint8_t *data, size_t n) {
  struct strbuf b = {0};
  const struct layout *l = form_layout(f, "csv");
  for (int i = 0; n && (data[0] & 1) && i < l->n_items; i++) csv_put(&b, str_of(l->headings[i]), i == 0);
  if (b.n) strbuf_addc(&b, '\n');
  if (n) strbuf_add(&b, (const char *)data + 1, n - 1);
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || b.failed || (b.n && write(fd, b.p, b.n) != (ssize_t)b.n)) abort();
  strbuf_release(&b);
  return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct form *form = the_form();
  static const struct intake_options options = {.period = "2025-12", .declared = -1, .problem_limit = 1000};
  struct job job = {.n_threads = 1};
  struct intake_report first, second;
  struct err e1 = {0}, e2 = {0};
  char path[64];
  int fd = file_of(form, data, n);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  enum err_code a = intake_file(&job, NULL, form, &options, path, &first, &e1);
  bool twice = n && data[0] & 2;
  enum err_code b = twice ? intake_file(&job, NULL, form, &options, path, &second, &e2) : a;
  close(fd);
  if (a != b || (twice && memcmp(&first, &second, sizeof first))) abort();
  if (!a && first.rows_read != first.accepted + first.rejected + first.duplicate) abort();
  if (!a && first.rows_read == 0) abort();
  if (a == E_BUG || a == E_NO_MEMORY) abort();
  return 0;
}
