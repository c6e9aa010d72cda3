#include "estimators/table/result_read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_json.h"

struct reader {
  struct arena *a;
  const char *file;
  struct err *e;
  int64_t row; /* -1 outside rows */
  const char *measure;
};

static enum err_code refuse(const struct reader *r, const char *key, const char *expected, const char *found) {
  char place[200];
  if (r->row < 0) snprintf(place, sizeof place, "%s", key);
  else if (!r->measure) snprintf(place, sizeof place, "rows[%lld].%s", (long long)r->row, key);
  else snprintf(place, sizeof place, "rows[%lld].measures.%.60s.%s", (long long)r->row, r->measure, key);
  return ERR(r->e, E_RESULT_JSON, .file = r->file, .subject = place, .expected = expected, .found = found);
}

static enum err_code known_keys(const struct reader *r, const struct json_value *v, const char *const *keys) {
  const char *key;
  const struct json_value *member;
  for (size_t i = 0; json_member_at(v, i, &key, &member); i++) {
    bool known = false;
    for (int k = 0; keys[k] && !known; k++) known = !strcmp(keys[k], key);
    if (!known) return refuse(r, key, "a key of this format", "an unknown key");
  }
  return E_OK;
}

/* Text member; *out stays when it is absent or null. */
static enum err_code text(const struct reader *r, const struct json_value *v, const char *key, const char **out) {
  const struct json_value *m = json_member(v, key);
  const char *s = json_string(m);
  if (!m || (key[0] == 'r' && !strcmp(key, "refusal") && !s)) return E_OK;
  if (!s) return refuse(r, key, "a text", "something else");
  *out = arena_strdup(r->a, s, strlen(s));
  return *out ? E_OK : ERR(r->e, E_NO_MEMORY, .subject = r->file);
}

/* Finite number; *there says whether the key stands. */
static enum err_code number(const struct reader *r, const struct json_value *v, const char *key, double *out, bool *there) {
  const struct json_value *m = json_member(v, key);
  *there = m != NULL;
  if (!m) return E_OK;
  if (!json_number(m, out) || !isfinite(*out)) return refuse(r, key, "a number", "something else");
  return E_OK;
}

static enum err_code whole(const struct reader *r, const struct json_value *v, const char *key, int64_t *out, bool *there) {
  const struct json_value *m = json_member(v, key);
  *there = m != NULL;
  if (!m) return E_OK;
  if (!json_integer(m, out) || *out < 0) return refuse(r, key, "a count, 0 or more", "something else");
  return E_OK;
}

/* --- one figure --- */
static enum err_code status_of(const struct reader *r, const struct json_value *v, uint8_t *out) {
  const char *s = json_string(json_member(v, "status"));
  for (uint8_t k = 0; s && k < RESULT_STATUSES; k++)
    if (!strcmp(s, result_status_name(k))) {
      *out = k;
      return E_OK;
    }
  return refuse(r, "status", "shown, suppressed, not_applicable, undefined or unreliable", "something else");
}

static enum err_code errors_of(const struct reader *r, const struct json_value *v, struct result_measure *m, int64_t i) {
  bool se, cv, df;
  const char *note = NULL;
  TRY(number(r, v, "se", &m->se[i], &se));
  TRY(number(r, v, "cv", &m->cv[i], &cv));
  df = json_member(v, "df") != NULL;
  if (df && !json_integer(json_member(v, "df"), &m->df[i])) return refuse(r, "df", "a whole number", "something else");
  TRY(text(r, v, "se_note", &note));
  if (se && m->se[i] < 0) return refuse(r, "se", "0 or more", "a negative number");
  if ((cv || df || note) && !se) return refuse(r, "se", "a standard error beside cv and df", "none");
  m->has_se[i] = se ? (note ? 2 : 1) : 0;
  return E_OK;
}

static enum err_code interval_of(const struct reader *r, const struct json_value *v, struct result_table *t, int k, int64_t i) {
  struct result_measure *m = &t->measures[k];
  double low = 0, high = 0, confidence = 0, deff = 0;
  bool has_low, has_high, has_confidence, has_deff;
  TRY(number(r, v, "low", &low, &has_low));
  TRY(number(r, v, "high", &high, &has_high));
  TRY(number(r, v, "confidence", &confidence, &has_confidence));
  TRY(number(r, v, "deff", &deff, &has_deff));
  if (!has_low && !has_high && !has_confidence && !has_deff) return E_OK;
  if (has_low != has_high || has_low != has_confidence) return refuse(r, "low", "low, high and confidence together", "some of them");
  if (has_low && (low > high || confidence <= 0 || confidence >= 1)) return refuse(r, "low", "low <= high, 0 < confidence < 1", "something else");
  if (!m->low) TRY(result_keep_precision(t, k, confidence, r->e));
  if (!m->low || !m->high || !m->has_interval || !m->deff || !m->has_deff) return ERR(r->e, E_NO_MEMORY, .subject = r->file);
  if (has_low && m->confidence == 0) m->confidence = confidence;
  if (has_low && m->confidence != confidence) return refuse(r, "confidence", "one confidence for all rows of a measure", "two");
  if (has_low) m->low[i] = low, m->high[i] = high, m->has_interval[i] = 1;
  if (has_deff) m->deff[i] = deff, m->has_deff[i] = 1;
  return E_OK;
}

static enum err_code flag_of(const struct reader *r, const struct json_value *v, struct result_table *t, int k, int64_t i) {
  const char *flag = NULL;
  TRY(text(r, v, "flag", &flag));
  TRY(text(r, v, "reason", &t->measures[k].reason[i]));
  if (!flag) return E_OK;
  if (!t->measures[k].flag) TRY(result_keep_flags(t, k, r->e));
  t->measures[k].flag[i] = flag;
  return E_OK;
}

static enum err_code figure(struct reader *r, const struct json_value *v, struct result_table *t, int k, int64_t i) {
  static const char *const keys[] = {"value", "se", "cv", "df", "se_note", "low", "high", "confidence", "deff", "flag", "status", "reason", NULL};
  struct result_measure *m = &t->measures[k];
  r->measure = m->name;
  if (!json_is_object(v)) return refuse(r, "", "an object", "something else");
  TRY(known_keys(r, v, keys));
  TRY(status_of(r, v, &m->status[i]));
  const struct json_value *value = json_member(v, "value");
  bool there = json_number(value, &m->value[i]) && isfinite(m->value[i]);
  if (!value || there != (m->status[i] == RESULT_SHOWN)) return refuse(r, "value", "a number when shown, null when not", "something else");
  if (!there)
    for (int f = 1; f < 9; f++)
      if (json_member(v, keys[f])) return refuse(r, keys[f], "no number beside a figure that is not shown", "one");
  TRY(errors_of(r, v, m, i));
  TRY(interval_of(r, v, t, k, i));
  TRY(flag_of(r, v, t, k, i));
  r->measure = NULL;
  return E_OK;
}

/* --- rows --- */
static enum err_code row_key(const struct reader *r, const struct json_value *v, struct result_table *t, int64_t i) {
  const char *key;
  const struct json_value *member;
  for (int d = 0; d < t->n_dimensions; d++) {
    const char *code = json_member_at(v, (size_t)d, &key, &member) && !strcmp(key, t->dimensions[d].name) ? json_string(member) : NULL;
    if (!code) return refuse(r, "key", "the dimensions of the first row, each with a text", "something else");
    t->dimensions[d].code[i] = str_of(arena_strdup(r->a, code, strlen(code)));
    if (!t->dimensions[d].code[i].p) return ERR(r->e, E_NO_MEMORY, .subject = r->file);
  }
  return json_member_at(v, (size_t)t->n_dimensions, &key, &member) ? refuse(r, key, "the dimensions of the first row", "one more") : E_OK;
}

static enum err_code row(struct reader *r, const struct json_value *v, struct result_table *t, int64_t i) {
  static const char *const keys[] = {"key", "n", "n_status", "measures", NULL};
  const char *key, *n_status = NULL;
  const struct json_value *member, *measures = json_member(v, "measures");
  bool n;
  TRY(known_keys(r, v, keys));
  TRY(row_key(r, json_member(v, "key"), t, i));
  TRY(whole(r, v, "n", &t->n[i], &n));
  TRY(text(r, v, "n_status", &n_status));
  if (n && n_status) return refuse(r, "n", "a count or its status", "both");
  t->n_status[i] = n ? RESULT_SHOWN : n_status && !strcmp(n_status, "suppressed") ? RESULT_SUPPRESSED : RESULT_NOT_APPLICABLE;
  for (int k = 0; k < t->n_measures; k++) {
    if (!json_member_at(measures, (size_t)k, &key, &member) || strcmp(key, t->measures[k].name))
      return refuse(r, "measures", "the measures of the first row in their order", "others");
    TRY(figure(r, member, t, k, i));
  }
  return json_member_at(measures, (size_t)t->n_measures, &key, &member) ? refuse(r, key, "the measures of the first row", "one more") : E_OK;
}

static int members(const struct json_value *v, int most) {
  const char *key;
  const struct json_value *member;
  int n = 0;
  while (n <= most && json_member_at(v, (size_t)n, &key, &member)) n++;
  return n;
}

/* Dimensions as the document lists them, which must be those of the rows. */
static enum err_code dimension_names(
    const struct reader *r, const struct json_value *list, const struct json_value *key, bool rows, struct result_table *t) {
  const char *name;
  const struct json_value *member;
  for (int d = 0; d < t->n_dimensions; d++) {
    const char *listed = list ? json_string(json_element(list, (size_t)d)) : NULL;
    if (list && !listed) return refuse(r, "dimensions", "an array of names", "something else");
    if (rows && !json_member_at(key, (size_t)d, &name, &member)) name = "";
    if (rows && listed && strcmp(name, listed)) return refuse(r, "dimensions", "the dimensions of the rows in their order", "others");
    if (!rows) name = listed ? listed : "";
    if (!(t->dimensions[d].name = arena_strdup(r->a, name, strlen(name)))) return ERR(r->e, E_NO_MEMORY, .subject = r->file);
  }
  return E_OK;
}

/* Names of dimensions and measures: from the first row, or, when there is none, from "dimensions" and "measures". */
static enum err_code shape(const struct reader *r, const struct json_value *v, const char *id, struct result_table **out) {
  const struct json_value *rows = json_member(v, "rows"), *first = json_element(rows, 0), *list = json_member(v, "measures"), *member;
  const struct json_value *key = json_member(first, "key"), *measures = json_member(first, "measures"), *names = json_member(v, "dimensions");
  const char *name;
  if (!json_is_array(rows)) return refuse(r, "rows", "an array", "something else");
  if (json_length(rows) > RESULT_READ_ROWS) return refuse(r, "rows", "at most 1048576 rows", "more");
  int n_dimensions = first ? members(key, RESULT_MAX_DIMENSIONS) : (int)json_length(names),
      n_measures = first ? members(measures, RESULT_MAX_MEASURES) : (int)json_length(list);
  if (n_dimensions > RESULT_MAX_DIMENSIONS || n_measures > RESULT_MAX_MEASURES) return refuse(r, "rows", "8 dimensions, 32 measures", "more");
  TRY(result_table_new(r->a, id, (int64_t)json_length(rows), n_dimensions, n_measures, out, r->e));
  if (names && (!json_is_array(names) || json_length(names) != (size_t)n_dimensions))
    return refuse(r, "dimensions", "one name per dimension", "another number");
  TRY(dimension_names(r, names, key, first != NULL, *out));
  for (int k = 0; k < n_measures; k++) {
    if (!first) name = json_member_string(json_element(list, (size_t)k), "name", "");
    else if (!json_member_at(measures, (size_t)k, &name, &member)) name = "";
    (*out)->measures[k].decimals = -1;
    if (!((*out)->measures[k].name = arena_strdup(r->a, name, strlen(name)))) return ERR(r->e, E_NO_MEMORY, .subject = r->file);
  }
  return E_OK;
}

/* --- the table's head --- */
static enum err_code measure_facts(const struct reader *r, const struct json_value *list, struct result_table *t) {
  static const char *const keys[] = {"name", "unit", "decimals", "additive", NULL};
  if (!list) return E_OK;
  if (!json_is_array(list) || json_length(list) != (size_t)t->n_measures) return refuse(r, "measures", "one entry per measure", "another number");
  for (int k = 0; k < t->n_measures; k++) {
    const struct json_value *v = json_element(list, (size_t)k);
    struct result_measure *m = &t->measures[k];
    TRY(known_keys(r, v, keys));
    if (strcmp(json_member_string(v, "name", ""), m->name)) return refuse(r, "measures", "the measures in the order of the rows", "another");
    TRY(text(r, v, "unit", &m->unit));
    int64_t decimals = json_member_int(v, "decimals", -1);
    if (decimals < -2 || decimals > 9) return refuse(r, "measures", "decimals from -2 to 9", "another number");
    m->decimals = (int)decimals;
    (void)json_boolean(json_member(v, "additive"), &m->additive); /* absent: not additive */
  }
  return E_OK;
}

static enum err_code marks(const struct reader *r, const struct json_value *list, struct result_table *t) {
  static const char *const keys[] = {"mark", "ja", "en", NULL};
  if (!list) return E_OK;
  if (!json_is_array(list) || json_length(list) > 32) return refuse(r, "marks", "an array of at most 32", "something else");
  t->n_marks = (int)json_length(list);
  t->marks = ARENA_ARRAY(r->a, struct result_mark, t->n_marks + 1);
  if (!t->marks) return ERR(r->e, E_NO_MEMORY, .subject = r->file);
  for (int i = 0; i < t->n_marks; i++) {
    const struct json_value *v = json_element(list, (size_t)i);
    t->marks[i] = (struct result_mark){"", "", ""};
    TRY(known_keys(r, v, keys));
    TRY(text(r, v, "mark", &t->marks[i].mark));
    TRY(text(r, v, "ja", &t->marks[i].ja));
    TRY(text(r, v, "en", &t->marks[i].en));
  }
  return E_OK;
}

static enum err_code head(const struct reader *r, const struct json_value *v, struct result_table *t) {
  const struct json_value *notes = json_member(v, "notes");
  TRY(text(r, v, "title_ja", &t->title_ja));
  TRY(text(r, v, "title_en", &t->title_en));
  TRY(text(r, v, "survey", &t->survey));
  TRY(text(r, v, "form", &t->form));
  TRY(text(r, v, "period", &t->period));
  TRY(text(r, v, "disclosure_profile", &t->profile));
  TRY(text(r, v, "publication_rule", &t->rule));
  TRY(text(r, v, "refusal", &t->refusal));
  TRY(text(r, v, "digest", &t->digest));
  if (notes && !json_is_array(notes)) return refuse(r, "notes", "an array of texts", "something else");
  for (size_t i = 0; i < json_length(notes) && i < RESULT_MAX_NOTES; i++) {
    const char *note = json_string(json_element(notes, i));
    if (!note) return refuse(r, "notes", "an array of texts", "something else");
    result_note(t, note);
  }
  TRY(marks(r, json_member(v, "marks"), t));
  TRY(measure_facts(r, json_member(v, "measures"), t));
  int64_t sides = json_member_int(v, "row_dimensions", t->n_dimensions);
  if (sides < 0 || sides > t->n_dimensions) return refuse(r, "row_dimensions", "at most the number of dimensions", "another number");
  t->n_row_dimensions = (int)sides;
  return E_OK;
}

static enum err_code read_table(struct reader *r, const struct json_value *v, struct result_table **out) {
  static const char *const keys[] = {"table", "title_ja", "title_en", "survey", "form", "period", "disclosure_profile", "publication_rule", "refusal",
      "notes", "marks", "dimensions", "measures", "row_dimensions", "digest", "rows", NULL};
  const char *id = NULL;
  r->row = -1, r->measure = NULL;
  if (!json_is_object(v)) return refuse(r, "table", "an object", "something else");
  TRY(known_keys(r, v, keys));
  TRY(text(r, v, "table", &id));
  if (!id) return refuse(r, "table", "the id of the table", "none");
  TRY(shape(r, v, id, out));
  TRY(head(r, v, *out));
  const struct json_value *rows = json_member(v, "rows");
  for (int64_t i = 0; i < (*out)->n_rows; i++) {
    r->row = i;
    TRY(row(r, json_element(rows, (size_t)i), *out, i));
  }
  r->row = -1;
  return result_read_order(*out, r->file, r->e);
}

enum err_code result_read_order(struct result_table *t, const char *file, struct err *e) {
  TRY(result_sort(t, e));
  for (int64_t i = 1; i < t->n_rows; i++) {
    bool same = true;
    for (int d = 0; d < t->n_dimensions && same; d++) same = str_eq(t->dimensions[d].code[i - 1], t->dimensions[d].code[i]);
    if (same) return ERR(e, E_RESULT_JSON, .file = file, .subject = "rows", .expected = "one row per key", .found = "two rows with one key");
  }
  return E_OK;
}

/* --- the document around tables --- */
static enum err_code source(const struct reader *r, const struct json_value *v, struct result_source *s) {
  const struct json_value *shards = json_member(v, "shards");
  struct strbuf b;
  *s = (struct result_source){"", "", json_member_int(v, "rows", 0), (int64_t)json_length(shards), ""};
  TRY(text(r, v, "dataset", &s->dataset));
  TRY(text(r, v, "form_hash", &s->form_hash));
  strbuf_init(&b, 64 << 20);
  for (size_t i = 0; i < json_length(shards); i++) {
    strbuf_adds(&b, i ? " " : "");
    strbuf_adds(&b, json_member_string(json_element(shards, i), "content_hash", ""));
  }
  if (!b.failed) s->content = arena_strdup(r->a, b.p ? b.p : "", b.n);
  bool failed = b.failed || !s->content;
  strbuf_release(&b);
  return failed ? ERR(r->e, E_NO_MEMORY, .subject = r->file) : E_OK;
}

static enum err_code weights(const struct reader *r, const struct json_value *v, struct result_weights *w) {
  bool there;
  if (!json_is_object(v)) return E_OK;
  w->present = true;
  TRY(whole(r, v, "units", &w->units, &there));
  TRY(whole(r, v, "strata", &w->strata, &there));
  TRY(whole(r, v, "take_all", &w->take_all, &there));
  TRY(whole(r, v, "sampled", &w->sampled, &there));
  TRY(whole(r, v, "exceptions", &w->exceptions, &there));
  TRY(number(r, v, "smallest", &w->smallest, &there));
  TRY(number(r, v, "largest", &w->largest, &there));
  return number(r, v, "sum", &w->sum, &there);
}

static enum err_code surroundings(const struct reader *r, const struct json_value *v, struct result_document *d) {
  const struct json_value *sources = json_member(v, "datasets");
  TRY(text(r, v, "spec_hash", &d->spec_hash));
  TRY(text(r, v, "program", &d->program));
  if (json_length(sources) > RESULT_READ_DATASETS) return refuse(r, "datasets", "at most 64 datasets", "more");
  d->sources = ARENA_ARRAY(r->a, struct result_source, json_length(sources) + 1);
  if (!d->sources) return ERR(r->e, E_NO_MEMORY, .subject = r->file);
  for (size_t i = 0; i < json_length(sources); i++) TRY(source(r, json_element(sources, i), &d->sources[d->n_sources++]));
  return weights(r, json_member(v, "weights"), &d->weights);
}

static enum err_code document(struct reader *r, const struct json_value *root, struct result_document *d) {
  const struct json_value *list = json_is_array(root) ? root : json_member(root, "tables");
  const size_t n = list ? json_length(list) : 1;
  if (list && !json_is_array(list)) return refuse(r, "tables", "an array", "something else");
  if (n == 0 || n > RESULT_READ_TABLES) return refuse(r, "tables", "1 to 256 tables", n ? "more" : "none");
  d->tables = ARENA_ARRAY(r->a, struct result_table *, n);
  if (!d->tables) return ERR(r->e, E_NO_MEMORY, .subject = r->file);
  if (list && json_is_object(root)) TRY(surroundings(r, root, d));
  for (size_t i = 0; i < n; i++) TRY(read_table(r, list ? json_element(list, i) : root, &d->tables[d->n_tables++]));
  return E_OK;
}

enum err_code result_read_json(struct arena *a, const char *file, const char *p, size_t n, struct result_document *out, struct err *e) {
  struct json_document *doc;
  *out = (struct result_document){.spec_hash = "", .program = ""};
  TRY(json_parse(file, p, n, &doc, e));
  struct reader r = {a, file, e, -1, NULL};
  enum err_code code = document(&r, json_root(doc), out);
  json_release(doc);
  return code;
}

enum err_code result_read(struct arena *a, const char *file, const char *p, size_t n, struct result_document *out, struct err *e) {
  struct str s = str_trim(str_view(p, n));
  bool json = s.n && (s.p[0] == '{' || s.p[0] == '[');
  return json ? result_read_json(a, file, p, n, out, e) : result_read_csv(a, file, p, n, out, e);
}
