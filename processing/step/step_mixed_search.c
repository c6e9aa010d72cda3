/* The searches of the records of one shard: what each record's engine gets, the proof in words, threads. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "processing/step/step_mixed.h"
#include "processing/step/step_rules.h"
#include "processing/localise/mixed_proof.h"

enum { ITEMS_NAMED = 64, MAX_THREADS = 64 };

struct worker { /* of one thread */
  const struct mixed_shard *s;
  struct arena *keep, *scratch; /* answers; what one record needs */
  const int64_t *rows;
  int64_t n;
  atomic_llong *next;
  struct mixed_case *out;
  double *x, *weight;
  bool *missing, *asked;
  int *code;
  uint8_t *flags;
  struct rule_set few; /* the rules that can fail for the record */
  enum err_code code_of_error;
  struct err error;
};
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "error localisation"); }

/* --- the record --- */
static bool speaks_of(const struct rule_set *s, const struct rule *r, int v) {
  for (int t = 0; t < r->n_atoms; t++) {
    const struct rule_atom *a = &r->atoms[t];
    if (a->category && s->numeric.p + a->k == v) return true;
    for (int k = 0; !a->category && k < a->linear.n; k++)
      if (a->linear.var[k] == v || s->product[a->linear.var[k]].x == v) return true;
  }
  return false;
}
/* Not there, and rules ask whether it is: the category that says so is what can change, at the item's cost; the value comes with it. */
static bool told_by_presence(const struct worker *w, int v, int64_t row) {
  return w->s->m->presence[v] >= 0 && mixed_stays(w->s, v, row, false);
}
static bool is_out(const struct worker *w, int v, int64_t row) { return !told_by_presence(w, v, row) && mixed_stays(w->s, v, row, w->asked[v]); }
static bool product_is_out(const struct worker *w, int v, int64_t row) {
  const struct rule_product *f = &w->s->m->rules.product[v];
  return f->x < 0 ? is_out(w, v, row) : is_out(w, f->x, row) || is_out(w, f->by, row);
}
static bool unheard(const struct worker *w, const struct rule *r, int64_t row) {
  const int p = w->s->m->p;
  for (int t = 0; t < r->n_atoms; t++) {
    const struct rule_atom *a = &r->atoms[t];
    if (a->category && is_out(w, p + a->k, row)) return true;
    for (int k = 0; !a->category && k < a->linear.n; k++)
      if (product_is_out(w, a->linear.var[k], row)) return true;
  }
  return false;
}
static void load(struct worker *w, int64_t row) {
  const struct mixed_step *m = w->s->m;
  const int64_t record = w->s->shard->first_record + row;
  for (int v = 0; v < m->p + m->q; v++) {
    const bool absent = mixed_absent(w->s, v, row);
    if (v < m->p) {
      w->missing[v] = absent;
      w->x[v] = absent ? 0 : w->s->data.numbers.columns[v].x[row];
    } else
      w->code[v - m->p] = absent ? -1 : w->s->data.codes[v - m->p][row];
    w->weight[v] = m->record_weight[v] ? m->record_weight[v][record] : m->weight[v];
    w->flags[v] = !absent && mixed_flagged(w->s, v, row) ? LOCALISE_FORCED : LOCALISE_FREE;
  }
}
/* A number that lacks is asked for when a rule cannot be decided without it. */
static void ask(struct worker *w, int64_t row) {
  const struct mixed_step *m = w->s->m;
  memset(w->asked, 0, (size_t)(m->p + m->q) * sizeof *w->asked);
  for (int v = 0; v < m->p + m->q; v++)
    for (int i = 0; i < m->rules.n_rules && !w->asked[v]; i++) {
      const struct rule *r = &m->rules.rules[i];
      if (mixed_lacks(w->s, v, row) && speaks_of(&m->rules, r, v))
        w->asked[v] = rule_holds(&m->rules, r, w->x, w->missing, w->code) < 0;
    }
}
/* x times a constant of the record is x with its coefficient there. */
static bool add_coefficient(struct linear_edit *l, int *var, double *coef, int v, double c) {
  int k = 0;
  while (k < l->n && var[k] < v) k++;
  if (k < l->n && var[k] == v) {
    coef[k] += c;
    return true;
  }
  for (int i = l->n++; i > k; i--) var[i] = var[i - 1], coef[i] = coef[i - 1];
  var[k] = v;
  coef[k] = c;
  return true;
}
static bool with_coefficients(struct worker *w, const struct rule_atom *from, struct rule_atom *to) {
  const struct rule_product *product = w->s->m->rules.product;
  bool any = false;
  *to = *from;
  for (int k = 0; !from->category && k < from->linear.n; k++) any = any || product[from->linear.var[k]].x >= 0;
  if (!any) return true;
  int *var = ARENA_ARRAY(w->scratch, int, from->linear.n + 1);
  double *coef = ARENA_ARRAY(w->scratch, double, from->linear.n + 1);
  if (!var || !coef) return false;
  to->linear.n = 0;
  to->linear.var = var;
  to->linear.coef = coef;
  for (int k = 0; k < from->linear.n; k++) {
    const struct rule_product *f = &product[from->linear.var[k]];
    const double by = f->x < 0 ? 1 : w->x[f->by];
    if (by != 0) (void)add_coefficient(&to->linear, var, coef, f->x < 0 ? from->linear.var[k] : f->x, from->linear.coef[k] * by);
  }
  return true;
}
/* As long as v is not there the rule is undecided, which is no failure. false: it has too many atoms already. */
static bool unless_absent(struct worker *w, int v, int64_t row, struct rule *to) {
  static const uint64_t absent = (((uint64_t)1 << RULE_PRESENCE_CODES) - 1) & ~((uint64_t)1 << RULE_THERE);
  const struct rule_product *f = v < w->s->m->p ? &w->s->m->rules.product[v] : NULL;
  if (f && f->x >= 0) v = f->x;
  if (!told_by_presence(w, v, row)) return true;
  if (to->n_atoms == RULE_MAX_ATOMS) return false;
  to->atoms[to->n_atoms++] = (struct rule_atom){.category = true, .k = w->s->m->presence[v] - w->s->m->p, .set = &absent};
  return true;
}
/* The rule with the record's coefficients. *to has no atoms left when it cannot be told: it is left aside then. */
static bool rule_of_record(struct worker *w, const struct rule *from, int64_t row, struct rule *to) {
  *to = *from;
  if (!(to->atoms = ARENA_ARRAY(w->scratch, struct rule_atom, RULE_MAX_ATOMS + 1))) return false;
  for (int t = 0; t < from->n_atoms; t++)
    if (!with_coefficients(w, &from->atoms[t], &to->atoms[t])) return false;
  bool told = true;
  for (int t = 0; t < from->n_atoms; t++) {
    const struct rule_atom *a = &from->atoms[t];
    for (int k = 0; k < (a->category ? 1 : a->linear.n); k++)
      told = told && unless_absent(w, a->category ? w->s->m->p + a->k : a->linear.var[k], row, to);
  }
  if (!told) to->n_atoms = 0;
  return true;
}
static enum err_code choose_rules(struct worker *w, int64_t row, struct err *e) {
  const struct mixed_step *m = w->s->m;
  w->few.n_rules = 0;
  for (int i = 0; i < m->rules.n_rules; i++) {
    if (unheard(w, &m->rules.rules[i], row)) continue;
    if (!rule_of_record(w, &m->rules.rules[i], row, &w->few.rules[w->few.n_rules])) return no_memory(e);
    w->few.n_rules += w->few.rules[w->few.n_rules].n_atoms > 0 || m->rules.rules[i].n_atoms == 0;
  }
  for (int v = 0; v < m->p + m->q; v++) /* what stays is free and costs nothing: no rule speaks of it */
    if (mixed_stays(w->s, v, row, w->asked[v])) w->weight[v] = INFINITY;
  return E_OK;
}

/* --- the answer --- */
static void leave_out_what_stays(const struct worker *w, int64_t row, struct mixed_answer *a) {
  int n = 0;
  for (int k = 0; k < a->n_set; k++)
    if (!mixed_stays(w->s, a->set[k], row, w->asked[a->set[k]])) a->set[n++] = a->set[k];
  a->n_set = n;
}
static enum err_code words(struct worker *w, const struct mixed_spec *spec, const struct mixed_proof *f, const char **out, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  enum err_code code = mixed_proof_print(spec, f, LANG_EN, &b, e);
  if (!code) code = mixed_proof_print(spec, f, LANG_JA, &b, e);
  *out = code ? NULL : arena_strdup(w->keep, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return code ? code : *out ? E_OK : no_memory(e);
}
static enum err_code name_failing(struct worker *w, struct mixed_case *c, struct err *e) {
  struct strbuf b;
  const char *last = "";
  strbuf_init(&b, 0);
  for (int i = 0; i < w->few.n_rules; i++) {
    const struct rule *r = &w->few.rules[i];
    if (strcmp(last, r->id) == 0 || rule_holds(&w->few, r, w->x, w->missing, w->code) != 0) continue;
    strbuf_addf(&b, "%s%s", *last ? ", " : "", r->id);
    last = r->id;
  }
  c->failing = b.failed ? NULL : arena_strdup(w->keep, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return c->failing ? E_OK : no_memory(e);
}
/* Would another amount do as well? The neighbours decide, one step of the items up and down. */
static bool amount_is_open(struct worker *w, const struct mixed_spec *spec, const struct operation *o, const struct mixed_answer *a) {
  const struct rule_set *s = spec->rules;
  const int d = s->numeric.decimals[o->a] > s->numeric.decimals[o->b] ? s->numeric.decimals[o->a] : s->numeric.decimals[o->b];
  const double was[2] = {a->x[o->a], a->x[o->b]};
  double step = 1;
  bool open = false;
  for (int k = 0; k < d; k++) step /= 10;
  memset(w->missing, 0, (size_t)w->s->m->p * sizeof *w->missing);
  for (int side = -1; side <= 1; side += 2) {
    bool holds = true;
    a->x[o->a] = was[0] + side * step;
    a->x[o->b] = was[1] - side * step;
    for (int k = 0; k < 2; k++) {
      const int v = k ? o->b : o->a;
      holds = holds && a->x[v] >= s->numeric.lower[v] - 1e-9 && a->x[v] <= s->numeric.upper[v] + 1e-9;
    }
    for (int i = 0; i < s->n_rules && holds; i++) {
      bool paid = false;
      for (int k = 0; k < a->n_paid; k++) paid = paid || a->paid[k] == i;
      holds = paid || rule_holds(s, &s->rules[i], a->x, w->missing, a->code) == 1;
    }
    open = open || holds;
  }
  a->x[o->a] = was[0];
  a->x[o->b] = was[1];
  return open;
}
static enum err_code take(struct worker *w, const struct mixed_spec *spec, const struct mixed_answer *a, struct mixed_case *c, struct err *e) {
  int *set = ARENA_ARRAY(w->keep, int, a->n_set + 1);
  if (!set) return no_memory(e);
  if (a->n_set) memcpy(set, a->set, (size_t)a->n_set * sizeof *set);
  c->set = set;
  c->n_set = a->n_set;
  c->n_paid = a->n_paid;
  c->cost = a->cost;
  c->n_operations = a->n_operations;
  for (int k = 0; k < a->n_operations; k++) {
    const struct operation *o = &spec->operations[a->operations[k]];
    c->operations[k] = a->operations[k];
    c->after[k][0] = a->x[o->a];
    c->after[k][1] = o->kind == OPERATION_SWAP || o->kind == OPERATION_MOVE ? a->x[o->b] : 0;
    c->open[k] = o->kind == OPERATION_MOVE && amount_is_open(w, spec, o, a);
  }
  return E_OK;
}
static enum err_code search(struct worker *w, int64_t row, struct mixed_case *c, struct err *e) {
  struct mixed_spec spec = w->s->m->spec;
  struct mixed_proof proof = {0};
  struct mixed_record record = {.x = w->x, .missing = w->missing, .code = w->code, .flags = w->flags};
  TRY(step_row_id(w->scratch, w->s->j->record, w->s->shard, row, &record.unit, e));
  load(w, row);
  ask(w, row);
  TRY(choose_rules(w, row, e));
  spec.rules = &w->few;
  spec.weight = w->weight;
  *c = (struct mixed_case){.row = row, .text = "", .failing = ""};
  enum err_code code = w->s->m->proofs ? mixed_prove(w->scratch, &spec, &record, &proof, e) : E_OK;
  c->unproved = code == E_LOCALISE_NO_PROOF;
  if (!w->s->m->proofs) code = localise_mixed(w->scratch, &spec, &record, &proof.answer, e);
  if (code && !c->unproved) return code;
  struct mixed_answer *a = &proof.answer;
  c->status = a->status;
  c->reason = a->reason;
  c->programmes = a->programmes;
  c->truncated = a->n_set == ITEMS_NAMED || a->n_paid == ITEMS_NAMED;
  leave_out_what_stays(w, row, a);
  TRY(name_failing(w, c, e));
  if (w->s->m->proofs && !c->unproved && c->status == LOCALISE_SOLVED) TRY(words(w, &spec, &proof, &c->text, e));
  return c->status == LOCALISE_SOLVED ? take(w, &spec, a, c, e) : E_OK;
}

/* --- threads --- */
static void *work(void *context) {
  struct worker *w = context;
  for (int64_t i; (i = atomic_fetch_add(w->next, 1)) < w->n && !job_cancelled(w->s->j->job);) {
    const struct arena_mark mark = arena_mark(w->scratch);
    w->code_of_error = search(w, w->rows[i], &w->out[i], &w->error);
    arena_reset(w->scratch, mark);
    if (w->code_of_error) return NULL;
  }
  return NULL;
}
static bool worker_room(struct worker *w) {
  const struct mixed_step *m = w->s->m;
  const int n = m->p + m->q + 1;
  w->keep = arena_new(0);
  w->scratch = arena_new(0);
  if (!w->keep || !w->scratch) return false;
  w->x = ARENA_ARRAY(w->scratch, double, n);
  w->weight = ARENA_ARRAY(w->scratch, double, n);
  w->missing = ARENA_ARRAY(w->scratch, bool, n);
  w->asked = ARENA_ARRAY(w->scratch, bool, n);
  w->code = ARENA_ARRAY(w->scratch, int, n);
  w->flags = ARENA_ARRAY(w->scratch, uint8_t, n);
  w->few = m->rules;
  w->few.rules = ARENA_ARRAY(w->scratch, struct rule, m->rules.n_rules + 1);
  return w->x && w->weight && w->missing && w->asked && w->code && w->flags && w->few.rules;
}
/* What the threads hold moves into the caller's arena. */
static enum err_code own(struct arena *a, struct mixed_case *c, struct err *e) {
  int *set = ARENA_ARRAY(a, int, c->n_set + 1);
  if (!set || !(c->text = arena_strdup(a, c->text, strlen(c->text))) || !(c->failing = arena_strdup(a, c->failing, strlen(c->failing))))
    return no_memory(e);
  if (c->n_set) memcpy(set, c->set, (size_t)c->n_set * sizeof *set);
  c->set = set;
  return E_OK;
}
static void run_threads(struct worker *workers, int n) {
  pthread_t threads[MAX_THREADS];
  bool started[MAX_THREADS] = {false};
  for (int t = 1; t < n; t++) started[t] = pthread_create(&threads[t], NULL, work, &workers[t]) == 0;
  (void)work(&workers[0]);
  for (int t = 1; t < n; t++)
    if (started[t]) (void)pthread_join(threads[t], NULL);
}
enum err_code mixed_search_rows(const struct mixed_shard *s, struct arena *a, const int64_t *rows, int64_t n, struct mixed_case *out,
                                struct err *e) {
  const int64_t wanted = s->j->job->n_threads < n ? s->j->job->n_threads : n;
  const int n_threads = wanted < 1 ? 1 : wanted > MAX_THREADS ? MAX_THREADS : (int)wanted;
  struct worker *workers = ARENA_ARRAY(a, struct worker, n_threads);
  atomic_llong next = 0;
  enum err_code code = workers ? E_OK : no_memory(e);
  for (int t = 0; t < n_threads && !code; t++) {
    workers[t] = (struct worker){.s = s, .rows = rows, .n = n, .next = &next, .out = out};
    if (!worker_room(&workers[t])) code = no_memory(e);
  }
  if (!code) run_threads(workers, n_threads);
  for (int t = 0; t < n_threads && !code; t++)
    if ((code = workers[t].code_of_error) && e) *e = workers[t].error;
  if (!code && job_cancelled(s->j->job)) code = ERR(e, E_CANCELLED, .subject = "error localisation");
  for (int64_t i = 0; i < n && !code; i++) code = own(a, &out[i], e);
  for (int t = 0; t < n_threads && workers; t++) {
    arena_free(workers[t].keep);
    arena_free(workers[t].scratch);
  }
  return code;
}
