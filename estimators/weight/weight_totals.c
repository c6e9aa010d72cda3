/* weight_totals.c -- the totals of a calibration bound to the records: items and codes to columns of an auxiliary, parts, and the checks that need
 * no solver: codes without a total, totals without a record, totals that contradict each other. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/sum.h"
#include "base/table.h"
#include "estimators/weight/weight_plan_impl.h"

enum { MOST_CROSSED = 4, MOST_COMBINATIONS = 1 << 24, LISTED = 6 };
static const double SAME_SUM = 1e-10;

/* One item of the totals: a number, the constant, or a factor of one or several crossed columns. */
struct item {
  const char *name;
  bool number, constant;
  int n_columns;
  const struct survey_column *column[MOST_CROSSED];
  int64_t stride[MOST_CROSSED];
  struct dict *codes; /* listed codes: column of the factor = id */
  int32_t *listed;    /* [combinations] id + 1 of the listed code; 0 = none */
  int at;             /* first column of the auxiliary */
};
struct binding {
  struct step_context *c;
  struct bound_totals *out;
  int n_items;
  struct item item[AUXILIARY_FACTORS];
  struct dict *parts;      /* ids of within among the rows of the totals */
  int32_t *part_of;        /* [ids] part with records; -1 = none */
  const double *w;
};

static enum err_code at_margin(const struct binding *b, enum err_code code, const struct margin_row *m, const char *what) {
  char subject[200];
  const struct weight_step *s = step_of(b->c)->s;
  snprintf(subject, sizeof subject, "%s%s%.60s %.*s%s%.*s", what ? what : "", what ? ": " : "", m->item, (int)(m->code.n < 40 ? m->code.n : 40),
      m->code.p, m->within.n ? " in " : "", (int)(m->within.n < 40 ? m->within.n : 40), m->within.p);
  return ERR(b->c->e, code, .file = s->margins_file ? s->margins_file : b->c->p->plan->place, .line = m->line, .subject = subject);
}

/* --- items and their codes --- */
static struct item *item_named(struct binding *b, const char *name) {
  for (int k = 0; k < b->n_items; k++)
    if (strcmp(b->item[k].name, name) == 0) return &b->item[k];
  return NULL;
}

/* An item of that very name, or items crossed by ':'. */
static enum err_code find_columns(struct binding *b, struct item *x) {
  const struct survey_column *whole = survey_column(b->c->p->columns, x->name);
  struct str rest = str_of(x->name);
  if (whole) {
    x->column[x->n_columns++] = whole;
    return E_OK;
  }
  do {
    const struct str part = str_split(rest, ':', &rest);
    const char *name = arena_strdup(b->c->a, part.p, part.n);
    if (!name) return weight_no_memory(b->c);
    if (x->n_columns == MOST_CROSSED) return ERR(b->c->e, E_WEIGHT_ITEM, .subject = x->name, .expected = "at most four crossed items");
    TRY(weight_item(b->c, name, &x->column[x->n_columns++]));
  } while (rest.n);
  return E_OK;
}

static enum err_code crossed_columns(struct binding *b, struct item *x) {
  int64_t combinations = 1;
  TRY(find_columns(b, x));
  for (int k = x->n_columns - 1; k >= 0; k--) {
    TRY(survey_column_codes(b->c->p->columns, x->column[k], b->c->e));
    TRY(weight_values_known(b->c, x->column[k], b->w));
    x->stride[k] = combinations, combinations *= x->column[k]->n_levels + 1;
    if (combinations > MOST_COMBINATIONS) return ERR(b->c->e, E_WEIGHT_ITEM, .subject = x->name, .expected = "fewer combinations of codes");
  }
  x->listed = ARENA_ARRAY(b->c->a, int32_t, combinations + 1);
  return x->listed && (x->codes = dict_new(b->c->a)) ? E_OK : weight_no_memory(b->c);
}

static enum err_code new_item(struct binding *b, const struct margin_row *m) {
  const struct survey_column *x;
  if (b->n_items == AUXILIARY_FACTORS) return at_margin(b, E_MARGIN_TABLE, m, "more than 64 items");
  struct item *i = &b->item[b->n_items++];
  *i = (struct item){.name = m->item, .constant = strcmp(m->item, "*") == 0, .number = m->code.n == 0 && strcmp(m->item, "*") != 0};
  if (i->constant) return E_OK;
  if (!i->number) return crossed_columns(b, i);
  TRY(weight_item(b->c, m->item, &x));
  if (!x->number) return at_margin(b, E_MARGIN_TABLE, m, "a total without a code needs a number");
  i->column[0] = x, i->n_columns = 1;
  return weight_values_known(b->c, x, b->w);
}

static int32_t level_of(const struct survey_column *x, struct str text) {
  for (int32_t k = 0; k < x->n_levels; k++)
    if (str_eq(x->level[k], text)) return k;
  return -1;
}

/* The code of a row of the totals as a column of its factor; new codes are added. */
static enum err_code list_code(struct binding *b, struct item *x, const struct margin_row *m) {
  struct str rest = m->code;
  int64_t key = 0;
  if (dict_find(x->codes, m->code) >= 0) return E_OK; /* the same code in another part */
  const int32_t id = dict_add(x->codes, m->code);
  if (id < 0) return weight_no_memory(b->c);
  for (int k = 0; k < x->n_columns; k++) {
    const struct str code = x->n_columns == 1 ? rest : str_split(rest, ':', &rest);
    if (x->n_columns > 1 && ((k + 1 < x->n_columns) == (rest.n == 0)))
      return at_margin(b, E_MARGIN_TABLE, m, "as many codes as items, separated by :");
    const int32_t level = level_of(x->column[k], code);
    if (level < 0) return E_OK; /* no record has it */
    key += x->stride[k] * level;
  }
  x->listed[key] = id + 1;
  return E_OK;
}

static enum err_code read_items(struct binding *b) {
  const struct weight_step *s = step_of(b->c)->s;
  int64_t p = 0;
  for (int64_t r = 0; r < s->n_margins; r++) {
    const struct margin_row *m = &s->margin[r];
    struct item *x = item_named(b, m->item);
    if (!x) {
      TRY(new_item(b, m));
      x = &b->item[b->n_items - 1];
    }
    if ((x->number || x->constant) != (m->code.n == 0))
      return at_margin(b, E_MARGIN_TABLE, m, x->codes ? "a code is missing" : "a code where none belongs");
    if (x->codes) TRY(list_code(b, x, m));
  }
  for (int pass = 0; pass < 2; pass++) /* factors stand before numbers */
    for (int k = 0; k < b->n_items; k++) {
      struct item *x = &b->item[k];
      if (x->number != (pass == 1)) continue;
      x->at = (int)p, p += x->codes ? dict_count(x->codes) : 1;
      if (p > AUXILIARY_MOST) return ERR(b->c->e, E_CALIBRATION_SPEC, .subject = "more than 4096 totals in one part");
    }
  b->out->p = (int)p;
  return E_OK;
}

/* --- parts --- */
static enum err_code read_parts(struct binding *b) {
  const struct weight_step *s = step_of(b->c)->s;
  const struct survey_column *x;
  struct bound_totals *t = b->out;
  t->n_parts = 1;
  if (!s->within) return E_OK;
  TRY(weight_coded_item(b->c, s->within, &x));
  if (!(b->parts = dict_new(b->c->a))) return weight_no_memory(b->c);
  for (int64_t r = 0; r < s->n_margins; r++)
    if (dict_add(b->parts, s->margin[r].within) < 0) return weight_no_memory(b->c);
  const int32_t ids = dict_count(b->parts);
  int32_t *of_level = ARENA_ARRAY(b->c->a, int32_t, x->n_levels + 1);
  b->part_of = ARENA_ARRAY(b->c->a, int32_t, ids + 1), t->part = ARENA_ARRAY(b->c->a, int32_t, b->c->p->n + 1);
  if (!of_level || !b->part_of || !t->part) return weight_no_memory(b->c);
  for (int32_t k = 0; k < x->n_levels; k++) of_level[k] = dict_find(b->parts, x->level[k]);
  for (int64_t i = 0; i < b->c->p->n; i++) {
    const int32_t id = x->code[i] < 0 ? -1 : of_level[x->code[i]];
    if (b->w[i] > 0 && id < 0) {
      char subject[160];
      snprintf(subject, sizeof subject, "%.60s, row %lld", s->within, (long long)i + 1);
      return ERR(b->c->e, x->code[i] < 0 ? E_WEIGHT_MISSING : E_MARGIN_NO_TOTAL, .file = b->c->p->columns->place, .subject = subject);
    }
    if (b->w[i] > 0) b->part_of[id] = 1;
    t->part[i] = b->w[i] > 0 ? id : -1;
  }
  t->n_parts = 0;
  for (int32_t k = 0; k < ids; k++) b->part_of[k] = b->part_of[k] ? t->n_parts++ : -1;
  for (int64_t i = 0; i < b->c->p->n; i++) t->part[i] = t->part[i] < 0 ? 0 : b->part_of[t->part[i]];
  return E_OK;
}

/* --- columns --- */
static enum err_code without_total(const struct binding *b, const struct item *x, int64_t i) {
  char subject[200];
  size_t used = (size_t)snprintf(subject, sizeof subject, "%.60s ", x->name);
  for (int k = 0; k < x->n_columns; k++) {
    const struct str s = x->column[k]->level[x->column[k]->code[i]];
    used += (size_t)snprintf(subject + used, sizeof subject - used, "%s%.*s", k ? ":" : "", (int)(s.n < 24 ? s.n : 24), s.p);
  }
  snprintf(subject + used, sizeof subject - used, ", row %lld", (long long)i + 1);
  return ERR(b->c->e, E_MARGIN_NO_TOTAL, .file = b->c->p->columns->place, .subject = subject);
}

static enum err_code factor_codes(struct binding *b, const struct item *x, int32_t **out) {
  const bool partial = step_of(b->c)->s->partial;
  int32_t *code = ARENA_ARRAY(b->c->a, int32_t, b->c->p->n + 1);
  if (!code) return weight_no_memory(b->c);
  for (int64_t i = 0; i < b->c->p->n; i++) {
    int64_t key = 0;
    bool applies = true;
    for (int k = 0; k < x->n_columns; k++) {
      applies = applies && x->column[k]->code[i] >= 0;
      if (applies) key += x->stride[k] * x->column[k]->code[i];
    }
    code[i] = x->constant ? 0 : applies ? x->listed[key] - 1 : -1;
    if (b->w[i] > 0 && applies && !x->constant && code[i] < 0 && !partial) return without_total(b, x, i);
  }
  *out = code;
  return E_OK;
}

static enum err_code make_columns(struct binding *b) {
  struct auxiliary *x = &b->out->x;
  *x = (struct auxiliary){.n = b->c->p->n};
  for (int k = 0; k < b->n_items; k++) {
    struct item *i = &b->item[k];
    int32_t *code = NULL;
    if (i->number) {
      x->number[x->n_numbers++] = i->column[0]->number;
      continue;
    }
    TRY(factor_codes(b, i, &code));
    x->code[x->n_factors] = code, x->levels[x->n_factors++] = i->codes ? dict_count(i->codes) : 1;
  }
  return E_OK;
}

/* --- totals --- */
static enum err_code place_totals(struct binding *b) {
  const struct weight_step *s = step_of(b->c)->s;
  struct bound_totals *t = b->out;
  const int64_t cells = (int64_t)t->n_parts * t->p;
  t->total = ARENA_ARRAY(b->c->a, double, cells + 1);
  t->margin = ARENA_ARRAY(b->c->a, const struct margin_row *, cells + 1);
  t->left = ARENA_ARRAY(b->c->a, const struct margin_row *, s->n_margins + 1);
  if (!t->total || !t->margin || !t->left) return weight_no_memory(b->c);
  for (int64_t r = 0; r < s->n_margins; r++) {
    const struct margin_row *m = &s->margin[r];
    const struct item *x = item_named(b, m->item);
    const int32_t part = b->parts ? b->part_of[dict_find(b->parts, m->within)] : 0;
    if (part < 0) {
      if (m->total != 0 && !s->report_unmet) return at_margin(b, E_MARGIN_EMPTY, m, NULL);
      t->left[t->n_left++] = m;
      continue;
    }
    const int64_t at = (int64_t)part * t->p + x->at + (x->codes ? dict_find(x->codes, m->code) : 0);
    t->total[at] = m->total, t->margin[at] = m;
  }
  return E_OK;
}

/* Records with weight by column and part; the constant of each part counts too. */
static enum err_code count_records(struct binding *b, int64_t *n, int64_t *of_part) {
  const struct auxiliary *x = &b->out->x;
  for (int64_t i = 0; i < b->c->p->n; i++) {
    const int32_t part = b->out->part ? b->out->part[i] : 0;
    int64_t at = (int64_t)part * b->out->p;
    if (!(b->w[i] > 0)) continue;
    of_part[part]++;
    for (int f = 0; f < x->n_factors; at += x->levels[f++]) {
      if (x->code[f][i] < 0) continue;
      n[at + x->code[f][i]]++;
      if (!b->out->margin[at + x->code[f][i]] && !step_of(b->c)->s->partial) {
        char subject[160];
        snprintf(subject, sizeof subject, "%.60s, row %lld: no total in its part", step_of(b->c)->s->within ? step_of(b->c)->s->within : "",
            (long long)i + 1);
        return ERR(b->c->e, E_MARGIN_NO_TOTAL, .file = b->c->p->columns->place, .subject = subject);
      }
    }
  }
  return E_OK;
}

/* All empty cells in one message, as far as it reaches. */
static enum err_code check_empty(struct binding *b, const int64_t *n) {
  const struct bound_totals *t = b->out;
  char found[ERR_TEXT_BYTES] = "";
  size_t used = 0;
  int64_t empty = 0;
  const struct margin_row *first = NULL;
  const int factors = t->p - t->x.n_numbers;
  for (int64_t at = 0; at < (int64_t)t->n_parts * t->p; at++) {
    const struct margin_row *m = t->margin[at];
    if (at % t->p >= factors || n[at] > 0 || !m || m->total == 0) continue;
    if (!first) first = m;
    if (empty++ < LISTED && used + 80 < sizeof found)
      used += (size_t)snprintf(found + used, sizeof found - used, "%s%.24s %.*s%s%.*s", used ? ", " : "", m->item,
          (int)(m->code.n < 20 ? m->code.n : 20), m->code.p, m->within.n ? " in " : "", (int)(m->within.n < 20 ? m->within.n : 20), m->within.p);
  }
  if (!first) return E_OK;
  if (step_of(b->c)->s->report_unmet) return weight_note(b->c, arena_printf(b->c->a, "population without sample: %s", found));
  char subject[64];
  const struct weight_step *s = step_of(b->c)->s;
  snprintf(subject, sizeof subject, "%lld of the totals", (long long)empty);
  return ERR(b->c->e, E_MARGIN_EMPTY, .file = s->margins_file ? s->margins_file : b->c->p->plan->place, .line = first->line, .subject = subject,
      .found = found);
}

/* Factors that hold every record of a part count the same population: their totals have one sum. */
static enum err_code check_sums(struct binding *b, const int64_t *n, const int64_t *of_part) {
  const struct bound_totals *t = b->out;
  for (int32_t part = 0; part < t->n_parts; part++) {
    const struct item *first = NULL;
    double population = 0;
    for (int k = 0; k < b->n_items; k++) {
      const struct item *x = &b->item[k];
      const int levels = x->codes ? dict_count(x->codes) : 1;
      const int64_t at = (int64_t)part * t->p + x->at;
      struct sum s = {0, 0};
      int64_t records = 0;
      for (int j = 0; !x->number && j < levels; j++) sum_add(&s, t->total[at + j]), records += n[at + j];
      if (x->number || records != of_part[part]) continue;
      if (!first) first = x, population = sum_result(&s);
      if (fabs(sum_result(&s) - population) <= SAME_SUM * (1 + fabs(population))) continue;
      char subject[200];
      const struct margin_row *m = NULL;
      for (int j = 0; j < levels && !m; j++) m = t->margin[at + j];
      snprintf(subject, sizeof subject, "%.40s sums to %.15g, %.40s to %.15g, difference %.6g%s%.*s", first->name, population, x->name,
          sum_result(&s), sum_result(&s) - population, m && m->within.n ? ", in " : "", m ? (int)(m->within.n < 24 ? m->within.n : 24) : 0,
          m ? m->within.p : "");
      if (step_of(b->c)->s->report_unmet) TRY(weight_note(b->c, subject));
      else
        return ERR(b->c->e, E_MARGINS_DISAGREE, .file = step_of(b->c)->s->margins_file ? step_of(b->c)->s->margins_file : b->c->p->plan->place,
            .line = m ? m->line : 0, .subject = subject);
    }
  }
  return E_OK;
}

enum err_code totals_bind(struct step_context *c, const double *w, struct bound_totals *out) {
  struct binding *b = ARENA_NEW(c->a, struct binding);
  if (!b) return weight_no_memory(c);
  *b = (struct binding){.c = c, .out = out, .w = w};
  TRY(read_items(b));
  TRY(read_parts(b));
  TRY(make_columns(b));
  TRY(place_totals(b));
  int64_t *n = ARENA_ARRAY(c->a, int64_t, (int64_t)out->n_parts * out->p + 1), *of_part = ARENA_ARRAY(c->a, int64_t, out->n_parts + 1);
  if (!n || !of_part) return weight_no_memory(c);
  TRY(count_records(b, n, of_part));
  TRY(check_empty(b, n));
  return check_sums(b, n, of_part);
}
