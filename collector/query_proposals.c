/* query_proposals.c -- the proposals that `process run` left in the store, record by record. */
#include <string.h>

#include "collector/query_impl.h"

enum err_code query_proposals_read(struct store *s, const struct dataset_key *edited, int64_t access, struct arena *a, bool wanted,
                                   struct query_proposals *out, struct err *e) {
  const struct dataset_key key = {edited->survey, edited->form, edited->period, "proposals"};
  struct shard *shards;
  int64_t n;
  *out = (struct query_proposals){.at = 0};
  if (!wanted) return E_OK;
  TRY(store_shards(s, &key, a, &shards, &n, e));
  if (!n || !shards[0].n_rows) return E_OK;
  return store_shard_read(s, shards[0].id, access, NULL, 0, a, &out->t, e);
}

static const char *text_of(const struct query_proposals *p, struct arena *a, const char *column) {
  int k = table_find(&p->t, column);
  char buffer[64];
  if (k < 0) return "";
  struct str text = column_text(&p->t.columns[k], p->at, buffer, sizeof buffer);
  const char *copy = arena_strdup(a, text.p, text.n);
  return copy ? copy : "";
}

bool query_proposal_next(struct query_proposals *p, struct arena *a, int64_t record, struct query_proposal *out) {
  int k = p->t.n_rows ? table_find(&p->t, "record_no") : -1;
  if (k < 0) return false;
  while (p->at < p->t.n_rows && p->t.columns[k].i64[p->at] < record) p->at++;
  if (p->at == p->t.n_rows || p->t.columns[k].i64[p->at] != record) return false;
  *out = (struct query_proposal){text_of(p, a, "rule"), "", text_of(p, a, "items"), text_of(p, a, "message_ja"), text_of(p, a, "message_en"),
                                 text_of(p, a, "remedy_ja"), text_of(p, a, "remedy_en")};
  struct str rest, first = str_split(str_of(out->items), ';', &rest);
  const char *item = arena_strdup(a, first.p, first.n);
  out->item = item ? item : "";
  p->at++;
  return out->rule[0] && out->item[0];
}
