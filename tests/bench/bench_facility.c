/* The Hospital Report at its real size: 8,500 hospitals of five types of beds over 13 months (110,500 reports) in 47 prefectures. In memory: sums,
 * balance, occupancy and stay by month and prefecture, both occupancies of the year. From one CSV file: `estimate facility occupancy` by prefecture,
 * beside awk that only adds one column of the file. The stock of 180,000 institutions with 2,000 notices in each of 12 months. Target: 5 s each. */
#include <string.h>

#include "base/date.h"
#include "base/table.h"
#include "estimators/facility/facility_table.h"
#include "tests/bench/bench_child.h"

enum { HOSPITALS = 8500, MONTHS = 13, REPORTS = HOSPITALS * MONTHS, AREAS = 47, INSTITUTIONS = 180000, NOTICES = 24000, STOCK_MONTHS = 12 };
static uint64_t seed = 42;
static int64_t draw(int64_t low, int64_t high) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return low + (int64_t)(seed % (uint64_t)(high - low + 1));
}
struct data {
  int32_t facility[REPORTS], month[REPORTS], area[REPORTS], days[MONTHS];
  uint8_t clinic[REPORTS], status[REPORTS], blank[REPORTS];
  int64_t value[HOSPITAL_TYPES][HOSPITAL_FIELDS][REPORTS], visits[REPORTS];
};
/* Patients follow from month to month; general beds everywhere, other types in some hospitals. */
static void make(struct data *d) {
  memset(d->blank, VAL_BLANK, sizeof d->blank);
  for (int m = 0; m < MONTHS; m++) d->days[m] = (int32_t)date_days_in_month(2024 + (m + 11) / 12, (m + 11) % 12 + 1);
  for (int f = 0; f < HOSPITALS; f++) {
    int64_t beds[HOSPITAL_TYPES], stock[HOSPITAL_TYPES];
    for (int h = 0; h < HOSPITAL_TYPES; h++) beds[h] = h == HOSPITAL_GEN || draw(0, 3) == 0 ? draw(20, 400) : 0, stock[h] = beds[h] * 3 / 4;
    const int32_t area = (int32_t)draw(0, AREAS - 1);
    for (int m = 0; m < MONTHS; m++) {
      const int i = m * HOSPITALS + f;
      d->facility[i] = f, d->month[i] = m, d->area[i] = area, d->visits[i] = draw(0, 20000);
      for (int h = 0; h < HOSPITAL_TYPES; h++) {
        const int64_t in = beds[h] ? draw(1, beds[h]) : 0, out = beds[h] ? draw(0, in + stock[h] < beds[h] ? in : stock[h]) : 0;
        const int64_t end = stock[h] + in - out;
        d->value[h][HOSPITAL_BEDS][i] = beds[h], d->value[h][HOSPITAL_DAYS][i] = (stock[h] + end) * d->days[m] / 2,
        d->value[h][HOSPITAL_END][i] = end;
        d->value[h][HOSPITAL_NEW][i] = in, d->value[h][HOSPITAL_LEFT][i] = out;
        stock[h] = end;
      }
    }
  }
}
static struct hospital_reports reports_of(const struct data *d) {
  struct hospital_reports r = {.n = REPORTS,
      .n_facilities = HOSPITALS,
      .n_months = MONTHS,
      .n_areas = AREAS,
      .facility = d->facility,
      .month = d->month,
      .area = d->area,
      .clinic = d->clinic,
      .days = d->days,
      .outpatients = {d->visits, d->status}};
  for (int h = 0; h < HOSPITAL_TYPES; h++)
    for (int k = 0; k < HOSPITAL_FIELDS; k++) r.column[h][k] = (struct hospital_column){d->value[h][k], k == HOSPITAL_BEGIN ? d->blank : d->status};
  return r;
}
static struct str *texts(struct arena *a, const char *format, int first, int n) {
  struct str *s = ARENA_ARRAY(a, struct str, n + 1);
  char b[32];
  for (int i = 0; s && i < n; i++) {
    snprintf(b, sizeof b, format, first + i);
    s[i] = str_of(arena_strdup(a, b, strlen(b)));
  }
  return s;
}
static void in_memory(struct arena *a, const struct data *d) {
  const struct hospital_reports r = reports_of(d);
  const struct hospital_labels l = {texts(a, "2025-%02d", 0, MONTHS), texts(a, "%02d", 1, AREAS)};
  struct hospital_totals t;
  struct balance_report *b = ARENA_NEW(a, struct balance_report);
  struct result_table *x[3];
  struct err e;
  const double start = bench_now();
  if (hospital_totals_make(a, &r, &t, &e) || hospital_balance(a, &r, b, &e)) bench_die("sums", &e);
  const double sums = bench_now() - start;
  if (hospital_occupancy_table(a, &t, &l, &x[0], &e) || hospital_stay_table(a, &t, &l, false, &x[1], &e) || hospital_year_table(a, &t, &l, &x[2], &e))
    bench_die("tables", &e);
  const double all = bench_now() - start;
  printf("%d reports of 5 types: sums and %lld balances in %.3f s, with three tables of %lld rows %.3f s (%.0f reports/s); %lld off; target 5 s\n",
      REPORTS, (long long)(b->n_checked + b->n_no_prior), sums, (long long)(x[0]->n_rows + x[1]->n_rows + x[2]->n_rows), all, REPORTS / all,
      (long long)(b->n[BALANCE_DIFFERENCE] + b->n[BALANCE_MORE_LEFT]));
}

/* --- the same as a file --- */
static void write_file(const char *path, const struct data *d) {
  FILE *f = fopen(path, "wb");
  if (!f) bench_die(path, NULL);
  fprintf(f, "prefecture,facility_no,report_kind,period_from,period_to,outpatients");
  for (int h = 0; h < HOSPITAL_TYPES; h++)
    for (int k = 0; k < HOSPITAL_BEGIN; k++) fprintf(f, ",%s_%s", hospital_field_name[k], hospital_column_name[h]);
  for (int i = 0; i < REPORTS; i++) {
    const int year = 2024 + (d->month[i] + 11) / 12, month = (d->month[i] + 11) % 12 + 1;
    fprintf(f, "\n%02d,%08d,1,%04d-%02d-01,%04d-%02d-%02d,%lld", d->area[i] + 1, d->facility[i], year, month, year, month, d->days[d->month[i]],
        (long long)d->visits[i]);
    for (int h = 0; h < HOSPITAL_TYPES; h++)
      for (int k = 0; k < HOSPITAL_BEGIN; k++) fprintf(f, ",%lld", (long long)d->value[h][k][i]);
  }
  fputc('\n', f);
  if (fclose(f)) bench_die(path, NULL);
}
static void from_file(const struct data *d) {
  char path[] = "/tmp/bench_facility.XXXXXX", *program = getenv("SHIRABE");
  const int descriptor = mkstemp(path);
  if (!program || descriptor < 0) {
    printf("from a file: skipped, SHIRABE is not set\n");
    return;
  }
  close(descriptor);
  write_file(path, d);
  char *const run[] = {
      program, "estimate", "facility", "occupancy", "--patients", path, "--period", "2025", "--by", "prefecture", "--as", "csv", NULL};
  char *const peer[] = {"awk", "-F,", "NR > 1 { s += $8 } END { print s }", path, NULL};
  const struct child_run own = child_run(run), other = child_run(peer);
  unlink(path);
  printf("from a file of %d rows: a year by prefecture %.2f s, %.0f MiB (status %d); awk that adds one column %.2f s, ratio %.2f; target 5 s\n",
      REPORTS, own.seconds, (double)own.peak_kib / 1024, own.status, other.seconds, own.seconds / other.seconds);
}

static void stock(struct arena *a) {
  struct stock_facility *f = ARENA_ARRAY(a, struct stock_facility, INSTITUTIONS);
  struct stock_notice *n = ARENA_ARRAY(a, struct stock_notice, NOTICES);
  struct str *id = texts(a, "%08d", 0, INSTITUTIONS);
  struct stock_result r;
  struct err e;
  for (int i = 0; i < INSTITUTIONS; i++)
    f[i] = (struct stock_facility){.id = id[i], .kind = 1 + i % STOCK_KINDS, .state = i % 40 ? STOCK_OPEN : STOCK_SUSPENDED, .beds = {[4] = 100}};
  for (int i = 0; i < NOTICES; i++)
    n[i] = (struct stock_notice){.id = id[draw(0, INSTITUTIONS - 1)],
        .month = i % STOCK_MONTHS,
        .kind = 3,
        .notice = (int)draw(NOTICE_OPENED, NOTICE_OTHER),
        .day = draw(1, 28),
        .row = i,
        .after = {[4] = draw(20, 300)},
        .has_after = true};
  const double start = bench_now();
  if (facility_stock(a, f, INSTITUTIONS, n, NOTICES, STOCK_MONTHS, &r, &e)) bench_die("stock", &e);
  printf("stock of %d institutions, %d notices of %d months: %.3f s, %lld refused; target 5 s\n", INSTITUTIONS, NOTICES, STOCK_MONTHS,
      bench_now() - start, (long long)r.n_refused);
}
int main(void) {
  struct arena *a = arena_new(0);
  struct data *d = calloc(1, sizeof *d);
  struct rusage u;
  if (!a || !d) bench_die("no memory", NULL);
  make(d);
  in_memory(a, d);
  from_file(d);
  stock(a);
  getrusage(RUSAGE_SELF, &u);
  printf("peak of this program with its data: %.0f MiB\n", (double)u.ru_maxrss / 1024);
  return 0;
}
