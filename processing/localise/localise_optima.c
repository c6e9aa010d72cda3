/* Starts from the hits that a solved record had to meet. The cheapest sets of each part of them are tried; what fails teaches a further hit and
 * all is done again, until everything listed is feasible. Parts that a rule connects are listed together. */
#include "processing/localise/localise_optima.h"

#include <string.h>

#include "processing/localise/mixed_impl.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "optimal sets"); }

struct engine {
  struct arena *arena;
  struct hitting *h;
  int n_rules, words;
  const uint64_t *rule_items; /* [n_rules * words] */
  uint64_t *known;            /* a feasible cheapest set */
  int group[HITTING_MAX_PARTS];
  uint64_t *set, *free; /* scratch */
  void *context;
  enum set_verdict (*check)(void *context, const uint64_t *set);
  bool (*learn)(void *context, enum set_verdict v, const uint64_t *set);
};
static const uint64_t *choice_of(const struct engine *g, int part, int k) { return g->h->sets[part].set + (size_t)k * (size_t)g->words; }

static bool uses_part(const struct engine *g, int part, const uint64_t *items) {
  for (int k = 0; k < g->h->sets[part].n; k++)
    if (bits_meet(items, choice_of(g, part, k), g->words)) return true;
  return false;
}
/* What the choices of a group can change, and the forced items that rules tie to them. */
static void reach_of(struct engine *g, int group, uint64_t *reach) {
  memset(reach, 0, (size_t)g->words * sizeof *reach);
  for (int part = 0; part < g->h->n_parts; part++)
    for (int k = 0; g->group[part] == group && k < g->h->sets[part].n; k++)
      for (int w = 0; w < g->words; w++) reach[w] |= choice_of(g, part, k)[w];
  for (bool grown = true; grown;) {
    grown = false;
    for (int i = 0; i < g->n_rules; i++) {
      const uint64_t *items = g->rule_items + (size_t)i * (size_t)g->words;
      if (!bits_meet(items, reach, g->words)) continue;
      for (int w = 0; w < g->words; w++) {
        const uint64_t more = items[w] & g->h->forced[w] & ~reach[w];
        reach[w] |= more;
        grown = grown || more;
      }
    }
  }
}
/* A part of another group that some rule connects with the group, -1 = none. */
static int connected(struct engine *g, int group) {
  reach_of(g, group, g->free);
  for (int i = 0; i < g->n_rules; i++) {
    const uint64_t *items = g->rule_items + (size_t)i * (size_t)g->words;
    if (!bits_meet(items, g->free, g->words)) continue;
    for (int part = 0; part < g->h->n_parts; part++)
      if (g->group[part] != group && uses_part(g, part, items)) return part;
  }
  return -1;
}
/* Parts belong together when a rule, or rules through forced items, have changeable items of both. */
static void join(struct engine *g) {
  for (int part = 0; part < g->h->n_parts; part++) g->group[part] = part;
  for (int part = 0; part < g->h->n_parts; part++) {
    for (int other; (other = connected(g, g->group[part])) >= 0;) {
      const int from = g->group[other];
      for (int t = 0; t < g->h->n_parts; t++)
        if (g->group[t] == from) g->group[t] = g->group[part];
    }
  }
}
/* The choices of one group; false in *complete: more than are listed. list: [OPTIMA_MAX_SETS * words]. */
static int list_group(struct engine *g, int group, uint64_t *list, bool *complete) {
  int choice[HITTING_MAX_PARTS] = {0}, n = 0;
  for (bool more = true; more;) {
    if (n == OPTIMA_MAX_SETS) return *complete = false, n;
    uint64_t *to = list + (size_t)n++ * (size_t)g->words;
    memset(to, 0, (size_t)g->words * sizeof *to);
    more = false;
    for (int part = 0; part < g->h->n_parts; part++) {
      if (g->group[part] != group) continue;
      for (int w = 0; w < g->words; w++) to[w] |= choice_of(g, part, choice[part])[w];
      *complete = *complete && !g->h->sets[part].more;
    }
    for (int part = 0; !more && part < g->h->n_parts; part++) {
      if (g->group[part] != group) continue;
      more = ++choice[part] < g->h->sets[part].n;
      if (!more) choice[part] = 0;
    }
  }
  return n;
}
/* Tries what is listed, the other groups as in the known set. *learnt: something was infeasible. */
static enum err_code try_group(struct engine *g, int group, const uint64_t *list, int n, bool *learnt, struct err *e) {
  uint64_t *rest = g->free;
  memcpy(rest, g->known, (size_t)g->words * sizeof *rest);
  for (int part = 0; part < g->h->n_parts; part++)
    for (int k = 0; g->group[part] == group && k < g->h->sets[part].n; k++)
      for (int w = 0; w < g->words; w++) rest[w] &= ~choice_of(g, part, k)[w];
  for (int k = 0; k < n; k++) {
    for (int w = 0; w < g->words; w++) g->set[w] = rest[w] | list[(size_t)k * (size_t)g->words + (size_t)w];
    const enum set_verdict v = g->check(g->context, g->set);
    if (v == SET_FEASIBLE) continue;
    *learnt = true;
    if (v == SET_DOUBTFUL || !g->learn(g->context, v, g->set)) return ERR(e, E_LOCALISE_NO_PROOF, .found = "search limit");
  }
  return E_OK;
}
static bool put_sets(struct engine *g, const uint64_t *list, int n, struct optima_part *to) {
  int total = 0, at = 0;
  for (int k = 0; k < n * g->words; k++) total += __builtin_popcountll(list[k]);
  int *set = ARENA_ARRAY(g->arena, int, total + n + 1);
  if (!set) return false;
  for (int k = 0; k < n; k++) {
    int *size = &set[at++];
    for (int j = 0; j < g->h->n_items; j++)
      if (bit_has(list + (size_t)k * (size_t)g->words, j)) {
        set[at++] = j;
        (*size)++;
      }
  }
  *to = (struct optima_part){.n_sets = n, .set = set};
  return true;
}
/* One round over all groups. */
static enum err_code round_of(struct engine *g, uint64_t *list, struct optima_part *parts, struct localise_optima *out, bool *learnt, struct err *e) {
  *learnt = false;
  out->complete = true;
  out->count = 1;
  out->n_parts = 0;
  hitting_split(g->h);
  g->h->nodes = 0;
  g->h->limit = LOCALISE_NEVER - 1;
  if (!hitting_search_parts(g->h)) return ERR(e, E_LOCALISE_NO_PROOF, .found = "search limit");
  join(g);
  for (int part = 0; part < g->h->n_parts; part++) {
    bool first = true;
    for (int other = 0; other < part; other++) first = first && g->group[other] != g->group[part];
    if (!first) continue;
    const int n = list_group(g, g->group[part], list, &out->complete);
    TRY(try_group(g, g->group[part], list, n, learnt, e));
    if (*learnt) continue;
    if (!put_sets(g, list, n, &parts[out->n_parts++])) return no_memory(e);
    out->count *= n;
  }
  return E_OK;
}
static enum err_code enumerate(struct engine *g, struct localise_optima *out, struct err *e) {
  g->words = g->h->words;
  g->set = ARENA_ARRAY(g->arena, uint64_t, g->words);
  g->free = ARENA_ARRAY(g->arena, uint64_t, g->words);
  uint64_t *list = ARENA_ARRAY(g->arena, uint64_t, (int64_t)OPTIMA_MAX_SETS * g->words);
  struct optima_part *parts = ARENA_ARRAY(g->arena, struct optima_part, HITTING_MAX_PARTS);
  int *forced = ARENA_ARRAY(g->arena, int, g->h->n_items + 1);
  bool learnt = true;
  if (!g->set || !g->free || !list || !parts || !forced) return no_memory(e);
  while (learnt) TRY(round_of(g, list, parts, out, &learnt, e));
  for (int j = 0; j < g->h->n_items; j++)
    if (bit_has(g->h->forced, j)) forced[out->n_forced++] = j;
  out->forced = forced;
  out->part = parts;
  return E_OK;
}
/* --- numbers --- */
static enum set_verdict linear_check(void *context, const uint64_t *set) {
  struct searcher *s = context;
  return set_check(s->rows, &s->rec, set, &s->room, &s->pool.fresh);
}
static bool linear_learn(void *context, enum set_verdict v, const uint64_t *set) {
  struct searcher *s = context;
  if (v == SET_CUT) return hitting_add(&s->hit, cut_pool_take(&s->pool)->support);
  for (int w = 0; w < s->hit.words; w++) s->scratch[w] = ~set[w];
  return hitting_add(&s->hit, s->scratch);
}
enum err_code localise_optima(struct arena *a, const struct localise_spec *spec, const struct num_table *data, int64_t row,
                              struct localise_optima *out, struct err *e) {
  const struct linear_system *s = spec->system;
  struct searcher *searcher = ARENA_NEW(a, struct searcher);
  struct edit_rows *rows = ARENA_NEW(a, struct edit_rows);
  const struct num_column **column = ARENA_ARRAY(a, const struct num_column *, s->p + 1);
  struct localise_case found;
  *out = (struct localise_optima){.n_variables = s->p};
  if (!searcher || !rows || !column || !edit_rows_init(rows, a, s)) return no_memory(e);
  for (int j = 0; j < s->p; j++) {
    const int at = num_table_find(data, str_of(s->names[j]));
    if (at < 0) return ERR(e, E_LOCALISE_COLUMN, .subject = s->names[j]);
    if (!spec->weight || !(spec->weight[j] > 0)) return ERR(e, E_LOCALISE_WEIGHT, .subject = s->names[j]);
    column[j] = &data->columns[at];
  }
  if (!searcher_init(searcher, spec, rows, column, a, 1 << 17)) return no_memory(e);
  TRY(localise_record(searcher, data, row, &found, e));
  if (found.status != LOCALISE_SOLVED) return ERR(e, E_LOCALISE_NO_PROOF, .found = localise_status_name(found.status));
  out->cost = found.cost;
  struct engine g = {.arena = a,
                     .h = &searcher->hit,
                     .n_rules = s->m,
                     .rule_items = rows->support,
                     .known = ARENA_ARRAY(a, uint64_t, searcher->hit.words),
                     .context = searcher,
                     .check = linear_check,
                     .learn = linear_learn};
  if (!g.known) return no_memory(e);
  for (int k = 0; k < found.n_set; k++) bit_add(g.known, found.set[k]);
  return enumerate(&g, out, e);
}
/* --- mixed --- */
struct mixed_context {
  struct mixed *m;
  double *x;
  int *code;
};
static enum set_verdict mixed_verdict(void *context, const uint64_t *set) {
  const struct mixed_context *c = context;
  return mixed_check(c->m, set, c->x, c->code);
}
static bool mixed_teach(void *context, enum set_verdict v, const uint64_t *set) {
  const struct mixed_context *c = context;
  (void)v;
  (void)set;
  return mixed_learn(c->m);
}
static void items_of_rules(const struct mixed *m, uint64_t *to) {
  for (int i = 0; i < m->rules->n_rules; i++) {
    uint64_t *items = to + (size_t)i * (size_t)m->hit.words;
    if (m->soft_item[i] >= 0) bit_add(items, m->soft_item[i]);
    for (int t = 0; t < m->rules->rules[i].n_atoms; t++) {
      const struct rule_atom *atom = &m->rules->rules[i].atoms[t];
      if (atom->category) bit_add(items, m->p + atom->k);
      for (int k = 0; !atom->category && k < atom->linear.n; k++) bit_add(items, atom->linear.var[k]);
    }
  }
  for (int t = 0; t < m->n_moves; t++) {
    uint64_t *items = to + (size_t)(m->rules->n_rules + t) * (size_t)m->hit.words;
    bit_add(items, m->move[t].a);
    bit_add(items, m->move[t].b);
  }
}
/* Soft items are numbered one after another in the search, by their rules for the user. */
static void name_soft(const struct mixed *m, struct localise_optima *out) {
  for (int part = 0; part < out->n_parts; part++) {
    int *set = (int *)out->part[part].set;
    for (int k = 0, at = 0; k < out->part[part].n_sets; k++) {
      const int end = at + 1 + set[at];
      for (at++; at < end; at++)
        for (int i = m->rules->n_rules - 1; set[at] >= m->p + m->q && i >= 0; i--)
          if (m->soft_item[i] == set[at]) {
            set[at] = m->p + m->q + i;
            break;
          }
    }
  }
}
enum err_code localise_mixed_optima(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *r, struct localise_optima *out,
                                    struct err *e) {
  const int p = spec->rules->numeric.p, q = spec->rules->n_categories;
  struct mixed_answer answer, again = {.x = ARENA_ARRAY(a, double, p + 1), .code = ARENA_ARRAY(a, int, q + 1)};
  struct mixed *m = ARENA_NEW(a, struct mixed);
  int64_t cost = 0;
  bool usable;
  *out = (struct localise_optima){.n_variables = p + q};
  TRY(localise_mixed(a, spec, r, &answer, e));
  if (answer.status != LOCALISE_SOLVED) return ERR(e, E_LOCALISE_NO_PROOF, .found = localise_status_name(answer.status));
  if (!again.x || !again.code || !m || !mixed_init(m, a, spec)) return no_memory(e);
  const int n = answer.n_operations;
  TRY(mixed_search(m, r, n ? answer.operations[0] : -1, n > 1 ? answer.operations[1] : -1, LOCALISE_NEVER - 1, &cost, &usable, &again, e));
  uint64_t *items = ARENA_ARRAY(a, uint64_t, (int64_t)(m->rules->n_rules + 2) * m->hit.words);
  struct engine g = {.arena = a,
                     .h = &m->hit,
                     .n_rules = m->rules->n_rules + m->n_moves,
                     .rule_items = items,
                     .known = ARENA_ARRAY(a, uint64_t, m->hit.words),
                     .context = &(struct mixed_context){.m = m, .x = again.x, .code = again.code},
                     .check = mixed_verdict,
                     .learn = mixed_teach};
  if (!items || !g.known) return no_memory(e);
  items_of_rules(m, items);
  memcpy(g.known, m->set, (size_t)m->words * sizeof *g.known); /* the last one tried: it was feasible */
  out->cost = answer.cost;
  TRY(enumerate(&g, out, e));
  name_soft(m, out);
  return E_OK;
}
enum err_code localise_optima_print(const struct localise_optima *o, const char *const *names, enum err_lang lang, struct strbuf *to, struct err *e) {
  const bool ja = lang == LANG_JA;
  for (int k = 0; k < o->n_forced; k++) strbuf_addf(to, "%s%s", k ? (ja ? "、" : ", ") : "", names[o->forced[k]]);
  if (o->n_forced) strbuf_adds(to, ja ? " は必ず入力してください" : " must be given");
  if (o->n_forced && o->n_parts) strbuf_adds(to, ja ? "。" : "; ");
  for (int part = 0; part < o->n_parts; part++) {
    const int *set = o->part[part].set;
    strbuf_adds(to, part ? (ja ? "、さらに {" : " and one of {") : ja ? "{" : "choose one of {");
    for (int k = 0; k < o->part[part].n_sets; k++) {
      const int size = *set++;
      if (k) strbuf_adds(to, " | ");
      for (int t = 0; t < size; t++) strbuf_addf(to, "%s%s", t ? (ja ? "、" : ", ") : "", names[*set++]);
    }
    strbuf_adds(to, ja ? "} から一つ" : "}");
  }
  strbuf_addc(to, '\n');
  return to->failed ? ERR(e, E_NO_MEMORY, .subject = "optimal sets") : E_OK;
}
