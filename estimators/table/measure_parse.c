/* The calls of a table's measures: total(x), quantile(x,0.9,rule=hf6), formula(total(a)/total(b)-1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/table_plan.h"

enum { MOST_ARGUMENTS = 6, MOST_PERCENT = 100, OPTION_RULE = 1, OPTION_INTERVAL = 2, OPTION_LINE = 4, OPTION_FORM = 8, OPTION_SHARE = 16 };
struct word {
  const char *word;
  enum measure_kind kind;
  int least, most, names; /* arguments; how many of them are items */
  unsigned options;
};
static const struct word words[] = {{"count", MEASURE_COUNT, 0, 0, 0, 0}, {"total", MEASURE_TOTAL, 1, 1, 1, 0}, {"mean", MEASURE_MEAN, 1, 1, 1, 0},
    {"ratio", MEASURE_RATIO, 2, 2, 2, 0}, {"rate", MEASURE_RATE, 2, 3, 1, 0}, {"mls", MEASURE_MLS, 1, 1, 1, 0},
    {"mls_rollup", MEASURE_MLS_ROLLUP, 1, 1, 1, 0}, {"tfr", MEASURE_TFR, 2, 2, 2, 0}, {"asdr", MEASURE_ASDR, 3, 3, 2, 0},
    {"life_table", MEASURE_LIFE_TABLE, 1, 1, 1, 0}, {"proportion", MEASURE_PROPORTION, 1, 1, 0, OPTION_INTERVAL},
    {"quantile", MEASURE_QUANTILE, 2, 2, 1, OPTION_RULE | OPTION_INTERVAL}, {"median", MEASURE_QUANTILE, 1, 1, 1, OPTION_RULE | OPTION_INTERVAL},
    {"variance", MEASURE_VARIANCE, 1, 1, 1, 0}, {"geometric", MEASURE_GEOMETRIC, 1, 1, 1, 0}, {"gini", MEASURE_GINI, 1, 1, 1, OPTION_FORM},
    {"arpt", MEASURE_ARPT, 1, 1, 1, OPTION_LINE}, {"arpr", MEASURE_ARPR, 1, 1, 1, OPTION_LINE}, {"rmpg", MEASURE_RMPG, 1, 1, 1, OPTION_LINE},
    {"qsr", MEASURE_QSR, 1, 1, 1, OPTION_SHARE}, {"fgt", MEASURE_FGT, 2, 3, 1, OPTION_LINE}, {"gei", MEASURE_GEI, 2, 2, 1, 0},
    {"theil", MEASURE_GEI, 1, 1, 1, 0}, {"atkinson", MEASURE_ATKINSON, 2, 2, 1, 0}, {"formula", MEASURE_FORMULA, 1, 1, 0, 0}};

struct reader {
  struct arena *arena;
  struct str text; /* the whole call: places are counted in it */
};
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool measure_item_name(struct str s) {
  if (!s.n || s.n > 64) return false;
  for (size_t i = 0; i < s.n; i++)
    if (!is_letter(s.p[i]) && !(i && is_digit(s.p[i]))) return false;
  return true;
}

static const char *cut(struct str s, char *out, size_t size) {
  size_t n = s.n < size - 1 ? s.n : size - 1;
  memcpy(out, s.p, n);
  out[n] = 0;
  while (n && !utf8_valid(out, n, NULL)) out[--n] = 0;
  return out;
}
/* at: the part that is wrong, a view into the text. */
static enum err_code refuse(const struct reader *r, struct str at, const char *expected, struct err *e) {
  char whole[96], part[64], found[160];
  const int64_t place = at.p >= r->text.p && at.p <= r->text.p + r->text.n ? at.p - r->text.p + 1 : 1;
  snprintf(found, sizeof found, "'%s' at character %lld", cut(at, part, sizeof part), (long long)place);
  return ERR(e, E_TABLE_MEASURE, .subject = cut(r->text, whole, sizeof whole), .expected = expected, .found = found, .column = place);
}

/* The next argument: up to a comma that stands in no parentheses. */
static struct str next_argument(struct str *rest, bool *comma) {
  int depth = 0;
  size_t i = 0;
  for (; i < rest->n; i++) {
    depth += rest->p[i] == '(';
    depth -= rest->p[i] == ')';
    if (rest->p[i] == ',' && depth == 0) break;
  }
  const struct str out = str_trim(str_view(rest->p, i));
  *comma = i < rest->n;
  *rest = *comma ? str_view(rest->p + i + 1, rest->n - i - 1) : str_view(rest->p + rest->n, 0);
  return out;
}

static enum err_code number(const struct reader *r, struct str s, double low, double high, const char *expected, double *out, struct err *e) {
  char b[64], *end;
  if (!s.n || s.n >= sizeof b || !(is_digit(s.p[0]) || s.p[0] == '.' || s.p[0] == '-')) return refuse(r, s, expected, e);
  for (size_t i = 0; i < s.n; i++)
    if (!is_digit(s.p[i]) && !strchr(".-+eE", s.p[i])) return refuse(r, s, expected, e);
  const char *text = cut(s, b, sizeof b);
  *out = strtod(text, &end);
  return *end || !(*out >= low && *out <= high) ? refuse(r, s, expected, e) : E_OK;
}

static enum err_code option(const struct reader *r, const struct word *w, struct str s, struct measure *m, struct err *e) {
  struct str value;
  char text[32];
  const struct str name = str_trim(str_split(s, '=', &value));
  value = str_trim(value);
  cut(value, text, sizeof text);
  if (str_eq(name, STR("rule")) && w->options & OPTION_RULE) {
    m->has_rule = quantile_rule_named(text, &m->rule);
    return m->has_rule ? E_OK : refuse(r, value, "math, school, shahvaish, or hf1 to hf9", e);
  }
  if (str_eq(name, STR("interval")) && w->options & OPTION_INTERVAL) {
    m->has_interval = interval_scale_named(text, &m->interval);
    return m->has_interval ? E_OK : refuse(r, value, "mean, logit, asin, beta, wilson or likelihood", e);
  }
  if (str_eq(name, STR("quantile")) && w->options & OPTION_LINE) return number(r, value, 1e-6, 1 - 1e-6, "a probability between 0 and 1", &m->quantile, e);
  if (str_eq(name, STR("percent")) && w->options & OPTION_LINE)
    return number(r, value, 1e-6, MOST_PERCENT, "a share such as 0.6", &m->percent, e);
  if (str_eq(name, STR("share")) && w->options & OPTION_SHARE) return number(r, value, 1e-6, 0.5, "a share of at most 0.5", &m->p, e);
  if (str_eq(name, STR("form")) && w->options & OPTION_FORM) {
    m->eurostat = str_eq(value, STR("eurostat"));
    return m->eurostat || str_eq(value, STR("plain")) ? E_OK : refuse(r, value, "plain or eurostat", e);
  }
  return refuse(r, s, "an option of this measure", e);
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
static enum err_code item(const struct reader *r, struct str s, const char **out, struct err *e) {
  if (!measure_item_name(s)) return refuse(r, s, "the name of an item", e);
  *out = arena_strdup(r->arena, s.p, s.n);
  return *out ? E_OK : ERR(e, E_NO_MEMORY, .subject = "measure");
}

/* --- what the kinds need beyond names --- */
static enum err_code rate(const struct reader *r, const struct str *argument, int n, struct measure *m, struct err *e) {
  if (!str_int64(argument[n - 1], &m->per) || m->per < 1 || m->per > 1000000000) return refuse(r, argument[n - 1], "a rate per 1 to 1000000000", e);
  if (n == 3) return item(r, argument[1], &m->y, e);
  m->y = m->x, m->x = "";
  return E_OK;
}
static enum err_code proportion(const struct reader *r, struct str s, struct measure *m, struct err *e) {
  struct str code;
  if (!memchr(s.p, '=', s.n)) return refuse(r, s, "an item and a code: proportion(x=1)", e);
  TRY(item(r, str_trim(str_split(s, '=', &code)), &m->x, e));
  code = str_trim(code);
  if (!code.n || code.n > 200 || memchr(code.p, '`', code.n)) return refuse(r, code, "a code", e);
  m->option = arena_strdup(r->arena, code.p, code.n);
  if (!m->has_interval) m->interval = INTERVAL_LOGIT;
  return m->option ? E_OK : ERR(e, E_NO_MEMORY, .subject = "measure");
}
static enum err_code gaps(const struct reader *r, const struct str *argument, int n, struct measure *m, struct err *e) {
  TRY(number(r, argument[1], 0, 10, "the power g, 0 to 10", &m->p, e));
  if (n == 2 || str_eq(argument[2], STR("arpt"))) return E_OK;
  m->has_line = true;
  return number(r, argument[2], 1e-300, 1e300, "a poverty line above 0, or arpt", &m->line, e);
}

/* --- formulas --- */
static bool is_function(struct str s) { return str_eq(s, STR("log")) || str_eq(s, STR("exp")) || str_eq(s, STR("sqrt")) || str_eq(s, STR("abs")); }
/* Length of the call that begins with its name at p; 0 = parentheses do not close. */
static size_t call_length(struct str s) {
  int depth = 0;
  for (size_t i = 0; i < s.n; i++) {
    depth += s.p[i] == '(';
    depth -= s.p[i] == ')';
    if (s.p[i] == ')' && depth == 0) return i + 1;
  }
  return 0;
}
static enum err_code add_figure(const struct reader *r, struct str call, struct measure *figures, int *n, const char **name, struct err *e) {
  struct measure m;
  if (str_eq(str_trim(str_view(call.p, call.n < 7 ? call.n : 7)), STR("formula"))) return refuse(r, call, "no formula inside a formula", e);
  TRY(measure_parse(r->arena, call, &m, e));
  const bool line = m.kind == MEASURE_ARPR || m.kind == MEASURE_RMPG || (m.kind == MEASURE_FGT && !m.has_line);
  if (!measure_over_records(m.kind) || m.kind == MEASURE_QUANTILE || line)
    return refuse(r, call, "a figure with an influence of its cell alone: not quantile, arpr, rmpg, fgt by arpt", e);
  *name = m.name;
  for (int k = 0; k < *n; k++)
    if (strcmp(figures[k].name, m.name) == 0) return E_OK;
  if (*n == SMOOTH_MOST) return refuse(r, call, "at most 32 figures", e);
  figures[(*n)++] = m;
  return E_OK;
}
/* Calls become names in backquotes, as smooth_parse reads them. */
static enum err_code formula_text(const struct reader *r, struct str s, struct strbuf *to, struct measure *figures, int *n, struct err *e) {
  for (size_t i = 0; i < s.n;) {
    size_t end = i;
    if (s.p[i] == '`') return refuse(r, str_view(s.p + i, 1), "calls of measures, without backquotes", e);
    if ((is_digit(s.p[i]) || s.p[i] == '.')) { /* a number with its exponent, so that 1e3 is no name */
      while (end < s.n && (is_digit(s.p[end]) || s.p[end] == '.' || ((s.p[end] == 'e' || s.p[end] == 'E') && end + 1 < s.n
                                                                     && (is_digit(s.p[end + 1]) || s.p[end + 1] == '-' || s.p[end + 1] == '+'))
                             || ((s.p[end] == '-' || s.p[end] == '+') && end > i && (s.p[end - 1] == 'e' || s.p[end - 1] == 'E'))))
        end++;
      strbuf_add(to, s.p + i, end - i);
    } else if (is_letter(s.p[i])) {
      const char *name = "";
      while (end < s.n && (is_letter(s.p[end]) || is_digit(s.p[end]))) end++;
      const struct str word = str_view(s.p + i, end - i);
      if (is_function(word)) strbuf_add(to, word.p, word.n);
      else {
        const size_t length = call_length(str_view(s.p + i, s.n - i));
        if (end == s.n || s.p[end] != '(' || !length) return refuse(r, word, "a call of a measure, such as total(x)", e);
        TRY(add_figure(r, str_view(s.p + i, length), figures, n, &name, e));
        strbuf_addc(to, '`'), strbuf_adds(to, name), strbuf_addc(to, '`');
        end = i + length;
      }
    } else strbuf_addc(to, s.p[end++]);
    i = end;
  }
  return E_OK;
}
static enum err_code formula(const struct reader *r, struct str s, struct measure *m, struct err *e) {
  struct measure *figures = ARENA_ARRAY(r->arena, struct measure, SMOOTH_MOST + 1), *ordered = ARENA_ARRAY(r->arena, struct measure, SMOOTH_MOST + 1);
  struct strbuf b;
  int n = 0;
  if (!figures || !ordered) return ERR(e, E_NO_MEMORY, .subject = "formula");
  strbuf_init(&b, 1 << 16);
  enum err_code code = formula_text(r, s, &b, figures, &n, e);
  const char *text = code ? NULL : arena_strdup(r->arena, b.p ? b.p : "", b.n);
  const bool lost = b.failed;
  strbuf_release(&b);
  if (code) return code;
  if (!text || lost) return ERR(e, E_NO_MEMORY, .subject = "formula");
  struct err inner = {0};
  if (smooth_parse(r->arena, text, &m->formula, &inner)) return refuse(r, s, inner.expected[0] ? inner.expected : "a formula", e);
  for (int k = 0; k < m->formula.n_names; k++)
    for (int j = 0; j < n; j++)
      if (strcmp(m->formula.name[k], figures[j].name) == 0) ordered[k] = figures[j];
  m->figures = ordered, m->n_figures = m->formula.n_names;
  return m->n_figures ? E_OK : refuse(r, s, "at least one call of a measure", e);
}

static enum err_code particular(const struct reader *r, const struct word *w, const struct str *argument, int n, struct measure *m, struct err *e) {
  switch (w->kind) {
    case MEASURE_RATE: return rate(r, argument, n, m, e);
    case MEASURE_PROPORTION: return proportion(r, argument[0], m, e);
    case MEASURE_QUANTILE:
      m->p = 0.5;
      return n == 2 ? number(r, argument[1], 0, 1, "a probability from 0 to 1", &m->p, e) : E_OK;
    case MEASURE_FGT: return gaps(r, argument, n, m, e);
    case MEASURE_GEI:
      m->p = 1;
      return n == 2 ? number(r, argument[1], -10, 10, "the parameter a, -10 to 10", &m->p, e) : E_OK;
    case MEASURE_ATKINSON: return number(r, argument[1], 1e-6, 10, "the parameter e, above 0 to 10", &m->p, e);
    case MEASURE_FORMULA: return formula(r, argument[0], m, e);
    case MEASURE_ASDR:
      m->option = str_eq(argument[2], STR("S60")) ? "S60" : str_eq(argument[2], STR("H27")) ? "H27" : "";
      return *m->option ? E_OK : refuse(r, argument[2], "the model population S60 or H27", e);
    default: return E_OK;
  }
}

/* Arguments, then options: an argument is an option when a name it may have stands before '='. */
static bool is_option(const struct word *w, struct str s, int n) {
  if (w->kind == MEASURE_FORMULA || (w->kind == MEASURE_PROPORTION && n == 0)) return false;
  return memchr(s.p, '=', s.n) != NULL;
}
static enum err_code arguments(
    const struct reader *r, const struct word *w, struct str rest, struct str *argument, int *n, struct measure *m, struct err *e) {
  bool options = false, comma = rest.n > 0;
  if (w->kind == MEASURE_FORMULA) return argument[(*n)++] = str_trim(rest), E_OK;
  while (comma) {
    const struct str s = next_argument(&rest, &comma);
    if (!s.n) return refuse(r, s, "an argument beside the comma", e);
    if (is_option(w, s, *n)) {
      options = true;
      TRY(option(r, w, s, m, e));
    } else {
      if (options || *n == w->most) return refuse(r, s, options ? "options after all arguments" : "fewer arguments", e);
      argument[(*n)++] = s;
    }
  }
  return E_OK;
}

enum err_code measure_parse(struct arena *a, struct str text, struct measure *out, struct err *e) {
  struct str argument[MOST_ARGUMENTS] = {{0}}, s = str_trim(text), rest;
  const struct reader r = {a, s};
  const struct word *w = NULL;
  int n = 0;
  *out = (struct measure){.per = 1, .x = "", .y = "", .option = "", .quantile = 0.5, .percent = 0.6, .p = 0.2};
  const struct str name = str_trim(str_split(s, '(', &rest));
  if (name.n + 2 > s.n || s.p[s.n - 1] != ')') return refuse(&r, s, "a name and arguments in parentheses", e);
  rest = str_trim(str_view(rest.p, rest.n - 1));
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(name, str_of(words[i].word))) w = &words[i];
  if (!w) return refuse(&r, name, "count, total, mean, ratio, rate, proportion, quantile, median ... formula, mls, tfr, asdr or life_table", e);
  out->kind = w->kind;
  if (!(out->name = without_spaces(a, s))) return ERR(e, E_NO_MEMORY, .subject = "measure");
  TRY(arguments(&r, w, rest, argument, &n, out, e));
  if (n < w->least) return refuse(&r, s, "the measure's number of arguments", e);
  for (int i = 0; i < w->names; i++) TRY(item(&r, argument[i], i ? &out->y : &out->x, e));
  return particular(&r, w, argument, n, out, e);
}

enum err_code measures_parse(struct arena *a, struct str text, struct measure *measures, int *n, struct err *e) {
  struct str rest = text;
  *n = 0;
  while (rest.n) {
    if (*n == PLAN_MAX_MEASURES) return ERR(e, E_TABLE_TOO_WIDE, .subject = "measures", .expected = "at most 32 measures");
    TRY(measure_parse(a, str_split(rest, ';', &rest), &measures[*n], e));
    (*n)++;
  }
  return *n ? E_OK : ERR(e, E_TABLE_MEASURE, .subject = "", .expected = "a measure");
}
