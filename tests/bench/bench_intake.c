/* bench_intake.c -- intake of a vital birth file of a million rows (decode, type, check, dedupe, compress, encrypt, commit) against `sqlite3
 *    .import` of the same file into an empty database. Each runs twice in alternation; the faster run counts. Usage: bench_intake [ROWS] */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/ext_csv.h"
#include "base/ext_sodium.h"
#include "forms/form.h"
#include "secure-store/store.h"
#include "tests/bench/bench_child.h"

static const char PASSPHRASE[] = "a passphrase of the benchmark";

/* --- the file --- */

struct maker {
  uint64_t state;
};
static int64_t draw(struct maker *m, int64_t low, int64_t high) { return bench_draw(&m->state, low, high); }

/* As Excel writes a date, and as clerks write a birthday. */
static const char *slash_date(int64_t days, char *out, size_t size) {
  int64_t y, m, d;
  date_to_civil(days, &y, &m, &d);
  snprintf(out, size, "%lld/%lld/%lld", (long long)y, (long long)m, (long long)d);
  return out;
}
static const char *era_date(int64_t days, char *out, size_t size) {
  int64_t y, m, d;
  bool heisei = days >= date_from_civil(1989, 1, 8);
  date_to_civil(days, &y, &m, &d);
  snprintf(out, size, "%c%lld.%lld.%lld", heisei ? 'H' : 'S', (long long)(y - (heisei ? 1988 : 1925)), (long long)m, (long long)d);
  return out;
}

struct slip {
  int64_t number, birth, filing, mother, father, weeks, children;
};

static const char *slip_text(const char *name, const struct slip *s, struct maker *m, char *out, size_t size) {
  static const struct {
    const char *name, *value;
  } fixed[] = {{"municipality_code", "011002"},
               {"office_code", "health-centre-0101"},
               {"event_book_year", "2025"},
               {"scope", "1"},
               {"notice_health_centre", "01"},
               {"notice_branch", ""},
               {"residence_abroad", "0"},
               {"residence_prefecture", "01"},
               {"legitimacy", "1"},
               {"birth_country", "1"},
               {"father_nationality", "1"},
               {"mother_nationality", "1"},
               {"weight_info", "0"},
               {"height_info", "0"},
               {"plurality", "1"},
               {"birth_order_in_set", "1"},
               {"stillbirths", "0"},
               {"attendant", "1"}};
  static const char *const wards[] = {"011011", "011029", "011037", "011045", "011053", "011061", "011070", "011088", "011096", "011100"};
  const struct {
    const char *name;
    int64_t low, high;
  } drawn[] = {{"event_book_no", s->number, s->number},
               {"sex", 1, 2},
               {"child_birth_hour", 0, 23},
               {"child_birth_minute", 0, 59},
               {"father_age", date_age(s->father, s->birth), date_age(s->father, s->birth)},
               {"mother_age", date_age(s->mother, s->birth), date_age(s->mother, s->birth)},
               {"household_job", 1, 6},
               {"birth_weight", 1800, 4300},
               {"birth_height", 44, 54},
               {"place_of_birth", 1, 3},
               {"gestation_weeks", s->weeks, s->weeks},
               {"gestation_days", 0, 6},
               {"children_born", s->children, s->children},
               {"deliveries", s->children, s->children}};
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
    if (!strcmp(fixed[i].name, name)) return fixed[i].value;
  for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
    if (strcmp(drawn[i].name, name)) continue;
    snprintf(out, size, "%lld", (long long)draw(m, drawn[i].low, drawn[i].high));
    return out;
  }
  if (!strcmp(name, "residence_municipality_code")) return wards[draw(m, 0, 9)];
  if (!strcmp(name, "filing_date")) return slash_date(s->filing, out, size);
  if (!strcmp(name, "receipt_date")) return slash_date(s->filing + 1, out, size);
  if (!strcmp(name, "child_birth_date")) return slash_date(s->birth, out, size);
  if (!strcmp(name, "father_birth_date")) return era_date(s->father, out, size);
  if (!strcmp(name, "mother_birth_date")) return era_date(s->mother, out, size);
  if (strcmp(name, "cohabitation_start")) return "";
  snprintf(out, size, "H%lld.%lld", (long long)draw(m, 20, 30), (long long)draw(m, 1, 12));
  return out;
}

static struct slip make_slip(int64_t number, struct maker *m) {
  struct slip s = {.number = number, .birth = date_from_civil(2025, 11, 1) + draw(m, 0, 29), .weeks = draw(m, 35, 41), .children = draw(m, 1, 4)};
  s.filing = s.birth + draw(m, 1, 13);
  s.mother = s.birth - draw(m, 20 * 365, 43 * 365);
  s.father = s.birth - draw(m, 20 * 365, 50 * 365);
  return s;
}

static void write_slips(const char *path, const struct form *f, int64_t rows) {
  struct maker m = {20251201};
  const struct layout *l = form_layout(f, "csv");
  struct strbuf b = {0};
  FILE *to = fopen(path, "wb");
  char text[64];
  if (!l || !to) bench_die(path, NULL);
  for (int i = 0; i < l->n_items; i++) csv_put(&b, str_of(l->headings[i]), i == 0);
  strbuf_adds(&b, "\r\n");
  for (int64_t row = 1; row <= rows; row++) {
    struct slip s = make_slip(row, &m);
    for (int i = 0; i < l->n_items; i++) csv_put(&b, str_of(slip_text(l->items[i]->name, &s, &m, text, sizeof text)), i == 0);
    strbuf_adds(&b, "\r\n");
    if (b.n < 1 << 20 && row < rows) continue;
    if (fwrite(b.p, 1, b.n, to) != b.n) bench_die(path, NULL);
    strbuf_reset(&b);
  }
  if (fclose(to) || b.failed) bench_die(path, NULL);
  strbuf_release(&b);
}

/* --- the runs --- */

static void make_office(const struct job *job, const char *folder) {
  static const struct office office = {.type = OFFICE_MUNICIPALITY, .code = "011002", .name_ja = "札幌市"};
  struct err e;
  bench_remove_folder(folder);
  if (mkdir(folder, 0700) && errno != EEXIST) bench_die(folder, NULL);
  if (store_init(job, folder, &office, PASSPHRASE, "light", &e)) bench_die("office", &e);
}

struct paths {
  char base[256], csv[300], office[300], passphrase[300], database[300], program[300], import[400];
};

static struct child_run run_sqlite(struct paths *p) {
  char *const argv[] = {"sqlite3", p->database, "-cmd", ".mode csv", p->import, NULL};
  unlink(p->database);
  return child_run(argv);
}

static struct child_run run_intake(const struct job *job, struct paths *p) {
  char *const argv[] = {p->program,          "intake",      "file",    p->csv,     "--form",
                        "vital/birth/2015",  "--period",    "2025-12", "--office", p->office,
                        "--passphrase-file", p->passphrase, "--quiet", NULL};
  make_office(job, p->office);
  return child_run(argv);
}

static void fill_paths(struct paths *p) {
  const char *base = getenv("TMPDIR"), *build = getenv("BUILD");
  snprintf(p->base, sizeof p->base, "%s/shirabe-bench-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(p->base)) bench_die(p->base, NULL);
  snprintf(p->csv, sizeof p->csv, "%s/birth.csv", p->base);
  snprintf(p->office, sizeof p->office, "%s/office", p->base);
  snprintf(p->passphrase, sizeof p->passphrase, "%s/passphrase", p->base);
  snprintf(p->database, sizeof p->database, "%s/peer.db", p->base);
  snprintf(p->import, sizeof p->import, ".import %s birth", p->csv);
  snprintf(p->program, sizeof p->program, "%s/shirabe", build ? build : "build");
  FILE *f = fopen(p->passphrase, "w");
  if (!f || fprintf(f, "%s\n", PASSPHRASE) < 0 || fclose(f)) bench_die(p->passphrase, NULL);
  chmod(p->passphrase, 0600);
}

static void print_row(const char *work, int64_t rows, double mb, const struct child_run *r, double ratio, const char *target) {
  printf("%-34s %10.0f rows/s %7.1f MB/s %7.1f MiB peak", work, (double)rows / r->seconds, mb / r->seconds, (double)r->peak_kib / 1024);
  if (ratio > 0) printf("  %.2fx the time of sqlite3 .import (target %s)", ratio, target);
  printf("\n");
}

int main(int argc, char **argv) {
  int64_t rows = argc > 1 ? atoll(argv[1]) : 1000000;
  struct arena *a = arena_new(0);
  struct job job = {.arena = a, .n_threads = 1};
  struct form *f;
  struct paths p;
  struct err e;
  struct stat st;
  if (!crypto_start() || rows <= 0) bench_die("start", NULL);
  fill_paths(&p);
  if (form_read(a, &job, forms_folder(), "vital", "birth", "2015", 0, &f, NULL, &e)) bench_die("form", &e);
  write_slips(p.csv, f, rows);
  if (stat(p.csv, &st)) bench_die(p.csv, NULL);
  struct child_run sqlite = {.status = -1}, intake = {.status = -1};
  for (int i = 0; i < 2; i++) {
    child_keep_faster(&sqlite, run_sqlite(&p));
    child_keep_faster(&intake, run_intake(&job, &p));
  }
  double mb = (double)st.st_size / 1e6;
  print_row("sqlite3 .import", rows, mb, &sqlite, 0, "");
  print_row("shirabe intake file, vital/birth", rows, mb, &intake, intake.seconds / sqlite.seconds, "3x");
  if (sqlite.status || intake.status) fprintf(stderr, "bench_intake: exit statuses: sqlite3 %d, intake %d\n", sqlite.status, intake.status);
  bench_remove_folder(p.base);
  arena_free(a);
  return sqlite.status || intake.status ? 70 : 0;
}
