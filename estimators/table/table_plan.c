#include "estimators/table/table_plan.h"

#include <string.h>

static const struct {
  const char *word;
  enum measure_kind kind;
  int min_arguments, max_arguments;
} measure_words[] = {{"count", MEASURE_COUNT, 0, 0}, {"total", MEASURE_TOTAL, 1, 1}, {"mean", MEASURE_MEAN, 1, 1}, {"ratio", MEASURE_RATIO, 2, 2},
    {"rate", MEASURE_RATE, 2, 3}, {"mls", MEASURE_MLS, 1, 1}, {"mls_rollup", MEASURE_MLS_ROLLUP, 1, 1}, {"tfr", MEASURE_TFR, 2, 2},
    {"asdr", MEASURE_ASDR, 3, 3}, {"life_table", MEASURE_LIFE_TABLE, 1, 1}};

static bool is_name(struct str s) {
  if (!s.n || s.n > 64) return false;
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(i && c >= '0' && c <= '9')) return false;
  }
  return true;
}

static enum err_code refuse(struct str text, const char *expected, struct err *e) {
  char found[96];
  size_t n = text.n < sizeof found - 1 ? text.n : sizeof found - 1;
  memcpy(found, text.p, n);
  found[n] = 0;
  while (n && !utf8_valid(found, n, NULL)) found[--n] = 0;
  return ERR(e, E_TABLE_MEASURE, .subject = found, .expected = expected);
}

static enum err_code set_arguments(struct arena *a, struct str text, const struct str *argument, int n, struct measure *m, struct err *e) {
  int items = m->kind == MEASURE_RATE || m->kind == MEASURE_ASDR ? n - 1 : n;
  m->x = m->y = m->option = "";
  for (int i = 0; i < items; i++) {
    if (!is_name(argument[i])) return refuse(text, "names of items between the parentheses", e);
    const char *name = arena_strdup(a, argument[i].p, argument[i].n);
    if (!name) return ERR(e, E_NO_MEMORY, .subject = "measure");
    if (i == 0) m->x = name;
    else m->y = name;
  }
  if (m->kind == MEASURE_RATE) {
    if (!str_int64(argument[n - 1], &m->per) || m->per < 1 || m->per > 1000000000) return refuse(text, "a rate per 1 to 1000000000", e);
    if (n == 2) m->y = m->x, m->x = "";
  }
  if (m->kind == MEASURE_ASDR) {
    if (!str_eq(argument[2], STR("S60")) && !str_eq(argument[2], STR("H27"))) return refuse(text, "the model population S60 or H27", e);
    m->option = str_eq(argument[2], STR("S60")) ? "S60" : "H27";
  }
  return E_OK;
}

static const char *without_spaces(struct arena *a, struct str s) {
  char *out = arena_alloc(a, s.n + 1, 1);
  size_t n = 0;
  if (!out) return NULL;
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != ' ') out[n++] = s.p[i];
  out[n] = 0;
  return out;
}

enum err_code measure_parse(struct arena *a, struct str text, struct measure *out, struct err *e) {
  struct str argument[3], s = str_trim(text), rest;
  int n = 0, word = -1;
  *out = (struct measure){.per = 1};
  struct str name = str_trim(str_split(s, '(', &rest));
  if (name.n + 2 > s.n || s.p[s.n - 1] != ')') return refuse(s, "a name and arguments in parentheses", e);
  rest = str_trim(str_view(rest.p, rest.n - 1));
  for (size_t i = 0; i < sizeof measure_words / sizeof *measure_words; i++)
    if (str_eq(name, str_of(measure_words[i].word))) word = (int)i;
  if (word < 0) return refuse(s, "count, total, mean, ratio, rate, mls, mls_rollup, tfr, asdr or life_table", e);
  while (rest.n) {
    if (n == 3) return refuse(s, "at most three arguments", e);
    bool comma = memchr(rest.p, ',', rest.n) != NULL;
    argument[n++] = str_trim(str_split(rest, ',', &rest));
    if (comma && !str_trim(rest).n) return refuse(s, "an argument after the comma", e);
  }
  if (n < measure_words[word].min_arguments || n > measure_words[word].max_arguments) return refuse(s, "the measure's number of arguments", e);
  out->kind = measure_words[word].kind;
  out->name = without_spaces(a, s);
  if (!out->name) return ERR(e, E_NO_MEMORY, .subject = "measure");
  return set_arguments(a, s, argument, n, out, e);
}

static enum err_code add_dimensions(struct arena *a, const char *list, struct table_plan *p, struct err *e) {
  struct str rest = str_of(list);
  while (rest.n) {
    struct str name = str_trim(str_split(rest, ';', &rest));
    if (!is_name(name)) return ERR(e, E_TABLE_ITEM, .subject = list);
    if (p->n_dimensions == PLAN_MAX_DIMENSIONS) return ERR(e, E_TABLE_TOO_WIDE, .subject = p->spec->id, .expected = "at most 6 dimensions");
    p->dimensions[p->n_dimensions] = arena_strdup(a, name.p, name.n);
    if (!p->dimensions[p->n_dimensions++]) return ERR(e, E_NO_MEMORY, .subject = p->spec->id);
  }
  return E_OK;
}

static enum err_code parse_rounding(const struct table_spec *spec, int *decimals, struct err *e) {
  struct str s = str_trim(str_of(spec->rounding));
  if (!s.n) *decimals = PLAN_AS_COMPUTED;
  else if (str_eq(s, STR("as published"))) *decimals = PLAN_AS_PUBLISHED;
  else if (s.n == 1 && s.p[0] >= '0' && s.p[0] <= '9') *decimals = s.p[0] - '0';
  else return ERR(e, E_TABLE_ROUNDING, .subject = spec->rounding, .line = spec->line);
  return E_OK;
}

enum err_code table_plan_parse(struct arena *a, const struct table_spec *spec, struct table_plan *out, struct err *e) {
  struct str rest = str_of(spec->measure);
  *out = (struct table_plan){.spec = spec};
  while (rest.n) {
    if (out->n_measures == PLAN_MAX_MEASURES) return ERR(e, E_TABLE_TOO_WIDE, .subject = spec->id, .expected = "at most 32 measures");
    TRY(measure_parse(a, str_split(rest, ';', &rest), &out->measures[out->n_measures], e));
    out->n_measures++;
  }
  if (!out->n_measures) return ERR(e, E_TABLE_MEASURE, .subject = spec->id, .expected = "a measure");
  TRY(add_dimensions(a, spec->rows, out, e));
  out->n_row_dimensions = out->n_dimensions;
  TRY(add_dimensions(a, spec->columns, out, e));
  return parse_rounding(spec, &out->decimals, e);
}
