/* store_peer.c -- other offices' public keys, signatures, and equality tokens. A peer stands in the state root: its keys cannot be exchanged unseen.
 * */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/store_impl.h"

enum err_code store_peer(struct store *s, const char *office_id, struct office *out, struct err *e) {
  struct db_statement *q;
  bool row;
  memset(out, 0, sizeof *out);
  TRY(db_prepare(s->db, "SELECT card FROM peer WHERE office_id = ?1", &q, e));
  db_bind_cstr(q, 1, office_id);
  TRY(db_step(q, &row, e));
  enum err_code code = row ? office_card_parse(office_id, db_text(q, 0), out, e) : ERR(e, E_STORE_NO_PEER, .subject = office_id);
  db_reset(q);
  if (!code && strcmp(out->id, office_id) != 0) code = ERR(e, E_STORE_NO_PEER, .subject = office_id);
  return code;
}

enum err_code store_peers(struct store *s, struct arena *a, struct office **out, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  TRY(db_prepare(s->db, "SELECT count(*) FROM peer", &q, e));
  TRY(db_step(q, &row, e));
  int64_t count = db_int(q, 0);
  db_reset(q);
  *n = 0;
  *out = ARENA_ARRAY(a, struct office, count + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "peers");
  TRY(db_prepare(s->db, "SELECT office_id, card FROM peer ORDER BY office_id", &q, e));
  while (!(code = db_step(q, &row, e)) && row && *n < count) {
    code = office_card_parse("store.db", db_text(q, 1), &(*out)[*n], e);
    if (code) break;
    ++*n;
  }
  db_reset(q);
  return code;
}

static enum err_code insert_peer(struct store *s, const struct office *peer, const struct strbuf *card, struct err *e) {
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  struct db_statement *q;
  office_fingerprint(peer, fingerprint);
  store_state_peers_changed(s);
  TRY(db_prepare(s->db, "INSERT INTO peer(office_id, card, fingerprint, enrolled) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(office_id) DO UPDATE SET card = "
                        "?2", &q, e));
  db_bind_cstr(q, 1, peer->id);
  db_bind_text(q, 2, str_view(card->p, card->n));
  db_bind_cstr(q, 3, fingerprint);
  db_bind_int(q, 4, job_now(s->job));
  TRY(db_execute(q, e));
  s->state_changed = true;
  s->state_action = "role-grant";
  snprintf(s->state_object, sizeof s->state_object, "office:%s", peer->id);
  return E_OK;
}

/* The same keys again are welcome (a name may have changed); other keys for a known office are not. */
static enum err_code check_conflict(struct store *s, const struct office *peer, struct err *e) {
  struct office known;
  struct err none;
  enum err_code code = store_peer(s, peer->id, &known, &none);
  if (code == E_STORE_NO_PEER) return E_OK;
  if (code) return ERR(e, code, .subject = peer->id);
  bool same = strcmp(known.age_recipient, peer->age_recipient) == 0 && strcmp(known.minisign_public, peer->minisign_public) == 0;
  return same ? E_OK : ERR(e, E_STORE_PEER_CONFLICT, .subject = peer->id);
}

static enum err_code add_in(struct store *s, const struct office *peer, struct err *e) {
  struct strbuf card;
  TRY(check_conflict(s, peer, e));
  strbuf_init(&card, 0);
  enum err_code code = office_card_text(peer, &card, e);
  if (!code) code = insert_peer(s, peer, &card, e);
  strbuf_release(&card);
  return code;
}

enum err_code store_peer_add(struct store *s, const struct office *peer, struct err *e) {
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = peer->id);
  TRY(office_check(peer, e));
  if (!peer->age_recipient[0] || !peer->minisign_public[0]) return ERR(e, E_STORE_CARD, .subject = peer->id, .expected = "both public keys");
  if (s->in_transaction) return add_in(s, peer, e);
  TRY(store_begin(s, e));
  enum err_code code = add_in(s, peer, e);
  if (code) {
    store_rollback(s);
    return code;
  }
  return store_commit(s, e);
}

enum err_code store_sign(struct store *s, const void *p, size_t n, const char *trusted_comment, struct strbuf *minisig, struct err *e) {
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = "sign");
  return minisign_sign(keystore_minisign(s->keys), p, n, trusted_comment, minisig, e);
}

const uint8_t *store_age_secret(struct store *s) { return s->locked ? NULL : keystore_age_secret(s->keys); }

enum err_code store_age_decrypt(struct store *s, const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) {
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = "age");
  return keystore_age_decrypt(s->keys, p, n, max_out, out, e);
}

/* One key per purpose. A purpose's first use makes its key. It is on disk before a token can be kept: a commit saves the keys first, and outside of a
 * transaction the key gets one of its own. */
enum err_code store_token(struct store *s, const char *purpose, const void *p, size_t n, uint8_t out[32], struct err *e) {
  enum { PART_LINK_NUMBER = 1 };
  char name[128];
  uint8_t key[32];
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = purpose);
  snprintf(name, sizeof name, "token/%.100s", purpose);
  enum err_code code = keystore_dek(s->keys, name, PART_LINK_NUMBER, STORE_RETENTION, false, key, e);
  if (code == E_STORE_KEY_MISSING) {
    code = keystore_dek(s->keys, name, PART_LINK_NUMBER, STORE_RETENTION, true, key, e);
    if (!code) s->keys_changed = true;
    if (!code && !s->in_transaction) {
      code = store_begin(s, e);
      if (!code) code = store_commit(s, e);
    }
  }
  if (!code) hmac_sha256(key, sizeof key, p, n, out);
  wipe(key, sizeof key);
  return code;
}
