/* truth_report.c -- what processing made of planted errors, against the right answers.
 *   truth_report CLEAN_OFFICE OFFICE SURVEY/FORM PERIOD PLANTED.csv [ITEM ...]
 * Reads   the clean month as received at CLEAN_OFFICE (= truth), the spoilt month at OFFICE: received, imputed (what processing left), edit_failures,
 * flags. Records are matched by the keys of the form; a record of OFFICE that the clean month does not know was sent twice. Prints  per kind of
 * error: planted, detected, located, corrected (value after = truth); then false alarms, values imputed and how near they are, totals of the ITEMs.
 * The last line, `figures name=value ...`, is for the script. Passphrase as every command takes it. alarm,ROW,CHECK and changed,ROW,ITEM: every check
 * that failed in a record without an error, every right value that was changed; no answers. Words   detected   a hard or soft check of the record
 * failed, or intake refused the planted value, or a value of the record was flagged or changed located    the planted cell itself was refused,
 * flagged or changed false alarm (record)  a record without a planted error with a failed hard or soft check; (value) a right value that was flagged
 * or that was changed unit       "duplicate unit": the second record was refused, or both fail G06; "late unit": the record came in a later file and
 * stands in the month once coverage   share of values put in by processing, at planted places, that lie within 5 or 20 per cent of the truth */
#include <math.h>

#include "processing/unit/cell_flags.h"
#include "tests/demo/truth_kinds.h"
#include "tests/demo/truth_read.h"

enum { MAX_PLANTED = 20000, MAX_KINDS = 32 };
struct planted {
  int64_t row;
  char item[64], kind[64];
  bool flagged;
};
struct month {
  struct process_data d;
  struct place *at; /* [n] by the rows of the truth */
};
struct kind_count {
  const char *kind;
  int64_t planted, detected, located, corrected;
};
struct comparison {
  struct truth_reader r;
  struct form *form;
  struct month truth, received, after;
  struct dict *keys;   /* code = row of the truth */
  int64_t *row_of;     /* [records of received] row of the truth, -1 = sent twice */
  int64_t n, n_false_flags, n_failures, n_twice;
  uint8_t *failed, *touched, *spoilt, *twin; /* [n] check failed; a value refused, flagged or changed; an error is planted; G06 failed */
  struct planted *planted;
  int n_planted;
  struct kind_count kinds[MAX_KINDS];
  int n_kinds;
};

/* --- in --- */
static void read_planted(struct comparison *c, const char *path) {
  char line[512];
  FILE *f = fopen(path, "rb");
  c->planted = arena_array(c->r.a, MAX_PLANTED, sizeof *c->planted);
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
static bool refused(const struct comparison *c, const struct planted *p) { return status_of(c->received.at[p->row], p->item) == VAL_INVALID; }

/* --- the same record in the three months --- */
static int64_t find_rows(struct comparison *c, struct month *m, int64_t *row_of) {
  char key[KEY];
  int64_t record = 0, n_twice = 0;
  m->at = arena_array(c->r.a, (size_t)c->n + 1, sizeof *m->at);
  if (!m->at) stop_bare("no memory");
  for (int64_t i = 0; i < m->d.n; i++)
    for (int64_t row = 0; row < m->d.tables[i].n_rows; row++, record++) {
      struct place p = {&m->d.tables[i], row, i};
      int32_t code = dict_find(c->keys, key_of(c->form, p, key));
      if (code >= 0) m->at[code] = p;
      n_twice += code < 0;
      if (row_of) row_of[record] = code;
    }
  return n_twice;
}
static void match_records(struct comparison *c) {
  char key[KEY];
  const struct table *t = &c->truth.d.tables[0];
  c->keys = dict_new(c->r.a);
  c->row_of = arena_array(c->r.a, (size_t)c->received.d.n_rows + 1, sizeof *c->row_of);
  if (!c->keys || !c->row_of) stop_bare("no memory");
  for (int64_t row = 0; row < c->n; row++)
    if (dict_add(c->keys, key_of(c->form, (struct place){t, row, 0}, key)) != row) stop_bare("a key stands twice in the clean month");
  find_rows(c, &c->truth, NULL);
  c->n_twice = find_rows(c, &c->received, c->row_of);
  find_rows(c, &c->after, NULL);
}

/* --- what processing said --- */
static struct planted *planted_at(const struct comparison *c, int64_t row, const char *item) {
  for (int i = 0; i < c->n_planted; i++)
    if (c->planted[i].row == row && !strcmp(c->planted[i].item, item)) return &c->planted[i];
  return NULL;
}
static void take_failures(struct comparison *c, const struct process_data *d) {
  char text[TEXT];
  for (int64_t k = 0; k < d->n; k++)
    for (int64_t i = 0; i < d->tables[k].n_rows; i++) {
      struct place p = {&d->tables[k], i, k};
      int64_t row = c->row_of[strtoll(value(p, "record_no", text), NULL, 10) - 1];
      if (row < 0 || strcmp(value(p, "stage", text), "edited") != 0) continue;
      if (!strcmp(value(p, "check_id", text), "G06")) c->twin[row] = 1;
      if (!strcmp(value(p, "severity", text), "info")) continue;
      c->failed[row] = 1, c->n_failures++;
      if (!c->spoilt[row]) printf("alarm,%lld,%s\n", (long long)row + 1, value(p, "check_id", text));
    }
}
static void take_flags(struct comparison *c, const struct process_data *d) {
  char item[TEXT], text[TEXT];
  for (int64_t k = 0; k < d->n; k++)
    for (int64_t i = 0; i < d->tables[k].n_rows; i++) {
      struct place at = {&d->tables[k], i, k};
      int64_t row = c->row_of[strtoll(value(at, "record_no", text), NULL, 10) - 1];
      if (row < 0 || strcmp(value(at, "flag", text), "impute") != 0) continue; /* "exclude" says nothing against a value */
      struct planted *p = planted_at(c, row, value(at, "item", item));
      c->touched[row] = 1;
      if (p) p->flagged = true;
      else c->n_false_flags += value_present(status_of(c->received.at[row], item)) && same(c->truth.at[row], c->received.at[row], item);
    }
}
static int64_t right_values_changed(struct comparison *c) {
  int64_t n = 0;
  for (int k = 0; k < c->form->n_items; k++) {
    const struct item *it = &c->form->items[k];
    if (it->origin == ORIGIN_DERIVED) continue;
    for (int64_t row = 0; row < c->n; row++) {
      struct place was = c->received.at[row];
      if (!was.t || same(was, c->after.at[row], it->name)) continue;
      if (value_present(status_of(was, it->name)) || c->spoilt[row]) c->touched[row] = 1;
      if (!value_present(status_of(was, it->name)) || !same(c->truth.at[row], was, it->name)) continue;
      printf("changed,%lld,%s\n", (long long)row + 1, it->name);
      n++;
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
static bool whole_record_right(const struct comparison *c, int64_t row) {
  bool right = c->after.at[row].t != NULL;
  for (int k = 0; right && k < c->form->n_items; k++)
    if (c->form->items[k].origin != ORIGIN_DERIVED) right = same(c->truth.at[row], c->after.at[row], c->form->items[k].name);
  return right;
}
static void count_unit(struct comparison *c, const struct planted *p, struct kind_count *k) {
  bool late = !strcmp(p->kind, "late unit"), seen = late ? c->received.at[p->row].shard > 0 : c->twin[p->row] || !c->n_twice;
  k->planted++;
  k->detected += seen, k->located += seen;
  k->corrected += seen && (late || !c->n_twice) && whole_record_right(c, p->row);
}
/* One error = one record: its cells are judged together (located, corrected = all of them). */
static void count_kinds(struct comparison *c) {
  for (int i = 0, next; i < c->n_planted; i = next) {
    struct kind_count *k = kind_of(c, c->planted[i].kind);
    bool located = true, corrected = true, any = false;
    next = i + 1;
    if (!strcmp(c->planted[i].item, TRUTH_UNIT)) {
      count_unit(c, &c->planted[i], k);
      continue;
    }
    for (next = i; next < c->n_planted && c->planted[next].row == c->planted[i].row; next++) {
      const struct planted *p = &c->planted[next];
      bool here = refused(c, p) || p->flagged || !same(c->received.at[p->row], c->after.at[p->row], p->item);
      any |= here, located &= here, corrected &= same(c->truth.at[p->row], c->after.at[p->row], p->item);
    }
    k->planted++;
    k->detected += any || c->failed[c->planted[i].row] || c->touched[c->planted[i].row];
    k->located += located, k->corrected += corrected;
  }
}
static double percent(int64_t part, int64_t of) { return of ? 100.0 * (double)part / (double)of : 0; }
static double total(const struct month *m, const char *item) {
  double sum = 0;
  for (int64_t i = 0; i < m->d.n; i++) {
    const struct table *t = &m->d.tables[i];
    int k = table_find(t, item);
    for (int64_t row = 0; k >= 0 && row < t->n_rows; row++)
      if (value_present(t->columns[k].status[row])) sum += (double)t->columns[k].i64[row];
  }
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
    if (!it || it->type != COL_INT || same(c->received.at[p->row], c->after.at[p->row], p->item) ||
        !value_present(status_of(c->after.at[p->row], p->item)))
      continue;
    double right = strtod(value(c->truth.at[p->row], p->item, text), NULL), got = strtod(value(c->after.at[p->row], p->item, text), NULL),
           off = fabs(got - right);
    z.n++, z.exact += off < 0.5, z.in5 += off <= 0.05 * fabs(right), z.in20 += off <= 0.2 * fabs(right);
  }
  return z;
}
static void print_kinds(struct comparison *c, struct kind_count *all) {
  static const char row[] = "%-24s %8lld %9lld %9lld %9lld   %6.1f %%\n";
  printf("%-24s %8s %9s %9s %9s   detection\n", "error", "planted", "detected", "located", "corrected");
  for (int i = 0; i < c->n_kinds; i++) {
    const struct kind_count *k = &c->kinds[i];
    printf(row, k->kind, (long long)k->planted, (long long)k->detected, (long long)k->located, (long long)k->corrected,
           percent(k->detected, k->planted));
    all->planted += k->planted, all->detected += k->detected, all->located += k->located, all->corrected += k->corrected;
  }
  printf(row, all->kind, (long long)all->planted, (long long)all->detected, (long long)all->located, (long long)all->corrected,
         percent(all->detected, all->planted));
}
static void print_totals(const struct comparison *c, char **items, int n_items) {
  for (int i = 0; i < n_items; i++) {
    double right = total(&c->truth, items[i]), before = 100 * (total(&c->received, items[i]) / right - 1),
           after = 100 * (total(&c->after, items[i]) / right - 1);
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
  printf("figures planted=%lld clean=%lld alarms=%lld right_flagged=%lld", (long long)all->planted, (long long)clean, (long long)alarms,
         (long long)c->n_false_flags);
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
  struct process_data failures, flags;
  if (process_form(&c->r.job, argv[3], argv[4], &c->form, &e)) stop_at(argv[3], &e);
  struct store *clean = truth_office(&c->r, argv[1]), *s = truth_office(&c->r, argv[2]);
  truth_stage(&c->r, c->form, clean, argv[4], "received", &c->truth.d);
  truth_stage(&c->r, c->form, s, argv[4], "received", &c->received.d);
  truth_stage(&c->r, c->form, s, argv[4], "imputed", &c->after.d);
  truth_stage(&c->r, c->form, s, argv[4], "edit_failures", &failures);
  truth_stage(&c->r, c->form, s, argv[4], "flags", &flags);
  store_close(clean);
  store_close(s);
  c->n = c->truth.d.n_rows;
  if (!c->n || c->truth.d.n != 1 || c->received.d.n_rows != c->after.d.n_rows) stop_bare("the two offices do not hold the same month");
  match_records(c);
  c->failed = arena_array(c->r.a, (size_t)c->n, 1), c->touched = arena_array(c->r.a, (size_t)c->n, 1),
  c->spoilt = arena_array(c->r.a, (size_t)c->n, 1);
  c->twin = arena_array(c->r.a, (size_t)c->n, 1);
  if (!c->failed || !c->touched || !c->spoilt || !c->twin) stop_bare("no memory");
  read_planted(c, argv[5]);
  take_failures(c, &failures);
  take_flags(c, &flags);
}

int main(int argc, char **argv) {
  struct comparison c = {.r = {.a = arena_new(0)}};
  if (argc < 6 || !c.r.a) {
    fprintf(stderr, "usage: truth_report CLEAN_OFFICE OFFICE SURVEY/FORM PERIOD PLANTED.csv [ITEM ...]\n");
    return 64;
  }
  c.r.job = (struct job){.arena = c.r.a, .n_threads = 1};
  read_all(&c, argv);
  print_report(&c, argv + 6, argc - 6);
  arena_free(c.r.a);
  return 0;
}
