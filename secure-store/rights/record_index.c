/* record_index.c -- see record_index.h. */
#include "secure-store/rights/record_index.h"

#include <string.h>

#include "secure-store/rights/record_impl.h"

uint64_t record_object_hash(const char *object) {
  uint64_t h = 0xcbf29ce484222325u; /* FNV-1a; equal hashes are compared as texts */
  for (; *object; object++) h = (h ^ (uint8_t)*object) * 0x100000001b3u;
  return h;
}

uint64_t record_stem_hash(const char *object) {
  const char *colon = strrchr(object, ':');
  uint64_t h = 0xcbf29ce484222325u;
  for (; colon && object <= colon; object++) h = (h ^ (uint8_t)*object) * 0x100000001b3u;
  return h;
}

static bool roles_depend_on(const char *object) {
  static const char *const kinds[] = {"officer:", "retired:", "role:", "founded:", "role-revoked:", "approval:role:"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strncmp(object, kinds[i], strlen(kinds[i])) == 0) return true;
  return false;
}

static enum err_code add_record(struct record_index *x, const struct log_leaf *leaf, const char *object, struct err *e) {
  struct record_leaf r = {.seq = leaf->seq,
      .object_hash = record_object_hash(object),
      .stem_hash = record_stem_hash(object),
      .wall = leaf->wall,
      .object = x->objects.n,
      .action = leaf->action,
      .role = leaf->role};
  memcpy(r.sha256, leaf->output_hash, sizeof r.sha256);
  memcpy(r.actor, leaf->actor, sizeof r.actor);
  strbuf_add(&x->objects, object, strlen(object) + 1);
  strbuf_add(&x->leaves, (const char *)&r, sizeof r);
  if (strncmp(object, "officer:", 8) == 0) x->n_officers++;
  if (roles_depend_on(object)) x->role_seq = leaf->seq;
  return x->objects.failed || x->leaves.failed ? ERR(e, E_NO_MEMORY, .subject = "records") : E_OK;
}

enum err_code record_index_add(struct record_index *x, const struct log_leaf *leaf, struct err *e) {
  if (leaf->seq < x->next_seq) return E_OK;
  x->next_seq = leaf->seq + 1;
  x->last = (struct clock_mark){.known = true, .wall = leaf->wall, .monotonic_ms = leaf->monotonic_ms};
  memcpy(x->last.boot_id, leaf->boot_id, sizeof x->last.boot_id);
  TRY(usage_index_add(&x->usage, leaf, e));
  bool record = leaf->result == LOG_DONE && strncmp(leaf->object, RECORD_MARK, sizeof RECORD_MARK - 1) == 0;
  return record ? add_record(x, leaf, leaf->object + sizeof RECORD_MARK - 1, e) : E_OK;
}

void record_index_keep(const struct record_index *x, struct record_index_kept *out) {
  *out = (struct record_index_kept){
      .leaves = x->leaves.n, .objects = x->objects.n, .n_officers = x->n_officers, .next_seq = x->next_seq, .role_seq = x->role_seq, .last = x->last};
  usage_index_keep(&x->usage, &out->usage);
}
void record_index_back(struct record_index *x, const struct record_index_kept *to) {
  if (x->leaves.n > to->leaves) x->leaves.n = to->leaves;
  if (x->objects.n > to->objects) x->objects.n = to->objects;
  x->n_officers = to->n_officers;
  x->next_seq = to->next_seq;
  x->role_seq = to->role_seq;
  x->last = to->last;
  usage_index_back(&x->usage, &to->usage);
}
void record_index_release(struct record_index *x) {
  strbuf_release(&x->leaves);
  strbuf_release(&x->objects);
  usage_index_release(&x->usage);
}
