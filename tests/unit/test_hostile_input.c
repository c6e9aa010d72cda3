/* Every row of tests/spec/hostile_input.csv: a file made to do harm is read in a process of its own, is refused with the row's code, and the process
 * never held 256 MiB. `input` names a maker of hostile_inputs.h; the part before the first underscore says who reads it: xlsx, tar, zstd. */
#include "tests/unit/spec_table.h"
#include "tests/unit/hostile_inputs.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ext_archive.h"
#include "base/ext_zstd.h"
#include "collector/read_source.h"

enum { MEMORY_KIB = 256 * 1024 };

/* --- who reads it --- */
static enum err_code ignore_row(void *context, const struct source_row *row, struct err *e) {
  (void)e;
  *(int64_t *)context += row->n_cells;
  return E_OK;
}
static enum err_code read_xlsx(const struct strbuf *b, struct err *e) {
  struct job job = {.n_threads = 1};
  struct source source = {.fd = -1};
  const struct source_reader *reader;
  struct arena *a = arena_new(0);
  char path[64];
  int64_t cells = 0;
  int fd = memfd_create("hostile", MFD_CLOEXEC);
  if (fd < 0 || write(fd, b->p, b->n) != (ssize_t)b->n) return E_BUG;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  enum err_code code = source_open_as(a, path, "csv", "csv", &source, &reader, e);
  if (!code) code = reader->read(&job, &source, ignore_row, &cells, e);
  source_close(&source);
  arena_free(a);
  close(fd);
  return code;
}
static enum err_code no_member(void *context, const struct tar_member *m, struct err *e) {
  (void)m, (void)e;
  *(int64_t *)context += 1;
  return E_OK;
}
static enum err_code read_tar(const struct strbuf *b, struct err *e) {
  const struct tar_caps caps = {100, 1 << 20, 4 << 20};
  int64_t n = 0;
  enum err_code code = tar_read(b->p, b->n, &caps, no_member, &n, e);
  return code && n ? E_BUG : code; /* nothing may be handed out before the refusal */
}
static enum err_code read_zstd(const struct strbuf *b, struct err *e) {
  struct strbuf out;
  strbuf_init(&out, 0);
  enum err_code code = zstd_decompress_capped(b->p, b->n, 64 << 20, 400, &out, e);
  strbuf_release(&out);
  return code;
}
static enum err_code read_input(const char *name, const struct strbuf *b, struct err *e) {
  if (strncmp(name, "tar_", 4) == 0) return read_tar(b, e);
  if (strncmp(name, "zstd_", 5) == 0) return read_zstd(b, e);
  return read_xlsx(b, e);
}

/* --- one row, in a child --- */
struct outcome {
  enum err_code code;
  long kib;
};
static void child(const struct hostile_input *input, int to) {
  struct strbuf b;
  struct err e = {0};
  struct rusage use;
  strbuf_init(&b, 0);
  input->make(&b);
  struct outcome o = {b.failed || b.n == 0 ? E_BUG : read_input(input->name, &b, &e), 0};
  getrusage(RUSAGE_SELF, &use);
  o.kib = use.ru_maxrss;
  ssize_t n = write(to, &o, sizeof o);
  _exit(n == (ssize_t)sizeof o ? 0 : 1);
}
static struct outcome run(const struct hostile_input *input) {
  struct outcome o = {E_BUG, 0};
  int ends[2], status = 0;
  assert_int_equal(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) child(input, ends[1]);
  close(ends[1]);
  ssize_t n = read(ends[0], &o, sizeof o);
  close(ends[0]);
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (n != (ssize_t)sizeof o || !WIFEXITED(status) || WEXITSTATUS(status)) fail_msg("%s: the process died (%d)", input->name, status);
  return o;
}
static const struct hostile_input *find(struct str name) {
  for (size_t i = 0; i < N_HOSTILE_INPUTS; i++)
    if (str_eq(name, str_of(hostile_inputs[i].name))) return &hostile_inputs[i];
  return NULL;
}

static void every_row_is_refused_in_little_memory(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  int wrong = 0;
  spec_read(a, "tests/spec/hostile_input.csv", &t);
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct str name = csv_table_cell(&t, i, 1), code = csv_table_cell(&t, i, 2);
    const struct hostile_input *input = find(name);
    if (!input) fail_msg("no maker for %.*s", (int)name.n, name.p);
    struct outcome o = run(input);
    bool same = str_eq(code, str_of(err_name(o.code)));
#ifndef __SANITIZE_ADDRESS__
    same = same && o.kib < MEMORY_KIB;
#endif
    if (!same)
      print_message("hostile_input.csv:%lld: %s gives %s with %ld KiB, expected %.*s\n", (long long)t.lines[i], input->name, err_name(o.code),
          o.kib, (int)code.n, code.p);
    wrong += !same;
  }
  assert_int_equal(wrong, 0);
  arena_free(a);
}
static void every_maker_has_its_row(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  spec_read(a, "tests/spec/hostile_input.csv", &t);
  for (size_t i = 0; i < N_HOSTILE_INPUTS; i++) {
    int64_t rows = 0;
    for (int64_t k = 0; k < t.n_rows; k++) rows += str_eq(csv_table_cell(&t, k, 1), str_of(hostile_inputs[i].name));
    if (rows != 1) fail_msg("%s has %lld rows", hostile_inputs[i].name, (long long)rows);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_is_refused_in_little_memory), cmocka_unit_test(every_maker_has_its_row)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
