/* truth_report.c -- what processing made of planted errors, against the right answers.
 *   truth_report CLEAN_OFFICE OFFICE SURVEY/FORM PERIOD PLANTED.csv [ITEM ...]
 * Reads   the clean month as received at CLEAN_OFFICE (= truth), the spoilt month at OFFICE: received, imputed (what processing left), edit_failures, flags. Rows stand in the same order.
 * Prints  per kind of error: planted, detected, located, corrected (value after = truth); then false alarms, values imputed and how near they are, totals of the ITEMs. The last line,
 *         `figures name=value ...`, is for the script. Passphrase as every command takes it.
 * Words   detected   a hard or soft check of the record failed, or intake refused the planted value, or a value of the record was flagged or changed
 *         located    the planted cell itself was refused, flagged or changed
 *         false alarm (record)  a record without a planted error with a failed hard or soft check; (value) a right value that was flagged or that was changed
 *         coverage   share of values put in by processing, at planted places, that lie within 5 or 20 per cent of the truth */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processing/job/cmd_process_io.h"
#include "processing/unit/cell_flags.h"

enum { MAX_PLANTED = 20000, MAX_KINDS = 32, TEXT = 96 };
struct planted {
  int64_t row;
  char item[64], kind[64];
  bool flagged;
};
struct kind_count {
  const char *kind;
  int64_t planted, detected, located, corrected;
};
struct comparison {
  struct arena *a;
  struct job job;
  struct form *form;
  struct table truth, received, after;
  int64_t n, n_false_flags, n_failures;
  uint8_t *failed, *touched, *spoilt; /* [n] check failed; a value refused, flagged or changed; an error is planted */
  struct planted *planted;
  int n_planted;
  struct kind_count kinds[MAX_KINDS];
  int n_kinds;
};

static void stop_at(const char *what, const struct err *e) {
  fprintf(stderr, "truth_report: %s: error %d %s %s\n", what, (int)e->code, e->subject, e->found);
  exit(70);
}
static void stop_bare(const char *what) {
  fprintf(stderr, "truth_report: %s\n", what);
  exit(70);
}

/* --- in --- */
static struct store *office(struct comparison *c, const char *folder) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  char *passphrase = NULL;
  if (passphrase_read(NULL, &passphrase, &e) || store_open(&c->job, folder, passphrase, &s, &e)) stop_at(folder, &e);
  passphrase_free(passphrase);
  return s;
}
static void one_table(struct comparison *c, struct store *s, const char *period, const char *stage, struct table *out) {
  struct err e = {.code = E_OK};
  struct dataset_key key = {c->form->survey, c->form->id, period, stage};
  struct log_entry entry = {.action = "data-read", .object = "truth", .purpose = "", .detail = ""};
  struct process_data d;
  int64_t access;
  if (store_log_intent(s, &entry, &access, &e) || process_read(s, &key, access, c->a, NULL, &d, &e)) stop_at(stage, &e);
  if (d.n > 1) stop_bare("a stage in more than one shard");
  *out = d.n ? d.tables[0] : (struct table){.arena = c->a};
}
static void read_planted(struct comparison *c, const char *path) {
  char line[512];
  FILE *f = fopen(path, "rb");
  c->planted = arena_array(c->a, MAX_PLANTED, sizeof *c->planted);
  if (!f || !c->planted || !fgets(line, sizeof line, f)) stop_bare(path);
  while (c->n_planted < MAX_PLANTED && fgets(line, sizeof line, f)) {
    struct planted *p = &c->planted[c->n_planted];
    long row;
    if (sscanf(line, "%ld,%63[^,],%63[^\n]", &row, p->item, p->kind) != 3) stop_bare("a line of the planted errors");
    p->row = row - 1;
    if (p->row < 0 || p->row >= c->n) stop_bare("a planted error in no record");
    c->spoilt[p->row] = 1;
    c->n_planted++;
  }
  fclose(f);
}

/* --- values --- */
static const char *value(const struct table *t, const char *item, int64_t row, char buffer[TEXT]) {
  char digits[64];
  int k = table_find(t, item);
  if (k < 0) return buffer[0] = 0, buffer;
  struct str s = column_text(&t->columns[k], row, digits, sizeof digits);
  snprintf(buffer, TEXT, "%.*s", (int)(s.n < TEXT ? s.n : TEXT - 1), s.p);
  return buffer;
}
static bool same(const struct table *t, const struct table *u, const char *item, int64_t row) {
  char a[TEXT], b[TEXT];
  return strcmp(value(t, item, row, a), value(u, item, row, b)) == 0;
}
static uint8_t status_of(const struct table *t, const char *item, int64_t row) {
  int k = table_find(t, item);
  return k < 0 ? VAL_BLANK : t->columns[k].status[row];
}
static bool refused(const struct comparison *c, const struct planted *p) { return status_of(&c->received, p->item, p->row) == VAL_INVALID; }

/* --- what processing said --- */
static struct planted *planted_at(const struct comparison *c, int64_t row, const char *item) {
  for (int i = 0; i < c->n_planted; i++)
    if (c->planted[i].row == row && !strcmp(c->planted[i].item, item)) return &c->planted[i];
  return NULL;
}
static void take_failures(struct comparison *c, const struct table *t) {
  char severity[TEXT], stage[TEXT];
  int k = table_find(t, "record_no");
  for (int64_t i = 0; k >= 0 && i < t->n_rows; i++) {
    int64_t row = t->columns[k].i64[i] - 1;
    if (!strcmp(value(t, "severity", i, severity), "info") || strcmp(value(t, "stage", i, stage), "edited") != 0) continue;
    c->failed[row] = 1, c->n_failures++;
  }
}
static void take_flags(struct comparison *c, const struct table *t) {
  char item[TEXT], flag[TEXT];
  int k = table_find(t, "record_no");
  for (int64_t i = 0; k >= 0 && i < t->n_rows; i++) {
    int64_t row = t->columns[k].i64[i] - 1;
    if (strcmp(value(t, "flag", i, flag), "impute") != 0) continue; /* "exclude" says nothing against a value */
    struct planted *p = planted_at(c, row, value(t, "item", i, item));
    c->touched[row] = 1;
    if (p) p->flagged = true;
    else c->n_false_flags += value_present(status_of(&c->received, item, row)) && same(&c->truth, &c->received, item, row);
  }
}
static int64_t right_values_changed(struct comparison *c) {
  int64_t n = 0;
  for (int k = 0; k < c->received.n_columns; k++) {
    const struct item *it = form_item(c->form, c->received.columns[k].name);
    if (!it || it->origin == ORIGIN_DERIVED) continue;
    for (int64_t row = 0; row < c->n; row++) {
      if (same(&c->received, &c->after, it->name, row)) continue;
      if (value_present(c->received.columns[k].status[row]) || c->spoilt[row]) c->touched[row] = 1;
      n += value_present(c->received.columns[k].status[row]) && same(&c->truth, &c->received, it->name, row);
    }
  }
  return n;
}

/* --- figures --- */
static struct kind_count *kind_of(struct comparison *c, const char *kind) {
  for (int i = 0; i < c->n_kinds; i++)
    if (!strcmp(c->kinds[i].kind, kind)) return &c->kinds[i];
  if (c->n_kinds == MAX_KINDS) stop_bare("too many kinds");
  c->kinds[c->n_kinds].kind = kind;
  return &c->kinds[c->n_kinds++];
}
/* One error = one record: its cells are judged together (located, corrected = all of them). */
static void count_kinds(struct comparison *c) {
  for (int i = 0, next; i < c->n_planted; i = next) {
    struct kind_count *k = kind_of(c, c->planted[i].kind);
    bool located = true, corrected = true, any = false;
    for (next = i; next < c->n_planted && c->planted[next].row == c->planted[i].row; next++) {
      const struct planted *p = &c->planted[next];
      bool here = refused(c, p) || p->flagged || !same(&c->received, &c->after, p->item, p->row);
      any |= here, located &= here, corrected &= same(&c->truth, &c->after, p->item, p->row);
    }
    k->planted++;
    k->detected += any || c->failed[c->planted[i].row] || c->touched[c->planted[i].row];
    k->located += located, k->corrected += corrected;
  }
}
static double percent(int64_t part, int64_t of) { return of ? 100.0 * (double)part / (double)of : 0; }
static double total(const struct table *t, const char *item) {
  int k = table_find(t, item);
  double sum = 0;
  for (int64_t row = 0; k >= 0 && row < t->n_rows; row++)
    if (value_present(t->columns[k].status[row])) sum += (double)t->columns[k].i64[row];
  return sum;
}
struct nearness {
  int64_t n, exact, in5, in20;
};
static struct nearness coverage(struct comparison *c) {
  struct nearness z = {0, 0, 0, 0};
  char text[TEXT];
  for (int i = 0; i < c->n_planted; i++) {
    const struct planted *p = &c->planted[i];
    const struct item *it = form_item(c->form, p->item);
    if (!it || it->type != COL_INT || same(&c->received, &c->after, p->item, p->row) || !value_present(status_of(&c->after, p->item, p->row))) continue;
    double right = strtod(value(&c->truth, p->item, p->row, text), NULL), got = strtod(value(&c->after, p->item, p->row, text), NULL), off = fabs(got - right);
    z.n++, z.exact += off < 0.5, z.in5 += off <= 0.05 * fabs(right), z.in20 += off <= 0.2 * fabs(right);
  }
  return z;
}
static void print_kinds(struct comparison *c, struct kind_count *all) {
  static const char row[] = "%-24s %8lld %9lld %9lld %9lld   %6.1f %%\n";
  printf("%-24s %8s %9s %9s %9s   detection\n", "error", "planted", "detected", "located", "corrected");
  for (int i = 0; i < c->n_kinds; i++) {
    const struct kind_count *k = &c->kinds[i];
    printf(row, k->kind, (long long)k->planted, (long long)k->detected, (long long)k->located, (long long)k->corrected, percent(k->detected, k->planted));
    all->planted += k->planted, all->detected += k->detected, all->located += k->located, all->corrected += k->corrected;
  }
  printf(row, all->kind, (long long)all->planted, (long long)all->detected, (long long)all->located, (long long)all->corrected, percent(all->detected, all->planted));
}
static void print_totals(const struct comparison *c, char **items, int n_items) {
  for (int i = 0; i < n_items; i++) {
    double right = total(&c->truth, items[i]), before = 100 * (total(&c->received, items[i]) / right - 1), after = 100 * (total(&c->after, items[i]) / right - 1);
    printf("total %-10s off by %+10.3f %% as received, %+8.3f %% after processing\n", items[i], before, after);
    printf("bias %s %.6f %.6f\n", items[i], before, after);
  }
}
/* The same figures for the script. */
static void print_figures(const struct comparison *c, const struct kind_count *all, const struct nearness *z, int64_t clean, int64_t alarms) {
  for (int i = 0; i < c->n_kinds; i++) {
    const struct kind_count *k = &c->kinds[i];
    printf("kind,%s,%lld,%lld,%lld,%lld\n", k->kind, (long long)k->planted, (long long)k->detected, (long long)k->located, (long long)k->corrected);
  }
  printf("figures planted=%lld clean=%lld alarms=%lld right_flagged=%lld", (long long)all->planted, (long long)clean, (long long)alarms, (long long)c->n_false_flags);
  printf(" imputed=%lld exact=%lld in5=%lld in20=%lld\n", (long long)z->n, (long long)z->exact, (long long)z->in5, (long long)z->in20);
}
static void print_report(struct comparison *c, char **items, int n_items) {
  struct kind_count all = {.kind = "all"};
  int64_t changed = right_values_changed(c), clean = 0, alarms = 0;
  count_kinds(c);
  print_kinds(c, &all);
  for (int64_t row = 0; row < c->n; row++) clean += !c->spoilt[row], alarms += !c->spoilt[row] && c->failed[row];
  printf("false alarms: %lld of %lld records without an error (%.2f %%); ", (long long)alarms, (long long)clean, percent(alarms, clean));
  printf("right values flagged %lld, changed %lld\n", (long long)c->n_false_flags, (long long)changed);
  struct nearness z = coverage(c);
  printf("values put in at planted places: %lld; exactly right %.1f %%, ", (long long)z.n, percent(z.exact, z.n));
  printf("within 5 %% of the truth %.1f %%, within 20 %% %.1f %%\n", percent(z.in5, z.n), percent(z.in20, z.n));
  print_totals(c, items, n_items);
  print_figures(c, &all, &z, clean, alarms);
}

static void read_all(struct comparison *c, char **argv) {
  struct err e = {.code = E_OK};
  struct table failures, flags;
  if (process_form(&c->job, argv[3], argv[4], &c->form, &e)) stop_at(argv[3], &e);
  struct store *clean = office(c, argv[1]), *s = office(c, argv[2]);
  one_table(c, clean, argv[4], "received", &c->truth);
  one_table(c, s, argv[4], "received", &c->received);
  one_table(c, s, argv[4], "imputed", &c->after);
  one_table(c, s, argv[4], "edit_failures", &failures);
  one_table(c, s, argv[4], "flags", &flags);
  store_close(clean);
  store_close(s);
  c->n = c->truth.n_rows;
  if (!c->n || c->n != c->received.n_rows || c->n != c->after.n_rows) stop_bare("the two offices do not hold the same records");
  c->failed = arena_array(c->a, (size_t)c->n, 1), c->touched = arena_array(c->a, (size_t)c->n, 1), c->spoilt = arena_array(c->a, (size_t)c->n, 1);
  if (!c->failed || !c->touched || !c->spoilt) stop_bare("no memory");
  read_planted(c, argv[5]);
  take_failures(c, &failures);
  take_flags(c, &flags);
}

int main(int argc, char **argv) {
  struct comparison c = {.a = arena_new(0)};
  if (argc < 6 || !c.a) {
    fprintf(stderr, "usage: truth_report CLEAN_OFFICE OFFICE SURVEY/FORM PERIOD PLANTED.csv [ITEM ...]\n");
    return 64;
  }
  c.job = (struct job){.arena = c.a, .n_threads = 1};
  read_all(&c, argv);
  print_report(&c, argv + 6, argc - 6);
  arena_free(c.a);
  return 0;
}
