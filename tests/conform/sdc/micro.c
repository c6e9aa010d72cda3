/* micro.c -- cases of records (data.csv): counts with missing keys, individual and household risk, special uniques with their DIS, and local
 * suppression by our methods against the printed values; what is blanked is judged by comparing every pair of records here.
 * Layout   key_variables, weight, household: columns; without key_variables every column that is neither weight (`weight`, `w`) nor household is a
 *          key. alpha (default 1: a missing key agrees with all; as sdcMicro's), missing = own-value; k; fraction, else the one in the name of a DIS
 *          (fraction_0_01).
 * Lists    fk, Fk, individual_risk..., household_risk..., suda_score..., dis_suda... [records]: those of a name with `ihsn` by the second scores.
 *          local_suppression: number, or object with k and blanks: we may blank no more. A list of records that no judge reads is unsupported. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/micro/recount.h"
#include "estimators/sdc/micro/risk.h"
#include "estimators/sdc/micro/rows.h"
#include "estimators/sdc/micro/suda.h"
#include "estimators/sdc/micro/suppress_local.h"
#include "tests/conform/sdc/sdc_case.h"

/* Printed with 15 digits. Pairs are compared one by one up to so many records. */
static const double TOLERANCE = 1e-9, DIS_TOLERANCE = 1e-6; /* sdcMicro holds the sampling fraction of the DIS with 24 bits */
enum { PAIRS_MOST = 6000, COLUMNS_MOST = 64, K_MOST = 5 };
struct micro_case {
  const struct sdc_case *c;
  struct table t;
  struct micro_keys keys;
  struct micro_patterns p;
  struct micro_frequency f;
  struct micro_meaning meaning;
  const int32_t *household;
  double fraction;
};

/* --- the records --- */
static bool is_missing(struct str s) { return s.n == 0 || str_eq(s, STR("NA")) || str_eq(s, STR("NaN")); }
static const char *named_column(const struct micro_case *x, const struct csv_table *d, const char *member, const char *usual, const char *other) {
  const char *name = json_member_string(x->c->expected, member, NULL);
  if (name) return name;
  if (usual && csv_table_column(d, usual) >= 0) return usual;
  return other && csv_table_column(d, other) >= 0 ? other : NULL;
}
static bool fill_table(struct micro_case *x, const struct csv_table *d) {
  struct column columns[COLUMNS_MOST];
  if (d->n_columns > COLUMNS_MOST) return false;
  for (int k = 0; k < (int)d->n_columns; k++)
    columns[k] = (struct column){.name = arena_strdup(x->c->a, d->header[k].p, d->header[k].n), .type = COL_TEXT};
  if (table_init(&x->t, x->c->a, columns, (int)d->n_columns, d->n_rows, NULL)) return false;
  x->t.n_rows = d->n_rows;
  for (int k = 0; k < (int)d->n_columns; k++)
    for (int64_t i = 0; i < d->n_rows; i++) {
      const struct str cell = csv_table_cell(d, i, k);
      x->t.columns[k].status[i] = is_missing(cell) ? VAL_UNKNOWN : VAL_REPORTED;
      x->t.columns[k].code[i] = dict_add(x->t.columns[k].dict, cell);
    }
  return true;
}
static int key_names(const struct micro_case *x, const struct csv_table *d, const char *weight, const char *household, const char **name) {
  const struct json_value *given = json_member(x->c->expected, "key_variables");
  int m = 0;
  for (size_t i = 0; i < json_length(given) && m < MICRO_KEYS_MOST; i++) name[m++] = json_string(json_element(given, i));
  for (int k = 0; !given && k < x->t.n_columns && m < MICRO_KEYS_MOST; k++) {
    const char *column = x->t.columns[k].name;
    if ((weight && !strcmp(column, weight)) || (household && !strcmp(column, household))) continue;
    name[m++] = column;
  }
  (void)d;
  return m;
}
static double *weights(const struct micro_case *x, const struct csv_table *d, const char *name) {
  const int at = name ? csv_table_column(d, name) : -1;
  double *w = at < 0 ? NULL : ARENA_ARRAY(x->c->a, double, d->n_rows + 1);
  char text[64];
  for (int64_t i = 0; w && i < d->n_rows; i++) {
    const struct str cell = csv_table_cell(d, i, at);
    snprintf(text, sizeof text, "%.*s", (int)cell.n, cell.p);
    w[i] = strtod(text, NULL);
  }
  return w;
}
static bool load(struct micro_case *x) {
  struct csv_table d;
  struct micro_units u;
  const char *name[MICRO_KEYS_MOST];
  if (!case_csv(x->c, "data.csv", &d) || !d.n_rows || !fill_table(x, &d)) return false;
  const char *weight = named_column(x, &d, "weight", "weight", "w"), *household = named_column(x, &d, "household", NULL, NULL);
  const double *w = weights(x, &d, weight);
  const int m = key_names(x, &d, weight, household, name);
  if (m < 1 || micro_keys_of(x->c->a, &x->t, name, m, &x->keys, NULL) || micro_patterns_of(x->c->a, &x->keys, w, &x->p, NULL)) return false;
  if (household && !micro_units_of(x->c->a, &x->t, household, NULL, NULL, NULL, &u, NULL)) x->household = u.unit;
  return !micro_frequency_of(x->c->a, &x->p, &x->f, NULL);
}
static void options(struct micro_case *x) {
  const struct json_value *e = x->c->expected;
  x->meaning = (struct micro_meaning){.missing = MICRO_MATCHES_ALL, .alpha = 1};
  if (json_number(json_member(e, "alpha"), &x->meaning.alpha) && x->meaning.alpha < 1) x->meaning.missing = MICRO_OTHERS_ALPHA;
  (void)micro_meaning_parse(json_member_string(e, "missing", "matches-all"), &x->meaning.missing);
  x->fraction = 0;
  if (!json_number(json_member(e, "fraction"), &x->fraction)) (void)json_number(json_member(e, "sampling_fraction"), &x->fraction);
}

/* --- lists of the records --- */
static void compare(const struct micro_case *x, const char *check, const struct json_value *list, const double *ours) {
  const double limit = strncmp(check, "dis", 3) == 0 ? DIS_TOLERANCE : TOLERANCE;
  double theirs, worst = 0;
  int64_t at = -1;
  for (int64_t i = 0; i < x->keys.n; i++) {
    if (!json_number(json_element(list, (size_t)i), &theirs)) {
      case_verdict(x->c, check, false, "record %lld: no number", (long long)i + 1);
      return;
    }
    const double off = fabs(ours[i] - theirs) / fmax(1e-3, fabs(theirs));
    if (!(off <= worst)) worst = off, at = i;
  }
  case_verdict(x->c, check, worst <= limit, "record %lld: %.15g, off by %.3g", (long long)at + 1, at < 0 ? 0 : ours[at], worst);
}
static double fraction_of(const struct micro_case *x, const char *name) {
  const char *at = strstr(name, "fraction_");
  char text[32];
  if (!at) return x->fraction;
  snprintf(text, sizeof text, "%s", at + strlen("fraction_"));
  text[strspn(text, "0123456789_")] = 0;
  char *point = strchr(text, '_');
  if (point) *point = '.';
  return strtod(text, NULL);
}
static void suda(const struct micro_case *x, const char *name, const struct json_value *list) {
  struct micro_suda s;
  const bool dis = !strncmp(name, "dis", 3);
  const double given = fraction_of(x, name);
  const struct micro_suda_options o = {
      .fraction = given > 0 ? given : 0.01, .subsets = strstr(name, "ihsn") != NULL}; /* scores do not hang on it */
  if (micro_suda_of(x->c->a, &x->p, &o, &s, NULL))
    case_verdict(x->c, name, false, "refused");
  else
    compare(x, name, list, dis ? s.dis : s.score);
}
static bool risk(const struct micro_case *x, const char *name, const struct json_value *list, bool household) {
  struct micro_risk_file r;
  if (household && !x->household) return false;
  if (micro_risk_of(x->c->a, &x->f, x->meaning, x->household, &r, NULL))
    case_verdict(x->c, name, false, "refused");
  else
    compare(x, name, list, household ? r.household_risk : r.risk);
  return true;
}
static void counts(const struct micro_case *x, const char *name, const struct json_value *list, bool weighted) {
  double *ours = ARENA_ARRAY(x->c->a, double, x->keys.n + 1);
  for (int64_t i = 0; ours && i < x->keys.n; i++) ours[i] = (weighted ? micro_weight : micro_count)(&x->f, x->meaning, x->p.of_record[i]);
  if (ours) compare(x, name, list, ours);
}
static bool one_list(const struct micro_case *x, const char *name, const struct json_value *list) {
  if (strstr(name, "exact")) return false; /* ours is the approximation, which differs from three records on */
  if (!strcmp(name, "fk") || !strcmp(name, "Fk")) return counts(x, name, list, name[0] == 'F'), true;
  if (!strncmp(name, "individual_risk", 15)) return risk(x, name, list, false);
  if (!strncmp(name, "household_risk", 14) || !strncmp(name, "hier_risk", 9)) return risk(x, name, list, true);
  if (!strncmp(name, "suda", 4) || !strncmp(name, "dis_suda", 8)) return suda(x, name, list), true;
  return false;
}

/* --- local suppression --- */
/* both: with the blanks of both records; else i is known whole. */
static bool agree(const struct micro_case *x, const uint32_t *blanked, int64_t i, int64_t j, bool both) {
  for (int k = 0; k < x->keys.m; k++) {
    const bool open = ((both ? blanked[i] : 0) | blanked[j]) >> k & 1 || !x->keys.code[k][i] || !x->keys.code[k][j];
    if (!open && x->keys.code[k][i] != x->keys.code[k][j]) return false;
  }
  return true;
}
static int64_t below(const struct micro_case *x, const uint32_t *blanked, int64_t k) {
  int64_t bad = 0;
  for (int64_t i = 0; i < x->keys.n; i++) {
    int64_t same = 0;
    for (int64_t j = 0; j < x->keys.n && same < k; j++) same += agree(x, blanked, i, j, true);
    bad += same < k;
  }
  return bad;
}
static void suppress(const struct micro_case *x, int64_t k, double most) {
  struct micro_suppression s;
  struct micro_recount again = {0, 0};
  char check[64];
  snprintf(check, sizeof check, "local suppression, k = %lld", (long long)k);
  if (k > x->keys.n) return;
  if (micro_suppress(x->c->a, &x->keys, &x->p, &(struct micro_suppress_options){.k = k}, &s, NULL)) {
    case_verdict(x->c, check, false, "refused");
    return;
  }
  const int64_t bad = x->keys.n <= PAIRS_MOST                                        ? below(x, s.blanked, k)
                      : micro_recount(x->c->a, &x->keys, s.blanked, k, &again, NULL) ? -1
                                                                                     : again.n_below;
  int64_t blanks = 0;
  for (int64_t i = 0; i < x->keys.n; i++) blanks += micro_set_size(s.blanked[i]);
  case_verdict(x->c, check, bad == s.n_unsolved && s.n_unsolved == 0 && blanks == s.n_all && (double)blanks <= most,
      "%lld records below k, %lld unsolved, %lld blanks (%lld said), at most %.0f", (long long)bad, (long long)s.n_unsolved, (long long)blanks,
      (long long)s.n_all, most);
}
/* Strict: whoever knows every key finds k records that do not contradict it. */
static void suppress_strictly(const struct micro_case *x, int64_t k) {
  struct micro_suppression s;
  char check[64];
  int64_t bad = 0;
  snprintf(check, sizeof check, "strict local suppression, k = %lld", (long long)k);
  if (k > x->keys.n || x->keys.n > PAIRS_MOST) return;
  if (micro_suppress_strict(x->c->a, &x->keys, &(struct micro_suppress_options){.k = k}, &s, NULL)) {
    case_verdict(x->c, check, false, "refused");
    return;
  }
  for (int64_t i = 0; i < x->keys.n; i++) {
    int64_t fit = 0;
    for (int64_t j = 0; j < x->keys.n; j++) fit += agree(x, s.blanked, i, j, false);
    bad += fit < k;
  }
  case_verdict(x->c, check, bad == 0 && s.n_unsolved == 0 && below(x, s.blanked, k) == 0, "%lld records with fewer than k that fit", (long long)bad);
}
static void suppressions(const struct micro_case *x) {
  const struct json_value *given = json_member(x->c->expected, "local_suppression");
  double most = HUGE_VAL;
  int64_t k = json_member_int(x->c->expected, "k", 0);
  if (json_is_object(given)) {
    k = json_member_int(given, "k", k);
    (void)json_number(json_member(given, "blanks"), &most);
  } else
    (void)json_number(given, &most);
  if (k >= 2) suppress(x, k, most);
  for (int64_t other = 2; other <= K_MOST; other++)
    if (other != k) suppress(x, other, HUGE_VAL);
  for (int64_t each = 2; each <= K_MOST; each++) suppress_strictly(x, each);
}

bool judge_micro(const struct sdc_case *c) {
  struct micro_case x = {.c = c};
  const struct json_value *list;
  const char *name;
  if (json_member(c->expected, "round_base") || !case_file(c, "data.csv").p) return false;
  options(&x);
  if (!load(&x)) return case_verdict(c, "data.csv", false, "the records cannot be read"), true;
  for (size_t i = 0; json_member_at(c->expected, i, &name, &list); i++) {
    double number;
    if (!json_is_array(list) || (int64_t)json_length(list) != x.keys.n || !json_number(json_element(list, 0), &number)) continue;
    if (!one_list(&x, name, list)) case_unsupported(c, name);
  }
  suppressions(&x);
  return true;
}
