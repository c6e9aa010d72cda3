/* A layout, then a line with ----, then a file: any layout text is read or refused by name; a file is taken in through one that was read, twice with
 * the same report, and its rows and cells balance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ext_sodium.h"
#include "collector/intake.h"
#include "tests/unit/layout_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct form *the_form(void) {
  static struct form *form;
  static struct job job = {.n_threads = 1};
  struct err e;
  if (form) return form;
  crypto_start();
  if (layout_form(arena_new(0), &job, &form, &e)) abort();
  return form;
}

static int file_of(const char *p, size_t n, char path[64]) {
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || (n && write(fd, p, n) != (ssize_t)n)) abort();
  snprintf(path, 64, "/proc/self/fd/%d", fd);
  return fd;
}

static void check(enum err_code code, const struct intake_report *r) {
  int64_t cells = r->cells_typed + r->cells_blank + r->cells_problem + r->cells_ignored + r->cells_heading + r->cells_outside;
  if (code == E_BUG || code == E_NO_MEMORY || code == E_INTAKE_CELLS) abort();
  if (code) return;
  if (r->rows_read != r->accepted + r->rejected + r->duplicate || r->rows_read == 0 || r->cells_read != cells) abort();
}

static void take(const char *layout, const char *file) {
  const struct intake_options options = {.layout_file = layout, .period = "2025-12", .declared = -1, .problem_limit = 100};
  struct arena *a = arena_new(0);
  struct job job = {.arena = a, .n_threads = 1};
  struct intake_report r[2];
  struct err e[2] = {{0}, {0}};
  enum err_code code[2];
  for (int i = 0; i < 2; i++) code[i] = intake_file(&job, NULL, the_form(), &options, file, &r[i], &e[i]);
  check(code[0], &r[0]);
  r[0].columns = r[1].columns = NULL; /* memory of their own */
  if (code[0] != code[1] || memcmp(&r[0], &r[1], sizeof r[0]) != 0) abort();
  arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  const char *p = (const char *)data, *cut = n ? memmem(p, n, "----\n", 5) : NULL;
  size_t layout_n = cut ? (size_t)(cut - p) : n;
  struct form *form = the_form();
  struct arena *a = arena_new(0);
  struct layout *l;
  struct err e = {0};
  char layout[64], file[64];
  enum err_code code = layout_parse(a, &(struct job){.n_threads = 1}, form, "layout.json", str_view(p, layout_n), &l, &e);
  if (!code != (l != NULL) || code == E_BUG || (code && code != E_NO_MEMORY && !*e.file)) abort();
  arena_free(a);
  if (code || !cut) return 0;
  int fd = file_of(p, layout_n, layout), other = file_of(cut + 5, n - layout_n - 5, file);
  take(layout, file);
  close(fd);
  close(other);
  return 0;
}
