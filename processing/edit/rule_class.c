/* Conditions on codes of open or long lists (ICD-10, municipalities): codes that no condition tells apart are one class, and the classes are the
 * codes of the rules' category. Examples are all codes of a closed list; of an open one its rows, what the conditions name with its neighbours, and
 * for ICD-10 every letter with two, three and four digits. A text of no class found (rule_class_of -1) is left aside by those who ask. */
#include <stdio.h>
#include <string.h>

#include "processing/edit/rule_build_impl.h"

enum { MAX_CONDITIONS = 512, MAX_TEXT = 8 };

static bool no_memory(struct builder *b) {
  b->no_memory = true;
  return false;
}
/* --- while checks are read --- */
static struct class_build *build_of(struct builder *b, const struct item *it) {
  for (int i = 0; i < b->n_classes; i++)
    if (b->classes[i].item == it) return &b->classes[i];
  if (b->n_classes == MAX_CLASS_ITEMS) return refuse(b, RULE_TOO_LONG), NULL;
  struct class_build *c = &b->classes[b->n_classes];
  const struct rule_category k = {.name = it->name, .item = it->name};
  *c = (struct class_build){.item = it,
                            .x = ARENA_ARRAY(b->a, const struct expr *, MAX_CONDITIONS),
                            .node = ARENA_ARRAY(b->a, const struct expr_node *, MAX_CONDITIONS),
                            .k = add_category(b, &k)};
  if (!c->x || !c->node) return no_memory(b), NULL;
  if (c->k < 0) return NULL;
  b->n_classes++;
  return c;
}
bool class_truth(struct builder *b, const struct item *it, const struct expr_node *n, bool holds, struct cnf *out) {
  struct class_build *c = build_of(b, it);
  struct rule_atom *atom = ARENA_NEW(b->a, struct rule_atom);
  struct part part = {.atom = atom};
  int at = 0;
  if (!c) return false;
  if (!atom) return no_memory(b);
  while (at < c->n && c->node[at] != n) at++;
  if (at == MAX_CONDITIONS) return refuse(b, RULE_LONG_LIST);
  if (at == c->n) {
    c->x[at] = b->x;
    c->node[at] = n;
    c->n++;
  }
  *atom = (struct rule_atom){.category = true, .k = c->k, .condition = holds ? at + 1 : -(at + 1)};
  return cnf_one(b, &part, 1, out);
}

/* --- truths of one text --- */
bool rule_class_truths(const struct rule_classes *c, struct str text, uint64_t *out) {
  int64_t zero = 0;
  struct err e;
  memset(out, 0, (size_t)c->words * sizeof *out);
  for (int i = 0; i < c->n; i++) {
    struct expr_value v = {0};
    const struct expr_row row = {.x = c->x[i], .child_row = -1, .fixed = true, .fixed_text = text, .divisions_by_zero = &zero, .e = &e};
    if (expr_exact(&row, c->node[i], &v) || v.truth == KLEENE_UNKNOWN) return false;
    if (v.truth == KLEENE_TRUE) out[i / 64] |= (uint64_t)1 << (i % 64);
  }
  return true;
}
int rule_class_of(const struct rule_category *k, const uint64_t *truths) {
  const int words = k->classes->words;
  for (int i = 0; i < k->n_codes; i++)
    if (memcmp(k->classes->truth + (size_t)i * (size_t)words, truths, (size_t)words * sizeof *truths) == 0) return i;
  return -1;
}

/* --- examples --- */
struct collect {
  struct builder *b;
  const struct rule_classes *conditions;
  struct dict *seen, *texts; /* truths that were met; texts that were tried */
  uint64_t *truths;
  struct str *example; /* [RULE_MAX_CODES] of each class */
  bool too_many;
};
static bool example(struct collect *c, struct str text) {
  const size_t bytes = (size_t)c->conditions->words * sizeof *c->truths;
  const int32_t tried = dict_count(c->texts), at = dict_add(c->texts, text);
  if (at < 0) return no_memory(c->b);
  if (at < tried || c->too_many || !rule_class_truths(c->conditions, text, c->truths)) return true;
  const int32_t before = dict_count(c->seen), id = dict_add(c->seen, str_view((const char *)c->truths, bytes));
  if (id < 0) return no_memory(c->b);
  if (id < before) return true;
  if (id == RULE_MAX_CODES) return c->too_many = true;
  const char *copy = arena_strdup(c->b->a, text.p, text.n);
  if (!copy) return no_memory(c->b);
  c->example[id] = str_view(copy, text.n);
  return true;
}
/* The text, then with 0 to 9, 00 to 99 and more behind it, up to five characters. */
static bool neighbours(struct collect *c, struct str text) {
  char longer[MAX_TEXT + 8];
  if (!example(c, text)) return false;
  if (text.n == 0 || text.n > 4) return true;
  for (int d = 0; d < 10; d++) {
    const int n = snprintf(longer, sizeof longer, "%.*s%d", (int)text.n, text.p, d);
    if (!example(c, str_view(longer, (size_t)n))) return false;
    if (text.n < 4 && !neighbours(c, str_view(longer, (size_t)n))) return false;
  }
  if (text.n == 4) { /* the neighbours of a code of four characters share the first three */
    const int n = snprintf(longer, sizeof longer, "%.*s", (int)text.n - 1, text.p);
    for (int d = 0; d < 10; d++) {
      longer[n] = (char)('0' + d);
      if (!example(c, str_view(longer, (size_t)n + 1))) return false;
    }
  }
  return true;
}
static bool literals(struct collect *c, const struct expr_node *n) {
  if (n->kind == X_TEXT && !example(c, n->text)) return false;
  if (n->kind == X_TEXT && n->text.n >= 3 && n->text.n <= 4 && !neighbours(c, n->text)) return false;
  for (int64_t i = 0; n->kind == X_IN && n->texts && i < n->n_set; i++)
    if (!example(c, n->texts[i]) || (n->texts[i].n >= 3 && n->texts[i].n <= 4 && !neighbours(c, n->texts[i]))) return false;
  for (int i = 0; i < n->n_kids; i++)
    if (!literals(c, n->kid[i])) return false;
  return true;
}
static bool icd10(struct collect *c) {
  char text[8];
  for (int letter = 'A'; letter <= 'Z'; letter++) {
    for (int number = 0; number < 100; number++) {
      const int n = snprintf(text, sizeof text, "%c%02d00", letter, number);
      for (int k = 3; k <= n; k++)
        if (!example(c, str_view(text, (size_t)k))) return false;
    }
    if (!example(c, str_view(text, 1)) || !example(c, str_view(text, 2))) return false;
  }
  return example(c, STR("A00000"));
}
static bool examples(struct collect *c, const struct codelist *l) {
  for (int32_t i = 0; i < dict_count(l->dict); i++) {
    const struct code *code = codelist_find(l, l->answers[i], INT64_MIN);
    if (code && code->status == VAL_REPORTED && !example(c, l->answers[i])) return false;
  }
  if (!l->structure[0]) return true;
  for (int i = 0; i < c->conditions->n; i++)
    if (!literals(c, c->conditions->node[i])) return false;
  return strcmp(l->structure, "icd10") != 0 || icd10(c);
}

/* --- when all checks are read --- */
static bool settle_atoms(struct builder *b, int k) {
  struct rule_set *s = &b->out->set;
  const struct rule_category *c = &s->categories[k];
  for (int i = 0; i < s->n_rules; i++)
    for (int t = 0; t < s->rules[i].n_atoms; t++) {
      struct rule_atom *a = &s->rules[i].atoms[t];
      if (!a->category || a->k != k) continue;
      uint64_t *set = ARENA_ARRAY(b->a, uint64_t, c->n_codes / 64 + 1);
      if (!set) return no_memory(b);
      const int at = (a->condition < 0 ? -a->condition : a->condition) - 1;
      for (int code = 0; code < c->n_codes; code++) {
        const bool holds = c->classes->truth[(size_t)code * (size_t)c->classes->words + (size_t)at / 64] >> (at % 64) & 1;
        if (holds == (a->condition > 0)) set[code / 64] |= (uint64_t)1 << (code % 64);
      }
      a->set = set;
    }
  return true;
}
static bool close_one(struct builder *b, const struct class_build *of) {
  struct rule_classes *classes = ARENA_NEW(b->a, struct rule_classes);
  if (!classes) return no_memory(b);
  *classes = (struct rule_classes){.n = of->n, .words = (of->n + 63) / 64, .x = of->x, .node = of->node};
  struct collect c = {.b = b,
                      .conditions = classes,
                      .seen = dict_new(b->scratch),
                      .texts = dict_new(b->scratch),
                      .truths = ARENA_ARRAY(b->scratch, uint64_t, classes->words + 1),
                      .example = ARENA_ARRAY(b->a, struct str, RULE_MAX_CODES)};
  if (!c.seen || !c.texts || !c.truths || !c.example) return no_memory(b);
  if (!examples(&c, of->item->codelist)) return false;
  const int n = (int)dict_count(c.seen) < RULE_MAX_CODES ? (int)dict_count(c.seen) : RULE_MAX_CODES;
  uint64_t *truth = ARENA_ARRAY(b->a, uint64_t, (size_t)n * (size_t)classes->words + 1);
  if (!truth) return no_memory(b);
  for (int i = 0; i < n; i++) memcpy(truth + (size_t)i * (size_t)classes->words, dict_text(c.seen, i).p, (size_t)classes->words * sizeof *truth);
  classes->truth = truth;
  struct rule_category *k = &b->out->set.categories[of->k];
  k->codes = c.example;
  k->n_codes = n;
  k->classes = classes;
  return settle_atoms(b, of->k);
}
bool close_classes(struct builder *b) {
  for (int i = 0; i < b->n_classes; i++)
    if (!close_one(b, &b->classes[i])) return false;
  return true;
}
