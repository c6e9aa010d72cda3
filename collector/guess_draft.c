/* guess_draft.c -- a guess as a form folder; see guess_write.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "collector/guess_impl.h"
#include "collector/guess_write.h"

enum { LIST_BYTES = 8 << 20 };

struct draft {
  const struct guess *g;
  const char *folder, *name;
};

/* What the ministries' tables mean by a sign; `figures`: only in numeric columns, for among texts it may be an answer. */
static const struct sign_meaning {
  const char *sign, *status;
  bool figures;
} meanings[] = {
    {"-", "not_applicable", false},  {"--", "not_applicable", false}, {"---", "not_applicable", false}, {"－", "not_applicable", false},
    {"−", "not_applicable", false},  {"ー", "not_applicable", false}, {"―", "not_applicable", false},   {"—", "not_applicable", false},
    {"・", "impossible", true},      {"･", "impossible", true},       {"…", "unknown", false},          {"...", "unknown", false},
    {"‥", "unknown", false},         {"?", "unknown", true},          {"？", "unknown", true},          {"N/A", "unknown", false},
    {"n/a", "unknown", false},       {"x", "suppressed", true},       {"X", "suppressed", true},        {"ｘ", "suppressed", true},
    {"Ｘ", "suppressed", true},      {"χ", "suppressed", true},       {"*", "small_base", true},        {"＊", "small_base", true},
    {"***", "not_available", true},  {"＊＊＊", "not_available", true},
};

static const struct sign_meaning *meaning_of(const struct guess_column *c, struct str sign) {
  bool number = c->class == CLASS_COUNT || c->class == CLASS_AMOUNT || c->class == CLASS_RATE;
  for (size_t k = 0; k < sizeof meanings / sizeof *meanings; k++)
    if (str_eq(sign, str_of(meanings[k].sign)) && (number || !meanings[k].figures)) return &meanings[k];
  return NULL;
}

const char *guess_missing(const struct guess_column *c, char out[GUESS_MISSING_BYTES]) {
  size_t n = 0;
  *out = 0;
  for (int i = 0; i < c->n_signs; i++) {
    const struct sign_meaning *m = meaning_of(c, c->sign[i]);
    if (!m) continue;
    int w = snprintf(out + n, GUESS_MISSING_BYTES - n, "%s%s=%s", n ? ";" : "", m->sign, m->status);
    if (w < 0 || (size_t)w >= GUESS_MISSING_BYTES - n) { /* no room: that sign stays undeclared */
      out[n] = 0;
      break;
    }
    n += (size_t)w;
  }
  return out;
}

static const char *type_of(enum item_class class) {
  if (class == CLASS_CODE) return "code";
  if (class == CLASS_DATE || class == CLASS_WAREKI) return "date";
  return class == CLASS_TEXT || class == CLASS_NAME ? "text" : "int";
}

static void put_item(struct strbuf *b, const struct guess *g, int64_t j) {
  const struct guess_column *c = &g->columns[j];
  char name[64], label[192], decimals[8], position[24], missing[GUESS_MISSING_BYTES];
  bool number = strcmp(type_of(c->class), "int") == 0;
  if (*c->label) snprintf(label, sizeof label, "%s", c->label);
  else snprintf(label, sizeof label, "column %lld", (long long)j + 1);
  snprintf(decimals, sizeof decimals, "%d", c->decimals);
  snprintf(position, sizeof position, "%lld", (long long)j + 1);
  const char *cells[25] = {guess_item_name(g, j, name),
                           label,
                           label,
                           "row",
                           item_class_name(c->class),
                           type_of(c->class),
                           c->unit ? c->unit : "",
                           number ? "1" : "",
                           number ? decimals : "",
                           "",
                           "",
                           c->class == CLASS_CODE && c->list.name ? c->list.name : "",
                           guess_missing(c, missing),
                           "",
                           position,
                           "",
                           "",
                           "",
                           c->class == CLASS_NAME ? "LINK" : "ANSWER",
                           "reported",
                           "",
                           "",
                           "",
                           "",
                           "guessed"};
  for (int k = 0; k < 25; k++) csv_put(b, str_of(cells[k]), k == 0);
  strbuf_addc(b, '\n');
}

static void put_items_table(struct strbuf *b, const struct guess *g) {
  strbuf_adds(
      b, "name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,"
         "expression,as_of,era_table,required,note\n");
  for (int64_t j = 0; j < g->n_columns; j++) put_item(b, g, j);
}

/* Each list once, in the order of the columns. */
static bool first_use(const struct guess *g, int64_t j) {
  const char *name = g->columns[j].class == CLASS_CODE ? g->columns[j].list.name : NULL;
  for (int64_t k = 0; name && k < j; k++)
    if (g->columns[k].class == CLASS_CODE && g->columns[k].list.name && strcmp(g->columns[k].list.name, name) == 0) return false;
  return name != NULL;
}

static void put_texts(struct json_out *j, const char *const (*pairs)[2], size_t n) {
  for (size_t i = 0; i < n; i++) json_put(j, pairs[i][0], pairs[i][1]);
}

static void put_form(struct strbuf *b, const struct draft *d) {
  struct json_out j;
  const char *const head[][2] = {{"survey", "draft"},
                                 {"form", d->name},
                                 {"version", "1"},
                                 {"title_ja", "推定した様式（案）"},
                                 {"title_en", "guessed form (draft)"},
                                 {"period", "year"},
                                 {"since", ""},
                                 {"until", ""},
                                 {"predecessor", ""},
                                 {"event_date", ""},
                                 {"office_item", ""}};
  json_begin(&j, b, false);
  json_object(&j);
  put_texts(&j, head, sizeof head / sizeof *head);
  json_key(&j, "records");
  json_array(&j), json_object(&j);
  json_put(&j, "name", "row"), json_put(&j, "parent", "");
  json_key(&j, "keys"), json_array(&j), json_end_array(&j);
  json_end_object(&j), json_end_array(&j);
  json_key(&j, "layouts"), json_array(&j);
  guess_layout_object(&j, d->g, NULL);
  json_end_array(&j);
  json_key(&j, "codelists"), json_object(&j);
  for (int64_t k = 0; k < d->g->n_columns; k++)
    if (first_use(d->g, k)) json_put(&j, d->g->columns[k].list.name, "");
  json_end_object(&j);
  json_put(&j, "source", "shirabe intake guess");
  json_end_object(&j);
  strbuf_addc(b, '\n');
}

static void put_survey(struct strbuf *b, const struct draft *d) {
  struct json_out j;
  const char *const texts[][2] = {{"survey", "draft"},         {"code", ""}, {"title_ja", "様式の案"},
                                  {"title_en", "draft forms"}, {"law", ""},  {"retention_class", "draft"}};
  json_begin(&j, b, false);
  json_object(&j);
  put_texts(&j, texts, sizeof texts / sizeof *texts);
  json_key(&j, "forms"), json_array(&j), json_cstr(&j, d->name), json_end_array(&j);
  json_key(&j, "levels"), json_array(&j), json_cstr(&j, "office"), json_end_array(&j);
  json_key(&j, "due_days"), json_array(&j), json_int(&j, 0), json_end_array(&j);
  json_put(&j, "source", "shirabe intake guess");
  json_end_object(&j);
  strbuf_addc(b, '\n');
}

/* --- files --- */

static enum err_code write_text(const struct draft *d, const char *name, const struct strbuf *b, struct err *e) {
  char path[4096];
  if (b->failed) return ERR(e, E_NO_MEMORY, .subject = name);
  if (snprintf(path, sizeof path, "%s/%s", d->folder, name) >= (int)sizeof path) return ERR(e, E_FILE_WRITE, .file = d->folder, .subject = name);
  return atomic_write(path, b->p, b->n, ATOMIC_NEW_ONLY, 0644, e);
}

static enum err_code write_table(const struct draft *d, const char *name, struct err *e) {
  char path[256];
  struct strbuf b;
  strbuf_init(&b, 0);
  if (strcmp(name, "items.csv") == 0) put_items_table(&b, d->g);
  else if (strcmp(name, "form.json") == 0) put_form(&b, d);
  else strbuf_adds(&b, "id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\n");
  snprintf(path, sizeof path, "library/draft/%s/1/%s", d->name, name);
  enum err_code code = write_text(d, path, &b, e);
  strbuf_release(&b);
  return code;
}

/* A copy of a shared list, so that the draft stands by itself; one that is there already stays. */
static enum err_code copy_list(const struct draft *d, const char *forms, const char *name, struct err *e) {
  char from[4096], to[4096];
  uint8_t *p = NULL;
  size_t n = 0;
  snprintf(from, sizeof from, "%s/codelists/%s.csv", forms, name);
  snprintf(to, sizeof to, "%s/codelists/%s.csv", d->folder, name);
  TRY(file_read(from, LIST_BYTES, &p, &n, e));
  struct err problem = {.code = E_OK};
  enum err_code code = atomic_write(to, p, n, ATOMIC_NEW_ONLY, 0644, &problem);
  free(p);
  if (code == E_FILE_EXISTS) return E_OK;
  if (code && e) *e = problem;
  return code;
}

static enum err_code make_folders(const struct draft *d, struct err *e) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/library/draft/%s/1", d->folder, d->name) >= (int)sizeof path)
    return ERR(e, E_FILE_WRITE, .file = d->folder, .subject = d->name);
  TRY(make_directories(path, 0755, e));
  snprintf(path, sizeof path, "%s/codelists", d->folder);
  return make_directories(path, 0755, e);
}

enum err_code guess_draft(const struct guess *g, const char *forms, const char *folder, const char *name, struct err *e) {
  const struct draft d = {g, folder, name};
  struct strbuf survey;
  TRY(make_folders(&d, e));
  TRY(write_table(&d, "form.json", e));
  TRY(write_table(&d, "items.csv", e));
  TRY(write_table(&d, "checks.csv", e));
  for (int64_t j = 0; j < g->n_columns; j++)
    if (first_use(g, j)) TRY(copy_list(&d, forms, g->columns[j].list.name, e));
  strbuf_init(&survey, 0);
  put_survey(&survey, &d);
  enum err_code code = write_text(&d, "library/draft/survey.json", &survey, e);
  strbuf_release(&survey);
  return code;
}
