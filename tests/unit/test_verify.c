/* The verifier against the store: two implementations that share no code must agree about notes, cosignatures, policies, proofs and leaves, and
 * refuse the
 * same mutations (secure.md 4.15 rows 9, 10, 11). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sodium.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "secure-store/access_log.h"
#include "secure-store/tlog_policy.h"
#include "tests/unit/verify_names.h"

static struct note_key log_key, other_key;
static char log_vkey[NOTE_VKEY_BYTES], other_vkey[NOTE_VKEY_BYTES];
static struct run quiet;

static void make_key(struct note_key *k, const char *name, char vkey[NOTE_VKEY_BYTES]) {
  sign_keypair(k->public_key, k->secret);
  assert_int_equal(note_key_name(k, name, NULL), E_OK);
  note_vkey_text(k, vkey);
}
static int setup(void **state) {
  (void)state;
  assert_true(crypto_start());
  make_key(&log_key, "store.example/log/00112233", log_vkey);
  make_key(&other_key, "store.example/other", other_vkey);
  FILE *nowhere = fopen("/dev/null", "w");
  quiet = (struct run){.quiet = true, .out = nowhere, .err = nowhere};
  return nowhere ? 0 : 1;
}
static int teardown(void **state) {
  (void)state;
  return fclose(quiet.out);
}

/* --- a witness of the test: signs as c2sp.org/tlog-cosignature says --- */
struct witness {
  char name[64], vkey[256];
  uint8_t id[4], public_key[32], secret[64];
};
static void make_witness(struct witness *w, const char *name) {
  uint8_t blob[33] = {4}, digest[32], message[128];
  char id[9], text[64];
  snprintf(w->name, sizeof w->name, "%s", name);
  sign_keypair(w->public_key, w->secret);
  memcpy(blob + 1, w->public_key, 32);
  size_t n = (size_t)snprintf((char *)message, sizeof message, "%s\n", name);
  memcpy(message + n, blob, sizeof blob);
  sha256_of(message, n + sizeof blob, digest);
  memcpy(w->id, digest, 4);
  hex_encode(w->id, 4, id);
  base64_encode(blob, sizeof blob, true, text, sizeof text);
  snprintf(w->vkey, sizeof w->vkey, "%s+%s+%s", name, id, text);
}
static void add_cosignature(const struct witness *w, const char *text, uint64_t time, struct strbuf *note) {
  uint8_t blob[76];
  char message[1024], base[160];
  int n = snprintf(message, sizeof message, "cosignature/v1\ntime %llu\n%s", (unsigned long long)time, text);
  memcpy(blob, w->id, 4);
  for (int i = 0; i < 8; i++) blob[4 + i] = (uint8_t)(time >> (56 - 8 * i));
  sign_detached(blob + 12, message, (size_t)n, w->secret);
  base64_encode(blob, sizeof blob, true, base, sizeof base);
  strbuf_addf(note, "\xe2\x80\x94 %s %s\n", w->name, base);
}

/* --- notes: what both say --- */
static bool store_takes(const char *note, size_t n) {
  struct checkpoint c;
  return checkpoint_verify(&log_key, str_view(note, n), &c, NULL) == E_OK;
}
static bool verifier_takes(const char *note, size_t n) {
  struct note parsed;
  struct verify_checkpoint c;
  struct vkey k;
  assert_true(vkey_parse(view(log_vkey, strlen(log_vkey)), &k));
  bool ok = note_parse(view(note, n), &parsed) && note_check(&parsed, &k) == SIGNATURE_GOOD && head_parse(parsed.text, &c) && same(c.origin, k.name);
  note_free(&parsed);
  return ok;
}
static void both(const char *what, const struct strbuf *note, bool wanted) {
  if (store_takes(note->p, note->n) != wanted) fail_msg("the store: %s", what);
  if (verifier_takes(note->p, note->n) != wanted) fail_msg("the verifier: %s", what);
}
static const char text_7[] = "store.example/log/00112233\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
static void signed_note(const char *text, struct strbuf *out) {
  strbuf_reset(out);
  assert_int_equal(note_sign(&log_key, str_of(text), out, NULL), E_OK);
}
/* Signed by our key although note_sign would refuse the text. */
static void signed_raw(const char *text, size_t text_n, struct strbuf *out) {
  uint8_t blob[68];
  char base[128];
  strbuf_reset(out);
  strbuf_add(out, text, text_n);
  memcpy(blob, log_key.id, 4);
  sign_detached(blob + 4, text, text_n, log_key.secret);
  base64_encode(blob, sizeof blob, true, base, sizeof base);
  strbuf_addf(out, "\n\xe2\x80\x94 %s %s\n", log_key.name, base);
}

static void notes_by_unknown_keys_are_ignored_and_a_bad_known_one_refuses_all(void **state) {
  (void)state;
  struct strbuf b, more;
  strbuf_init(&b, 0);
  strbuf_init(&more, 0);
  signed_note(text_7, &b);
  both("plain", &b, true);
  assert_int_equal(note_sign(&other_key, str_of(text_7), &more, NULL), E_OK);
  const char *line = strstr(strbuf_cstr(&more), "\n\n") + 2;
  strbuf_adds(&b, line);
  both("an unknown key beside ours", &b, true);
  both("an unknown key alone", &more, false);
  /* our name with another key id: another key, ignored */
  char *id = strstr(b.p, "\n\n") + 2 + 4 + strlen(log_key.name) + 1;
  id[0] = id[0] == 'A' ? 'B' : 'A';
  both("only an unknown key and a wrong id", &b, false);
  /* ours twice, the second one bad */
  signed_note(text_7, &b);
  signed_note(text_7, &more);
  char *last = strstr(more.p, "\n\n") + 2;
  size_t at = strlen(last) - 10;
  last[at] = last[at] == 'A' ? 'B' : 'A';
  strbuf_adds(&b, last);
  both("a good and a bad signature by the known key", &b, false);
  strbuf_release(&b);
  strbuf_release(&more);
}
static void malformed_notes_are_refused_by_both(void **state) {
  (void)state;
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int n = 16; n <= 17; n++) { /* signatures in all */
    signed_note(text_7, &b);
    for (int i = 1; i < n; i++) strbuf_addf(&b, "\xe2\x80\x94 unknown.example/%d AAAAAAAA\n", i);
    both(n == 16 ? "16 signatures" : "17 signatures", &b, n == 16);
  }
  static const struct {
    const char *what, *from, *to;
  } cases[] = {{"no blank line", "\n\n", "\n"}, {"CRLF", "\n", "\r\n"}, {"CRLF after the text", "\n\n", "\r\n\r\n"}, {"a tab", "7", "\t7"},
      {"no dash", "\xe2\x80\x94 ", "- "}, {"no space after the dash", "\xe2\x80\x94 ", "\xe2\x80\x94"}, {"two spaces", "\xe2\x80\x94 ",
          "\xe2\x80\x94  "},
      {"broken UTF-8", "7", "\xff"}, {"an em space in the name", "\xe2\x80\x94 store", "\xe2\x80\x94 st\xe2\x80\x83ore"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct strbuf changed;
    strbuf_init(&changed, 0);
    signed_note(text_7, &b);
    const char *at = strstr(strbuf_cstr(&b), cases[i].from);
    assert_non_null(at);
    strbuf_add(&changed, b.p, (size_t)(at - b.p));
    strbuf_adds(&changed, cases[i].to);
    strbuf_adds(&changed, at + strlen(cases[i].from));
    both(cases[i].what, &changed, false);
    strbuf_release(&changed);
  }
  signed_note(text_7, &b);
  for (size_t n = 0; n < b.n; n++) {
    struct strbuf cut_off = {.p = b.p, .n = n};
    both("cut off", &cut_off, false);
  }
  strbuf_release(&b);
}
/* Rightly signed, and still not a checkpoint. */
static void texts_that_are_no_checkpoints_are_refused_by_both(void **state) {
  (void)state;
  static const char *const texts[] = {
      "store.example/log/00112233\n07\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", /* leading zero */
      "store.example/log/00112233\n+7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
          "store.example/log/00112233\n-7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
      "store.example/log/00112233\n\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
      "store.example/log/00112233\n9223372036854775808\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", /* 2^63 */
      "store.example/log/00112233\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n",                     /* 31 bytes */
      "store.example/log/00112233\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIA==\n",
      "store.example/log/00112233\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n", /* not canonical */
      "store.example/log/00112233\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",  /* no padding */
      "store.example/log/00112233\n7\n", "other.example\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
      "store.example/log/00112233\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\nextension\n"};
  struct strbuf b;
  strbuf_init(&b, 0);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    signed_raw(texts[i], strlen(texts[i]), &b);
    both(texts[i], &b, false);
  }
  static const char largest[] = "store.example/log/00112233\n9223372036854775807\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nan extension\n";
  signed_raw(largest, sizeof largest - 1, &b);
  both("the largest size, an extension line", &b, true);
  static const char control[] = "store.example/log/00112233\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\1\n";
  signed_raw(control, sizeof control - 1, &b);
  both("a control character", &b, false);
  strbuf_release(&b);
}

/* --- policies --- */
static struct witness w[4];
static bool store_policy(const char *text, const struct strbuf *note, bool *parsed) {
  struct arena *a = arena_new(0);
  struct tlog_policy *p;
  struct cosigned c;
  *parsed = tlog_policy_parse(a, "policy", str_of(text), &p, NULL) == E_OK;
  bool ok = *parsed && tlog_policy_has_log(p, &log_key) && store_takes(note->p, note->n) &&
            tlog_policy_check(p, "note", str_view(note->p, note->n), &c, NULL) == E_OK;
  arena_free(a);
  return ok;
}
static bool verifier_policy(const char *text, const struct strbuf *note, bool *parsed) {
  struct policy *p;
  struct note n = {.memory = NULL};
  struct verify_checkpoint c;
  *parsed = policy_parse(&quiet, view(text, strlen(text)), &p);
  bool ok = *parsed && checkpoint_check(&quiet, p, "note", view(note->p, note->n), &n, &c);
  note_free(&n);
  policy_free(p);
  return ok;
}
/* $L the log's key, $O another log's, $0 .. $3 the witnesses'. */
static void expand(const char *template, char out[8192]) {
  size_t n = 0;
  for (const char *p = template; *p; p++) {
    const char *key = *p != '$' ? NULL : p[1] == 'L' ? log_vkey : p[1] == 'O' ? other_vkey : w[p[1] - '0'].vkey;
    if (!key) out[n++] = *p;
    else n += (size_t)snprintf(out + n, 8192 - n, "%s", key), p++;
  }
  out[n] = 0;
}
static void policies_mean_the_same_to_both(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool readable, met; /* with cosignatures of witnesses 0 and 1 */
  } cases[] = {
      {"log $L\nquorum none\n", true, true},
      {"# comment\n\n \t log $L http://x\nwitness a $0\nquorum a\n", true, true},
      {"log $L\nwitness c $2\nquorum c\n", true, false},
      {"log $L\nwitness a $0\nwitness b $1\nwitness c $2\ngroup g 2 a b c\nquorum g\n", true, true},
      {"log $L\nwitness a $0\nwitness b $1\nwitness c $2\ngroup g all a b c\nquorum g\n", true, false},
      {"log $L\nwitness c $2\nwitness d $3\nwitness b $1\ngroup g any c d\ngroup h any g b\nquorum h\n", true, true},
      {"log $L\nwitness c $2\nwitness d $3\nwitness b $1\ngroup g any c d\ngroup h all g b\nquorum h\n", true, false},
      {"log $O\nquorum none\n", true, false},
      {"quorum none\n", true, false},
      {"log $L\n", false, false},                                            /* no quorum */
      {"log $L\nquorum none\nquorum none\n", false, false},                  /* two */
      {"log $L\nquorum a\nwitness a $0\n", false, false},                    /* used before it is defined */
      {"log $L\nwitness a $0\nwitness b $0\nquorum a\n", false, false},      /* one key, two names */
      {"log $L\nlog $L\nquorum none\n", false, false},
      {"log $L\nwitness a $0\nwitness a $1\nquorum a\n", false, false},      /* one name, two keys */
      {"log $L\nwitness a $0\ngroup g 2 a\nquorum g\n", false, false},       /* threshold above members */
      {"log $L\nwitness a $0\ngroup g 0 a\nquorum g\n", false, false},
      {"log $L\nwitness a $0\ngroup g 01 a\nquorum g\n", false, false},
      {"log $L\nwitness a $0\ngroup g any a a\nquorum g\n", false, false},   /* counted twice */
      {"log $L\nwitness a $0\ngroup g any a\ngroup h any a g\nquorum h\n", false, false},
      {"log $L\nwitness a $0\ngroup g any\nquorum g\n", false, false},
      {"log $L\nwitness none $0\nquorum none\n", false, false},
      {"log $0\nquorum none\n", false, false},                               /* a witness's key as a log */
      {"log $L\nwitness a $L\nquorum a\n", false, false},                    /* and the other way round */
      {"log $L\nquorum none", false, false},                                 /* no end of line */
      {"log $L\r\nquorum none\r\n", false, false},
      {"log $L\nwitnes a $0\nquorum none\n", false, false},
      {"log $L\nquorum none extra\n", false, false},
  };
  struct strbuf b;
  char text[8192];
  strbuf_init(&b, 0);
  for (int i = 0; i < 4; i++) {
    char name[32];
    snprintf(name, sizeof name, "witness.example/%d", i);
    make_witness(&w[i], name);
  }
  signed_note(text_7, &b);
  add_cosignature(&w[0], text_7, 1767225600, &b);
  add_cosignature(&w[1], text_7, 1767225700, &b);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bool parsed_store, parsed_verifier;
    expand(cases[i].text, text);
    bool store = store_policy(text, &b, &parsed_store), verifier = verifier_policy(text, &b, &parsed_verifier);
    if (parsed_store != cases[i].readable || store != cases[i].met) fail_msg("the store: %s", cases[i].text);
    if (parsed_verifier != cases[i].readable || verifier != cases[i].met) fail_msg("the verifier: %s", cases[i].text);
  }
  strbuf_release(&b);
}
/* A cosignature for another time, another text, or with a bit changed: the known witness's bad word refuses the note. */
static void a_cosignature_binds_time_and_text(void **state) {
  (void)state;
  char policy[8192];
  struct strbuf b;
  bool parsed;
  make_witness(&w[0], "witness.example/0");
  expand("log $L\nwitness a $0\nquorum a\n", policy);
  strbuf_init(&b, 0);
  signed_note(text_7, &b);
  add_cosignature(&w[0], text_7, 1ull << 63, &b); /* time beyond what is allowed */
  assert_false(store_policy(policy, &b, &parsed));
  assert_false(verifier_policy(policy, &b, &parsed));
  signed_note(text_7, &b);
  add_cosignature(&w[0], "store.example/log/00112233\n8\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", 5, &b);
  assert_false(store_policy(policy, &b, &parsed));
  assert_false(verifier_policy(policy, &b, &parsed));
  signed_note(text_7, &b);
  size_t before = b.n;
  add_cosignature(&w[0], text_7, 1767225600, &b);
  assert_true(store_policy(policy, &b, &parsed) && verifier_policy(policy, &b, &parsed));
  size_t first = before + 4 + strlen(w[0].name) + 1 + 8; /* behind the id */
  for (size_t at = first; at + 1 < b.n; at++) {
    char kept = b.p[at];
    b.p[at] = kept == 'A' ? 'B' : 'A';
    if (store_policy(policy, &b, &parsed) || verifier_policy(policy, &b, &parsed)) fail_msg("letter %zu", at);
    b.p[at] = kept;
  }
  strbuf_release(&b);
}

/* --- trees: every pair of sizes up to 40, and each hash of each proof spoilt --- */
enum { LEAVES = 40 };
static void proofs_of_the_store_hold_for_the_verifier_and_spoilt_ones_do_not(void **state) {
  (void)state;
  uint8_t leaf[LEAVES][32], root[LEAVES + 1][32];
  struct frontier f = {.size = 0};
  for (int i = 0; i < LEAVES; i++) {
    uint8_t own[32];
    merkle_leaf_hash(&i, sizeof i, leaf[i]);
    leaf_hash(&i, sizeof i, own);
    assert_memory_equal(own, leaf[i], 32);
  }
  for (int n = 0; n <= LEAVES; n++) {
    uint8_t own[32];
    merkle_root_of((const uint8_t(*)[32])leaf, (uint64_t)n, root[n]);
    frontier_root(&f, own);
    assert_memory_equal(own, root[n], 32);
    if (n < LEAVES) frontier_add(&f, leaf[n]);
  }
  int checked = 0;
  for (int n = 1; n <= LEAVES; n++)
    for (int m = 1; m <= n; m++) {
      struct merkle_proof made;
      struct proof p;
      assert_true(merkle_consistency((const uint8_t(*)[32])leaf, (uint64_t)n, (uint64_t)m, &made));
      p.n = made.n;
      memcpy(p.hash, made.hash, sizeof p.hash);
      assert_true(consistency_holds((uint64_t)m, (uint64_t)n, &p, root[m], root[n]));
      for (int i = 0; i < p.n; i++, checked++) {
        p.hash[i][i % 32] ^= 1;
        assert_false(consistency_holds((uint64_t)m, (uint64_t)n, &p, root[m], root[n]));
        p.hash[i][i % 32] ^= 1;
      }
      p.n++; /* one hash more, one less, another size */
      assert_false(consistency_holds((uint64_t)m, (uint64_t)n, &p, root[m], root[n]));
      p.n -= 2;
      assert_false(consistency_holds((uint64_t)m, (uint64_t)n, &p, root[m], root[n]));
      p.n++;
      if (m < n) assert_false(consistency_holds((uint64_t)m, (uint64_t)n, &p, root[m - 1], root[n]));
      assert_false(consistency_holds(0, (uint64_t)n, &p, root[0], root[n]));
      assert_true(merkle_inclusion((const uint8_t(*)[32])leaf, (uint64_t)n, (uint64_t)m - 1, &made));
      p.n = made.n;
      memcpy(p.hash, made.hash, sizeof p.hash);
      assert_true(inclusion_holds(leaf[m - 1], (uint64_t)m - 1, (uint64_t)n, &p, root[n]));
      assert_false(inclusion_holds(leaf[m - 1], (uint64_t)n, (uint64_t)n, &p, root[n]));
      for (int i = 0; i < p.n; i++, checked++) {
        p.hash[i][i % 32] ^= 128;
        assert_false(inclusion_holds(leaf[m - 1], (uint64_t)m - 1, (uint64_t)n, &p, root[n]));
        p.hash[i][i % 32] ^= 128;
      }
    }
  assert_true(checked > 5000);
}
static void a_proof_text_is_read_strictly(void **state) {
  (void)state;
  static const char hash[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
  static const struct {
    const char *text;
    bool ok;
  } cases[] = {
      {"c2sp.org/tlog-proof@v1\nindex 0\n\nx\n", true}, {"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 5\n\nx\n", true},
      {"c2sp.org/tlog-proof@v2\nindex 0\n\nx\n", false}, {"c2sp.org/tlog-proof@v1\nindex 00\n\nx\n", false},
          {"c2sp.org/tlog-proof@v1\nindex -1\n\nx\n", false},
      {"c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\nx\n", false}, {"c2sp.org/tlog-proof@v1\nextra AAA\nindex 5\n\nx\n", false},
      {"c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nx\r\n", false}, {"c2sp.org/tlog-proof@v1\nindex 0\n", false},
          {"c2sp.org/tlog-proof@v1\nindex 0\n\n", false},
      {"c2sp.org/tlog-proof@v1\nindex 0\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n\nx\n", false}, /* 31 bytes */
      {"c2sp.org/tlog-proof@v1\nindex 0\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n\nx\n", false}, /* not canonical */
      {"c2sp.org/tlog-proof@v1\nindex 0\n AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\nx\n", false}};
  struct log_proof p;
  struct strbuf b;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (log_proof_parse(view(cases[i].text, strlen(cases[i].text)), &p) != cases[i].ok) fail_msg("%s", cases[i].text);
  strbuf_init(&b, 0);
  for (int n = 62; n <= 64; n++) { /* hashes */
    strbuf_reset(&b);
    strbuf_adds(&b, "c2sp.org/tlog-proof@v1\nindex 0\n");
    for (int i = 0; i < n; i++) strbuf_adds(&b, hash);
    strbuf_adds(&b, "\nx\n");
    assert_int_equal(log_proof_parse(view(b.p, b.n), &p), n <= 63);
  }
  strbuf_release(&b);
}

/* --- leaves --- */
static void every_action_of_the_store_is_known_to_the_verifier(void **state) {
  (void)state;
  uint16_t number;
  const char *name;
  size_t i;
  for (i = 0; log_action_at(i, &number, &name); i++) {
    const char *known = leaf_action(number);
    if (!known || strcmp(known, name) != 0) fail_msg("action %d '%s': add it to secure-store/verify/leaf.c", number, name);
  }
  assert_true(i > 50);
  int extra = 0;
  for (uint32_t n = 0; n <= 65535; n++) extra += leaf_action((uint16_t)n) && !log_action_name((uint16_t)n);
  assert_int_equal(extra, 0);
}
static void both_read_the_same_leaf_and_refuse_the_same_bytes(void **state) {
  (void)state;
  struct log_leaf in = {.seq = 9, .wall = 1767225600, .action = 33, .result = LOG_DONE, .role = LOG_ROLE_AUDITOR, .intent = 4, .rows = 12,
      .object = "dataset:a b:c", .grant = "g-1", .basis = "33-1-i-stat"}, again;
  struct strbuf b;
  struct leaf l;
  int differ = 0;
  strbuf_init(&b, 0);
  assert_int_equal(log_leaf_encode(&in, &b, NULL), E_OK);
  assert_true(leaf_parse((const uint8_t *)b.p, b.n, &l));
  assert_true(l.seq == 9 && l.wall == 1767225600 && l.rows == 12 && l.intent == 4 && same(l.object, "dataset:a b:c") && same(l.grant, "g-1"));
  assert_true(has_word(l.object, "b:", view("c", 1)) && !has_word(l.object, "b", view("c", 1)));
  for (size_t at = 0; at < b.n; at++)
    for (int bit = 0; bit < 8; bit++) {
      b.p[at] = (char)(b.p[at] ^ 1 << bit);
      bool store = log_leaf_parse(b.p, b.n, &again, NULL) == E_OK, verifier = leaf_parse((const uint8_t *)b.p, b.n, &l);
      /* The one difference that is meant: an action of a later version. */
      if (store != verifier && !(verifier && !leaf_action(l.action))) differ++;
      b.p[at] = (char)(b.p[at] ^ 1 << bit);
    }
  assert_int_equal(differ, 0);
  for (size_t n = 0; n < b.n; n++) assert_false(leaf_parse((const uint8_t *)b.p, n, &l));
  strbuf_addc(&b, 0);
  assert_false(leaf_parse((const uint8_t *)b.p, b.n, &l));
  strbuf_release(&b);
}

/* --- JSON --- */
static void json_is_strict_and_canonical_form_is_one(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int what; /* 0 refused, 1 read, 2 canonical */
  } cases[] = {{"{}", 2}, {"{\"a\":1,\"b\":[true,null,\"x\"]}", 2}, {"{\"b\":1,\"a\":1}", 1}, {"{ }", 1}, {"{\"a\":1}\n", 1}, {"{\"a\":1,\"a\":2}",
      0},
      {"{\"a\":1,\"\\u0061\":2}", 0}, {"{\"a\":1.0}", 1}, {"{\"a\":1e2}", 1}, {"{\"a\":01}", 0}, {"{\"a\":-0}", 1}, {"{\"a\":-5}", 2},
          {"{\"a\":9007199254740992}", 1},
      {"{\"a\":\"\\n\"}", 2}, {"{\"a\":\"\\u000a\"}", 1}, {"{\"a\":\"\\u001f\"}", 2}, {"{\"a\":\"\\u001F\"}", 1}, {"{\"a\":\"\\/\"}", 1},
          {"{\"a\":\"\\u0041\"}", 1},
      {"{\"a\":\"\\ud83d\\ude00\"}", 1}, {"{\"a\":\"\\ud83d\"}", 0}, {"{\"a\":\"\\u0000\"}", 0}, {"{\"a\":\"\t\"}", 0}, {"{\"a\":1,}", 0}, {"[1,]",
          0}, {"", 0},
      {"{\"a\":\"\xff\"}", 0}, {"nul", 0}, {"{\"a\" :1}", 1}, {"{\"\xe3\x81\x82\":1}", 1}, {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", 0}, {"{}x", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct json_file f;
    struct text t = view(cases[i].text, strlen(cases[i].text));
    int what = json_read(t, &f);
    if (what) json_free(&f);
    if (what && json_canonical(t)) what = 2;
    if (what != cases[i].what) fail_msg("%s: %d, expected %d", cases[i].text, what, cases[i].what);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(notes_by_unknown_keys_are_ignored_and_a_bad_known_one_refuses_all),
      cmocka_unit_test(malformed_notes_are_refused_by_both),
      cmocka_unit_test(texts_that_are_no_checkpoints_are_refused_by_both),
      cmocka_unit_test(policies_mean_the_same_to_both),
      cmocka_unit_test(a_cosignature_binds_time_and_text),
      cmocka_unit_test(proofs_of_the_store_hold_for_the_verifier_and_spoilt_ones_do_not),
      cmocka_unit_test(a_proof_text_is_read_strictly),
      cmocka_unit_test(every_action_of_the_store_is_known_to_the_verifier),
      cmocka_unit_test(both_read_the_same_leaf_and_refuse_the_same_bytes),
      cmocka_unit_test(json_is_strict_and_canonical_form_is_one),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
