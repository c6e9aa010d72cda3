/* keystore_file.c -- the bytes of a keystore file (keystore.md), versions 1 and 2: reading them strictly, writing them canonically. No key is in
 * clear here. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/age.h"
#include "secure-store/bech32.h"
#include "secure-store/keystore_impl.h"

static const char magic[] = "SKS1";
enum { TAIL = 64 };

void keystore_image_release(struct keystore_image *image) {
  free(image->entries);
  memset(image, 0, sizeof *image);
}

/* --- writing --- */
static void put(struct strbuf *out, const void *p, size_t n) { strbuf_add(out, p, n); }
static void put_text(struct strbuf *out, const char *s) {
  size_t n = strlen(s);
  bytes_put_u8(out, (uint8_t)n);
  put(out, s, n);
}
static void put_entry(struct strbuf *out, const struct wrapped_dek *d) {
  put_text(out, d->dataset);
  bytes_put_u8(out, d->part);
  put_text(out, d->retention);
  bytes_put_u64(out, d->epoch);
  put(out, d->wrapped, sizeof d->wrapped);
}
static void put_names(const struct keystore_image *k, struct strbuf *out) {
  put(out, k->age_public, 32);
  put(out, k->minisign_id, 8);
  put(out, k->minisign_key, 32);
  put(out, k->log_key, 32);
  put_text(out, k->log_origin);
}
static void put_start(const struct keystore_image *k, struct strbuf *out) {
  put(out, magic, 4);
  bytes_put_u8(out, (uint8_t)k->public.version);
  put_text(out, k->public.profile);
}
/* Version 1: one officer under a passphrase. */
static void put_passphrase_head(const struct keystore_image *k, struct strbuf *out) {
  put_start(k, out);
  bytes_put_u32(out, k->public.passes);
  bytes_put_u32(out, k->public.memory_kib);
  put(out, k->kdf_salt, sizeof k->kdf_salt);
  put(out, k->public.install_id, sizeof k->public.install_id);
  bytes_put_u64(out, k->public.epoch);
  bytes_put_u64(out, k->public.sequence);
  put_names(k, out);
  put(out, k->root_wrapped, sizeof k->root_wrapped);
}
/* Version 2: what is fixed within an epoch stands first and is what the certificate signs. */
static void put_epoch(const struct keystore_image *k, struct strbuf *out) {
  put_start(k, out);
  put(out, k->public.install_id, sizeof k->public.install_id);
  bytes_put_u64(out, k->public.epoch);
  put_names(k, out);
  put(out, k->public.authority_key, 32);
  for (int i = 0; i < KEYSTORE_SETS; i++) share_set_put(&k->set[i], out);
}
static void put_officers_head(const struct keystore_image *k, struct strbuf *out) {
  const struct keystore_certificate *c = &k->certificate;
  put_epoch(k, out);
  put(out, c->previous_head, 32);
  put(out, c->previous_key, 32);
  put(out, c->destroyed, 32);
  put(out, c->signature, 64);
  bytes_put_u64(out, k->public.sequence);
}
enum err_code keystore_image_head(const struct keystore_image *image, uint8_t out[32], struct err *e) {
  struct strbuf head;
  strbuf_init(&head, KEYSTORE_FILE_MAX);
  put_epoch(image, &head);
  enum err_code code = head.failed ? ERR(e, E_NO_MEMORY, .subject = "keystore") : E_OK;
  if (!code) sha256_of(head.p, head.n, out);
  strbuf_release(&head);
  return code;
}
enum err_code keystore_image_write(const struct keystore_image *k, struct strbuf *out, struct err *e) {
  if (k->public.version == KEYSTORE_PASSPHRASE) put_passphrase_head(k, out);
  else put_officers_head(k, out);
  put(out, k->officer_wrapped, sizeof k->officer_wrapped);
  bytes_put_u32(out, (uint32_t)k->n_entries);
  for (size_t i = 0; i < k->n_entries; i++) put_entry(out, &k->entries[i]);
  if (k->public.log_size > 0) {
    bytes_put_u64(out, k->public.log_size);
    put(out, k->public.log_root, 32);
  }
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "keystore") : E_OK;
}

/* --- reading --- */
static void take(struct bytes_reader *r, void *to, size_t n) {
  const uint8_t *p = bytes_take(r, n);
  if (p && !r->failed) memcpy(to, p, n);
}
/* Printable ASCII, 1 to size - 1 bytes. */
static bool take_text(struct bytes_reader *r, char *to, size_t size) {
  size_t n = bytes_u8(r);
  const uint8_t *p = bytes_take(r, n);
  if (r->failed || n == 0 || n >= size) return false;
  for (size_t i = 0; i < n; i++)
    if (p[i] < 32 || p[i] == 127) return false;
  memcpy(to, p, n);
  to[n] = 0;
  return true;
}
static bool take_names(struct bytes_reader *r, struct keystore_image *k) {
  take(r, k->age_public, 32);
  take(r, k->minisign_id, 8);
  take(r, k->minisign_key, 32);
  take(r, k->log_key, 32);
  return take_text(r, k->log_origin, sizeof k->log_origin);
}
static bool take_passphrase_head(struct bytes_reader *r, struct keystore_image *k) {
  k->public.passes = bytes_u32(r);
  k->public.memory_kib = bytes_u32(r);
  take(r, k->kdf_salt, sizeof k->kdf_salt);
  take(r, k->public.install_id, sizeof k->public.install_id);
  k->public.epoch = bytes_u64(r);
  k->public.sequence = bytes_u64(r);
  if (!take_names(r, k)) return false;
  take(r, k->root_wrapped, sizeof k->root_wrapped);
  return !r->failed;
}
static bool take_officers_head(struct bytes_reader *r, struct keystore_image *k) {
  struct keystore_certificate *c = &k->certificate;
  take(r, k->public.install_id, sizeof k->public.install_id);
  k->public.epoch = bytes_u64(r);
  if (!take_names(r, k)) return false;
  take(r, k->public.authority_key, 32);
  for (int i = 0; i < KEYSTORE_SETS; i++)
    if (!share_set_take(r, &k->set[i])) return false;
  sha256_of(r->p, r->at, k->public.head);
  take(r, c->previous_head, 32);
  take(r, c->previous_key, 32);
  take(r, c->destroyed, 32);
  take(r, c->signature, 64);
  k->public.sequence = bytes_u64(r);
  memcpy(k->public.previous_head, c->previous_head, 32);
  memcpy(k->public.previous_key, c->previous_key, 32);
  if (r->failed) return false;
  k->public.certified = keystore_certificate_holds(k);
  return true;
}
static bool take_head(struct bytes_reader *r, struct keystore_image *k) {
  const uint8_t *m = bytes_take(r, 4);
  if (r->failed || memcmp(m, magic, 4) != 0) return false;
  k->public.version = bytes_u8(r);
  if (!take_text(r, k->public.profile, sizeof k->public.profile)) return false;
  bool ok = (k->public.version == KEYSTORE_PASSPHRASE && take_passphrase_head(r, k)) ||
            (k->public.version == KEYSTORE_OFFICERS && take_officers_head(r, k));
  take(r, k->officer_wrapped, sizeof k->officer_wrapped);
  return ok && !r->failed;
}
static int compare(const struct wrapped_dek *d, const char *dataset, uint8_t part, const char *retention) {
  int c = strcmp(d->dataset, dataset);
  if (c) return c;
  if (d->part != part) return d->part < part ? -1 : 1;
  return strcmp(d->retention, retention);
}
static bool take_entry(struct bytes_reader *r, struct wrapped_dek *d) {
  if (!take_text(r, d->dataset, sizeof d->dataset)) return false;
  d->part = bytes_u8(r);
  if (!take_text(r, d->retention, sizeof d->retention)) return false;
  d->epoch = bytes_u64(r);
  take(r, d->wrapped, sizeof d->wrapped);
  return !r->failed;
}
static bool take_entries(struct bytes_reader *r, struct keystore_image *k) {
  uint32_t n = bytes_u32(r);
  /* Each entry takes at least its wrapped key: no allocation beyond what the file holds. */
  if (r->failed || n > KEYSTORE_ENTRIES_MAX || n > bytes_left(r) / KEYSTORE_WRAPPED) return false;
  k->entries = calloc((size_t)n + 1, sizeof *k->entries);
  if (!k->entries) return false;
  k->capacity = (size_t)n + 1;
  for (; k->n_entries < n; k->n_entries++) {
    struct wrapped_dek *d = &k->entries[k->n_entries];
    if (!take_entry(r, d)) return false;
    if (k->n_entries && compare(d - 1, d->dataset, d->part, d->retention) >= 0) return false;
  }
  return true;
}
/* Files from before this was kept have none. */
static bool take_checkpoint(struct bytes_reader *r, struct keystore_image *k) {
  if (bytes_left(r) == 0) return true;
  k->public.log_size = bytes_u64(r);
  take(r, k->public.log_root, 32);
  return !r->failed && bytes_left(r) == 0 && k->public.log_size > 0;
}
enum err_code keystore_image_texts(struct keystore_image *k, struct err *e) {
  struct minisign_key m = {0};
  struct note_key log = {0};
  memcpy(m.key_id, k->minisign_id, 8);
  memcpy(m.public_key, k->minisign_key, 32);
  memcpy(log.public_key, k->log_key, 32);
  minisign_public_text(&m, k->public.minisign_public);
  TRY(note_key_name(&log, k->log_origin, e));
  note_vkey_text(&log, k->public.log_vkey);
  return bech32_encode("age", k->age_public, 32, k->public.age_recipient, sizeof k->public.age_recipient) ? E_OK
                                                                                                          : ERR(e, E_BUG, .subject = "age recipient");
}
enum err_code keystore_image_parse(const char *path, const uint8_t *p, size_t n, struct keystore_image *out, const uint8_t **mac, struct str *covered,
    struct err *e) {
  uint8_t checksum[32];
  struct bytes_reader r;
  memset(out, 0, sizeof *out);
  bool ok = n > TAIL;
  if (ok) {
    sha256_of(p, n - 32, checksum);
    ok = memcmp(checksum, p + n - 32, 32) == 0;
  }
  if (ok) {
    bytes_reader_init(&r, p, n - TAIL);
    ok = take_head(&r, out) && take_entries(&r, out) && take_checkpoint(&r, out) && keystore_image_texts(out, NULL) == E_OK;
  }
  if (!ok) {
    keystore_image_release(out);
    return ERR(e, E_STORE_KEYSTORE_DAMAGED, .file = path, .subject = path);
  }
  *mac = p + n - TAIL;
  *covered = str_view((const char *)p, n - TAIL);
  return E_OK;
}

/* --- entries --- */
size_t keystore_image_find(const struct keystore_image *k, const char *dataset, uint8_t part, const char *retention, bool *found) {
  size_t low = 0, high = k->n_entries;
  *found = false;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int c = compare(&k->entries[middle], dataset, part, retention);
    if (c == 0) *found = true;
    if (c == 0) return middle;
    if (c < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
enum err_code keystore_image_insert(struct keystore_image *k, size_t at, const struct wrapped_dek *entry, struct err *e) {
  if (k->n_entries >= KEYSTORE_ENTRIES_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "keystore", .expected = "at most 65536 keys");
  if (k->n_entries == k->capacity) {
    size_t capacity = k->capacity * 2 + 16;
    struct wrapped_dek *grown = realloc(k->entries, capacity * sizeof *grown);
    if (!grown) return ERR(e, E_NO_MEMORY, .subject = "keystore");
    k->entries = grown;
    k->capacity = capacity;
  }
  memmove(&k->entries[at + 1], &k->entries[at], (k->n_entries - at) * sizeof *k->entries);
  k->entries[at] = *entry;
  k->n_entries++;
  return E_OK;
}
void keystore_image_remove(struct keystore_image *k, size_t at) {
  memmove(&k->entries[at], &k->entries[at + 1], (k->n_entries - at - 1) * sizeof *k->entries);
  k->n_entries--;
  wipe(&k->entries[k->n_entries], sizeof *k->entries);
}
