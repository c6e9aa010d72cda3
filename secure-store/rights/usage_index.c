/* usage_index.c -- see usage_index.h. */
#include "secure-store/rights/usage_index.h"

#include <string.h>

#include "secure-store/rights/grant_impl.h"

uint64_t usage_token(const uint8_t bytes[32]) {
  uint64_t v = 0;
  for (int i = 0; i < 8; i++) v |= (uint64_t)bytes[i] << 8 * i;
  return v;
}

static uint64_t hash_of(struct str text) {
  char name[STORE_DATASET_BYTES];
  size_t n = text.n < sizeof name ? text.n : sizeof name - 1;
  if (n > 0) memcpy(name, text.p, n);
  name[n] = 0;
  return record_object_hash(name);
}

/* The word after "key:" among the words of an object; "" when it is not there. */
static struct str word_of(struct str object, const char *key) {
  while (object.n) {
    struct str word = str_split(object, ' ', &object);
    if (str_starts(word, str_of(key)) && word.n > strlen(key) && word.p[strlen(key)] == ':')
      return str_view(word.p + strlen(key) + 1, word.n - strlen(key) - 1);
  }
  return (struct str){0};
}

static bool add_charge(struct usage_index *x, const struct log_leaf *leaf, struct str object, int sign) {
  struct usage_charge c = {.wall = leaf->wall, .grant = record_object_hash(leaf->grant), .person = hash_of(word_of(object, "person"))};
  for (int kind = 0; kind < COUNT_KINDS; kind++) {
    int64_t n = 0;
    if (!str_int64(word_of(object, grant_count_name((enum grant_count)kind)), &n) || n == 0) continue;
    c.kind = (uint8_t)kind;
    c.amount = sign * n;
    strbuf_add(&x->charges, (const char *)&c, sizeof c);
    if (kind == COUNT_SESSIONS) x->grant = c.grant, x->person = c.person;
  }
  return !x->charges.failed;
}

static bool add_intent(struct usage_index *x, const struct log_leaf *leaf) {
  struct usage_charge c = {.wall = leaf->wall, .amount = 1, .grant = record_object_hash(leaf->grant), .kind = COUNT_QUERIES};
  c.person = c.grant == x->grant ? x->person : 0;
  strbuf_add(&x->charges, (const char *)&c, sizeof c);
  return !x->charges.failed;
}

static bool add_query(struct usage_index *x, const struct log_leaf *leaf, struct str object) {
  struct usage_query q = {.seq = leaf->seq, .rows = leaf->rows, .grant = record_object_hash(leaf->grant), .token = usage_token(leaf->output_hash)};
  q.dataset = hash_of(word_of(object, "dataset"));
  q.person = hash_of(word_of(object, "person"));
  q.filtered = str_eq(word_of(object, "filtered"), STR("1"));
  strbuf_add(&x->queries, (const char *)&q, sizeof q);
  return !x->queries.failed;
}

static bool add_attempt(struct usage_index *x, const struct log_leaf *leaf, struct str key, bool good) {
  struct usage_attempt a = {.wall = leaf->wall, .key = hash_of(key), .good = good};
  strbuf_add(&x->attempts, (const char *)&a, sizeof a);
  return !x->attempts.failed;
}

static bool add(struct usage_index *x, const struct log_leaf *leaf, const char *action) {
  struct str object = str_of(leaf->object), key = word_of(object, "officer-key");
  if (leaf->result == LOG_INTENT) return !leaf->grant[0] || add_intent(x, leaf);
  if (leaf->result == LOG_REFUSED && key.n && strcmp(leaf->basis, "E_STORE_PASSPHRASE") == 0) return add_attempt(x, leaf, key, false);
  if (leaf->result != LOG_NOTE) return true;
  if (key.n && strcmp(action, "key-unlock") == 0) return add_attempt(x, leaf, key, true);
  if (!leaf->grant[0]) return true;
  if (str_starts(object, STR("charge "))) return add_charge(x, leaf, object, 1);
  if (str_starts(object, STR("return "))) return add_charge(x, leaf, object, -1);
  if (str_starts(object, STR("query "))) return add_query(x, leaf, object);
  return true;
}

enum err_code usage_index_add(struct usage_index *x, const struct log_leaf *leaf, struct err *e) {
  const char *action = log_action_name(leaf->action);
  return add(x, leaf, action ? action : "") ? E_OK : ERR(e, E_NO_MEMORY, .subject = "charges");
}
void usage_index_keep(const struct usage_index *x, struct usage_index_kept *out) {
  *out = (struct usage_index_kept){x->charges.n, x->queries.n, x->attempts.n, x->grant, x->person};
}
void usage_index_back(struct usage_index *x, const struct usage_index_kept *to) {
  if (x->charges.n > to->charges) x->charges.n = to->charges;
  if (x->queries.n > to->queries) x->queries.n = to->queries;
  if (x->attempts.n > to->attempts) x->attempts.n = to->attempts;
  x->grant = to->grant;
  x->person = to->person;
}
void usage_index_release(struct usage_index *x) {
  strbuf_release(&x->charges);
  strbuf_release(&x->queries);
  strbuf_release(&x->attempts);
}
