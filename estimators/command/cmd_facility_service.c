/* cmd_facility_service.c -- estimate facility welfare, care: the detail forms under weights of the basic form. */
#include <stdio.h>
#include <string.h>

#include "estimators/command/cmd_facility.h"
#include "estimators/facility/fte.h"

enum { CELL_ITEMS_MOST = 4, LEVELS = 5, MEASURES_MOST = 12, REGISTER_MEASURES = 2 };
struct answers {
  int64_t *value;
  uint8_t *status;
};
struct service_work {
  struct cli *c;
  const char *survey, *type_item;
  struct facility_source reg, detail;
  struct service_cells cells;
  struct str *reg_id, *id;   /* identifiers of the register's rows and of the respondents */
  struct str *type;          /* of the register's rows */
  int32_t *domain, n_domains; /* of the respondents */
  struct str *label;
  uint8_t *open, *take_all;  /* [register]; [n_domains + 1] */
  struct service_measure measure[MEASURES_MOST];
  struct service_table_measure shown[MEASURES_MOST + REGISTER_MEASURES];
  int n_measures;
};

/* --- register and cells --- */
static enum err_code open_source(
    struct service_work *w, struct store *s, const char *form, const char *option, struct facility_source *out, struct err *e) {
  TRY(facility_open(w->c, w->survey, form, out, e));
  if (s) return facility_add_store(out, s, w->survey, facility_period_text(w->c), e);
  for (int i = 0; i < cli_repeat_count(w->c, option); i++) TRY(facility_add_file(out, cli_repeat(w->c, option, i), e));
  return out->n_parts ? E_OK
                      : ERR(e, E_ESTIMATE_ARGUMENT, .subject = cli_operand(w->c, 0), .expected = "SURVEY PERIOD, or --register FILE --detail FILE");
}
/* --cells facility_type;prefecture: the texts of the items joined. */
static enum err_code cell_texts(struct service_work *w, struct str **out, struct err *e) {
  struct arena *a = cli_job(w->c)->arena;
  struct str *part[CELL_ITEMS_MOST], rest = str_of(cli_text(w->c, "cells")), one;
  int n = 0;
  while (rest.n) {
    one = str_split(rest, ';', &rest);
    const char *item = arena_strdup(a, one.p, one.n);
    if (n == CELL_ITEMS_MOST || !item) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--cells", .expected = "at most four items joined by ;");
    TRY(facility_text(&w->reg, item, true, &part[n++], e));
  }
  if (!n) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--cells", .expected = "items of the basic form");
  *out = part[0];
  if (n == 1) return E_OK;
  if (!(*out = ARENA_ARRAY(a, struct str, w->reg.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "cells");
  for (int64_t i = 0; i < w->reg.n; i++) {
    const char *text = arena_strdup(a, part[0][i].p, part[0][i].n);
    for (int k = 1; k < n && text; k++) text = arena_printf(a, "%s/%.*s", text, (int)part[k][i].n, part[k][i].p);
    if (!text) return ERR(e, E_NO_MEMORY, .subject = "cells");
    (*out)[i] = str_of(text);
  }
  return E_OK;
}
static enum err_code read_register(struct service_work *w, struct err *e) {
  struct str *state;
  TRY(facility_some(&w->reg, e));
  TRY(facility_some(&w->detail, e));
  TRY(facility_ids(&w->reg, &w->reg_id, e));
  TRY(facility_ids(&w->detail, &w->id, e));
  TRY(facility_once(&w->reg, w->reg_id, NULL, "the register", e));
  TRY(facility_once(&w->detail, w->id, NULL, "the detail forms", e));
  TRY(facility_text(&w->reg, w->type_item, true, &w->type, e));
  TRY(facility_text(&w->reg, "state", true, &state, e));
  w->open = ARENA_ARRAY(cli_job(w->c)->arena, uint8_t, w->reg.n + 1);
  if (!w->open) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < w->reg.n; i++) {
    w->open[i] = str_eq(state[i], STR("1"));
    if (!w->open[i] && !str_eq(state[i], STR("2")) && !str_eq(state[i], STR("9")))
      return facility_wrong(&w->reg, i, w->reg_id[i], "state", "1, 2 or 9", "?", e);
  }
  return E_OK;
}
static enum err_code make_cells(struct service_work *w, struct err *e) {
  struct service_register reg = {.n = w->reg.n, .open = w->open};
  struct str *cell = NULL;
  TRY(cell_texts(w, &cell, e));
  reg.id = w->reg_id, reg.cell = cell;
  return service_cells_make(cli_job(w->c)->arena, &reg, w->detail.n, w->id, cli_flag(w->c, "closed-out"), &w->cells, e);
}
/* Domains are the types of the register's open facilities; a respondent belongs to the type the register has. */
static enum err_code make_domains(struct service_work *w, struct err *e) {
  struct arena *a = cli_job(w->c)->arena;
  int32_t *of = ARENA_ARRAY(a, int32_t, w->reg.n + 1);
  struct str *design;
  w->domain = ARENA_ARRAY(a, int32_t, w->detail.n + 1);
  if (!of || !w->domain) return ERR(e, E_NO_MEMORY, .subject = "types");
  TRY(facility_labels(a, w->type, w->reg.n, of, &w->label, &w->n_domains, e));
  for (int64_t i = 0; i < w->detail.n; i++) w->domain[i] = of[w->cells.register_row[i]];
  w->take_all = ARENA_ARRAY(a, uint8_t, w->n_domains + 1);
  if (!w->take_all) return ERR(e, E_NO_MEMORY, .subject = "types");
  memset(w->take_all, 1, (size_t)w->n_domains + 1);
  TRY(facility_text(&w->reg, "design", false, &design, e));
  for (int64_t i = 0; design && i < w->reg.n; i++)
    if (w->open[i] && !str_eq(design[i], STR("1"))) w->take_all[of[i]] = w->take_all[w->n_domains] = 0;
  return E_OK;
}

/* --- measures --- */
static enum err_code number(struct service_work *w, const char *item, struct answers *out, struct err *e) {
  return facility_number(&w->detail, item, true, &out->value, &out->status, e);
}
static bool has(const struct answers *c, int64_t i) { return value_present(c->status[i]); }
static enum err_code add_measure(
    struct service_work *w, const char *name, double scale, bool ratio, double **y, double **x, uint8_t **in, struct err *e) {
  struct arena *a = cli_job(w->c)->arena;
  *y = ARENA_ARRAY(a, double, w->detail.n + 1);
  *x = ARENA_ARRAY(a, double, w->detail.n + 1);
  *in = ARENA_ARRAY(a, uint8_t, w->detail.n + 1);
  if (!*y || !*x || !*in) return ERR(e, E_NO_MEMORY, .subject = name);
  w->shown[REGISTER_MEASURES + w->n_measures] = (struct service_table_measure){name, false};
  w->measure[w->n_measures++] = (struct service_measure){*y, ratio ? *x : NULL, *in, scale};
  return E_OK;
}
/* y / unit over x where both are there and x is above 0, times scale; x NULL: a total, or per facility. */
static enum err_code add_simple(struct service_work *w, const char *name, const struct answers *cy, const struct answers *cx, double unit,
    double scale, bool per_facility, struct err *e) {
  double *y, *x;
  uint8_t *in;
  TRY(add_measure(w, name, scale, cx || per_facility, &y, &x, &in, e));
  for (int64_t i = 0; i < w->detail.n; i++) {
    in[i] = has(cy, i) && (!cx || (has(cx, i) && cx->value[i] > 0));
    y[i] = in[i] ? (double)cy->value[i] / unit : 0;
    x[i] = in[i] ? (cx ? (double)cx->value[i] : 1) : 0;
  }
  return E_OK;
}
/* Staff in tenths of a full-time equivalent, by facility, over every occupation of the form; one missing item leaves the facility out. */
static enum err_code read_staff(struct service_work *w, struct answers *out, struct err *e) {
  struct arena *a = cli_job(w->c)->arena;
  struct answers standard, full, hours;
  char item[80];
  struct err ignored;
  out->value = ARENA_ARRAY(a, int64_t, w->detail.n + 1);
  out->status = ARENA_ARRAY(a, uint8_t, w->detail.n + 1);
  if (!out->value || !out->status) return ERR(e, E_NO_MEMORY, .subject = "staff");
  TRY(number(w, "standard_hours", &standard, e));
  for (int k = 0; k < w->detail.form->n_items; k++) {
    const char *name = w->detail.form->items[k].name;
    if (strncmp(name, "full_", 5)) continue;
    snprintf(item, sizeof item, "hours_%s", name + 5);
    TRY(number(w, name, &full, e));
    TRY(number(w, item, &hours, e));
    for (int64_t i = 0; i < w->detail.n; i++) {
      int64_t tenths = 0;
      ignored = (struct err){.code = E_OK};
      if (!has(&full, i) || !has(&hours, i) || fte_staff(full.value[i], hours.value[i], has(&standard, i) ? standard.value[i] : 0, &tenths, &ignored))
        out->status[i] = VAL_BLANK;
      out->value[i] += tenths;
    }
  }
  return E_OK;
}
static enum err_code staff_measures(struct service_work *w, const struct answers *users, struct err *e) {
  struct answers staff;
  TRY(read_staff(w, &staff, e));
  TRY(add_simple(w, "staff_fte", &staff, NULL, FTE_TENTHS, 1, false, e));
  TRY(add_simple(w, "fte_per_facility", &staff, NULL, FTE_TENTHS, 1, true, e));
  return add_simple(w, "fte_per_100_users", &staff, users, FTE_TENTHS, 100, false, e);
}
static enum err_code welfare_measures(struct service_work *w, struct err *e) {
  struct answers users, capacity;
  TRY(number(w, "users_total", &users, e));
  TRY(number(w, "capacity", &capacity, e));
  TRY(add_simple(w, "users", &users, NULL, 1, 1, false, e));
  TRY(add_simple(w, "users_per_100_places", &users, &capacity, 1, 100, false, e));
  TRY(add_simple(w, "users_per_facility", &users, NULL, 1, 1, true, e));
  return staff_measures(w, &users, e);
}
/* Mean care level over care levels 1 to 5; support levels apart. */
static enum err_code level_measures(struct service_work *w, const struct answers *users, struct err *e) {
  struct answers level[LEVELS], support[2];
  double *y, *x, *s, *unused, *share, *all;
  uint8_t *in, *in_support, *in_share;
  char item[16];
  for (int k = 0; k < LEVELS; k++) {
    snprintf(item, sizeof item, "users_c%d", k + 1);
    TRY(number(w, item, &level[k], e));
  }
  TRY(number(w, "users_s1", &support[0], e));
  TRY(number(w, "users_s2", &support[1], e));
  TRY(add_measure(w, "mean_care_level", 1, true, &y, &x, &in, e));
  TRY(add_measure(w, "support_users", 1, false, &s, &unused, &in_support, e));
  TRY(add_measure(w, "support_users_percent", 100, true, &share, &all, &in_share, e));
  for (int64_t i = 0; i < w->detail.n; i++) {
    in[i] = 1;
    for (int k = 0; k < LEVELS; k++) in[i] = in[i] && has(&level[k], i);
    for (int k = 0; in[i] && k < LEVELS; k++) y[i] += (k + 1) * (double)level[k].value[i], x[i] += (double)level[k].value[i];
    in_support[i] = has(&support[0], i) && has(&support[1], i);
    in_share[i] = in_support[i] && has(users, i) && users->value[i] > 0;
    if (in_support[i]) s[i] = (double)(support[0].value[i] + support[1].value[i]);
    if (in_share[i]) share[i] = s[i], all[i] = (double)users->value[i];
  }
  return E_OK;
}
/* Residents over half of admissions and discharges of September, times 30 days. */
static enum err_code stay_measure(struct service_work *w, const struct answers *users, struct err *e) {
  struct answers in_flow, out_flow;
  double *y, *x;
  uint8_t *in;
  TRY(number(w, "admissions", &in_flow, e));
  TRY(number(w, "discharges", &out_flow, e));
  TRY(add_measure(w, "mean_stay_days", 30, true, &y, &x, &in, e));
  for (int64_t i = 0; i < w->detail.n; i++) {
    in[i] = has(users, i) && has(&in_flow, i) && has(&out_flow, i);
    if (in[i]) y[i] = (double)users->value[i], x[i] = 0.5 * (double)(in_flow.value[i] + out_flow.value[i]);
  }
  return E_OK;
}
static enum err_code care_measures(struct service_work *w, struct err *e) {
  struct answers users, capacity;
  TRY(number(w, "users_total", &users, e));
  TRY(number(w, "capacity", &capacity, e));
  TRY(add_simple(w, "users", &users, NULL, 1, 1, false, e));
  TRY(add_simple(w, "users_per_100_places", &users, &capacity, 1, 100, false, e));
  TRY(level_measures(w, &users, e));
  TRY(stay_measure(w, &users, e));
  return staff_measures(w, &users, e);
}

/* --- the table: counts of the basic form first --- */
static enum err_code register_estimates(const struct service_work *w, struct service_estimate *all, int k, struct err *e) {
  struct answers capacity;
  int32_t *of = ARENA_ARRAY(cli_job(w->c)->arena, int32_t, w->reg.n + 1), n;
  struct str *ignored;
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "register");
  TRY(facility_number(&w->reg, "capacity", true, &capacity.value, &capacity.status, e));
  TRY(facility_labels(cli_job(w->c)->arena, w->type, w->reg.n, of, &ignored, &n, e));
  for (int64_t i = 0; i < w->reg.n; i++)
    for (int total = 0; w->open[i] && total < 2; total++) {
      struct service_estimate *s = &all[(int64_t)(total ? w->n_domains : of[i]) * k];
      s[0].n++, s[0].value = s[0].numerator += 1;
      if (!value_present(capacity.status[i]) && capacity.status[i] != VAL_NOT_APPLICABLE) s[1].n_left_out++;
      else s[1].n++, s[1].value = s[1].numerator += (double)capacity.value[i];
    }
  for (int32_t d = 0; d <= w->n_domains; d++)
    for (int m = 0; m < REGISTER_MEASURES; m++) {
      struct service_estimate *s = &all[(int64_t)d * k + m];
      s->defined = s->n_left_out == 0, s->denominator = 1; /* a full count that lacks a part is none */
    }
  return E_OK;
}
static enum err_code estimate(struct service_work *w, struct service_estimate **out, struct err *e) {
  struct arena *a = cli_job(w->c)->arena;
  const int k = w->n_measures + REGISTER_MEASURES;
  const enum lonely_policy lonely = !strcmp(cli_text(w->c, "lonely"), "centre") ? LONELY_CENTRE : LONELY_STOP;
  struct service_estimate *some = ARENA_ARRAY(a, struct service_estimate, (int64_t)(w->n_domains + 1) * w->n_measures + 1);
  struct service_estimate *all = *out = ARENA_ARRAY(a, struct service_estimate, (int64_t)(w->n_domains + 1) * k + 1);
  if (!some || !all) return ERR(e, E_NO_MEMORY, .subject = "estimates");
  TRY(service_estimates(cli_job(w->c), a, &w->cells, w->detail.n, w->domain, w->n_domains, w->measure, w->n_measures, lonely, some, e));
  for (int32_t d = 0; d <= w->n_domains; d++)
    memcpy(&all[(int64_t)d * k + REGISTER_MEASURES], &some[(int64_t)d * w->n_measures], sizeof *some * (size_t)w->n_measures);
  return register_estimates(w, all, k, e);
}
/* A total that someone lacks, in the basic or the detail forms. */
static bool incomplete(const struct service_work *w, const struct service_estimate *all) {
  const int k = w->n_measures + REGISTER_MEASURES;
  for (int64_t i = 0; i < ((int64_t)w->n_domains + 1) * k; i++)
    if (all[i].reweighted || all[i].cell_without_item || (i % k < REGISTER_MEASURES && all[i].n_left_out)) return true;
  return false;
}
static enum err_code run(struct service_work *w, struct store *s, bool *look, enum err_code (*measures)(struct service_work *, struct err *),
    const char *ja, const char *en, struct err *e) {
  struct facility_span *span = ARENA_NEW(cli_job(w->c)->arena, struct facility_span);
  struct service_estimate *all;
  struct result_table *t;
  if (!span) return ERR(e, E_NO_MEMORY, .subject = w->survey);
  TRY(facility_span_of(w->c, false, span, e));
  if (s) w->survey = span->survey;
  w->shown[0] = (struct service_table_measure){"facilities", true};
  w->shown[1] = (struct service_table_measure){"capacity", true};
  TRY(open_source(w, s, "register", "register", &w->reg, e));
  TRY(open_source(w, s, "detail", "detail", &w->detail, e));
  TRY(read_register(w, e));
  TRY(make_cells(w, e));
  TRY(make_domains(w, e));
  TRY(measures(w, e));
  TRY(estimate(w, &all, e));
  *look = incomplete(w, all);
  const struct service_table_spec spec = {
      w->survey, ja, en, w->type_item, w->label, w->n_domains, w->shown, w->n_measures + REGISTER_MEASURES, all, w->take_all};
  TRY(service_table(cli_job(w->c)->arena, &spec, &t, e));
  if (w->cells.n_left_out)
    result_note(t,
        arena_printf(cli_job(w->c)->arena, "%lld respondents closed or suspended by the basic form are left out", (long long)w->cells.n_left_out));
  return facility_print(w->c, t, w->survey, "detail", s != NULL, e);
}
enum err_code facility_do_welfare(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct service_work *w = ARENA_NEW(cli_job(c)->arena, struct service_work);
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "welfare");
  w->c = c, w->survey = "welfare_facility", w->type_item = "facility_type";
  return run(w, s, look, welfare_measures, "社会福祉施設等：施設数・在所率・従事者",
      "welfare institutions: facilities, occupancy of places, staff", e);
}
enum err_code facility_do_care(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct service_work *w = ARENA_NEW(cli_job(c)->arena, struct service_work);
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "care");
  w->c = c, w->survey = "care_service", w->type_item = "service_kind";
  return run(w, s, look, care_measures, "介護サービス施設・事業所：利用率・平均要介護度・在所日数・従事者",
      "long-term care: utilisation, mean care level, mean stay, staff", e);
}
