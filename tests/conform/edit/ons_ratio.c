/* Longitudinal ratio imputation: folders of NAME_input.csv and NAME_output.csv with params.json beside them. Every column of the output is compared
 *          except the
 * echoed inclusion columns; numbers to 1e-6 relative (the files hold 6 to 10 digits). Each case runs twice: whole, and continued from the expected
 *          first period as back data. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ext_json.h"
#include "processing/impute/longitudinal.h"
#include "tests/conform/edit/ons_filter.h"
#include "tests/conform/edit/runner.h"

void ons_ratio_run(struct tally *t, const char *path);

static const char *const KIND[LINK_KINDS] = {"forward", "backward", "construction"};
struct pair {
  struct arena *arena;
  struct cells in, out;
  const struct json_value *params;
  bool mean_of_ratios;
  struct long_input input;
  struct long_rule rule;
  struct long_row *row;
  uint8_t *back;
  FILE *say;
};
static struct long_values values(struct pair *p, const char *column) {
  const int j = cells_find(&p->in, column);
  double *x = ARENA_ARRAY(p->arena, double, p->in.n_rows);
  uint8_t *status = ARENA_ARRAY(p->arena, uint8_t, p->in.n_rows);
  if (j < 0 || !x || !status) return (struct long_values){0};
  for (int64_t i = 0; i < p->in.n_rows; i++) {
    x[i] = cells_at(&p->in, i, j)->number;
    status[i] = cells_at(&p->in, i, j)->is_number ? VAL_REPORTED : VAL_BLANK;
  }
  return (struct long_values){x, status};
}
static double parameter(const struct pair *p, const char *name, double otherwise) {
  double v;
  const struct json_value *found = json_member(p->params, name);
  const char *text = json_string(found);
  return text ? strtod(text, NULL) : json_number(found, &v) ? v : otherwise;
}
static bool filter(struct pair *p) {
  const char *text = json_string(json_member(p->params, "link_filter"));
  uint8_t *include = ARENA_ARRAY(p->arena, uint8_t, p->in.n_rows);
  if (!text || !include) return !text;
  for (int64_t i = 0; i < p->in.n_rows; i++) {
    const int v = ons_filter(text, &p->in, i);
    if (v == -2) return fprintf(p->say, "   the filter cannot be read: %s\n", text), false;
    include[i] = v == 1;
  }
  p->input.include = include;
  return true;
}
static bool read_input(struct pair *p) {
  const int64_t n = p->in.n_rows;
  const int id = cells_find(&p->in, "identifier"), date = cells_find(&p->in, "date"), group = cells_find(&p->in, "group");
  struct str *unit = ARENA_ARRAY(p->arena, struct str, n);
  int32_t *period = ARENA_ARRAY(p->arena, int32_t, n), *class_ = ARENA_ARRAY(p->arena, int32_t, n);
  bool zeros = false;
  (void)json_boolean(json_member(p->params, "include_zeros"), &zeros);
  if (id < 0 || date < 0 || group < 0 || !unit || !period || !class_) return false;
  for (int64_t i = 0; i < n; i++) {
    const int month = (int)cells_at(&p->in, i, date)->number;
    unit[i] = cells_at(&p->in, i, id)->text;
    period[i] = month / 100 * 12 + month % 100;
    class_[i] = (int32_t)cells_at(&p->in, i, group)->number;
  }
  p->input = (struct long_input){.n = n, .unit = unit, .period = period, .class_ = class_, .response = values(p, "question"), .auxiliary = values(p,
      "other"), .manual = values(p, "manual_construction"),
                                 .given = {values(p, "forward"), values(p, "backward"), values(p, "construction")}};
  p->rule = (struct long_rule){.mean_of_ratios = p->mean_of_ratios, .keep_zeros = zeros, .lower_trim = parameter(p, "lower_trim", 0),
      .upper_trim = parameter(p, "upper_trim", 0),
                               .trim_above = (int64_t)parameter(p, "trim_threshold", 0), .weight = parameter(p, "weight", 1),
                                   .weight_lag = (int32_t)parameter(p, "weight_periodicity_multiplier", 0), .step = 1};
  return filter(p);
}
static bool number_is(const struct cell *c, double v, bool there) {
  if (!there || c->missing) return there == !c->missing;
  return c->is_number && case_close(v, c->number, 1e-6);
}
static bool flag_is(const struct cell *c, bool v, bool there) { return c->missing ? !there : there && (strncasecmp(c->text.p, "true", 4) == 0) == v; }

static bool column_is(const struct pair *p, const char *name, const struct long_row *r, const struct cell *c) {
  const char *under = strchr(name, '_');
  const char *last = under ? under + 1 : name;
  if (strcasecmp(name, "output") == 0) return number_is(c, r->value, r->marker != MARK_NONE);
  if (strcasecmp(name, "marker") == 0) return str_eq(c->text, str_of(LONG_MARKER[r->marker]));
  for (int k = 0; k < LINK_KINDS; k++) {
    if (strcasecmp(name, KIND[k]) == 0) return number_is(c, r->link[k].value, true);
    if (strcasecmp(last, KIND[k]) != 0) continue;
    if (strncasecmp(name, "unweighted", 10) == 0) return number_is(c, r->link[k].unweighted, true);
    if (strncasecmp(name, "count", 5) == 0) return number_is(c, (double)r->link[k].count, true);
    if (strncasecmp(name, "default", 7) == 0) return flag_is(c, r->link[k].is_default, true);
    if (strncasecmp(name, "growth", 6) == 0) return number_is(c, r->growth[k], r->has_growth[k]);
  }
  if (strncasecmp(name, "trim_inclusion_", 15) == 0) {
    const int side = strcasecmp(name + 15, "backward") == 0;
    return flag_is(c, r->kept[side], r->has_growth[side]);
  }
  (void)p;
  return true;
}
static double past_link(const struct pair *p, int64_t row, int kind) {
  const char *unweighted = arena_printf(p->arena, "unweighted_%s", KIND[kind]);
  int j = unweighted ? cells_find(&p->out, unweighted) : -1;
  if (j < 0 || cells_at(&p->out, row, j)->missing) j = cells_find(&p->out, KIND[kind]);
  return j < 0 ? 0 : cells_at(&p->out, row, j)->number;
}
/* Rows of the output before the first period of the input hold the links that the weighting looks back at. */
static bool read_past(struct pair *p) {
  int32_t first = INT32_MAX;
  const int date = cells_find(&p->out, "date"), group = cells_find(&p->out, "group");
  struct long_past *past = ARENA_ARRAY(p->arena, struct long_past, p->out.n_rows);
  if (!past || date < 0 || group < 0) return false;
  for (int64_t i = 0; i < p->in.n_rows; i++) first = p->input.period[i] < first ? p->input.period[i] : first;
  for (int64_t i = 0; i < p->out.n_rows; i++) {
    const int month = (int)cells_at(&p->out, i, date)->number, period = month / 100 * 12 + month % 100;
    if (period >= first) continue;
    struct long_past *to = &past[p->input.n_past++];
    *to = (struct long_past){period, (int32_t)cells_at(&p->out, i, group)->number, {0}};
    for (int k = 0; k < LINK_KINDS; k++) to->link[k] = past_link(p, i, k);
  }
  p->input.past = past;
  return true;
}
static int64_t output_row(const struct pair *p, int64_t i) {
  const int id = cells_find(&p->out, "identifier"), date = cells_find(&p->out, "date");
  for (int64_t k = 0; k < p->out.n_rows; k++)
    if (str_eq(cells_at(&p->out, k, id)->text, p->input.unit[i]) && cells_at(&p->out, k, cells_find(&p->out,
        "group"))->number == p->input.class_[i] && cells_at(&p->out, k, date)->number == cells_at(&p->in, i, cells_find(&p->in,
        "date"))->number) return k;
  return -1;
}
static bool compare(const struct pair *p, bool values_only) {
  bool same = p->out.n_rows == p->in.n_rows + p->input.n_past;
  if (!same) fprintf(p->say, "   %lld rows expected\n", (long long)p->out.n_rows);
  for (int64_t i = 0; i < p->in.n_rows; i++) {
    const int64_t k = output_row(p, i);
    if (k < 0) return fprintf(p->say, "   a row is not expected\n"), false;
    for (int j = 0; j < p->out.n_columns; j++) {
      const char *name = p->out.names[j];
      if (values_only && strcasecmp(name, "output") != 0 && strcasecmp(name, "marker") != 0) continue;
      if (column_is(p, name, &p->row[i], cells_at(&p->out, k, j))) continue;
      const struct cell *c = cells_at(&p->out, k, j);
      fprintf(p->say, "   %.*s %d %s: expected %.*s; value %.10g %s links %.10g %.10g %.10g growth %.10g %.10g\n", (int)p->input.unit[i].n,
          p->input.unit[i].p, p->input.period[i], name, (int)c->text.n, c->text.p,
              p->row[i].value, LONG_MARKER[p->row[i].marker], p->row[i].link[0].value, p->row[i].link[1].value, p->row[i].link[2].value,
                  p->row[i].growth[0], p->row[i].growth[1]);
      same = false;
    }
  }
  return same;
}
/* The first period as back data, with the links of the whole run supplied: the chains must go on as if they had never stopped. */
static bool continued(struct pair *p) {
  int32_t first = INT32_MAX;
  struct err e = {0};
  const struct long_row *whole = p->row;
  struct long_values response = p->input.response;
  double *x = ARENA_ARRAY(p->arena, double, p->in.n_rows), *link[LINK_KINDS];
  uint8_t *status = ARENA_ARRAY(p->arena, uint8_t, p->in.n_rows), *all = ARENA_ARRAY(p->arena, uint8_t, p->in.n_rows), *back = ARENA_ARRAY(p->arena,
      uint8_t, p->in.n_rows);
  if (!x || !status || !all || !back) return false;
  for (int64_t i = 0; i < p->in.n_rows; i++) first = p->input.period[i] < first ? p->input.period[i] : first;
  for (int kind = 0; kind < LINK_KINDS; kind++) {
    if (!(link[kind] = ARENA_ARRAY(p->arena, double, p->in.n_rows))) return false;
    for (int64_t i = 0; i < p->in.n_rows; i++) link[kind][i] = whole[i].link[kind].value;
    p->input.given[kind] = (struct long_values){link[kind], all};
  }
  for (int64_t i = 0; i < p->in.n_rows; i++) {
    const bool old = p->input.period[i] == first;
    back[i] = old ? (uint8_t)whole[i].marker : 0;
    x[i] = old ? whole[i].value : response.x[i];
    status[i] = old ? (back[i] ? VAL_IMPUTED : VAL_BLANK) : response.status[i];
  }
  p->input.response = (struct long_values){x, status};
  p->input.back = back;
  p->rule.weight = 1;
  return longitudinal_run(p->arena, &p->input, &p->rule, &p->row, &e) == E_OK && compare(p, true);
}
static enum verdict run_pair(struct pair *p, const char *folder, const char *name) {
  struct err e = {0};
  const char *in = arena_printf(p->arena, "%s/%s_input.csv", folder, name), *out = arena_printf(p->arena, "%s/%s_output.csv", folder, name);
  if (!in || !out || case_csv(p->arena, in, &p->in, &e) || case_csv(p->arena, out, &p->out, &e)) return fprintf(p->say,
      "   the pair cannot be read\n"), FAILED;
  if (!read_input(p) || !read_past(p) || longitudinal_run(p->arena, &p->input, &p->rule, &p->row, &e)) return fprintf(p->say,
      "   the run ended with an error\n"), FAILED;
  return compare(p, false) && continued(p) ? PASSED : FAILED;
}
static void run_folder(struct tally *t, const char *path, const char *folder, const struct json_value *params) {
  struct dirent **entries;
  char whole[4096];
  snprintf(whole, sizeof whole, "%s/%s", path, folder);
  int n = scandir(whole, &entries, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    char *end = strstr(entries[i]->d_name, "_input.csv"), *text = NULL, id[512];
    size_t size;
    if (end) {
      *end = 0;
      struct pair p = {.arena = arena_new((size_t)1 << 28), .params = json_member(json_member(params, folder), entries[i]->d_name),
          .mean_of_ratios = strcmp(folder, "mean_of_ratios") == 0};
      snprintf(id, sizeof id, "%s/%s", folder, entries[i]->d_name);
      if (!t->only || strcmp(t->only, id) == 0) {
        p.say = open_memstream(&text, &size);
        if (!p.say || !p.arena) abort();
        const enum verdict v = run_pair(&p, whole, entries[i]->d_name);
        fclose(p.say);
        tally_add(t, "longitudinal", id, v, text);
        free(text);
      }
      arena_free(p.arena);
    }
    free(entries[i]);
  }
  if (n >= 0) free(entries);
}
void ons_ratio_run(struct tally *t, const char *path) {
  struct arena *a = arena_new((size_t)1 << 26);
  struct json_document *d = NULL;
  struct err e = {0};
  if (!a || case_file(a, path, "params.json", &d, &e)) tally_add(t, "longitudinal", "params.json", FAILED, "   it cannot be read\n");
  else {
    run_folder(t, path, "mean_of_ratios", json_root(d));
    run_folder(t, path, "ratio_of_means", json_root(d));
  }
  json_release(d);
  arena_free(a);
}
