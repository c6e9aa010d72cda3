/* The rows of a master table against what the library makes of its smaller rows. Workers must agree to the person; averages within one unit of the
 * last place, because the published inputs are rounded; derived columns within two. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/mls/mls_compare.h"
#include "estimators/mls/mls_controls.h"
#include "estimators/mls/mls_rollup.h"
#include "tests/conform/mls/master.h"

enum { PARTS = 64 };
struct check {
  struct master *m;
  const char *name;
  struct tally *t;
  int64_t rows, suppressed, clamped, not_computed, empty;
};
static void say(struct check *k, const struct mls_row *r, const char *what, const char *why) {
  char id[200];
  snprintf(id, sizeof id, "%s/%.*s/%.*s/%s", k->name, (int)r->industry.n, r->industry.p, (int)r->size.n, r->size.p, what);
  tally_add(k->t, id, why ? FAILED : PASSED, why ? why : "");
}
static const struct mls_row *find(const struct master *m, struct str industry, char size) {
  for (int32_t i = 0; i < m->n; i++)
    if (m->rows[i].size.n == 1 && m->rows[i].size.p[0] == size && str_eq(m->rows[i].industry, industry)) return &m->rows[i];
  return NULL;
}
static bool blank(const struct mls_row *r) { return !r->suppressed && !r->has[MLS_ALL][MLS_COL_E1]; }

/* --- identities of one row --------------------------------------------------------------------------------------------------------------- */
/* Where all minus part-time would be below zero by a person or two the ministry prints 0 for general workers. */
static bool clamped(const struct mls_row *r) {
  for (int c = MLS_COL_INC; c <= MLS_COL_DEC; c++) {
    int64_t gap = r->value[MLS_PART][c] - r->value[MLS_ALL][c];
    if (r->value[MLS_GENERAL][c] == 0 && gap > 0 && gap <= 2) return true;
  }
  return false;
}
/* Months averaged over a year are rounded one by one: sums of two may miss by two persons. */
static const char *broken_year(const struct mls_row *r, char *out, size_t size) {
  struct mls_row whole = *r;
  for (int c = MLS_COL_E0; c <= MLS_COL_PT; c++) {
    int64_t sexes = r->value[MLS_MALE][c] + r->value[MLS_FEMALE][c] - r->value[MLS_ALL][c];
    int64_t forms = r->value[MLS_GENERAL][c] + r->value[MLS_PART][c] - r->value[MLS_ALL][c];
    bool both = r->has[MLS_MALE][c] && r->has[MLS_FEMALE][c], halves = r->has[MLS_GENERAL][c] && r->has[MLS_PART][c];
    if ((!both || llabs(sexes) <= 2) && (!halves || llabs(forms) <= 2)) continue;
    snprintf(out, size, "%s: parts miss the total by more than 2", mls_column_name[c]);
    return out;
  }
  for (int s = MLS_MALE; s < MLS_SPLITS; s++) /* left for the usual rule: pt = e1(P), the flows of all, the sums of money and hours */
    for (int c = MLS_COL_E0; c <= MLS_COL_PT; c++) whole.has[s][c] = whole.has[s][c] && s == MLS_PART && c == MLS_COL_E1;
  const char *left = mls_broken_identity(&whole, out, size);
  for (int s = MLS_MALE; s <= MLS_FEMALE && !left; s++) {
    const int64_t *v = r->value[s];
    if (r->has[s][MLS_COL_E0] && v[MLS_COL_E0] + v[MLS_COL_INC] - v[MLS_COL_DEC] != v[MLS_COL_E1])
      left = (snprintf(out, size, "%s e0+inc-dec=e1", mls_split_code[s]), out);
  }
  return left;
}
static void check_identities(struct check *k) {
  char what[160];
  for (int32_t i = 0; i < k->m->n; i++) {
    const struct mls_row *r = &k->m->rows[i];
    k->suppressed += r->suppressed;
    k->empty += blank(r);
    if (r->suppressed || blank(r)) continue;
    const char *broken = k->m->yearly ? broken_year(r, what, sizeof what) : mls_broken_identity(r, what, sizeof what);
    bool printed_as_zero = broken && clamped(r);
    k->clamped += printed_as_zero;
    k->rows++;
    say(k, r, "identities", printed_as_zero ? NULL : broken);
  }
}

/* --- roll-ups --------------------------------------------------------------------------------------------------------------------------- */
static struct mls_tolerance tolerance_of(const struct check *k, int32_t parts) {
  struct mls_tolerance t = mls_tolerance_rounded;
  if (k->m->yearly)
    for (int c = 0; c < MLS_COLUMNS; c++) t.column[c] = c <= MLS_COL_PT ? (parts + 2) / 2 : INT64_MAX; /* averages of a year need its months */
  return t;
}
static void compare(struct check *k, const struct mls_row *published, const struct mls_row *ours, int32_t parts, const char *what) {
  struct mls_tolerance tolerance = tolerance_of(k, parts);
  struct mls_comparison c;
  struct err e;
  char text[256];
  if (mls_compare(k->m->a, published, 1, ours, 1, &tolerance, 1, &c, &e)) say(k, published, what, err_name(e.code));
  else if (c.n_not_computed || c.n_suppressed) k->not_computed++;
  else say(k, published, what, c.n_failed ? mls_difference_text(&c.failures[0], text, sizeof text) : NULL);
}
static void roll_up(struct check *k, const struct mls_row *whole, const struct mls_row *const *part, int32_t n, const char *what) {
  struct mls_totals totals[PARTS], sum;
  struct str names[PARTS];
  int32_t members[PARTS];
  struct mls_row ours;
  struct err e;
  if (blank(whole)) return;
  for (int32_t i = 0; i < n; i++) {
    mls_totals_from_row(part[i], &totals[i]);
    names[i] = part[i]->industry;
    members[i] = i;
  }
  struct mls_rollup g = {whole->industry, whole->size, n, members};
  if (mls_sum(k->m->a, totals, n, &g, names, &sum, &e)) {
    say(k, whole, what, err_name(e.code));
    return;
  }
  mls_display(&sum, g.industry, g.size, &ours);
  compare(k, whole, &ours, n, what);
}
static void check_sizes(struct check *k, const struct mls_row *r) {
  static const char *const sizes[][2] = {{"4", "13"}, {"0", "1357"}, {"T", "13579"}, {"T", "09"}};
  for (int s = 0; s < 4; s++) {
    const struct mls_row *part[PARTS];
    int32_t n = 0;
    char what[32];
    for (const char *p = sizes[s][1]; *p; p++) {
      const struct mls_row *one = find(k->m, r->industry, *p);
      if (one) part[n++] = one;
    }
    snprintf(what, sizeof what, "of sizes %s", sizes[s][1]);
    if (r->size.p[0] == sizes[s][0][0]) roll_up(k, r, part, n, what);
  }
}
static bool is_letter(struct str s) { return s.n == 1 && s.p[0] >= 'A' && s.p[0] <= 'Z'; }
/* Divisions make up the total, subtotals their division, and the two-digit groups those divisions that publish all of theirs. */
static bool part_of(struct str whole, struct str part, int level) {
  if (level == 0) return str_eq(whole, STR("TL")) && is_letter(part);
  if (!is_letter(whole) || part.p[0] != whole.p[0] || part.n != 3) return false;
  if (level == 1) return part.p[1] == '-';
  return strchr("DEKLMO", whole.p[0]) && part.p[1] != '-';
}
static void check_industries(struct check *k, const struct mls_row *r) {
  static const char *const what[] = {"of divisions", "of subtotals", "of two-digit groups"};
  for (int level = 0; level < 3; level++) {
    const struct mls_row *part[PARTS];
    int32_t n = 0;
    for (int32_t i = 0; i < k->m->n && n < PARTS; i++) {
      const struct mls_row *p = &k->m->rows[i];
      if (str_eq(p->size, r->size) && part_of(r->industry, p->industry, level)) part[n++] = p;
    }
    if (n) roll_up(k, r, part, n, what[level]);
  }
}
/* Averages of all workers from those of two groups: each group's columns as if they were those of all. */
static void check_split(struct check *k, const struct mls_row *r, int first, int second, const char *what) {
  struct mls_row part[2] = {*r, *r}, whole = *r;
  const struct mls_row *both[2] = {&part[0], &part[1]};
  if (r->suppressed || !r->has[first][MLS_COL_E1] || !r->has[second][MLS_COL_E1]) return;
  for (int i = 0; i < 2; i++) {
    int from = i ? second : first;
    memcpy(part[i].value[MLS_ALL], r->value[from], sizeof r->value[from]);
    memcpy(part[i].has[MLS_ALL], r->has[from], sizeof r->has[from]);
    for (int s = MLS_MALE; s < MLS_SPLITS; s++) memset(part[i].has[s], 0, sizeof part[i].has[s]);
  }
  for (int s = MLS_MALE; s < MLS_SPLITS; s++) memset(whole.has[s], 0, sizeof whole.has[s]);
  for (int c = 0; c < MLS_COLUMNS; c++)
    if (!part[0].has[MLS_ALL][c] || !part[1].has[MLS_ALL][c]) part[0].has[MLS_ALL][c] = part[1].has[MLS_ALL][c] = whole.has[MLS_ALL][c] = false;
  if (first == MLS_GENERAL && clamped(r)) whole.has[MLS_ALL][MLS_COL_INC] = whole.has[MLS_ALL][MLS_COL_DEC] = false;
  if (first == MLS_GENERAL && clamped(r))
    for (int i = 0; i < 2; i++) part[i].has[MLS_ALL][MLS_COL_INC] = part[i].has[MLS_ALL][MLS_COL_DEC] = false;
  roll_up(k, &whole, both, 2, what);
}
/* Not a case of ours: what the published table gives away. */
static void show_exposed(const struct check *k) {
  struct mls_exposed *x;
  int32_t n, industries = 0;
  struct err e;
  if (mls_exposed_rows(k->m->a, k->m->rows, k->m->n, &x, &n, &e)) return;
  for (int32_t i = 0; i < n; i++) industries += i == 0 || !str_eq(x[i].row->industry, x[i - 1].row->industry);
  printf("%s: %d suppressed rows of %d industries stand alone in a sum of sizes: subtraction gives them away\n", k->name, n, industries);
}
void master_check(struct master *m, const char *name, struct tally *t) {
  struct check k = {m, name, t, 0, 0, 0, 0, 0};
  check_identities(&k);
  for (int32_t i = 0; i < m->n; i++) {
    check_sizes(&k, &m->rows[i]);
    check_industries(&k, &m->rows[i]);
    check_split(&k, &m->rows[i], MLS_MALE, MLS_FEMALE, "of sexes");
    check_split(&k, &m->rows[i], MLS_GENERAL, MLS_PART, "of forms");
  }
  printf("%s: %s, %d rows of industry and size: %lld with figures, %lld suppressed, %lld without establishments; %lld print a negative flow as 0; "
         "%lld roll-ups hold a suppressed row and are not computed\n",
      name, m->yearly ? "averages of a year" : "one month", m->n, (long long)k.rows, (long long)k.suppressed, (long long)k.empty,
      (long long)k.clamped, (long long)k.not_computed);
  show_exposed(&k);
}
