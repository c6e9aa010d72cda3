#include "tests/conform/edit/donor_case.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static const struct json_value *input(const struct edit_case *c, const char *table) { return json_member(json_member(c->whole, "inputs"), table); }

/* 's' or 'n' as the pack declares the column; 0 when the table or column is not there. */
static char kind_of(const struct edit_case *c, const char *table, const char *column) {
  const struct json_value *t = input(c, table), *columns = json_member(t, "columns");
  const char *types = json_string(json_member(t, "types"));
  for (size_t j = 0; types && j < json_length(columns); j++) {
    const char *name = json_string(json_element(columns, j));
    if (name && strcasecmp(name, column) == 0) return types[j];
  }
  return 0;
}
static const char *want(const struct edit_case *c, const char *table, const char *column, char kind) {
  return kind_of(c, table, column) == kind ? NULL : column;
}

static const char *single(const struct edit_case *c, const char *param, char kind) {
  const char *words[4];
  const int n = case_words(c, param, words, 4);
  return n > 1 ? param : n ? want(c, "indata", words[0], kind) : NULL;
}
static const char *lists(struct donor_case *d) {
  const struct edit_case *c = d->c;
  const char *bad = NULL;
  for (int k = 0; k < d->n_match && !bad; k++) bad = want(c, "indata", d->match[k], 'n');
  for (int k = 0; k < d->n_impute && !bad; k++) bad = want(c, "indata", d->impute[k], 'n');
  for (int k = 0; k < d->n_by && !bad; k++) {
    bad = kind_of(c, "indata", d->by[k]) ? NULL : d->by[k];
    for (int o = 0; o < d->n_match; o++) bad = strcmp(d->match[o], d->by[k]) == 0 ? "by" : bad;
    for (int o = 0; o < d->n_impute; o++) bad = strcmp(d->impute[o], d->by[k]) == 0 ? "by" : bad;
    if (strcasecmp(d->by[k], d->unit_id) == 0) bad = "by";
  }
  return bad;
}
static const char *numbers(const struct edit_case *c) {
  static const char *const WHOLE[] = {"n", "min_donors", "n_limit", "seed"}, *const REAL[] = {"percent_donors", "mrl"};
  double v;
  for (int k = 0; k < 4; k++)
    if (case_has(c, WHOLE[k]) && (!json_number(json_member(c->params, WHOLE[k]), &v) || v != floor(v))) return WHOLE[k];
  for (int k = 0; k < 2; k++)
    if (case_has(c, REAL[k]) && (!json_number(json_member(c->params, REAL[k]), &v))) return REAL[k];
  return json_number(json_member(c->params, "mrl"), &v) && v <= 0 ? "mrl" : NULL;
}
static bool ends_a_rule(const char *text) {
  size_t n = strlen(text);
  while (n && strchr(" \t\n", text[n - 1])) n--;
  return n == 0 || text[n - 1] == ';';
}
const char *donor_case_layout(struct donor_case *d) {
  const struct edit_case *c = d->c;
  const bool pack = json_is_object(json_member(c->whole, "inputs"));
  const char *bad = NULL;
  d->unit_id = case_text(c, "unit_id", pack ? "" : "IDENT");
  d->n_by = case_words(c, "by", d->by, DONOR_CASE_WORDS);
  d->n_match = case_words(c, "must_match", d->match, DONOR_CASE_WORDS);
  d->n_impute = case_words(c, "must_impute", d->impute, DONOR_CASE_WORDS);
  if (!ends_a_rule(case_text(c, "edits", "")) || !ends_a_rule(case_text(c, "post_edits", ""))) return "; after the last rule";
  if (!pack) return NULL;
  if (!*d->unit_id) return "unit_id";
  if ((bad = numbers(c)) || (bad = single(c, "unit_id", 's')) || (bad = single(c, "rand_num_var", 'n')) || (bad = single(c, "data_excl_var", 's')))
    return bad;
  if (strcmp(c->proc, "donor") == 0) {
    if ((bad = want(c, "instatus", d->unit_id, 's')) || (bad = want(c, "instatus", "FIELDID", 's')) || (bad = want(c, "instatus", "STATUS", 's')))
      return bad;
  }
  return lists(d);
}
static int compare_cells(const struct cell *a, const struct cell *b) {
  if (a->is_number && b->is_number) return a->number < b->number ? -1 : a->number > b->number;
  return str_cmp(a->text, b->text);
}
static bool table_unsorted(const struct cells *t, const char *const *by, int n_by) {
  for (int64_t i = 1; i < t->n_rows; i++)
    for (int k = 0; k < n_by; k++) {
      const int column = cells_find(t, by[k]);
      if (column < 0) return false;
      const int order = compare_cells(cells_at(t, i - 1, column), cells_at(t, i, column));
      if (order > 0) return true;
      if (order < 0) break;
    }
  return false;
}
bool donor_case_unsorted(const struct donor_case *d) {
  return table_unsorted(&d->c->data, d->by, d->n_by) || table_unsorted(&d->c->status, d->by, d->n_by);
}

static bool same_class(const struct donor_case *d, int64_t a, int64_t b) {
  for (int k = 0; k < d->n_by; k++) {
    const int column = cells_find(&d->c->data, d->by[k]);
    if (compare_cells(cells_at(&d->c->data, a, column), cells_at(&d->c->data, b, column)) != 0) return false;
  }
  return true;
}
static enum err_code classes(struct donor_case *d, struct err *e) {
  int32_t *group = ARENA_ARRAY(d->c->arena, int32_t, d->t.n);
  if (!group) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int k = 0; k < d->n_by; k++)
    if (cells_find(&d->c->data, d->by[k]) < 0) return ERR(e, E_NUM_COLUMN, .subject = d->by[k]);
  for (int64_t i = 0; i < d->t.n; i++) {
    int64_t like = 0;
    while (like < i && !same_class(d, like, i)) like++;
    group[i] = like < i ? group[like] : d->data.n_groups++;
  }
  d->data.group = group;
  return E_OK;
}
/* Records without a unit id are no records. */
enum err_code donor_case_table(struct donor_case *d, const char *const *names, int p, struct err *e) {
  struct str *unit;
  const int id = cells_find(&d->c->data, d->unit_id);
  if (id < 0) return ERR(e, E_NUM_COLUMN, .subject = d->unit_id);
  TRY(case_num_table(d->c, &d->c->data, names, p, &d->t, e));
  unit = ARENA_ARRAY(d->c->arena, struct str, d->t.n);
  d->flags = ARENA_ARRAY(d->c->arena, uint8_t, (int64_t)p * d->t.n);
  if (!unit || !d->flags) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int64_t i = 0; i < d->t.n; i++) {
    unit[i] = str_trim(cells_at(&d->c->data, i, id)->text);
    for (int j = 0; unit[i].n == 0 && j < p; j++) d->t.columns[j].status[i] = VAL_BLANK;
  }
  d->t.unit = unit;
  d->data = (struct donor_data){.t = &d->t, .flags = d->flags};
  for (int k = 0; k < d->n_match; k++) d->must_match[k] = num_table_find(&d->t, str_of(d->match[k]));
  for (int k = 0; k < d->n_impute; k++) d->must_impute[k] = num_table_find(&d->t, str_of(d->impute[k]));
  return classes(d, e);
}
double donor_case_param(const struct donor_case *d, const char *name, double fallback) { return case_number(d->c, name, fallback); }

/* The distance by its definition, from scratch. */
static double rank_of(const struct donor_case *d, const struct donor_result *r, int column, int64_t like, int64_t row) {
  const struct num_column *c = &d->t.columns[column];
  int below = 0, ties = 0, n = 0;
  for (int64_t i = 0; i < d->t.n; i++) {
    if (d->data.group[i] != d->data.group[like] || (r->role[i] != ROLE_DONOR && r->role[i] != ROLE_RECIPIENT)) continue;
    if (!num_present(c, i) || (d->flags[column * d->t.n + i] & DONOR_FLAGGED) || (!case_flag(d->c, "accept_negative") && c->x[i] < 0)) continue;
    n++;
    below += c->x[i] < c->x[row];
    ties += c->x[i] == c->x[row];
  }
  return (below + 1 + (ties - 1) / 2.0) / (n + 1);
}
static double distance(const struct donor_case *d, const struct donor_result *r, const struct donor_recipient *to, int64_t donor) {
  double largest = 0;
  for (int j = 0; j < d->t.p; j++)
    if (to->matching[j / 64] >> (j % 64) & 1) largest = fmax(largest, fabs(rank_of(d, r, j, to->row, to->row) - rank_of(d, r, j, to->row, donor)));
  return largest;
}
static const struct donor_recipient *recipient_of(const struct donor_case *d, const struct donor_result *r, struct str unit) {
  for (int64_t i = 0; i < r->n_recipients; i++)
    if (str_eq(d->t.unit[r->recipients[i].row], unit)) return &r->recipients[i];
  return NULL;
}
static int64_t row_of(const struct donor_case *d, struct str unit) {
  for (int64_t i = 0; i < d->t.n; i++)
    if (str_eq(d->t.unit[i], unit)) return i;
  return -1;
}
static bool listed(const struct edit_case *c, const char *list, struct str unit) {
  const struct json_value *v = json_member(c->whole, list);
  for (size_t i = 0; i < json_length(v); i++) {
    const char *text = json_string(json_element(v, i));
    if (text && str_eq(str_of(text), unit)) return true;
  }
  return false;
}
/* Equal, or at an equal distance where nearest donors tie; drawn donors need only be there. */
static bool right_donor(const struct donor_case *d, const struct donor_result *r, const struct donor_recipient *to, int64_t donor, bool strict) {
  if (to->donor == donor) return true;
  if (to->donor < 0) return false;
  if (to->drawn) return !strict;
  return !strict && fabs(distance(d, r, to, donor) - distance(d, r, to, to->donor)) < 1e-9;
}
static bool compare_donors(const struct donor_case *d, const struct donor_result *r, const struct cells *map) {
  const int recipient = cells_find(map, "RECIPIENT"), donor = cells_find(map, "DONOR"), limit = cells_find(map, "DONORLIMIT");
  const bool limited = case_has(d->c, "n_limit") || case_has(d->c, "mrl"),
             depends = case_flag(d->c, "random") || json_member(d->c->whole, "may_depend_on_seed");
  bool same = true;
  int64_t expected = 0, found = r->by_outcome[DONOR_FOUND];
  for (int64_t i = 0; i < map->n_rows; i++) {
    struct str unit = cells_at(map, i, recipient)->text, from = cells_at(map, i, donor)->text;
    const struct donor_recipient *to = recipient_of(d, r, unit);
    const int64_t row = row_of(d, from);
    expected++;
    if (!to) {
      same = false;
      fprintf(d->c->say, "   %.*s is no recipient here\n", (int)unit.n, unit.p);
      continue;
    }
    const struct cell *most = cells_at(map, i, limit);
    if (most->is_number && r->classes[d->data.group[to->row]].limit != (int)most->number)
      same = false, fprintf(d->c->say, "   limit %d, expected %g\n", r->classes[d->data.group[to->row]].limit, most->number);
    if (right_donor(d, r, to, row, listed(d->c, "stable_recipients", unit)) || (limited && depends && to->donor >= 0)) continue;
    same = false;
    fprintf(d->c->say, "   %.*s: donor %.*s expected, found %.*s (%s, %d tried, distance %d, expected one at %.7f)\n", (int)unit.n, unit.p,
            (int)from.n, from.p, to->donor < 0 ? 1 : (int)d->t.unit[to->donor].n, to->donor < 0 ? "-" : d->t.unit[to->donor].p,
            donor_outcome_name(to->outcome), to->attempts, to->distance, row < 0 ? -1 : distance(d, r, to, row));
  }
  double n_imputed = (double)expected;
  (void)json_number(json_member(d->c->whole, "n_imputed"), &n_imputed);
  if (found != (int64_t)n_imputed) same = false, fprintf(d->c->say, "   %lld recipients served, %g expected\n", (long long)found, n_imputed);
  return same;
}
static bool compare_matching(const struct donor_case *d, const struct donor_result *r, const struct cells *m) {
  const int id = cells_find(m, d->unit_id), field = cells_find(m, "FIELDID"), status = cells_find(m, "STATUS");
  bool same = true;
  if (id < 0 || field < 0 || status < 0) return true;
  for (int64_t i = 0; i < r->n_recipients; i++) {
    const struct donor_recipient *to = &r->recipients[i];
    uint64_t bits[16] = {0};
    bool any = false;
    for (int64_t k = 0; k < m->n_rows; k++) {
      if (!str_eq(cells_at(m, k, id)->text, d->t.unit[to->row])) continue;
      struct str s = cells_at(m, k, status)->text, name = cells_at(m, k, field)->text;
      any = true;
      for (int j = 0; j < d->t.p && s.n == 3 && s.p[0] == 'M'; j++)
        if (strlen(d->t.columns[j].name) == name.n && strncasecmp(d->t.columns[j].name, name.p, name.n) == 0) bits[j / 64] |= UINT64_C(1) << (j % 64);
    }
    if (!any) continue;
    for (int j = 0; j < d->t.p; j++) {
      const bool ours = to->matching[j / 64] >> (j % 64) & 1, theirs = bits[j / 64] >> (j % 64) & 1;
      if (ours == theirs) continue;
      same = false;
      fprintf(d->c->say, "   %.*s is %smatched on %s\n", (int)d->t.unit[to->row].n, d->t.unit[to->row].p, ours ? "wrongly " : "not ",
              d->t.columns[j].name);
    }
  }
  return same;
}
/* Values of recipients whose donor is the expected one are that donor's: only the number of changes is compared here. */
static enum err_code table(const struct edit_case *c, const char *name, struct cells *out, struct err *e) {
  TRY(case_cells(c->arena, json_member(c->expected, name), out, e));
  if (out->n_columns) return E_OK;
  return case_cells(c->arena, json_member(json_member(c->whole, "banff_build_output"), name), out, e);
}
static bool compare_values(const struct donor_case *d, const struct donor_result *r, const struct cells *s) {
  const int id = cells_find(s, d->unit_id), field = cells_find(s, "FIELDID"), value = cells_find(s, "VALUE");
  bool same = true;
  if (id < 0 || field < 0 || value < 0) return true;
  for (int64_t i = 0; i < r->n_changes; i++) {
    const struct donor_change *c = &r->changes[i];
    bool found = false, differs = false;
    for (int64_t k = 0; k < s->n_rows; k++) {
      struct str name = cells_at(s, k, field)->text;
      if (!str_eq(cells_at(s, k, id)->text, d->t.unit[c->row]) || strlen(d->t.columns[c->column].name) != name.n ||
          strncasecmp(d->t.columns[c->column].name, name.p, name.n) != 0)
        continue;
      found = true;
      differs = !case_close(cells_at(s, k, value)->number, c->value, 1e-12);
    }
    const struct donor_recipient *to = recipient_of(d, r, d->t.unit[c->row]);
    if (found && !differs) continue;
    if (!listed(d->c, "stable_recipients", d->t.unit[to->row]) && (to->drawn || found || json_member(d->c->whole, "seed_dependent_recipients")))
      continue;
    same = false;
    fprintf(d->c->say, "   %.*s %s: value %.17g is not the expected one\n", (int)d->t.unit[c->row].n, d->t.unit[c->row].p,
            d->t.columns[c->column].name, c->value);
  }
  return same;
}
enum verdict donor_case_compare(const struct donor_case *d, const struct donor_result *r) {
  struct cells map, matching, status;
  struct err e;
  if (table(d->c, "outdonormap", &map, &e) || table(d->c, "outmatching_fields", &matching, &e) || table(d->c, "outstatus", &status, &e))
    return FAILED;
  if (map.n_columns == 0) return fprintf(d->c->say, "   no known donors in the case\n"), UNSUPPORTED;
  const bool donors = compare_donors(d, r, &map), fields = compare_matching(d, r, &matching), values = compare_values(d, r, &status);
  return donors && fields && values ? PASSED : FAILED;
}
