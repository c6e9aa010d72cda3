/* Conditions on code items: a category per item with a closed code list, a set of codes per condition. */
#include <string.h>

#include "processing/edit/rule_build_impl.h"

static bool no_memory(struct builder *b) {
  b->no_memory = true;
  return false;
}
static const struct item *list_item(const struct builder *b, int slot) {
  const struct expr_slot *s = &b->x->slots[slot];
  return s->kind == EXPR_SLOT_CHILD ? NULL : form_item(b->form, s->name);
}
static const struct expr_node *variable_under(const struct expr_node *n, int slot) {
  if (n->kind == X_VARIABLE && n->slot == slot) return n;
  for (int i = 0; i < n->n_kids; i++) {
    const struct expr_node *found = variable_under(n->kid[i], slot);
    if (found) return found;
  }
  return NULL;
}
static bool ordinary_codes(struct builder *b, const struct codelist *l, struct rule_category *k) {
  const int32_t n = dict_count(l->dict);
  struct str *codes = ARENA_ARRAY(b->a, struct str, n + 1);
  if (!codes) return no_memory(b);
  for (int32_t i = 0; i < n; i++) {
    const struct code *code = codelist_find(l, l->answers[i], INT64_MIN);
    if (code && code->status == VAL_REPORTED) codes[k->n_codes++] = l->answers[i];
  }
  k->codes = codes;
  return true;
}
bool ordinary_list(const struct codelist *l) { return !l->structure[0] && dict_count(l->dict) <= RULE_MAX_CODES; }
int add_category(struct builder *b, const struct rule_category *k) {
  struct rule_set *s = &b->out->set;
  if (s->n_categories == MAX_CATEGORIES) return refuse(b, RULE_TOO_LONG), -1;
  s->categories[s->n_categories] = *k;
  return s->n_categories++;
}
/* The register may have codes of its own: they are all one code more. */
static bool others(struct builder *b, struct rule_category *k) {
  struct str *codes = ARENA_ARRAY(b->a, struct str, k->n_codes + 1);
  if (!codes) return no_memory(b);
  if (k->n_codes) memcpy(codes, k->codes, (size_t)k->n_codes * sizeof *codes);
  codes[k->n_codes++] = STR("(another)");
  k->codes = codes;
  k->others = true;
  return true;
}
static int category_of_slot(struct builder *b, const struct expr_node *under, int slot) {
  struct rule_set *s = &b->out->set;
  const struct item *it = list_item(b, slot);
  const enum expr_slot_kind kind = b->x->slots[slot].kind;
  const char *name = b->x->slots[slot].name;
  const bool frame = kind == EXPR_SLOT_FRAME;
  struct rule_category k = {.presence = false};
  struct expr_node wrap = {.kind = frame ? X_FRAME : X_PREV, .text = frame ? STR("frame") : STR("prev"), .n_kids = 1, .type = EXPR_CODE, .slot = -1};
  const bool above = kind == EXPR_SLOT_CURRENT && it && is_above(b, it);
  if (!it || !it->codelist || (it->origin == ORIGIN_DERIVED && it->expression)) return refuse(b, RULE_TEXT), -1;
  if (!ordinary_list(it->codelist)) return refuse(b, RULE_LONG_LIST), -1;
  if (kind != EXPR_SLOT_CURRENT) {
    wrap.kid[0] = (struct expr_node *)(uintptr_t)variable_under(under, slot);
    if (!wrap.kid[0] || !(k.parameter = own_expression(b, &wrap, &name))) return refuse(b, RULE_TEXT), -1;
  }
  if (above) {
    const struct expr_node *node = variable_under(under, slot);
    if (!node || !(k.parameter = own_expression(b, node, &name))) return refuse(b, RULE_TEXT), -1;
  }
  for (int i = 0; i < s->n_categories; i++)
    if (strcmp(s->categories[i].name, name) == 0) return i;
  k.name = k.item = name;
  return ordinary_codes(b, it->codelist, &k) && (!frame || others(b, &k)) ? add_category(b, &k) : -1;
}
int category_of(struct builder *b, const struct expr_node *n) {
  while ((n->kind == X_PREV || n->kind == X_FRAME) && n->n_kids == 1) n = n->kid[0];
  return n->kind == X_VARIABLE && expr_is_text(n->type) ? category_of_slot(b, n, n->slot) : (refuse(b, RULE_TEXT), -1);
}
bool set_part(struct builder *b, int k, const uint64_t *set, struct part *out) {
  struct rule_atom *atom = ARENA_NEW(b->a, struct rule_atom);
  if (!atom) return no_memory(b);
  *atom = (struct rule_atom){.category = true, .k = k, .set = set};
  *out = (struct part){.atom = atom};
  return true;
}
static int code_index(const struct rule_category *c, struct str code) {
  for (int i = 0; i < c->n_codes; i++)
    if (str_eq(c->codes[i], code)) return i;
  return -1;
}
/* For a code that stands for all others nothing can be worked out but whether it is one of those named. */
static bool told_by_names(const struct rule_category *c, const struct expr_node *n) {
  const struct expr_node *l = n->kid[0];
  while ((l->kind == X_PREV || l->kind == X_FRAME) && l->n_kids == 1) l = l->kid[0];
  if (l->kind != X_VARIABLE || (n->kind != X_EQ && n->kind != X_NE && n->kind != X_IN)) return false;
  if (n->kind != X_IN) return n->kid[1]->kind == X_TEXT && code_index(c, n->kid[1]->text) >= 0;
  for (int64_t i = 0; i < n->n_set; i++)
    if (code_index(c, n->texts[i]) < 0) return false;
  return true;
}
/* A condition on one code item, worked out for each code. */
bool code_truth(struct builder *b, const struct expr_node *n, bool holds, struct cnf *out) {
  struct part part;
  const struct item *it = list_item(b, n->slot);
  const bool current = b->x->slots[n->slot].kind == EXPR_SLOT_CURRENT;
  if (current && it && it->codelist && it->origin != ORIGIN_DERIVED && !ordinary_list(it->codelist)) return class_truth(b, it, n, holds, out);
  const int k = category_of_slot(b, n, n->slot);
  if (k < 0) return false;
  const struct rule_category *c = &b->out->set.categories[k];
  if (c->others && !told_by_names(c, n)) return refuse(b, RULE_TEXT);
  uint64_t *set = ARENA_ARRAY(b->a, uint64_t, c->n_codes / 64 + 1);
  int64_t zero = 0;
  struct err e;
  if (!set) return no_memory(b);
  for (int i = 0; i < c->n_codes; i++) {
    struct expr_value v = {0};
    const struct expr_row row = {.x = b->x, .child_row = -1, .fixed = true, .fixed_text = c->codes[i], .divisions_by_zero = &zero, .e = &e};
    if (expr_exact(&row, n, &v) || v.truth == KLEENE_UNKNOWN) return refuse(b, RULE_TEXT);
    if ((v.truth == KLEENE_TRUE) == holds) set[i / 64] |= (uint64_t)1 << (i % 64);
  }
  return set_part(b, k, set, &part) && cnf_one(b, &part, 1, out);
}
/* Something worked out from one code, as prefix(municipality, 2). */
static bool part_of_code(const struct builder *b, const struct expr_node *n) {
  return n->kind != X_VARIABLE && n->pure && n->slot >= 0 && b->x->slots[n->slot].kind == EXPR_SLOT_CURRENT;
}
/* part = code, for each code of the item with the short list: it is another one, or the part is this code. */
static bool part_equals(struct builder *b, const struct expr_node *part, const struct expr_node *code, bool equal, struct cnf *out) {
  const int k = category_of(b, code);
  if (k < 0) return false;
  const struct rule_category u = b->out->set.categories[k];
  if (u.n_codes > CNF_MAX_CLAUSES) return refuse(b, RULE_LONG_LIST);
  if (!cnf_init(b, out)) return false;
  for (int i = 0; i < u.n_codes; i++) {
    uint64_t *not_i = ARENA_ARRAY(b->a, uint64_t, u.n_codes / 64 + 1);
    struct expr_node *text = ARENA_NEW(b->a, struct expr_node), *same = ARENA_NEW(b->a, struct expr_node);
    struct cnf one = {0, NULL};
    if (!not_i || !text || !same) return no_memory(b);
    for (int c = 0; c < u.n_codes; c++)
      if (c != i) not_i[c / 64] |= (uint64_t)1 << (c % 64);
    *text = (struct expr_node){.kind = X_TEXT, .text = u.codes[i], .type = EXPR_TEXT, .slot = -1, .pure = true};
    *same = (struct expr_node){.kind = X_EQ, .n_kids = 2, .type = EXPR_BOOL, .slot = part->slot, .pure = true};
    same->kid[0] = (struct expr_node *)(uintptr_t)part;
    same->kid[1] = text;
    if (!code_truth(b, same, equal, &one)) return false;
    if (one.n < 1 || !one.clause || one.clause[0].n < 1) return refuse(b, RULE_TEXT);
    struct clause *to = &out->clause[out->n++];
    to->n = 2;
    to->n_if = 0;
    to->part[1] = one.clause[0].part[0];
    if (!set_part(b, k, not_i, &to->part[0])) return false;
  }
  return true;
}
/* Two code items that are equal (or not): one clause per code of the first: it is another one, or the second agrees. */
bool same_code(struct builder *b, const struct expr_node *l, const struct expr_node *r, bool equal, struct cnf *out) {
  if (part_of_code(b, l)) return part_equals(b, l, r, equal, out);
  if (part_of_code(b, r)) return part_equals(b, r, l, equal, out);
  const int p = category_of(b, l), q = p < 0 ? -1 : category_of(b, r);
  if (q < 0) return false;
  const struct rule_category *u = &b->out->set.categories[p], *v = &b->out->set.categories[q];
  if (u->n_codes > CNF_MAX_CLAUSES) return refuse(b, RULE_LONG_LIST);
  if (!cnf_init(b, out)) return false;
  for (int i = 0; i < u->n_codes; i++) {
    uint64_t *not_i = ARENA_ARRAY(b->a, uint64_t, u->n_codes / 64 + 1), *partner = ARENA_ARRAY(b->a, uint64_t, v->n_codes / 64 + 1);
    const int k = code_index(v, u->codes[i]);
    if (!not_i || !partner) return no_memory(b);
    for (int c = 0; c < u->n_codes; c++)
      if (c != i) not_i[c / 64] |= (uint64_t)1 << (c % 64);
    for (int c = 0; c < v->n_codes; c++)
      if ((c == k) == equal) partner[c / 64] |= (uint64_t)1 << (c % 64);
    struct clause *to = &out->clause[out->n++];
    to->n = 2;
    to->n_if = 0;
    if (!set_part(b, p, not_i, &to->part[0]) || !set_part(b, q, partner, &to->part[1])) return false;
  }
  return true;
}
