/* job_options.c -- the options of one step against the records of its method. */
#include <stdio.h>
#include <string.h>

#include "processing/job/job_reader.h"

enum { STEP_MAX_TEXTS = 10000 };

static bool is_number(const struct item *i) { return i->type == COL_INT && i->class != CLASS_DATE && i->class != CLASS_WAREKI; }

static int word_index(const char *words, const char *text) {
  struct str rest = str_of(words);
  for (int i = 0; rest.n; i++)
    if (str_eq(str_split(rest, '|', &rest), str_of(text))) return i;
  return -1;
}

bool step_decimal(const char *text, int decimals, int64_t *out) {
  int64_t whole, part = 0, one = 1;
  struct str fraction, head = str_split(str_of(text), '.', &fraction);
  bool negative = head.n && head.p[0] == '-';
  for (int i = 0; i < decimals; i++) one *= 10;
  if (!head.n || head.p[0] == '+' || !str_int64(head, &whole) || fraction.n > (size_t)decimals) return false;
  if (head.n < strlen(text) && !fraction.n) return false;
  for (size_t i = 0; i < (size_t)decimals; i++) {
    char c = i < fraction.n ? fraction.p[i] : '0';
    if (c < '0' || c > '9') return false;
    part = part * 10 + (c - '0');
  }
  return !__builtin_mul_overflow(whole, one, out) && !__builtin_add_overflow(*out, negative ? -part : part, out);
}

bool job_read_decimal(const struct json_value *v, int64_t *out) {
  int64_t whole;
  const char *text = json_string(v);
  if (json_integer(v, &whole)) return !__builtin_mul_overflow(whole, STEP_ONE, out);
  return text && step_decimal(text, STEP_DECIMALS, out);
}

/* --- one value --- */
static void read_items(struct job_reader *r, const struct step_option *o, const struct json_value *v, struct step_value *out) {
  bool one = o->kind == STEP_ITEM || o->kind == STEP_NUMBER_ITEM, number = o->kind == STEP_NUMBER_ITEM || o->kind == STEP_NUMBER_ITEMS;
  size_t n = one ? 1 : json_length(v);
  out->items = ARENA_ARRAY(r->arena, const struct item *, n + 1);
  if (!out->items || n == 0 || (!one && !json_is_array(v))) {
    job_problem_at(r, E_JOB_VALUE, o->key, "a list of item names");
    return;
  }
  for (size_t i = 0; i < n; i++) {
    const char *name = json_string(one ? v : json_element(v, i));
    const struct item *it = name ? form_item(r->form, name) : NULL;
    if (!it || (number && !is_number(it)))
      job_problem_at(r, E_JOB_VALUE, name ? name : o->key, number ? "a number item of the form" : "an item of the form");
    else out->items[out->n_items++] = it;
  }
}

static void read_number(struct job_reader *r, const struct step_option *o, const struct json_value *v, struct step_value *out) {
  char expected[128];
  bool whole = o->kind == STEP_INT, good = whole ? json_integer(v, &out->number) : job_read_decimal(v, &out->number);
  if (good && out->number >= o->low && out->number <= o->high) return;
  if (whole) (void)snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)o->low, (long long)o->high);
  else
    (void)snprintf(expected, sizeof expected, "a number from %g to %g, as a text with at most 9 decimals", (double)o->low / STEP_ONE,
        (double)o->high / STEP_ONE);
  job_problem_at(r, E_JOB_VALUE, o->key, expected);
}

static void read_choice(struct job_reader *r, const struct step_option *o, const struct json_value *v, struct step_value *out) {
  const char *text = json_string(v);
  int i = text ? word_index(o->words, text) : -1;
  if (i < 0) job_problem_at(r, E_JOB_VALUE, o->key, o->words);
  else out->number = i;
}

/* All rows of one width; a row of a plain list is one text. */
static bool read_row(struct job_reader *r, const struct json_value *row, size_t width, struct step_value *out) {
  for (size_t k = 0; k < (width ? width : 1); k++) {
    const char *text = json_string(width ? json_element(row, k) : row);
    if (!text || out->n_texts == STEP_MAX_TEXTS) return false;
    out->texts[out->n_texts++] = job_copy(r, text);
  }
  return true;
}

static void read_texts(struct job_reader *r, const struct step_option *o, const struct json_value *v, struct step_value *out) {
  const struct json_value *first = json_is_array(v) && json_length(v) ? json_element(v, 0) : NULL;
  const size_t width = first && json_is_array(first) ? json_length(first) : 0, rows = first ? json_length(v) : 0;
  bool good = first && (!json_is_array(first) || width > 0) && rows <= STEP_MAX_TEXTS && width <= STEP_MAX_TEXTS;
  out->texts = good ? ARENA_ARRAY(r->arena, const char *, rows * (width ? width : 1) < STEP_MAX_TEXTS ? rows * (width ? width : 1) : STEP_MAX_TEXTS)
      : NULL;
  out->width = (int)width;
  for (size_t i = 0; good && out->texts && i < rows; i++) {
    const struct json_value *row = json_element(v, i);
    good = json_is_array(row) == (width > 0) && (!width || json_length(row) == width) && read_row(r, row, width, out);
  }
  if (!good || !out->texts) job_problem_at(r, E_JOB_VALUE, o->key, "a list of texts, or of rows of texts with the same length, at most 10000 texts");
}

static void read_value(struct job_reader *r, const struct step_option *o, const struct json_value *v, struct step_value *out) {
  const char *text = json_string(v);
  bool truth = false;
  out->given = true;
  out->text = text ? job_copy(r, text) : "";
  switch (o->kind) {
  case STEP_ITEM: case STEP_ITEMS: case STEP_NUMBER_ITEM: case STEP_NUMBER_ITEMS: read_items(r, o, v, out); return;
  case STEP_INT: case STEP_DECIMAL: read_number(r, o, v, out); return;
  case STEP_CHOICE: read_choice(r, o, v, out); return;
  case STEP_TEXTS: read_texts(r, o, v, out); return;
  case STEP_TRUTH:
    if (!json_boolean(v, &truth)) job_problem_at(r, E_JOB_VALUE, o->key, "true or false");
    out->number = truth;
    return;
  default: break;
  }
  if (!text || !*text) job_problem_at(r, E_JOB_VALUE, o->key, "a text that is not empty");
  else if (o->kind != STEP_TEXT) out->x = job_read_expression(r, out->text, o->kind == STEP_CONDITION);
}

/* --- all of a step --- */
static const struct step_option *option_of(const struct step_method *m, const char *key) {
  int i = step_option_index(m, key);
  return i < 0 ? NULL : &m->options[i];
}

static bool in_common(const char *common, const char *key) {
  char word[80];
  (void)snprintf(word, sizeof word, "|%.70s|", key);
  return strstr(common, word) != NULL;
}

static void unknown_keys(struct job_reader *r, const struct json_value *v, const struct step_method *m, const char *common) {
  const char *key;
  const struct json_value *value;
  char known[ERR_TEXT_BYTES];
  size_t n = (size_t)snprintf(known, sizeof known, "%s", common + 1);
  for (const struct step_option *o = m->options; o && o->key; o++)
    if (n < sizeof known) n += (size_t)snprintf(known + n, sizeof known - n, "%s|", o->key);
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    if (in_common(common, key) || option_of(m, key)) continue;
    job_reader_into(r, key, 0);
    job_problem_at(r, E_JOB_KEY, key, known);
    job_reader_out(r);
  }
}

enum err_code job_read_options(struct job_reader *r, const struct json_value *v, struct step_spec *s, const char *common, struct err *e) {
  int n = 0;
  while (s->method->options && s->method->options[n].key) n++;
  struct step_value *values = ARENA_ARRAY(r->arena, struct step_value, n + 1);
  if (!values) return ERR(e, E_NO_MEMORY, .subject = s->name);
  unknown_keys(r, v, s->method, common);
  for (int i = 0; i < n; i++) {
    const struct step_option *o = &s->method->options[i];
    const struct json_value *value = json_member(v, o->key);
    job_reader_into(r, o->key, 0);
    if (value) read_value(r, o, value, &values[i]);
    job_reader_out(r);
    if (!value && o->required) job_problem_at(r, E_JOB_VALUE, o->key, "it is required by this method");
  }
  s->values = values;
  return E_OK;
}
