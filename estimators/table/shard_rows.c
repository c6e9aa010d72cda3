#include "estimators/table/shard_rows.h"

#include <stdio.h>
#include <string.h>

int64_t shard_rows_count(const struct shard_rows *r) {
  int64_t n = 0;
  for (int64_t s = 0; s < r->n_shards; s++) n += r->shards[s]->n_rows;
  return n;
}

bool shard_rows_has(const struct shard_rows *r, const char *column) {
  for (int64_t s = 0; s < r->n_shards; s++)
    if (table_find(r->shards[s], column) < 0) return false;
  return r->n_shards > 0;
}

static enum err_code find(const struct shard_rows *r, int64_t s, const char *name, const struct column **out, struct err *e) {
  char subject[160];
  int k = table_find(r->shards[s], name);
  snprintf(subject, sizeof subject, "%s.%s", r->name, name);
  if (k < 0) return ERR(e, E_TABLE_ITEM, .subject = subject);
  *out = &r->shards[s]->columns[k];
  return E_OK;
}

enum err_code shard_rows_text(struct arena *a, const struct shard_rows *r, const char *name, struct str **out, struct err *e) {
  struct str *text = ARENA_ARRAY(a, struct str, shard_rows_count(r) + 1);
  int64_t at = 0;
  if (!text) return ERR(e, E_NO_MEMORY, .subject = r->name);
  for (int64_t s = 0; s < r->n_shards; s++) {
    const struct column *c;
    TRY(find(r, s, name, &c, e));
    if (c->type != COL_CODE && c->type != COL_TEXT) return ERR(e, E_TABLE_ITEM, .subject = name, .expected = "a code or text");
    for (int64_t i = 0; i < r->shards[s]->n_rows; i++) text[at++] = value_present(c->status[i]) ? dict_text(c->dict, c->code[i]) : STR("");
  }
  *out = text;
  return E_OK;
}

enum err_code shard_rows_int(
    struct arena *a, const struct shard_rows *r, const char *name, int64_t **out, uint8_t **status, int *decimals, struct err *e) {
  int64_t n = shard_rows_count(r), at = 0;
  *out = ARENA_ARRAY(a, int64_t, n + 1);
  *status = ARENA_ARRAY(a, uint8_t, n + 1);
  if (!*out || !*status) return ERR(e, E_NO_MEMORY, .subject = r->name);
  for (int64_t s = 0; s < r->n_shards; s++) {
    const struct column *c;
    TRY(find(r, s, name, &c, e));
    if (c->type != COL_INT) return ERR(e, E_TABLE_ITEM, .subject = name, .expected = "a number");
    if (decimals) *decimals = c->decimals;
    for (int64_t i = 0; i < r->shards[s]->n_rows; i++, at++) {
      (*status)[at] = c->status[i];
      (*out)[at] = value_present(c->status[i]) ? c->i64[i] : 0;
    }
  }
  return E_OK;
}
