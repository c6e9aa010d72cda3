/* returned_proof.c -- see returned_proof.h. */
#include "secure-store/use/returned_proof.h"

#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/extract/provide.h"
#include "secure-store/store_evidence.h"
#include "secure-store/store_impl.h"

/* --- reading --- */

static bool number(struct str s, uint64_t *out) {
  *out = 0;
  if (s.n == 0 || s.n > 18 || (s.n > 1 && s.p[0] == '0')) return false;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    *out = *out * 10 + (uint64_t)(s.p[i] - '0');
  }
  return true;
}
bool returned_proof_parse(struct str text, struct returned_proof *out) {
  struct str rest, line;
  memset(out, 0, sizeof *out);
  if (text.n > RETURNED_PROOF_MAX || !str_eq(str_split(text, '\n', &rest), STR("c2sp.org/tlog-proof@v1"))) return false;
  line = str_split(rest, '\n', &rest);
  if (!str_starts(line, STR("index ")) || !number(str_view(line.p + 6, line.n - 6), &out->index)) return false;
  while (line = str_split(rest, '\n', &rest), line.n > 0) {
    if (out->path.n == MERKLE_PROOF_MAX) return false;
    uint8_t *hash = out->path.hash[out->path.n++];
    if (base64_decode(line.p, line.n, true, hash, MERKLE_HASH) != MERKLE_HASH) return false;
  }
  out->checkpoint = rest;
  return rest.n > 0;
}

/* --- comparing --- */

/* Which package of the grant the entry allowed; NULL = none. */
static const char *provision_at(const struct provision *list, int64_t n, const char *grant, uint64_t index) {
  for (int64_t i = 0; i < n; i++)
    if (strcmp(list[i].grant, grant) == 0 && (uint64_t)list[i].log_index == index) return list[i].provision;
  return NULL;
}
static enum err_code alarm_of(const char *grant, const char *found, struct err *e) { return ERR(e, E_USE_PROOF, .subject = grant, .found = found); }
static enum err_code in_tree(struct store *s, const char *grant, const struct returned_proof *p, struct err *e) {
  struct checkpoint c;
  struct err why;
  uint8_t leaf[MERKLE_HASH];
  if (store_log_against(s, "proof", p->checkpoint, &why)) return why.code == E_NO_MEMORY ? ERR(e, E_NO_MEMORY, .subject = grant)
                                                                                         : alarm_of(grant, err_name(why.code), e);
  TRY(checkpoint_verify(&s->log_key, p->checkpoint, &c, e));
  if (!access_log_leaf_hash(s->log.tree, p->index, leaf)) return alarm_of(grant, "an entry the log does not have", e);
  return merkle_verify_inclusion(leaf, p->index, c.size, &p->path, c.root) ? E_OK : alarm_of(grant, "an entry that is not in its tree", e);
}
enum err_code returned_proof_check(struct store *s, const char *grant, struct str text, struct err *e) {
  struct returned_proof p;
  struct provision *list = NULL;
  int64_t n = 0;
  if (!returned_proof_parse(text, &p)) return ERR(e, E_USE_FIELD, .subject = "proof", .expected = "the file provision.tlog-proof of the package");
  struct arena *a = arena_new(0);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = grant);
  enum err_code code = provision_list(s, a, &list, &n, e);
  if (!code && !provision_at(list, n, grant, p.index)) code = alarm_of(grant, "the proof of another entry", e);
  if (!code) code = in_tree(s, grant, &p, e);
  arena_free(a);
  return code;
}
