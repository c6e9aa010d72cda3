/* record_index.c -- see record_index.h. */
#include "secure-store/rights/record_index.h"

#include <string.h>

#include "secure-store/rights/record_impl.h"

uint64_t record_object_hash(const char *object) {
  uint64_t h = 0xcbf29ce484222325u; /* FNV-1a; equal hashes are compared as texts */
  for (; *object; object++) h = (h ^ (uint8_t)*object) * 0x100000001b3u;
  return h;
}

/* --- the last record of each object --- */

static struct record_leaf *leaf_at(const struct record_index *x, size_t i) { return (struct record_leaf *)(void *)x->leaves.p + i; }
static uint32_t *slot_at(const struct record_index *x, size_t i) { return (uint32_t *)(void *)x->slots.p + i; }
static size_t n_slots(const struct record_index *x) { return x->slots.n / sizeof(uint32_t); }

/* The slot of an object, or the free one where it would stand; tables are never full. */
static size_t slot_of(const struct record_index *x, uint64_t hash, const char *object) {
  size_t n = n_slots(x), i = (size_t)(hash % n);
  for (; *slot_at(x, i); i = (i + 1) % n) {
    const struct record_leaf *l = leaf_at(x, *slot_at(x, i) - 1);
    if (l->object_hash == hash && strcmp(x->objects.p + l->object, object) == 0) break;
  }
  return i;
}

/* Objects enter in the order of their first record, as they did one by one: see forget_last. */
static bool grow(struct record_index *x, size_t n_known) {
  struct strbuf old = x->slots;
  size_t n = old.n ? old.n / sizeof(uint32_t) * 2 : 64;
  strbuf_init(&x->slots, 0);
  bool ok = strbuf_extend(&x->slots, n * sizeof(uint32_t)) != NULL;
  for (size_t i = 0; ok && i < n_known; i++) {
    const struct record_leaf *l = leaf_at(x, i);
    *slot_at(x, slot_of(x, l->object_hash, x->objects.p + l->object)) = (uint32_t)i + 1;
  }
  strbuf_release(ok ? &old : &x->slots);
  if (!ok) x->slots = old;
  return ok;
}

static bool remember_last(struct record_index *x, size_t place) {
  struct record_leaf *l = leaf_at(x, place);
  if (2 * (x->n_objects + 1) > n_slots(x) && !grow(x, place)) return false;
  uint32_t *slot = slot_at(x, slot_of(x, l->object_hash, x->objects.p + l->object));
  l->before = *slot;
  if (!*slot) x->n_objects++;
  *slot = (uint32_t)place + 1;
  return true;
}

/* Undoing goes from the youngest back, and objects entered by age, so no older object was ever put behind a slot that becomes free. */
static void forget_last(struct record_index *x, size_t place) {
  const struct record_leaf *l = leaf_at(x, place);
  uint32_t *slot = slot_at(x, slot_of(x, l->object_hash, x->objects.p + l->object));
  *slot = l->before;
  if (!*slot) x->n_objects--;
}

int64_t record_index_find(const struct record_index *x, const char *object) {
  if (n_slots(x) == 0) return -1;
  return (int64_t)*slot_at(x, slot_of(x, record_object_hash(object), object)) - 1;
}

/* --- adding and going back --- */

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
  if (x->objects.failed || x->leaves.failed) return ERR(e, E_NO_MEMORY, .subject = "records");
  return remember_last(x, x->leaves.n / sizeof r - 1) ? E_OK : ERR(e, E_NO_MEMORY, .subject = "records");
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
  for (size_t i = x->leaves.n / sizeof(struct record_leaf); i-- > to->leaves / sizeof(struct record_leaf);) forget_last(x, i);
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
  strbuf_release(&x->slots);
  usage_index_release(&x->usage);
}
