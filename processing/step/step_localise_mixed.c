#include "processing/step/step_localise_mixed.h"

#include <math.h>
#include <string.h>

#include "processing/step/operation_list.h"
#include "processing/step/step_mixed.h"
#include "processing/step/step_rules.h"

static const struct {
  const char *method, *en, *ja;
} KINDS[] = {[OPERATION_SWAP] = {"operation_swap", "%s and %s seem to be swapped", "%sと%sの値が入れ替わっているとみられる"},
             [OPERATION_DIVIDE] = {"operation_divide", "%s seems to be in a wrong unit", "%sの単位の誤りとみられる"},
             [OPERATION_SIGN] = {"operation_sign", "the sign of %s seems to be turned", "%sの符号が逆とみられる"},
             [OPERATION_MOVE] = {"operation_move", "an amount seems to be booked under %s instead of %s or the reverse", "%sと%sの間で計上先を誤ったとみられる"}};

struct mixed_run {
  struct job_state *j;
  const struct step_spec *spec;
  struct mixed_step mixed;
  const struct named_operation *named;
  bool carry_out;
  int64_t judged, searched, by_status[5], paid, operations, carried, unproved, programmes;
};

/* --- operations --- */
static enum err_code variable_of(const struct mixed_run *m, const char *name, int *out, struct err *e) {
  *out = -1;
  for (int v = 0; v < m->mixed.p; v++)
    if (m->mixed.item[v] >= 0 && isfinite(m->mixed.weight[v]) && strcmp(m->mixed.rules.numeric.names[v], name) == 0) *out = v;
  return *out >= 0 ? E_OK : ERR(e, E_JOB_OPERATION_ITEM, .subject = name);
}
static enum err_code operations(struct mixed_run *m, struct err *e) {
  const struct step_value *text = step_value_of(m->spec, "operations");
  struct operation_list list;
  if (!text->given) return E_OK;
  TRY(operation_list_parse(m->j->arena, str_of(text->text), &list, e));
  struct operation *to = ARENA_ARRAY(m->j->arena, struct operation, list.n + 1);
  if (!to) return ERR(e, E_NO_MEMORY, .subject = m->spec->name);
  for (int k = 0; k < list.n; k++) {
    const struct named_operation *o = &list.list[k];
    to[k] = (struct operation){.kind = o->kind, .factor = o->factor, .weight = o->weight};
    TRY(variable_of(m, o->a, &to[k].a, e));
    if (o->b) TRY(variable_of(m, o->b, &to[k].b, e));
  }
  m->named = list.list;
  m->mixed.spec.operations = to;
  m->mixed.spec.n_operations = list.n;
  m->mixed.spec.max_operations = (int)step_value_of(m->spec, "max_operations")->number;
  m->carry_out = step_value_of(m->spec, "carry_out")->number;
  return E_OK;
}

/* --- answers --- */
static const struct item *item_of(const struct mixed_run *m, int v) { return &m->j->form->items[m->mixed.item[v]]; }
static const char *join(struct mixed_run *m, const char *list, const char *name) {
  return list ? arena_printf(m->j->arena, "%s%s%s", list, *list ? ";" : "", name) : NULL;
}
static enum err_code propose(struct mixed_run *m, int64_t record, const char *items, const char *ja, const char *en, struct err *e) {
  const struct job_proposal p = {items, ja, en, "原票または報告者に確かめて訂正する", "ask the respondent or look at the form, and correct it"};
  return items && ja && en ? job_propose(m->j, m->spec, record, &p, e) : ERR(e, E_NO_MEMORY, .subject = m->spec->name);
}
/* Items of the rules that fail, or the first key where none of them is an item. */
static const char *failing_items(struct mixed_run *m, const struct mixed_case *c) {
  const struct rule_set *s = &m->mixed.rules;
  bool *named = ARENA_ARRAY(m->j->arena, bool, m->j->form->n_items + 1);
  const char *out = "";
  for (int i = 0; named && i < s->n_rules; i++) {
    struct str rest = str_of(c->failing);
    bool fails = false;
    while (rest.n && !fails) fails = str_eq(str_trim(str_split(rest, ',', &rest)), str_of(s->rules[i].id));
    for (int t = 0; fails && t < s->rules[i].n_atoms; t++) {
      const struct rule_atom *a = &s->rules[i].atoms[t];
      for (int k = 0; k < (a->category ? 1 : a->linear.n); k++) {
        const int v = a->category ? m->mixed.p + a->k : a->linear.var[k];
        if (m->mixed.item[v] >= 0) named[m->mixed.item[v]] = true;
      }
    }
  }
  for (int i = 0; named && i < m->j->form->n_items; i++)
    if (named[i]) out = join(m, out, m->j->form->items[i].name);
  return named && out && *out ? out : m->j->record->keys[0]->name;
}
static enum err_code hand_over(struct mixed_run *m, int64_t record, const struct mixed_case *c, struct err *e) {
  struct arena *a = m->j->arena;
  const char *ja = arena_printf(a, "誤りの箇所を機械的に決められない（%s）", c->failing);
  const char *en = arena_printf(a, "which values are wrong cannot be settled by rule (%s)", c->failing);
  return propose(m, record, failing_items(m, c), ja, en, e);
}
static bool in_set(const struct mixed_case *c, int v) {
  for (int k = 0; k < c->n_set; k++)
    if (c->set[k] == v) return true;
  return false;
}
static double power_of_ten(int n) {
  double x = 1;
  for (int i = 0; i < n; i++) x *= 10;
  return x;
}
static enum err_code put(struct mixed_run *m, const struct unit_shard *shard, int64_t row, int v, double value, int k, struct err *e) {
  const int64_t record = shard->first_record + row;
  struct column *to = table_column(shard->current, item_of(m, v)->name);
  const struct named_operation *o = &m->named[k];
  const char *formula = o->kind == OPERATION_DIVIDE ? arena_printf(m->j->arena, "%s / %.10g", o->a, o->factor)
                        : o->b                      ? arena_printf(m->j->arena, "%s, %s", o->a, o->b)
                                                    : arena_printf(m->j->arena, "-%s", o->a);
  if (!to || to->type != COL_INT) return ERR(e, E_NUM_COLUMN, .subject = item_of(m, v)->name);
  if (!formula) return ERR(e, E_NO_MEMORY, .subject = m->spec->name);
  const double scaled = round(value * power_of_ten(to->decimals));
  const struct change_reason why = {.method = KINDS[o->kind].method, .class = {"", 0}, .donors = -1, .rule = m->spec->rule, .formula = formula};
  if (!(fabs(scaled) < 9.2e18)) return ERR(e, E_IMPUTE_OVERFLOW, .subject = to->name);
  if (value_present(to->status[row]) && to->i64[row] == (int64_t)scaled) return E_OK;
  m->j->changed[record] = 1;
  return change_number(&m->j->log, to, row, record, (int64_t)scaled, VAL_CORRECTED, &why, e);
}
static enum err_code one_operation(struct mixed_run *m, const struct unit_shard *shard, const struct mixed_case *c, int k, struct err *e) {
  const struct operation *o = &m->mixed.spec.operations[c->operations[k]];
  const struct named_operation *named = &m->named[c->operations[k]];
  const bool two = named->b != NULL;
  m->operations++;
  if (!m->carry_out || c->open[k]) {
    struct arena *a = m->j->arena;
    const char *items = two ? arena_printf(a, "%s;%s", named->a, named->b) : named->a;
    const char *ja = two ? arena_printf(a, KINDS[o->kind].ja, named->a, named->b) : arena_printf(a, KINDS[o->kind].ja, named->a);
    const char *en = two ? arena_printf(a, KINDS[o->kind].en, named->a, named->b) : arena_printf(a, KINDS[o->kind].en, named->a);
    return propose(m, shard->first_record + c->row, items, ja, en, e);
  }
  m->carried++;
  if (!in_set(c, o->a)) TRY(put(m, shard, c->row, o->a, c->after[k][0], c->operations[k], e));
  return two && !in_set(c, o->b) ? put(m, shard, c->row, o->b, c->after[k][1], c->operations[k], e) : E_OK;
}
static enum err_code flag(struct mixed_run *m, const struct unit_shard *shard, const struct mixed_case *c, struct err *e) {
  const char *reason = !m->mixed.proofs ? "localised; proof not asked for"
                       : c->unproved    ? "localised; there is no proof within the limits of the search"
                                        : c->text;
  m->paid += c->n_paid;
  for (int k = 0; k < c->n_set; k++)
    if (m->mixed.item[c->set[k]] >= 0)
      TRY(job_flag(m->j, m->spec, item_of(m, c->set[k]), shard->first_record + c->row, FLAG_IMPUTE, reason, e));
  for (int k = 0; k < c->n_operations; k++) TRY(one_operation(m, shard, c, k, e));
  return E_OK;
}
static enum err_code one_shard(struct mixed_run *m, const struct step_scope *scope, const struct unit_shard *shard, struct arena *a, struct err *e) {
  struct mixed_cases cases;
  TRY(mixed_step_shard(m->j, &m->mixed, scope, shard, a, &cases, e));
  m->judged += cases.judged;
  m->searched += cases.n;
  for (int64_t i = 0; i < cases.n; i++) {
    struct mixed_case *c = &cases.list[i];
    const bool solved = c->status == LOCALISE_SOLVED && !c->truncated, close = c->status == LOCALISE_PASSED && c->exact >= 0;
    if (close) c->failing = m->mixed.rules.rules[c->exact].id; /* fails, though within the tolerance of the search */
    m->by_status[close || (c->status == LOCALISE_SOLVED && c->truncated) ? LOCALISE_UNSOLVED : c->status]++;
    m->unproved += c->unproved && solved;
    m->programmes += c->programmes;
    if (c->status == LOCALISE_PASSED && !close) continue;
    if (solved) TRY(flag(m, shard, c, e));
    else TRY(hand_over(m, shard->first_record + c->row, c, e));
  }
  return E_OK;
}
static void notes(const struct mixed_run *m, struct step_report *r) {
  step_note(r, "rules", m->mixed.rules.n_rules);
  step_note(r, "judged", m->judged);
  step_note(r, "searched", m->searched);
  step_note(r, "passed", m->judged - m->searched + m->by_status[LOCALISE_PASSED]);
  for (int k = LOCALISE_SOLVED; k < 5; k++) step_note(r, localise_status_name((enum localise_status)k), m->by_status[k]);
  step_note(r, "soft_paid", m->paid);
  step_note(r, "operations", m->operations);
  step_note(r, "carried_out", m->carried);
  step_note(r, "without_proof", m->unproved);
  step_note(r, "programmes", m->programmes);
}
enum err_code step_localise_mixed(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct rule_set *chosen,
                                  struct step_report *r, struct err *e) {
  struct mixed_run m = {.j = j, .spec = s};
  const struct step_value *cost = step_value_of(s, "max_cost"), *proofs = step_value_of(s, "proofs");
  TRY(mixed_step_build(j, s, scope, chosen, &m.mixed, e));
  m.mixed.proofs = !proofs->given || proofs->number;
  m.mixed.keep_unknown = step_value_of(s, "keep_unknown")->number;
  m.mixed.spec.max_cost = cost->given ? (double)cost->number / STEP_ONE : INFINITY;
  m.mixed.spec.max_nodes = step_value_of(s, "max_nodes")->number;
  TRY(operations(&m, e));
  for (int i = 0; i < j->n_shards; i++) {
    struct arena *a = arena_new(0);
    const enum err_code code = a ? one_shard(&m, scope, &j->shards[i], a, e) : ERR(e, E_NO_MEMORY, .subject = s->name);
    arena_free(a);
    if (code) return code;
  }
  notes(&m, r);
  return E_OK;
}
