/* bench_receive.c -- a national month arrives: sealed batches of municipalities (1,900, with 250,000 birth slips together), each from an office
 *    of its own, are received by the ministry. Made with the library in a temporary folder; only the receiving is timed. Usage: bench_receive
 *    [BATCHES [RECORDS [KEPT]]]
 * KEPT     is a folder for what is made (which takes minutes): made there once, later runs with the same numbers receive it again, each into a
 *          fresh copy of the ministry. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "base/ext_sodium.h"
#include "collector/batch.h"
#include "collector/intake.h"
#include "collector/ledger.h"
#include "tests/bench/bench_child.h"

static const char PASSPHRASE[] = "a passphrase of the benchmark";
enum { PATH_BYTES = 400 };

struct month {
  char root[256], made[256], folder[PATH_BYTES];
  const char *forms;
  struct job job;
  struct store *ministry;
  struct form *form;
  char (*paths)[4096];
};

static const char *value_of(const char *name, const char *place, int number, char *out, size_t size) {
  static const struct {
    const char *name, *value;
  } slip[] = {{"office_code", "HC0101"},       {"event_book_year", "2025"},        {"filing_date", "2025-12-10"},  {"receipt_date", "2025-12-11"},
              {"scope", "1"},                  {"notice_health_centre", "01"},     {"residence_abroad", "0"},      {"residence_prefecture", "01"},
              {"residence_municipality_code", "011011"}, {"legitimacy", "1"},      {"birth_country", "1"},         {"child_birth_date", "2025-11-30"},
              {"father_birth_date", "1992-03-05"}, {"mother_birth_date", "1994-02-28"}, {"father_age", "33"},      {"mother_age", "31"},
              {"father_nationality", "1"},     {"mother_nationality", "1"},        {"household_job", "3"},         {"weight_info", "0"},
              {"height_info", "0"},            {"birth_height", "49.5"},           {"plurality", "1"},             {"birth_order_in_set", "1"},
              {"place_of_birth", "1"},         {"gestation_weeks", "39"},          {"gestation_days", "3"},        {"children_born", "2"},
              {"stillbirths", "0"},            {"deliveries", "2"},                {"attendant", "1"}};
  if (!strcmp(name, "municipality_code")) return place;
  if (!strcmp(name, "sex")) return number % 2 ? "1" : "2";
  int n = !strcmp(name, "event_book_no") ? number : !strcmp(name, "birth_weight") ? 1800 + number * 37 % 2500 : 0;
  if (n) snprintf(out, size, "%d", n);
  if (n) return out;
  for (size_t i = 0; i < sizeof slip / sizeof *slip; i++)
    if (!strcmp(slip[i].name, name)) return slip[i].value;
  return "";
}

static void write_slips(const struct month *m, const char *path, const char *place, int n) {
  const struct layout *l = form_layout(m->form, "csv");
  struct strbuf b;
  struct err e;
  char text[32];
  strbuf_init(&b, 0);
  for (int i = 0; i < l->n_items; i++) csv_put(&b, str_of(l->headings[i]), i == 0);
  strbuf_adds(&b, "\r\n");
  for (int row = 1; row <= n; row++) {
    for (int i = 0; i < l->n_items; i++) csv_put(&b, str_of(value_of(l->items[i]->name, place, row, text, sizeof text)), i == 0);
    strbuf_adds(&b, "\r\n");
  }
  if (atomic_write(path, b.p, b.n, ATOMIC_REPLACE, 0600, &e)) bench_die(path, &e);
  strbuf_release(&b);
}

/* Codes of municipalities of the shared list, in its order: real ones, so that the receiver has nothing to complain of. */
static const char *place_of(const struct month *m, int i) {
  const struct codelist *l = NULL;
  for (int k = 0; k < m->form->n_codelists; k++)
    if (!strcmp(m->form->codelists[k]->name, "municipalities")) l = m->form->codelists[k];
  static const char *last = "";
  static int64_t at;
  if (!l) bench_die("municipalities", NULL);
  for (;; at++) {
    if (at >= l->n_codes) bench_die("more offices than municipalities", NULL);
    const struct code *c = &l->codes[at];
    if (c->code.n != 6 || c->valid_to != INT64_MAX || !strncmp(c->code.p, last, 6)) continue;
    (void)i;
    last = c->code.p;
    at++;
    return arena_strdup(m->job.arena, c->code.p, 6);
  }
}

static void make_batch(struct month *m, int i, int records) {
  struct err e;
  struct store *s;
  char folder[PATH_BYTES], csv[PATH_BYTES], out[PATH_BYTES];
  const struct office *up = store_office(m->ministry);
  struct office o = {.type = OFFICE_MUNICIPALITY};
  const char *place = place_of(m, i);
  snprintf(o.code, sizeof o.code, "%s", place);
  snprintf(o.name_ja, sizeof o.name_ja, "機関%d", i);
  snprintf(o.parent_id, sizeof o.parent_id, "%s", up->id);
  snprintf(o.parent_age, sizeof o.parent_age, "%s", up->age_recipient);
  snprintf(o.parent_minisign, sizeof o.parent_minisign, "%s", up->minisign_public);
  snprintf(folder, sizeof folder, "%s/office", m->made);
  snprintf(csv, sizeof csv, "%s/slips.csv", m->made);
  snprintf(out, sizeof out, "%s/batches", m->made);
  bench_remove_folder(folder);
  if (mkdir(folder, 0700) || store_init(&m->job, folder, &o, PASSPHRASE, "light", &e) || store_open(&m->job, folder, PASSPHRASE, &s, &e))
    bench_die("office", &e);
  if (store_peer_add(m->ministry, store_office(s), &e) || ledger_prepare(s, &e)) bench_die("peer", &e);
  write_slips(m, csv, place, records);
  struct intake_report report;
  const struct intake_options options = {.period = "2025-12", .declared = -1, .problem_limit = 3};
  if (intake_file(&m->job, s, m->form, &options, csv, &report, &e)) bench_die("intake", &e);
  if (report.accepted != records) bench_die("a slip was not accepted", NULL);
  const struct batch_declared declared[] = {{"birth", records}, {"death", 0}};
  const struct batch_seal_request q = {
      .survey = "vital", .period = "2025-12", .out_folder = out, .forms = m->forms, .declared = declared, .n_declared = 2};
  struct batch_result result;
  if (batch_seal(s, &q, &result, &e)) bench_die("seal", &e);
  memcpy(m->paths[i], result.path, sizeof result.path);
  store_close(s);
}

static void copy_folder(const char *from, const char *to) {
  char *const argv[] = {"cp", "-r", (char *)(uintptr_t)from, (char *)(uintptr_t)to, NULL};
  if (child_run(argv).status) bench_die("cp", NULL);
}

static void open_ministry(struct month *m) {
  struct err e;
  if (store_open(&m->job, m->folder, PASSPHRASE, &m->ministry, &e) || ledger_prepare(m->ministry, &e)) bench_die("ministry", &e);
}

static void make_ministry(struct month *m) {
  static const struct office ministry = {.type = OFFICE_MINISTRY, .code = "mhlw", .name_ja = "厚生労働省"};
  struct err e;
  snprintf(m->folder, sizeof m->folder, "%s/ministry", m->made);
  if (mkdir(m->folder, 0700) || store_init(&m->job, m->folder, &ministry, PASSPHRASE, "light", &e)) bench_die("ministry", &e);
  open_ministry(m);
  if (form_read(m->job.arena, &m->job, m->forms, "vital", "birth", "2015", 0, &m->form, NULL, &e)) bench_die("form", &e);
}

/* The paths of the batches, one a line, written last: a folder with this file is complete. */
static void keep_list(const struct month *m, int batches) {
  char list[PATH_BYTES];
  struct strbuf b;
  struct err e;
  snprintf(list, sizeof list, "%s/list", m->made);
  strbuf_init(&b, 0);
  for (int i = 0; i < batches; i++) {
    strbuf_adds(&b, m->paths[i]);
    strbuf_addc(&b, '\n');
  }
  if (atomic_write(list, b.p, b.n, ATOMIC_REPLACE, 0600, &e)) bench_die(list, &e);
  strbuf_release(&b);
}

static bool take_list(struct month *m, int batches) {
  char list[PATH_BYTES];
  int n = 0;
  snprintf(list, sizeof list, "%s/list", m->made);
  FILE *f = fopen(list, "r");
  if (!f) return false;
  while (n < batches && fgets(m->paths[n], sizeof m->paths[n], f)) {
    m->paths[n][strcspn(m->paths[n], "\n")] = 0;
    n++;
  }
  if (n < batches || fgetc(f) != EOF) bench_die("the kept folder has another number of batches", NULL);
  fclose(f);
  return true;
}

static void make_month(struct month *m, int batches, int64_t wanted) {
  int64_t made = 0;
  make_ministry(m);
  for (int i = 0; i < batches; i++) {
    int n = (int)(wanted * (i + 1) / batches - made);
    make_batch(m, i, n);
    made += n;
  }
  store_close(m->ministry);
  keep_list(m, batches);
}

static void prepare(struct month *m, int batches, int64_t wanted, const char *kept) {
  char original[PATH_BYTES];
  const char *base = getenv("TMPDIR");
  snprintf(m->root, sizeof m->root, "%s/shirabe-bench-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(m->root)) bench_die(m->root, NULL);
  snprintf(m->made, sizeof m->made, "%s", kept ? kept : m->root);
  if (kept && mkdir(kept, 0700) && errno != EEXIST) bench_die(kept, NULL);
  if (!take_list(m, batches)) make_month(m, batches, wanted);
  snprintf(original, sizeof original, "%s/ministry", m->made);
  snprintf(m->folder, sizeof m->folder, "%s/receiving", m->root);
  copy_folder(original, m->folder);
  open_ministry(m);
}

/* --- the receiving --- */

static __attribute__((noinline)) double receive_all(struct month *m, int batches, int64_t *records) {
  struct err e;
  struct batch_receiver *r;
  struct batch_result result;
  char receipts[PATH_BYTES];
  snprintf(receipts, sizeof receipts, "%s/receipts", m->root);
  double start = bench_now();
  if (batch_receiver_new(m->ministry, m->forms, receipts, &r, &e)) bench_die("receiver", &e);
  for (int i = 0; i < batches; i++) {
    if (batch_receiver_take(r, m->paths[i], &result, &e)) bench_die("receive", &e);
    if (result.held || result.already) bench_die("a batch was not taken in", NULL);
    *records += result.records;
  }
  batch_receiver_free(r);
  return bench_now() - start;
}

int main(int argc, char **argv) {
  int batches = argc > 1 ? atoi(argv[1]) : 1900;
  int64_t wanted = argc > 2 ? atoll(argv[2]) : 250000, records = 0;
  struct arena *a = arena_new(0);
  struct month m = {.forms = forms_folder(), .job = {.arena = a, .n_threads = 2}};
  struct rusage before, after;
  if (!crypto_start() || batches <= 0 || wanted < batches) bench_die("start", NULL);
  m.paths = calloc((size_t)batches, sizeof *m.paths);
  if (!m.paths) bench_die("memory", NULL);
  prepare(&m, batches, wanted, argc > 3 ? argv[3] : NULL);
  getrusage(RUSAGE_SELF, &before);
  double seconds = receive_all(&m, batches, &records);
  getrusage(RUSAGE_SELF, &after);
  double cpu = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
               (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec) * 1e-6;
  printf("receiving %d batches, %lld records: %.2f s, %.2f s processor, %.2f ms a batch, %.1f MiB peak (target 20 s for 1,900 batches)\n", batches,
      (long long)records, seconds, cpu, seconds * 1000 / batches, (double)after.ru_maxrss / 1024);
  store_close(m.ministry);
  bench_remove_folder(m.root);
  free(m.paths);
  arena_free(a);
  return records == wanted ? 0 : 70;
}
