/* What came out beside what the case expects: the flags as a set, the summaries by group and item. */
#include <string.h>
#include <strings.h>

#include "tests/conform/edit/outlier.h"

static const struct json_value *expected_table(const struct edit_case *c, const char *name) {
  const struct json_value *own = json_member(c->expected, name);
  return json_is_object(own) ? own : json_member(json_member(c->whole, "banff_build_output"), name);
}
static int item_of(const struct outlier_case *o, struct str field, struct str with, int from) {
  for (int j = from; j < o->p; j++)
    if (field.n == strlen(o->item[j]) && strncasecmp(field.p, o->item[j], field.n) == 0 &&
        (!with.n || (with.n == strlen(o->with[j]) && strncasecmp(with.p, o->with[j], with.n) == 0))) return j;
  return -1;
}
static int64_t row_of(const struct outlier_case *o, struct str unit) {
  for (int64_t i = 0; i < o->y.n; i++)
    if (str_eq(o->y.unit[i], unit)) return i;
  return -1;
}
static int64_t count_flags(const struct outlier_case *o) {
  int64_t n = 0;
  for (int j = 0; j < o->p; j++)
    for (int64_t i = 0; i < o->y.n; i++) n += o->result[j].flag[i] != OUTLIER_NONE;
  return n;
}
static bool flags_agree(const struct outlier_case *o, const char *table, const char *column, const char *(*name)(enum outlier_flag)) {
  struct cells t;
  struct err e = {0};
  bool same = true;
  if (case_cells(o->c->arena, expected_table(o->c, table), &t, &e)) return false;
  if (t.n_columns == 0) return true;
  const int unit = cells_find(&t, o->unit_id), field = cells_find(&t, "FIELDID"), status = cells_find(&t, column);
  for (int64_t i = 0; i < t.n_rows; i++) {
    const int64_t row = row_of(o, cells_at(&t, i, unit)->text);
    const char *ours = "absent";
    bool found = false;
    const struct str item = cells_at(&t, i, field)->text;
    for (int j = item_of(o, item, STR(""), 0); row >= 0 && j >= 0 && !found; j = item_of(o, item, STR(""), j + 1)) {
      ours = name(o->result[j].flag[row]); /* an item may stand twice, with two auxiliary ones */
      found = str_eq(cells_at(&t, i, status)->text, str_of(ours));
    }
    if (found) continue;
    same = false;
    fprintf(o->c->say, "   %s row %lld: '%s'\n", table, (long long)i + 1, ours);
  }
  if (count_flags(o) == t.n_rows) return same;
  fprintf(o->c->say, "   %s: %lld rows for %lld\n", table, (long long)count_flags(o), (long long)t.n_rows);
  return false;
}
/* Effects and limits beside each flag, where the case has them. */
static bool details_agree(const struct outlier_case *o) {
  static const char *const names[] = {"EFFECT", "CURRENT_VALUE", "IMP_BND_L", "EXCL_BND_L", "EXCL_BND_R", "IMP_BND_R", "GAP"};
  struct cells t;
  struct err e = {0};
  bool same = true;
  if (case_cells(o->c->arena, expected_table(o->c, "outstatus_detailed"), &t, &e)) return false;
  for (int64_t i = 0; i < t.n_rows; i++) {
    const int64_t row = row_of(o, cells_at(&t, i, cells_find(&t, o->unit_id))->text);
    const int j = item_of(o, cells_at(&t, i, cells_find(&t, "FIELDID"))->text, STR(""), 0);
    if (row < 0 || j < 0) return false;
    const struct outlier_limits *l = &o->result[j].summary[o->group[row]].limits;
    const bool gap = o->params.method == OUTLIER_SIGMA_GAP;
    const double *limit = gap ? l->gap : l->at, ours[] = {o->result[j].effect[row], o->y.columns[j].x[row], limit[0], limit[1], limit[2], limit[3],
                                                          o->result[j].gap[row]};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
      const int column = cells_find(&t, names[k]);
      if (column < 0 || cells_at(&t, i, column)->missing || case_close(ours[k], cells_at(&t, i, column)->number, 1e-8)) continue;
      same = false;
      fprintf(o->c->say, "   outstatus_detailed row %lld: %s\n", (long long)i + 1, names[k]);
    }
  }
  return same;
}
static int group_of(const struct outlier_case *o, const struct cells *t, int64_t row) {
  for (int g = 0; g < o->n_groups; g++) {
    bool same = true;
    for (int k = 0; k < o->n_by && same; k++) {
      const int theirs = cells_find(t, o->by[k]);
      same = theirs < 0 || str_eq(cells_at(t, row, theirs)->text, cells_at(&o->c->data, o->group_row[g], cells_find(&o->c->data, o->by[k]))->text);
      if (!same) {
        const struct cell *a = cells_at(t, row, theirs), *b = cells_at(&o->c->data, o->group_row[g], cells_find(&o->c->data, o->by[k]));
        same = a->is_number && b->is_number && a->number == b->number;
      }
    }
    if (same) return g;
  }
  return -1;
}
/* The value of a column of the summary; false: it is blank. */
static bool summary_value(const struct outlier_case *o, const struct outlier_summary *s, const char *column, double *out) {
  static const struct {
    const char *name;
    int reason;
  } reasons[] = {{"NRejected_NoMatch", REJECT_NO_MATCH},          {"NRejected_VarMissing", REJECT_MISSING},
                 {"NRejected_AuxVarMissing", REJECT_AUX_MISSING},
                 {"NRejected_VarZero", REJECT_ZERO},              {"NRejected_AuxVarZero", REJECT_AUX_ZERO},
                     {"NRejected_VarNegative", REJECT_NEGATIVE},
                 {"NRejected_AuxVarNegative", REJECT_AUX_NEGATIVE}};
  static const struct {
    const char *name;
    int limit;
  } limits[] = {{"IMP_BND_L", LIMIT_IMP_L}, {"EXCL_BND_L", LIMIT_EXCL_L}, {"EXCL_BND_R", LIMIT_EXCL_R}, {"IMP_BND_R", LIMIT_IMP_R}};
  const int64_t valid = s->n_records - s->n_rejected[REJECT_NO_MATCH] - s->n_rejected[REJECT_WEIGHT];
  const struct outlier_limits *l = &s->limits;
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
    if (strcasecmp(column, reasons[i].name) == 0) return *out = (double)s->n_rejected[reasons[i].reason], true;
  const double counts[] = {(double)s->n_records, (double)valid, (double)s->n_used, (double)(valid - s->n_used)};
  static const char *const count_names[] = {"NObs", "NValid", "NUsed", "NRejected"};
  for (size_t i = 0; i < 4; i++)
    if (strcasecmp(column, count_names[i]) == 0) return *out = counts[i], true;
  if (!s->judged) return false;
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
    if (strcasecmp(column, limits[i].name) == 0)
      return *out = (o->params.method == OUTLIER_SIGMA_GAP ? l->gap : l->at)[limits[i].limit], l->has[limits[i].limit];
  const double others[] = {(double)s->n_imputation, (double)s->n_exclusion, l->quartiles.q1, l->quartiles.median, l->quartiles.q3, l->deviation,
                           l->deviation * o->params.imputation,
                           l->deviation * o->params.exclusion};
  static const char *const names[] = {"NFTI", "NFTE", "Q1", "M", "Q3", "DEVIATION", "IMP_SIGMAGAP", "EXCL_SIGMAGAP"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (strcasecmp(column, names[i]) == 0) return *out = others[i], true;
  return false;
}
static bool is_key(const struct outlier_case *o, const char *column) {
  for (int k = 0; k < o->n_by; k++)
    if (strcasecmp(column, o->by[k]) == 0) return true;
  return strcasecmp(column, "FIELDID") == 0 || strcasecmp(column, "AuxVarID") == 0;
}
static bool summary_row_agrees(const struct outlier_case *o, const struct cells *t, int64_t row) {
  const int field = cells_find(t, "FIELDID"), with = cells_find(t, "AUXVARID"), g = group_of(o, t, row);
  const struct str name = cells_at(t, row, field)->text;
  /* without an item: the whole group is too small */
  const int j = name.n ? item_of(o, name, with >= 0 ? cells_at(t, row, with)->text : STR(""), 0) : 0;
  bool same = g >= 0 && j >= 0;
  for (int k = 0; same && k < t->n_columns; k++) {
    const struct cell *cell = cells_at(t, row, k);
    double v = 0;
    if (is_key(o, t->names[k]) || (cell->missing && !name.n)) continue;
    const bool has = summary_value(o, &o->result[j].summary[g], t->names[k], &v);
    if (has != !cell->missing || (has && !case_close(v, cell->number, 1e-8))) {
      fprintf(o->c->say, "   outsummary row %lld: %s\n", (long long)row + 1, t->names[k]);
      same = false;
    }
  }
  return same;
}
static bool summaries_agree(const struct outlier_case *o) {
  struct cells t;
  struct err e = {0};
  bool same = true;
  if (case_cells(o->c->arena, expected_table(o->c, "outsummary"), &t, &e)) return false;
  for (int64_t i = 0; i < t.n_rows; i++) same = summary_row_agrees(o, &t, i) && same;
  return same;
}
bool outlier_case_compare(const struct outlier_case *o) {
  const bool status = flags_agree(o, "outstatus", "STATUS", outlier_flag_status);
  const bool detail = flags_agree(o, "outstatus_detailed", "OUTLIER_STATUS", outlier_flag_name);
  const bool details = details_agree(o);
  return summaries_agree(o) && status && detail && details;
}
