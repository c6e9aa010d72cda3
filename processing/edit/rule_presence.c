/* Questions whether there is an answer: missing(x), blank(x), na(x) ... as codes of a category of its own. */
#include <string.h>

#include "processing/edit/rule_build_impl.h"

static const struct str CODES[RULE_PRESENCE_CODES] = {{"there", 5},   {"blank", 5},   {"not applicable", 14}, {"unknown", 7},
                                                      {"refused", 7}, {"invalid", 7}, {"missing otherwise", 17}};

static bool no_memory(struct builder *b) {
  b->no_memory = true;
  return false;
}
static uint64_t codes_of(enum expr_kind kind) {
  switch (kind) {
    case X_BLANK: return (uint64_t)1 << RULE_BLANK;
    case X_NA: return (uint64_t)1 << RULE_NA;
    case X_UNKNOWN: return (uint64_t)1 << RULE_UNKNOWN;
    case X_REFUSED: return (uint64_t)1 << RULE_REFUSED;
    case X_INVALID: return (uint64_t)1 << RULE_INVALID;
    default: return (((uint64_t)1 << RULE_PRESENCE_CODES) - 1) & ~((uint64_t)1 << RULE_THERE);
  }
}
/* The variable asked for: an item of the record, or one of last month or the register. */
static const struct expr_node *asked(const struct builder *b, const struct expr_node *n) {
  const struct expr_node *v = n->kid[0];
  while ((v->kind == X_PREV || v->kind == X_FRAME) && v->n_kids == 1) v = v->kid[0];
  return v->kind == X_VARIABLE && !v->outer && b->x->slots[v->slot].kind != EXPR_SLOT_CHILD ? v : NULL;
}
static const struct item *derived_item(const struct builder *b, const struct expr_node *v) {
  if (b->x->slots[v->slot].kind != EXPR_SLOT_CURRENT) return NULL;
  const struct item *it = form_item(b->form, b->x->slots[v->slot].name);
  return it && it->origin == ORIGIN_DERIVED && it->expression ? it : NULL;
}
static bool atom_of(struct builder *b, const struct expr_node *n, const char *name, bool holds, struct part *out) {
  struct rule_set *s = &b->out->set;
  const struct expr_node *v = asked(b, n);
  struct rule_category k = {.presence = true, .item = name, .codes = CODES, .n_codes = RULE_PRESENCE_CODES};
  const char *text;
  int at = -1;
  for (int i = 0; i < s->n_categories; i++)
    if (s->categories[i].presence && strcmp(s->categories[i].item, name) == 0) at = i;
  if (at < 0) {
    if (b->x->slots[v->slot].kind != EXPR_SLOT_CURRENT && !(k.parameter = own_expression(b, n->kid[0], &text))) return false;
    if (!(k.name = arena_printf(b->a, "answer(%s)", name))) return no_memory(b);
    if ((at = add_category(b, &k)) < 0) return false;
  }
  uint64_t *set = ARENA_ARRAY(b->a, uint64_t, 1);
  if (!set) return no_memory(b);
  *set = holds ? codes_of(n->kind) : (((uint64_t)1 << RULE_PRESENCE_CODES) - 1) & ~codes_of(n->kind);
  return set_part(b, at, set, out);
}
bool presence(struct builder *b, const struct expr_node *n, bool holds, struct cnf *out) {
  const struct expr_node *v = asked(b, n);
  struct part part = {.asks = n, .asks_in = b->x};
  if (!v || derived_item(b, v)) return refuse(b, RULE_PRESENCE);
  part.name = b->x->slots[v->slot].name;
  if (b->x->slots[v->slot].kind != EXPR_SLOT_CURRENT && !own_expression(b, n->kid[0], &part.name)) return false;
  if (!holds && !atom_of(b, n, part.name, false, &part)) return false;
  return cnf_one(b, &part, 1, out);
}
static bool needs(const struct rule_set *s, const struct part *p, const char *name) {
  if (!p->atom || p->atom->category) return false;
  for (int k = 0; k < p->atom->linear.n; k++)
    if (strcmp(s->numeric.names[p->atom->linear.var[k]], name) == 0) return true;
  return false;
}
bool settle_missing(struct builder *b, struct clause *c) {
  for (int i = 0; i < c->n;) {
    const struct part p = c->part[i];
    bool needed = false;
    for (int k = 0; !p.atom && k < c->n; k++) needed = needed || needs(&b->out->set, &c->part[k], p.name);
    if (p.atom || !needed) {
      const struct expr *x = b->x;
      b->x = p.atom ? x : p.asks_in;
      const bool ok = p.atom || atom_of(b, p.asks, p.name, true, &c->part[i]);
      b->x = x;
      if (!ok) return false;
      i++;
      continue;
    }
    c->n--;
    if (i < c->n_if) c->n_if--;
    for (int k = i; k < c->n; k++) c->part[k] = c->part[k + 1];
  }
  return true;
}
