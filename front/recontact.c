#include "front/recontact.h"

#include <stdlib.h>
#include <string.h>

#include "collector/query.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "queries"); }

static enum recontact_outcome outcome_of(const char *answer) {
  if (strcmp(answer, query_kind_name(QUERY_CONFIRM)) == 0) return RECONTACT_CONFIRMED;
  if (strcmp(answer, query_kind_name(QUERY_CORRECT)) == 0 || strcmp(answer, query_kind_name(QUERY_WITHDRAW)) == 0) return RECONTACT_CHANGED;
  return RECONTACT_OPEN;
}

static enum err_code add_case(struct recontact *all, struct arena *a, double score, enum recontact_outcome outcome, struct err *e) {
  if (all->n == all->room) {
    const int64_t room = all->room ? all->room * 2 : 256;
    struct recontact_case *more = ARENA_ARRAY(a, struct recontact_case, room);
    if (!more) return no_memory(e);
    if (all->n) memcpy(more, all->cases, (size_t)all->n * sizeof *more);
    all->cases = more;
    all->room = room;
  }
  all->cases[all->n++] = (struct recontact_case){score, outcome};
  return E_OK;
}

static enum err_code unit_of(const struct query_part *question, struct strbuf *b, struct err *e) {
  strbuf_reset(b);
  for (int64_t k = 0; k < question->n_key; k++) {
    if (k) strbuf_addc(b, '/');
    strbuf_adds(b, question->key[k].value);
  }
  return b->failed ? no_memory(e) : E_OK;
}

struct joining {
  struct recontact *all;
  struct store *s;
  struct arena *a;
  const struct replay_report *r;
  struct dict *units; /* id = row */
  int64_t access;
};

static enum err_code join(struct joining *j, const struct query_entry *q, struct strbuf *b, struct err *e) {
  struct query_part *question, *answer;
  if (strcmp(q->form, j->r->form) != 0 || strcmp(q->rule, j->r->rule) != 0) return E_OK;
  TRY(query_open(j->s, q, j->access, j->a, &question, &answer, e));
  TRY(unit_of(question, b, e));
  const int32_t row = dict_find(j->units, str_view(b->p ? b->p : "", b->n));
  if (row < 0) return j->all->not_found++, E_OK;
  return add_case(j->all, j->a, j->r->score[row], outcome_of(q->answer), e);
}

static enum err_code join_all(struct joining *j, struct err *e) {
  struct query_entry *list;
  struct strbuf b;
  int64_t n;
  TRY(query_list(j->s, j->r->survey, j->r->period, NULL, j->a, &list, &n, e));
  strbuf_init(&b, 0);
  enum err_code code = E_OK;
  for (int64_t i = 0; i < n && !code; i++)
    code = join(j, &list[i], &b, e);
  strbuf_release(&b);
  return code;
}

enum err_code recontact_add(struct recontact *all, struct store *s, struct arena *a, const struct replay_report *r, struct err *e) {
  struct joining j = {.all = all, .s = s, .a = a, .r = r, .units = dict_new(a)};
  const struct log_entry entry = {.action = "data-read", .object = "query:recontact", .purpose = "process-thresholds", .detail = ""};
  struct err second;
  bool present;
  TRY(query_present(s, &present, e));
  if (!present) return E_OK;
  for (int64_t i = 0; i < r->n && j.units; i++)
    if (dict_add(j.units, r->unit[i]) != i) return no_memory(e);
  if (!j.units) return no_memory(e);
  TRY(store_log_intent(s, &entry, &j.access, e));
  enum err_code code = join_all(&j, e);
  enum err_code logged = store_log_outcome(s, j.access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

static int by_score(const void *u, const void *v) {
  const struct recontact_case *a = u, *b = v;
  if (a->score != b->score) return a->score > b->score ? -1 : 1;
  return (a->outcome > b->outcome) - (a->outcome < b->outcome);
}

int recontact_bands(struct recontact *all, struct recontact_band out[RECONTACT_BANDS]) {
  const int n_bands = all->n < RECONTACT_BANDS ? (int)all->n : RECONTACT_BANDS;
  if (all->n) qsort(all->cases, (size_t)all->n, sizeof *all->cases, by_score);
  for (int b = 0; b < n_bands; b++) {
    const int64_t from = all->n * b / n_bands, to = all->n * (b + 1) / n_bands;
    out[b] = (struct recontact_band){.from = all->cases[from].score, .to = all->cases[to - 1].score, .asked = to - from};
    for (int64_t i = from; i < to; i++)
      out[b].by[all->cases[i].outcome]++;
  }
  return n_bands;
}
