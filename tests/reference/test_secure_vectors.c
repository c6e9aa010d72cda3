/* Public vectors of the formats the store speaks: age test kit, RFC 6962 proofs, signed note, tiled log, Wycheproof, Ed25519 edge cases.
 * Sources: C2SP/CCTV, transparency-dev/merkle, C2SP signed-note, transparency-dev/tessera, C2SP/wycheproof. Skipped when the folder is absent. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/age_impl.h"
#include "secure-store/merkle.h"
#include "secure-store/signed_note.h"
#include "tests/reference/inflate.h"

enum { FILE_MAX = 4 << 20, BYTES_MAX = 64 * 1024 };

static void path_of(const char *name, char out[1024]) {
  const char *reference = getenv("REFERENCE");
  snprintf(out, 1024, "%s/secure/%s", reference ? reference : "../shared/data", name);
}
/* NUL-terminated copy of the file; skips the test when it is not there. */
static uint8_t *slurp(const char *name, size_t *n) {
  char path[1024];
  struct stat st;
  uint8_t *p;
  struct err e;
  path_of(name, path);
  if (stat(path, &st) != 0) skip();
  assert_int_equal(file_read(path, FILE_MAX, &p, n, &e), E_OK);
  p = realloc(p, *n + 1);
  assert_non_null(p);
  p[*n] = 0;
  return p;
}
static struct json_document *json_of(const char *name) {
  size_t n;
  struct err e;
  struct json_document *d;
  uint8_t *p = slurp(name, &n);
  /* An index of 2^64 - 1 is written as -1, which is the same 64 bits: our reader takes int64 only. */
  for (char *at; (at = strstr((char *)p, "18446744073709551615"));) memcpy(at, "-1                  ", 20);
  assert_int_equal(json_parse(name, (const char *)p, n, &d, &e), E_OK);
  free(p);
  return d;
}
static size_t hex_member(const struct json_value *v, const char *key, uint8_t out[BYTES_MAX]) {
  const char *text = json_member_string(v, key, "");
  size_t n = strlen(text);
  assert_true(n / 2 <= BYTES_MAX && hex_decode(text, n, out));
  return n / 2;
}

/* --- Wycheproof: every case through one judge; returns how many there were --- */
typedef void (*judge)(const struct json_value *group, const struct json_value *test, bool valid);
static int wycheproof(const char *file, judge fn) {
  struct json_document *d = json_of(file);
  const struct json_value *groups = json_member(json_root(d), "testGroups");
  int n = 0;
  for (size_t g = 0; g < json_length(groups); g++) {
    const struct json_value *tests = json_member(json_element(groups, g), "tests");
    for (size_t t = 0; t < json_length(tests); t++, n++) {
      const struct json_value *test = json_element(tests, t);
      fn(json_element(groups, g), test, strcmp(json_member_string(test, "result", ""), "invalid") != 0);
    }
  }
  json_release(d);
  return n;
}
static uint8_t a_[BYTES_MAX], b_[BYTES_MAX], c_[BYTES_MAX], d_[BYTES_MAX], out_[BYTES_MAX + 64], sealed_[BYTES_MAX + 64];

static void judge_aead(const struct json_value *group, const struct json_value *test, bool valid) {
  uint8_t iv[64], key[64];
  (void)group;
  size_t iv_n = hex_member(test, "iv", a_);
  if (iv_n != AEAD_NONCE_BYTES) { /* our interface takes 12 bytes only */
    assert_false(valid);
    return;
  }
  memcpy(iv, a_, iv_n);
  assert_int_equal(hex_member(test, "key", a_), KEY_BYTES);
  memcpy(key, a_, KEY_BYTES);
  size_t aad_n = hex_member(test, "aad", a_), msg_n = hex_member(test, "msg", b_), ct_n = hex_member(test, "ct", sealed_);
  uint8_t tag[BYTES_MAX / 1024];
  assert_int_equal(hex_member(test, "tag", c_), AEAD_TAG_BYTES);
  memcpy(tag, c_, AEAD_TAG_BYTES);
  memcpy(sealed_ + ct_n, tag, AEAD_TAG_BYTES);
  bool opened = aead_open(key, iv, a_, aad_n, sealed_, ct_n + AEAD_TAG_BYTES, out_);
  assert_int_equal(opened, valid);
  if (!valid) return;
  assert_memory_equal(out_, b_, msg_n);
  aead_seal(key, iv, a_, aad_n, b_, msg_n, out_);
  assert_memory_equal(out_, sealed_, ct_n + AEAD_TAG_BYTES);
}
static void wycheproof_chacha20_poly1305(void **state) {
  (void)state;
  assert_int_equal(wycheproof("wycheproof/chacha20_poly1305_test.json", judge_aead), 325);
}

static void judge_x25519(const struct json_value *group, const struct json_value *test, bool valid) {
  (void)group, (void)valid;
  static const uint8_t zero[32] = {0};
  assert_int_equal(hex_member(test, "public", a_), 32);
  assert_int_equal(hex_member(test, "private", b_), 32);
  assert_int_equal(hex_member(test, "shared", c_), 32);
  bool ok = x25519_shared(out_, b_, a_);
  bool all_zero = memcmp(c_, zero, 32) == 0; /* the cases that must be refused here */
  assert_int_equal(ok, !all_zero);
  if (ok) assert_memory_equal(out_, c_, 32);
}
static void wycheproof_x25519_refuses_exactly_the_zero_results(void **state) {
  (void)state;
  assert_int_equal(wycheproof("wycheproof/x25519_test.json", judge_x25519), 518);
}

static void judge_hkdf(const struct json_value *group, const struct json_value *test, bool valid) {
  (void)group;
  size_t key_n = hex_member(test, "ikm", a_), salt_n = hex_member(test, "salt", b_), info_n = hex_member(test, "info", c_);
  int64_t size = json_member_int(test, "size", -1);
  assert_true(size >= 0);
  if (!valid) { /* only "too long", which our interface forbids */
    assert_true(size > 255 * 32);
    return;
  }
  assert_int_equal(hex_member(test, "okm", d_), (size_t)size);
  hkdf_sha256(a_, key_n, b_, salt_n, c_, info_n, out_, (size_t)size);
  assert_memory_equal(out_, d_, (size_t)size);
}
static void wycheproof_hkdf_sha256(void **state) {
  (void)state;
  assert_int_equal(wycheproof("wycheproof/hkdf_sha256_test.json", judge_hkdf), 86);
}

static void judge_hmac(const struct json_value *group, const struct json_value *test, bool valid) {
  (void)group;
  size_t key_n = hex_member(test, "key", a_), msg_n = hex_member(test, "msg", b_), tag_n = hex_member(test, "tag", c_);
  hmac_sha256(a_, key_n, b_, msg_n, out_);
  assert_true(tag_n >= 1 && tag_n <= 32);
  assert_int_equal(memcmp(out_, c_, tag_n) == 0, valid);
}
static void wycheproof_hmac_sha256(void **state) {
  (void)state;
  assert_int_equal(wycheproof("wycheproof/hmac_sha256_test.json", judge_hmac), 174);
}

static void judge_ed25519(const struct json_value *group, const struct json_value *test, bool valid) {
  assert_int_equal(hex_member(json_member(group, "publicKey"), "pk", a_), 32);
  size_t msg_n = hex_member(test, "msg", b_), sig_n = hex_member(test, "sig", c_);
  bool ok = sig_n == SIGNATURE_BYTES && sign_verify(c_, b_, msg_n, a_);
  assert_int_equal(ok, valid);
}
static void wycheproof_ed25519(void **state) {
  (void)state;
  assert_int_equal(wycheproof("wycheproof/ed25519_test.json", judge_ed25519), 151);
}

/* No verdict is laid down; ours is pinned by its rule and its count: no low-order key or R, no non-canonical encoding, cofactorless equation. */
static bool flagged(const struct json_value *v, const char *prefix) {
  const struct json_value *flags = json_member(v, "flags");
  for (size_t i = 0; i < json_length(flags); i++)
    if (strncmp(json_string(json_element(flags, i)), prefix, strlen(prefix)) == 0) return true;
  return false;
}
static void ed25519_edge_cases_have_one_verdict(void **state) {
  (void)state;
  struct json_document *d = json_of("ed25519-cctv/ed25519vectors.json");
  const struct json_value *all = json_root(d);
  int accepted = 0;
  assert_int_equal(json_length(all), 914);
  for (size_t i = 0; i < json_length(all); i++) {
    const struct json_value *v = json_element(all, i);
    const char *message = json_member_string(v, "msg", "");
    assert_int_equal(hex_member(v, "key", a_), 32);
    assert_int_equal(hex_member(v, "sig", b_), 64);
    bool ok = sign_verify(b_, message, strlen(message), a_);
    if (ok) assert_false(flagged(v, "low_order_A") || flagged(v, "low_order_R") || flagged(v, "non_canonical_A") || flagged(v, "non_canonical_R"));
    accepted += ok;
  }
  json_release(d);
  assert_int_equal(accepted, 43);
}

/* --- RFC 6962 proofs --- */
static bool hash_of(const char *text, uint8_t out[32]) { return text && base64_decode(text, strlen(text), true, out, 32) == 32; }
/* False when a hash of the proof is not 32 bytes: such a proof cannot even be expressed. */
static bool proof_of(const struct json_value *v, struct merkle_proof *out) {
  const struct json_value *list = json_member(v, "proof");
  out->n = 0;
  for (size_t i = 0; i < json_length(list); i++) {
    if (out->n >= MERKLE_PROOF_MAX || !hash_of(json_string(json_element(list, i)), out->hash[out->n])) return false;
    out->n++;
  }
  return true;
}
static bool inclusion_case(const struct json_value *v) {
  uint8_t root[32], leaf[32];
  struct merkle_proof proof;
  return hash_of(json_member_string(v, "root", NULL), root) && hash_of(json_member_string(v, "leafHash", NULL), leaf) && proof_of(v, &proof) &&
         merkle_verify_inclusion(leaf, (uint64_t)json_member_int(v, "leafIdx", -1), (uint64_t)json_member_int(v, "treeSize", -1), &proof, root);
}
static bool consistency_case(const struct json_value *v) {
  uint8_t root1[32], root2[32];
  struct merkle_proof proof;
  return hash_of(json_member_string(v, "root1", NULL), root1) && hash_of(json_member_string(v, "root2", NULL), root2) && proof_of(v, &proof) &&
         merkle_verify_consistency((uint64_t)json_member_int(v, "size1", -1), (uint64_t)json_member_int(v, "size2", -1), root1, root2, &proof);
}
static void one_proof(const char *name, bool (*verify)(const struct json_value *), int counts[2]) {
  bool refuse = false;
  struct json_document *d = json_of(name);
  assert_true(json_boolean(json_member(json_root(d), "wantErr"), &refuse));
  if (verify(json_root(d)) == refuse) fail_msg("%s: expected %s", name, refuse ? "refusal" : "acceptance");
  counts[refuse]++;
  json_release(d);
}
static void proofs_in(const char *folder, bool (*verify)(const struct json_value *), int counts[2]) {
  char name[600], path[1024];
  struct dirent **entries;
  path_of(folder, path);
  int n = scandir(path, &entries, NULL, alphasort);
  if (n < 0) skip();
  for (int i = 0; i < n; i++) {
    snprintf(name, sizeof name, "%s/%s", folder, entries[i]->d_name);
    if (entries[i]->d_name[0] != '.') one_proof(name, verify, counts);
    free(entries[i]);
  }
  free(entries);
}
static void rfc6962_proofs_are_accepted_or_refused_as_said(void **state) {
  (void)state;
  int counts[2] = {0, 0};
  for (int group = 0; group < 5; group++) {
    char folder[64];
    snprintf(folder, sizeof folder, "rfc6962-proofs/inclusion/%d", group);
    proofs_in(folder, inclusion_case, counts);
    snprintf(folder, sizeof folder, "rfc6962-proofs/consistency/%d", group);
    proofs_in(folder, consistency_case, counts);
  }
  proofs_in("rfc6962-proofs/inclusion/single-entry", inclusion_case, counts);
  assert_int_equal(counts[0] + counts[1], 170);
  assert_true(counts[0] >= 8 && counts[1] >= 150);
}

/* --- signed note and tiled log --- */
static void c2sp_example_note_verifies_and_altered_ones_do_not(void **state) {
  (void)state;
  size_t note_n, key_n;
  char *note = (char *)slurp("signed-note/c2sp-example.note", &note_n), *vkey = (char *)slurp("signed-note/c2sp-example.vkey", &key_n);
  struct note_key k;
  struct str text;
  struct err e;
  vkey[strcspn(vkey, "\r\n")] = 0;
  assert_int_equal(note_vkey_parse(vkey, &k, &e), E_OK);
  /* The file may lack its last newline; a note must have it. */
  char *whole = malloc(note_n + 2);
  size_t n = (size_t)snprintf(whole, note_n + 2, "%s%s", note, note[note_n - 1] == '\n' ? "" : "\n");
  assert_int_equal(note_verify(&k, str_view(whole, n), &text, &e), E_OK);
  assert_true(str_eq(text, STR("This is an example message.\n")));
  char vkey_again[NOTE_VKEY_BYTES];
  note_vkey_text(&k, vkey_again);
  assert_string_equal(vkey_again, vkey);
  for (size_t i = 0; i < n; i++) {
    whole[i] ^= 1;
    assert_int_not_equal(note_verify(&k, str_view(whole, n), &text, &e), E_OK);
    whole[i] ^= 1;
    if (i < n) assert_int_not_equal(note_verify(&k, str_view(whole, i), &text, &e), E_OK);
  }
  free(whole);
  free(note);
  free(vkey);
}

/* Leaf hashes of the golden log, from its entry bundle; compared with its hash tile. */
static int golden_leaves(uint8_t hash[15][32]) {
  size_t entries_n, tile_n;
  uint8_t *entries = slurp("tlog-tiles-golden/tile/entries/000.p/15", &entries_n), *tile = slurp("tlog-tiles-golden/tile/0/000.p/15", &tile_n);
  int n = 0;
  for (size_t at = 0; at + 2 <= entries_n; n++) {
    size_t length = (size_t)entries[at] << 8 | entries[at + 1];
    assert_true(n < 15 && length <= entries_n - at - 2);
    merkle_leaf_hash(entries + at + 2, length, hash[n]);
    at += 2 + length;
  }
  assert_int_equal(tile_n, 15 * 32);
  assert_memory_equal(hash, tile, tile_n);
  free(entries);
  free(tile);
  return n;
}
static void golden_checkpoints_agree_with_our_tree_and_proofs(void **state) {
  (void)state;
  uint8_t hash[15][32], root[32], last[32];
  struct err e;
  struct note_key k;
  assert_int_equal(golden_leaves(hash), 15);
  assert_int_equal(note_vkey_parse("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", &k, &e), E_OK);
  merkle_root_of((const uint8_t(*)[32])hash, 15, last);
  for (uint64_t size = 0; size <= 15; size++) {
    char name[64];
    size_t n;
    struct checkpoint c;
    struct merkle_proof proof;
    snprintf(name, sizeof name, "tlog-tiles-golden/checkpoint.%u", (unsigned)size);
    char *note = (char *)slurp(name, &n);
    assert_int_equal(checkpoint_verify(&k, str_view(note, n), &c, &e), E_OK);
    assert_int_equal(c.size, size);
    merkle_root_of((const uint8_t(*)[32])hash, size, root);
    assert_memory_equal(c.root, root, 32);
    assert_int_equal(merkle_consistency((const uint8_t(*)[32])hash, 15, size, &proof), size > 0);
    if (size > 0) assert_true(merkle_verify_consistency(size, 15, c.root, last, &proof));
    free(note);
  }
}

/* --- age test kit --- */
struct kit {
  char expect[64], payload[65], identity[128], file_key[65];
  bool armored, passphrase, compressed;
  const uint8_t *body;
  size_t n;
};
static bool kit_line(const char *line, size_t n, const char *key, char *out, size_t size) {
  size_t key_n = strlen(key);
  if (n < key_n || memcmp(line, key, key_n) != 0) return false;
  snprintf(out, size, "%.*s", (int)(n - key_n), line + key_n);
  return true;
}
static void kit_parse(const uint8_t *p, size_t n, struct kit *k) {
  char ignored[8];
  memset(k, 0, sizeof *k);
  for (size_t at = 0; at < n;) {
    const uint8_t *end = memchr(p + at, '\n', n - at);
    assert_non_null(end);
    size_t length = (size_t)(end - p) - at;
    const char *line = (const char *)p + at;
    at += length + 1;
    if (length == 0) {
      k->body = p + at;
      k->n = n - at;
      return;
    }
    if (!kit_line(line, length, "identity: ", k->identity, sizeof k->identity) && kit_line(line, length, "passphrase: ", ignored, sizeof ignored))
      k->passphrase = true;
    kit_line(line, length, "expect: ", k->expect, sizeof k->expect);
    kit_line(line, length, "payload: ", k->payload, sizeof k->payload);
    kit_line(line, length, "file key: ", k->file_key, sizeof k->file_key);
    if (kit_line(line, length, "compressed: zlib", ignored, sizeof ignored)) k->compressed = true;
    if (kit_line(line, length, "armored: yes", ignored, sizeof ignored)) k->armored = true;
  }
  fail_msg("the kit file has no body");
}
static enum err_code expected_code(const char *expect) {
  static const struct {
    const char *name;
    enum err_code code;
  } table[] = {{"success", E_OK}, {"header failure", E_AGE_HEADER}, {"no match", E_AGE_NO_MATCH}, {"HMAC failure", E_AGE_HMAC},
      {"payload failure", E_AGE_PAYLOAD}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(table[i].name, expect) == 0) return table[i].code;
  fail_msg("unknown expectation %s", expect);
  return E_BUG;
}
static enum err_code hash_chunk(void *context, const uint8_t *p, size_t n, struct err *e) {
  (void)e;
  sha256_add(context, p, n);
  return E_OK;
}
/* Plaintext that a streaming reader releases, failure or not: must have the hash the kit names. */
static void check_released(const struct kit *k, const uint8_t secret[32], const char *name) {
  struct age_header h;
  struct sha256 hash;
  uint8_t digest[32];
  char hex[65];
  struct err e;
  assert_int_equal(age_header_open(secret, k->body, k->n, &h, &e), E_OK);
  sha256_begin(&hash);
  enum err_code code = age_payload_open(h.file_key, k->body + h.payload, k->n - h.payload, hash_chunk, &hash, &e);
  assert_int_equal(code, expected_code(k->expect));
  sha256_end(&hash, digest);
  hex_encode(digest, 32, hex);
  if (k->payload[0] && strcmp(hex, k->payload) != 0) fail_msg("%s: released plaintext differs", name);
}
static void kit_x25519(const struct kit *k, const char *name) {
  uint8_t secret[32], digest[32];
  struct strbuf out;
  struct err e;
  char hex[65];
  enum err_code wanted = expected_code(k->expect);
  assert_int_equal(age_identity_parse(k->identity, secret, &e), E_OK);
  strbuf_init(&out, 0);
  enum err_code code = age_decrypt(secret, k->body, k->n, FILE_MAX, &out, &e);
  if (code != wanted) fail_msg("%s: expected %s, found %s (%s)", name, k->expect, err_name(code), e.expected);
  if (code) assert_int_equal(out.n, 0);
  else {
    sha256_of(out.p, out.n, digest);
    hex_encode(digest, 32, hex);
    assert_string_equal(hex, k->payload);
  }
  if (wanted == E_OK || wanted == E_AGE_PAYLOAD) check_released(k, secret, name);
  strbuf_release(&out);
}
static void kit_unsupported(const struct kit *k, const char *name) {
  uint8_t secret[32] = {7};
  struct strbuf out;
  struct err e;
  strbuf_init(&out, 0);
  enum err_code code = age_decrypt(secret, k->body, k->n, FILE_MAX, &out, &e);
  if (code != E_AGE_UNSUPPORTED && code != E_AGE_HEADER) fail_msg("%s: %s", name, err_name(code));
  bool whole = strcmp(k->expect, "success") == 0 || strcmp(k->expect, "no match") == 0;
  if (whole && code != E_AGE_UNSUPPORTED) fail_msg("%s: not named as unsupported", name);
  assert_int_equal(out.n, 0);
  strbuf_release(&out);
}
static void age_test_kit(void **state) {
  (void)state;
  char folder[1024];
  struct dirent **entries;
  int x25519 = 0, unsupported = 0;
  path_of("age-testkit", folder);
  int n = scandir(folder, &entries, NULL, alphasort);
  if (n < 0) skip();
  for (int i = 0; i < n; i++) {
    const char *name = entries[i]->d_name;
    if (name[0] != '.') {
      char file[600];
      size_t bytes;
      struct kit k;
      snprintf(file, sizeof file, "age-testkit/%s", name);
      uint8_t *p = slurp(file, &bytes);
      kit_parse(p, bytes, &k);
      uint8_t *inflated = k.compressed ? malloc(FILE_MAX) : NULL;
      if (inflated) k.n = zlib_inflate(k.body, k.n, inflated, FILE_MAX), k.body = inflated;
      assert_true(k.n > 0);
      bool ours = !k.armored && !k.passphrase && strncmp(name, "hybrid", 6) != 0;
      if (ours) kit_x25519(&k, name), x25519++;
      else kit_unsupported(&k, name), unsupported++;
      free(inflated);
      free(p);
    }
    free(entries[i]);
  }
  free(entries);
  assert_int_equal(x25519 + unsupported, n - 2);
  assert_true(x25519 >= 35 && unsupported >= 30);
}

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wycheproof_chacha20_poly1305),
      cmocka_unit_test(wycheproof_x25519_refuses_exactly_the_zero_results),
      cmocka_unit_test(wycheproof_hkdf_sha256),
      cmocka_unit_test(wycheproof_hmac_sha256),
      cmocka_unit_test(wycheproof_ed25519),
      cmocka_unit_test(ed25519_edge_cases_have_one_verdict),
      cmocka_unit_test(rfc6962_proofs_are_accepted_or_refused_as_said),
      cmocka_unit_test(c2sp_example_note_verifies_and_altered_ones_do_not),
      cmocka_unit_test(golden_checkpoints_agree_with_our_tree_and_proofs),
      cmocka_unit_test(age_test_kit),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
