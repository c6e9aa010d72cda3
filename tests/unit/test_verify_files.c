/* The verifier's commands on files: a register, a certificate of disposal, a package and a log in tiles, each of them whole, and then spoilt in
 * every way the
 * pages ledger_book.md and certificate.md name. The files are made with the store's code, the answers are the verifier's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "base/job.h"
#include "secure-store/access_log.h"
#include "secure-store/age.h"
#include "secure-store/minisign.h"
#include "tests/unit/verify_names.h"

enum { N_LEAVES = 700, CERTIFY = 650 };
static const char install[] = "00112233445566778899aabbccddeeff";
static struct note_key key;
static struct log_leaf leaves[N_LEAVES];
static struct strbuf bytes[N_LEAVES];
static char folder[64], statement[4096];
static struct access_log *log_;
static struct run run;
static uint8_t detail_key[32];
static struct strbuf sealed, policy_path;
enum { DETAILED = 12 };

/* --- a log in memory, exported as tiles --- */
static enum err_code count(void *context, uint64_t *n, struct err *e) {
  (void)e;
  *n = *(uint64_t *)context;
  return E_OK;
}
static enum err_code append(void *context, uint64_t seq, const void *p, size_t n, struct err *e) {
  (void)e;
  strbuf_add(&bytes[seq], p, n);
  ++*(uint64_t *)context;
  return E_OK;
}
static enum err_code each(void *context, uint64_t first, uint64_t end, enum err_code (*fn)(void *, uint64_t, const void *, size_t, struct err *),
    void *to,
    struct err *e) {
  (void)context;
  for (uint64_t i = first; i < end; i++) TRY(fn(to, i, bytes[i].p, bytes[i].n, e));
  return E_OK;
}
static void path_of(const char *name, char out[160]) { snprintf(out, 160, "%s/%s", folder, name); }
static void put_file(const char *name, const void *p, size_t n) {
  char path[160];
  path_of(name, path);
  assert_int_equal(atomic_write(path, p, n, ATOMIC_REPLACE, 0644, NULL), E_OK);
}
static enum err_code emit(void *context, const char *path, const void *p, size_t n, struct err *e) {
  char full[256];
  (void)context;
  snprintf(full, sizeof full, "%s/tiles/%s", folder, path);
  *strrchr(full, '/') = 0;
  TRY(make_directories(full, 0755, e));
  snprintf(full, sizeof full, "%s/tiles/%s", folder, path);
  return atomic_write(full, p, n, ATOMIC_REPLACE, 0644, e);
}
static void fill_leaf(int i, struct log_leaf *l) {
  static const char *const names[] = {"data-read", "media-lend", "package-handover", "key-unlock", "media-move"};
  *l = (struct log_leaf){.wall = 1767225600 + i, .action = log_action_number(names[i % 5]), .result = LOG_DONE, .role = (uint8_t)(i % LOG_ROLE_COUNT),
      .intent = i > 3 && i % 3 == 0 ? (uint64_t)i - 2 : UINT64_MAX, .rows = i * 7};
  snprintf(l->object, sizeof l->object, "medium:m-%03d dataset:vital/birth/2025-12/received", i % 9);
  snprintf(l->basis, sizeof l->basis, "%s", i % 2 ? "33-1-i-stat" : "");
  snprintf(l->grant, sizeof l->grant, "%s", i % 4 ? "" : "g \"quoted\", with comma");
  memset(l->actor, i, sizeof l->actor);
  memset(l->output_hash, i % 6 ? 0 : i, 32);
}
struct officer_key {
  struct minisign_key k;
  char text[MINISIGN_PUBLIC_TEXT], path[160];
};
static struct officer_key officers[5];
static const char *const names[5] = {"sato", "suzuki", "takahashi", "tanaka", "ito"}, *const roles[5] = {"chief", "manager", "key-officer",
    "auditor", "manager"};
static void make_officers(void) {
  for (int i = 0; i < 5; i++) {
    char name[32];
    struct strbuf b;
    strbuf_init(&b, 0);
    minisign_keypair(&officers[i].k);
    minisign_public_text(&officers[i].k, officers[i].text);
    strbuf_addf(&b, "untrusted comment: minisign public key\n%s\n", officers[i].text);
    snprintf(name, sizeof name, "officer%d.pub", i);
    put_file(name, b.p, b.n);
    path_of(name, officers[i].path);
    strbuf_release(&b);
  }
}
static void make_statement(void) {
  char list[1024];
  size_t at = 0;
  for (int i = 0; i < 5; i++)
    at += (size_t)snprintf(list + at, sizeof list - at, "%s{\"id\":\"%s\",\"minisign\":\"%s\",\"role\":\"%s\"}", i ? "," : "", names[i],
        officers[i].text, roles[i]);
  snprintf(statement, sizeof statement,
      "{\"certificate\":\"D-2026-0001\",\"copies\":[{\"fate\":\"destroyed\",\"medium\":\"keystore\",\"what\":\"wrapped-key\"}],"
      "\"dataset\":\"vital/birth/2025-12\","
      "\"dek\":{\"commitment\":\"%064d\",\"id\":\"vital/birth/2025-12|ID\"},\"epoch_after\":4,\"epoch_before\":3,\"executed\":1767225700,"
      "\"format\":\"shirabe-disposal-1\",\"install\":\"%s\",\"media\":[\"m-001\"],\"method\":[\"crypto-erase\"],\"officers\":[%s],"
      "\"part\":\"ID\",\"records\":1234,"
      "\"residual_risk\":\"who kept an old key copy and enough officer keys can still read\",\"retention\":\"table 3, 2025-12-31\"}", 7, install,
          list);
}
static int setup(void **state) {
  struct log_device device = {.name = "memory", .count = count, .append = append, .each = each};
  static uint64_t n = 0;
  (void)state;
  char origin[128], vkey[NOTE_VKEY_BYTES];
  assert_true(crypto_start());
  snprintf(folder, sizeof folder, "%s/shirabe-verify-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  assert_non_null(mkdtemp(folder));
  sign_keypair(key.public_key, key.secret);
  snprintf(origin, sizeof origin, "store.example/log/%s", install);
  assert_int_equal(note_key_name(&key, origin, NULL), E_OK);
  make_officers();
  make_statement();
  random_bytes(detail_key, 32);
  strbuf_init(&sealed, 0);
  device.context = &n;
  assert_int_equal(access_log_open(&device, 1, &key, NULL, &log_, NULL, NULL), E_OK);
  for (int i = 0; i < N_LEAVES; i++) {
    strbuf_init(&bytes[i], 0);
    fill_leaf(i, &leaves[i]);
    if (i == DETAILED) assert_int_equal(log_detail_seal(detail_key, "row", STR("札幌市保健所, 3階"), &leaves[i], &sealed, NULL), E_OK);
    if (i == CERTIFY) {
      leaves[i] = (struct log_leaf){.wall = 1767226000 + i, .action = log_action_number("destroy-certify"), .result = LOG_DONE,
          .intent = UINT64_MAX, .rows = 1234};
      snprintf(leaves[i].object, sizeof leaves[i].object, "dataset:vital/birth/2025-12 certificate:D-2026-0001");
      sha256_of(statement, strlen(statement), leaves[i].output_hash);
    }
    if (i > CERTIFY) leaves[i].wall += 1000;
    assert_int_equal(access_log_append(log_, &leaves[i], NULL), E_OK);
  }
  assert_int_equal(access_log_tiles(log_, &key, emit, NULL, NULL), E_OK);
  note_vkey_text(&key, vkey);
  strbuf_init(&policy_path, 0);
  strbuf_addf(&policy_path, "log %s\nquorum none\n", vkey);
  put_file("policy", policy_path.p, policy_path.n);
  strbuf_reset(&policy_path);
  strbuf_addf(&policy_path, "%s/policy", folder);
  strbuf_cstr(&policy_path);
  run = (struct run){.quiet = true, .out = fopen("/dev/null", "w"), .err = fopen("/dev/null", "w")};
  return 0;
}
static int teardown(void **state) {
  (void)state;
  char command[128];
  for (int i = 0; i < N_LEAVES; i++) strbuf_release(&bytes[i]);
  strbuf_release(&sealed);
  strbuf_release(&policy_path);
  access_log_close(log_);
  fclose(run.out);
  fclose(run.err);
  snprintf(command, sizeof command, "%s", folder);
  char *const argv[] = {"rm", "-rf", command, NULL};
  pid_t pid = fork();
  if (pid == 0) _exit(execvp("rm", argv));
  return 0;
}
/* 0 holds, 1 refused, 2 nobody's signature checked: as the program's exit status. */
static int answer(bool (*command)(struct run *, const struct options *), const struct options *o) {
  run.missing = run.unsigned_ = false;
  bool ok = command(&run, o);
  return !ok ? run.missing ? EXIT_MISSING : EXIT_REFUSED : run.unsigned_ ? EXIT_UNSIGNED : EXIT_HOLDS;
}

/* --- the register --- */
static const char *const result_names[] = {"", "intent", "done"};
static const char *const role_names[] = {"none", "chief", "manager", "provider", "tabulator", "reviewer", "key-officer", "auditor", "maintenance",
    "program"};
static void add_csv(struct strbuf *b, const char *text) {
  bool quote = strpbrk(text, ",\"\n") != NULL;
  if (quote) strbuf_addc(b, '"');
  for (; *text; text++) {
    if (*text == '"') strbuf_addc(b, '"');
    strbuf_addc(b, *text);
  }
  if (quote) strbuf_addc(b, '"');
}
static void add_row(struct strbuf *b, int i, bool disclose) {
  const struct log_leaf *l = &leaves[i];
  char when[32], actor[17], output[65] = "", text[2048];
  static const uint8_t zero[32];
  struct strbuf detail;
  uint8_t salt[32];
  strbuf_init(&detail, 0);
  time_format_jst(l->wall, when);
  hex_encode(l->actor, 8, actor);
  if (memcmp(l->output_hash, zero, 32) != 0) hex_encode(l->output_hash, 32, output);
  strbuf_addf(b, "%d,%s,%s,%s,", i, when, log_action_name(l->action), result_names[l->result]);
  add_csv(b, l->object);
  strbuf_addc(b, ',');
  add_csv(b, l->grant);
  strbuf_addf(b, ",%s,%lld,%s,%s,", l->basis, (long long)l->rows, role_names[l->role], actor);
  if (l->intent != UINT64_MAX) strbuf_addf(b, "%llu", (unsigned long long)l->intent);
  strbuf_addf(b, ",%s,", output);
  if (disclose && i == DETAILED) {
    assert_int_equal(log_detail_salt(detail_key, "row", sealed.p, sealed.n, l, salt, &detail, NULL), E_OK);
    hex_encode(salt, 32, text);
    strbuf_addf(b, "%s,", text);
    add_csv(b, strbuf_cstr(&detail));
  } else {
    strbuf_addc(b, ',');
  }
  base64_encode((const uint8_t *)bytes[i].p, bytes[i].n, true, text, sizeof text);
  strbuf_addf(b, ",書庫 %d,%s\n", i % 5, text);
  strbuf_release(&detail);
}
static void add_head(struct strbuf *b, int first, int end, const char *actions, const char *objects) {
  struct strbuf note;
  char text[2048];
  strbuf_init(&note, 0);
  assert_int_equal(access_log_checkpoint(log_, &key, &note, NULL), E_OK);
  base64_encode((const uint8_t *)note.p, note.n, true, text, sizeof text);
  strbuf_addf(b, "shirabe-ledger-1,%s\ncheckpoint,%s\nscope,%d,%d,%s,%s\ntitle,管理簿\n", key.name, text, first, end, actions, objects);
  strbuf_adds(b, "leaf,time,action,result,object,grant,basis,rows,role,actor,intent,output,salt,detail,note:場所,leaf_base64\n");
  strbuf_release(&note);
}
static bool media(int i) { return i % 5 == 1 || i % 5 == 4; }
static void make_book(struct strbuf *b) {
  strbuf_reset(b);
  add_head(b, 0, CERTIFY, "media-lend media-move", "*");
  for (int i = 0; i < CERTIFY; i++)
    if (media(i)) add_row(b, i, false);
}
static int book_answer(const struct strbuf *b, bool with_policy) {
  char book[160], tiles[160];
  put_file("book.csv", b->p, b->n);
  path_of("book.csv", book);
  path_of("tiles", tiles);
  struct options o = {.policy = with_policy ? policy_path.p : NULL, .operand = {book, tiles}, .n_operands = 2};
  return answer(check_ledger, &o);
}
static void a_register_of_all_media_holds(void **state) {
  (void)state;
  struct strbuf b, spreadsheet;
  strbuf_init(&b, 0);
  strbuf_init(&spreadsheet, 0);
  make_book(&b);
  assert_int_equal(book_answer(&b, true), EXIT_HOLDS);
  assert_int_equal(book_answer(&b, false), EXIT_UNSIGNED);
  strbuf_adds(&spreadsheet, "\xef\xbb\xbf"); /* as a spreadsheet saves it again */
  for (size_t i = 0; i < b.n; i++) {
    if (b.p[i] == '\n') strbuf_addc(&spreadsheet, '\r');
    strbuf_addc(&spreadsheet, b.p[i]);
  }
  assert_int_equal(book_answer(&spreadsheet, true), EXIT_HOLDS);
  strbuf_reset(&b);
  add_head(&b, 10, 20, "*", "m-003 m-005"); /* by object */
  for (int i = 10; i < 20; i++)
    if (i % 9 == 3 || i % 9 == 5) add_row(&b, i, true);
  assert_int_equal(book_answer(&b, true), EXIT_HOLDS);
  strbuf_reset(&b);
  add_head(&b, 0, 14, "*", "*"); /* with a detail disclosed */
  for (int i = 0; i < 14; i++) add_row(&b, i, true);
  assert_int_equal(book_answer(&b, true), EXIT_HOLDS);
  strbuf_release(&b);
  strbuf_release(&spreadsheet);
}
/* Every byte behind the title changed: all of it is refused, unless it stands in the notes' column. */
static void a_register_with_any_byte_changed_is_refused(void **state) {
  (void)state;
  struct strbuf b;
  int tried = 0, let_through = 0;
  strbuf_init(&b, 0);
  add_head(&b, 0, 14, "*", "*");
  for (int i = 0; i < 14; i++) add_row(&b, i, true);
  size_t from = (size_t)(strstr(strbuf_cstr(&b), "leaf_base64\n") - b.p);
  for (size_t at = from; at < b.n; at += 3, tried++) {
    char kept = b.p[at];
    b.p[at] = kept == '7' ? '8' : '7';
    if (book_answer(&b, true) == EXIT_HOLDS) {
      const char *start = b.p + at; /* which column? commas before it on its line, quoted ones left out */
      while (start > b.p && start[-1] != '\n') start--;
      int column = 0;
      bool inside = false;
      for (const char *p = start; p < b.p + at; p++) {
        if (*p == '"') inside = !inside;
        if (*p == ',' && !inside) column++;
      }
      if (column != 14) fail_msg("byte %zu, column %d", at, column);
      let_through++;
    }
    b.p[at] = kept;
  }
  assert_true(tried > 2000 && let_through > 0 && let_through < tried / 20);
  strbuf_release(&b);
}
static void a_register_that_leaves_out_repeats_or_reorders_is_refused(void **state) {
  (void)state;
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int what = 0; what < 7; what++) {
    strbuf_reset(&b);
    add_head(&b, what == 5 ? 1 : 0, what == 6 ? N_LEAVES + 1 : 50, "media-lend media-move", "*");
    for (int i = 0; i < 50; i++) {
      if (!media(i)) {
        if (what == 1 && i == 20) add_row(&b, i, false); /* one that does not belong */
        continue;
      }
      if (what == 0 && i == 21) continue; /* left out */
      if (what == 2 && i == 21) add_row(&b, i, false); /* twice */
      if (what == 3 && i == 21) continue;
      add_row(&b, i, false);
      if (what == 3 && i == 24) add_row(&b, 21, false); /* out of order */
    }
    if (what == 4) add_row(&b, 51, false); /* beyond the scope */
    /* what 5: leaf 1 is a media-lend, so a scope from 1 leaves nothing out; the scope is what the head says */
    assert_int_equal(book_answer(&b, true), what == 5 ? EXIT_HOLDS : EXIT_REFUSED);
  }
  strbuf_release(&b);
}
static void a_register_of_another_log_or_key_is_refused(void **state) {
  (void)state;
  struct strbuf b, note;
  struct note_key mine = key, stranger;
  char origin[128];
  strbuf_init(&b, 0);
  strbuf_init(&note, 0);
  sign_keypair(key.public_key, key.secret); /* the same name, another key */
  assert_int_equal(note_key_name(&key, mine.name, NULL), E_OK);
  make_book(&b);
  assert_int_equal(book_answer(&b, true), EXIT_REFUSED);
  key = mine;
  stranger = mine;
  snprintf(origin, sizeof origin, "%.120s0", mine.name);
  assert_int_equal(note_key_name(&stranger, origin, NULL), E_OK);
  key = stranger;
  make_book(&b);
  assert_int_equal(book_answer(&b, false), EXIT_UNSIGNED); /* without a policy nobody can tell */
  assert_int_equal(book_answer(&b, true), EXIT_REFUSED);
  key = mine;
  strbuf_release(&b);
  strbuf_release(&note);
}

/* --- rebuilding --- */
static int rebuild_answer(void) {
  char tiles[160];
  path_of("tiles", tiles);
  struct options o = {.policy = policy_path.p, .operand = {tiles}, .n_operands = 1};
  return answer(check_rebuild, &o);
}
static void spoil(const char *name, size_t at, bool cut_off, int wanted) {
  char path[160];
  uint8_t *p;
  size_t n;
  path_of(name, path);
  assert_int_equal(file_read(path, 1 << 24, &p, &n, NULL), E_OK);
  p[at % n] ^= 1;
  put_file(name, p, cut_off ? n - 1 : n);
  assert_int_equal(rebuild_answer(), wanted);
  p[at % n] ^= 1;
  put_file(name, p, n);
  free(p);
}
static void a_log_is_rebuilt_and_every_spoilt_file_is_found(void **state) {
  (void)state;
  char path[160], away[160];
  assert_int_equal(rebuild_answer(), EXIT_HOLDS);
  static const char *const files[] = {"tiles/tile/entries/000", "tiles/tile/entries/001", "tiles/tile/entries/002.p/188", "tiles/tile/0/000",
      "tiles/tile/0/001",
      "tiles/tile/0/002.p/188", "tiles/tile/1/000.p/2"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    for (size_t at = 0; at < 2000; at += 97) spoil(files[i], at, false, EXIT_REFUSED);
    spoil(files[i], 5, true, EXIT_REFUSED);
    path_of(files[i], path);
    snprintf(away, sizeof away, "%.150s~", path);
    assert_int_equal(rename(path, away), 0);
    assert_int_equal(rebuild_answer(), EXIT_MISSING);
    assert_int_equal(rename(away, path), 0);
  }
  for (size_t at = 0; at < 170; at++) spoil("tiles/checkpoint", at, false, EXIT_REFUSED);
  assert_int_equal(rebuild_answer(), EXIT_HOLDS);
}
static void consistency_comes_from_tiles(void **state) {
  (void)state;
  char old_path[160], new_path[160], tiles[160];
  struct strbuf note;
  static const int sizes[] = {1, 2, 3, 255, 256, 257, 511, 512, 513, 699, 700};
  enum { N = sizeof sizes / sizeof *sizes };
  strbuf_init(&note, 0);
  path_of("old", old_path);
  path_of("new", new_path);
  path_of("tiles", tiles);
  uint8_t hashes[N_LEAVES][32];
  for (int i = 0; i < N_LEAVES; i++) merkle_leaf_hash(bytes[i].p, bytes[i].n, hashes[i]);
  for (int a = 0; a < N; a++)
    for (int b = 0; b < N; b++)
      for (int spoilt = 0; spoilt < 3; spoilt++) {
        for (int which = 0; which < 2; which++) {
          struct checkpoint c = {.size = (uint64_t)sizes[which ? b : a]};
          merkle_root_of((const uint8_t(*)[32])hashes, c.size, c.root);
          if (spoilt == 1 + which) c.root[31] ^= 1; /* a fork: rightly signed, another root */
          strbuf_reset(&note);
          assert_int_equal(checkpoint_sign(&key, &c, &note, NULL), E_OK);
          put_file(which ? "new" : "old", note.p, note.n);
        }
        struct options o = {.policy = policy_path.p, .operand = {old_path, new_path, tiles}, .n_operands = 3};
        assert_int_equal(answer(check_consistency, &o), a <= b && !spoilt ? EXIT_HOLDS : EXIT_REFUSED);
      }
  strbuf_release(&note);
}

/* --- the certificate --- */
static void add_escaped(struct strbuf *b, const char *p, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (p[i] == '\n') strbuf_adds(b, "\\n");
    else if (p[i] == '"' || p[i] == '\\') strbuf_addf(b, "\\%c", p[i]);
    else strbuf_addc(b, p[i]);
  }
}
struct variant {
  int n_approvals, first;        /* officers first .. first+n-1, modulo 5 */
  const char *decision, *kind;   /* NULL = approve, certificate */
  bool twice, wrong_leaf, other_text, canonical_broken;
  const char *from, *to;         /* replaced in the statement before it is approved (leaf unchanged) */
};
static void add_approval(struct strbuf *b, const struct variant *v, const char *text, int i) {
  uint8_t hash[32];
  char hex_text[65];
  struct strbuf body, signature;
  strbuf_init(&body, 0);
  strbuf_init(&signature, 0);
  sha256_of(text, strlen(text), hash);
  hex_encode(hash, 32, hex_text);
  strbuf_addf(&body, "shirabe-approval-1\ninstall %s\nsubject %s %s\ndecision %s\nofficer %s\ntime 1767225800\n", install,
      v->kind ? v->kind : "certificate",
      hex_text, v->decision ? v->decision : "approve", names[i]);
  assert_int_equal(minisign_sign(&officers[i].k, body.p, body.n, "approval", &signature, NULL), E_OK);
  strbuf_addc(b, '"');
  add_escaped(b, body.p, body.n);
  add_escaped(b, signature.p, signature.n);
  strbuf_addc(b, '"');
  strbuf_release(&body);
  strbuf_release(&signature);
}
static void make_certificate(struct strbuf *b, const struct variant *v) {
  char text[4352], leaf[2048];
  struct strbuf proof;
  const char *at = v->from ? strstr(statement, v->from) : NULL;
  strbuf_init(&proof, 0);
  strbuf_reset(b);
  if (at) snprintf(text, sizeof text, "%.*s%s%s", (int)(at - statement), statement, v->to, at + strlen(v->from));
  else snprintf(text, sizeof text, "%s%s", v->canonical_broken ? " " : "", statement);
  if (v->canonical_broken) text[0] = '{', text[1] = ' '; /* a space behind the bracket: no longer canonical */
  strbuf_adds(b, "{\"approvals\":[");
  for (int i = 0; i < v->n_approvals; i++) {
    if (i) strbuf_addc(b, ',');
    add_approval(b, v, text, v->twice && i == 1 ? v->first : (v->first + i) % 5);
  }
  int number = v->wrong_leaf ? CERTIFY - 1 : CERTIFY;
  base64_encode((const uint8_t *)bytes[number].p, bytes[number].n, true, leaf, sizeof leaf);
  assert_int_equal(access_log_proof(log_, &key, (uint64_t)number, &proof, NULL), E_OK);
  strbuf_addf(b, "],\"format\":\"shirabe-certificate-1\",\"leaf\":\"%s\",\"proof\":\"", leaf);
  add_escaped(b, proof.p, proof.n);
  strbuf_addf(b, "\",\"statement\":%s}", v->other_text ? "{}" : text);
  strbuf_release(&proof);
}
static int certificate_answer(const struct strbuf *b, int n_keys, bool with_policy, int needed) {
  char path[160];
  put_file("certificate.json", b->p, b->n);
  path_of("certificate.json", path);
  struct options o = {.policy = with_policy ? policy_path.p : NULL, .operand = {path}, .n_operands = 1, .n_keys = n_keys, .needed = needed};
  for (int i = 0; i < n_keys; i++) o.key[i] = officers[i].path;
  return answer(check_certificate, &o);
}
static void a_certificate_holds_and_names_who_must_be_trusted(void **state) {
  (void)state;
  struct strbuf b;
  strbuf_init(&b, 0);
  make_certificate(&b, &(struct variant){.n_approvals = 4});
  assert_int_equal(certificate_answer(&b, 5, true, 0), EXIT_HOLDS);
  assert_int_equal(certificate_answer(&b, 4, true, 4), EXIT_HOLDS);
  assert_int_equal(certificate_answer(&b, 0, true, 0), EXIT_UNSIGNED);
  assert_int_equal(certificate_answer(&b, 5, false, 0), EXIT_UNSIGNED);
  assert_int_equal(certificate_answer(&b, 3, true, 0), EXIT_REFUSED); /* the auditor's key was not given */
  assert_int_equal(certificate_answer(&b, 5, true, 5), EXIT_REFUSED); /* five are wanted */
  strbuf_release(&b);
}
static void a_certificate_that_is_wrong_in_one_way_is_refused(void **state) {
  (void)state;
  static const struct variant variants[] = {
      {.n_approvals = 2, .first = 2},                      /* too few, auditor among them */
      {.n_approvals = 3, .first = 0},                      /* no auditor */
      {.n_approvals = 0},
      {.n_approvals = 4, .decision = "refuse"},
      {.n_approvals = 4, .kind = "disposal"},              /* an approval of the plan, used again */
      {.n_approvals = 4, .twice = true},
      {.n_approvals = 4, .wrong_leaf = true},
      {.n_approvals = 4, .other_text = true},
      {.n_approvals = 4, .canonical_broken = true},
      {.n_approvals = 4, .from = "1234", .to = "1235"},    /* approved, but not what the log says */
      {.n_approvals = 4, .from = "D-2026-0001", .to = "D-2026-0002"},
      {.n_approvals = 4, .from = "\"epoch_after\":4", .to = "\"epoch_after\":3"},
      {.n_approvals = 4, .from = "crypto-erase", .to = "deleted"},
      {.n_approvals = 4, .from = "[\"crypto-erase\"]", .to = "[]"},
      {.n_approvals = 4, .from = "\"residual_risk\":\"who", .to = "\"residual_risk\":\"\",\"rest\":\"who"},
      {.n_approvals = 4, .from = "00112233445566778899aabbccddeeff", .to = "00112233445566778899aabbccddeefe"},
      {.n_approvals = 4, .from = "\"part\":\"ID\"", .to = "\"part\":\"SOME\""},
      {.n_approvals = 4, .from = "\"id\":\"ito\"", .to = "\"id\":\"sato\""}, /* one person with two keys */
      {.n_approvals = 3, .from = "\"role\":\"chief\"", .to = "\"role\":\"auditor\""}, /* an auditor by relabelling: not what the log says */
      {.n_approvals = 4, .from = "\"fate\":\"destroyed\"", .to = "\"fate\":\"perhaps\""},
  };
  struct strbuf b;
  strbuf_init(&b, 0);
  for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
    make_certificate(&b, &variants[i]);
    int got = certificate_answer(&b, 5, true, 0);
    if (got != EXIT_REFUSED) fail_msg("variant %zu: %d", i, got);
  }
  strbuf_release(&b);
}
static void a_certificate_with_any_byte_changed_is_refused(void **state) {
  (void)state;
  struct strbuf b;
  int tried = 0;
  strbuf_init(&b, 0);
  make_certificate(&b, &(struct variant){.n_approvals = 4});
  for (size_t at = 0; at < b.n; at++) {
    char kept = b.p[at];
    b.p[at] = kept == 'Q' ? 'R' : 'Q';
    /* Left: the untrusted comment of minisign. */
    bool comment = at >= 20 && memmem(b.p + (at > 160 ? at - 160 : 0), at > 160 ? 160 : at, "untrusted comment: ", 19) != NULL;
    if (certificate_answer(&b, 5, true, 0) != EXIT_REFUSED && !comment) fail_msg("byte %zu: ...%.40s", at, b.p + (at > 20 ? at - 20 : 0));
    tried++;
    b.p[at] = kept;
  }
  assert_true(tried > 3000);
  strbuf_release(&b);
}

/* --- packages --- */
static int package_answer(int n_keys, int n_files, int needed) {
  char age[160], one[160], two[160];
  path_of("x.age", age);
  path_of("x.minisig", one);
  path_of("y.minisig", two);
  struct options o = {.operand = {age, one, two}, .n_operands = 1 + n_files, .n_keys = n_keys, .needed = needed};
  for (int i = 0; i < n_keys; i++) o.key[i] = officers[i].path;
  return answer(check_package, &o);
}
static void sign_as(int i, const struct strbuf *file, struct strbuf *out) {
  assert_int_equal(minisign_sign(&officers[i].k, file->p, file->n, "extract g-2026-001", out, NULL), E_OK);
}
static void a_package_needs_two_people(void **state) {
  (void)state;
  struct strbuf file, one, two;
  uint8_t secret[32];
  char recipient[AGE_RECIPIENT_BYTES];
  strbuf_init(&file, 0);
  strbuf_init(&one, 0);
  strbuf_init(&two, 0);
  age_keypair(secret, recipient);
  static char content[200000];
  assert_int_equal(age_encrypt(recipient, content, sizeof content, &file, NULL), E_OK);
  put_file("x.age", file.p, file.n);
  sign_as(0, &file, &one);
  sign_as(1, &file, &two);
  put_file("x.minisig", one.p, one.n);
  put_file("y.minisig", two.p, two.n);
  assert_int_equal(package_answer(2, 2, 0), EXIT_HOLDS);
  assert_int_equal(package_answer(0, 2, 0), EXIT_UNSIGNED);
  assert_int_equal(package_answer(2, 1, 0), EXIT_REFUSED); /* one officer only */
  assert_int_equal(package_answer(2, 1, 1), EXIT_HOLDS);
  put_file("y.minisig", one.p, one.n);
  assert_int_equal(package_answer(2, 2, 0), EXIT_REFUSED); /* the same officer twice */
  strbuf_add(&one, two.p, two.n);
  put_file("x.minisig", one.p, one.n); /* both in one file */
  assert_int_equal(package_answer(2, 1, 0), EXIT_HOLDS);
  for (size_t at = 0; at < file.n; at += at < 400 ? 1 : 4099) {
    file.p[at] ^= 4;
    put_file("x.age", file.p, file.n);
    if (package_answer(2, 1, 0) != EXIT_REFUSED) fail_msg("byte %zu", at);
    file.p[at] ^= 4;
  }
  struct strbuf whole = file;
  for (size_t n = 0; n < 400; n++) { /* cut off inside the header */
    size_t payload;
    bool ok = age_header_ok(view(whole.p, n), &payload);
    if (ok && n < payload + 32) fail_msg("%zu bytes", n);
  }
  strbuf_release(&file);
  strbuf_release(&one);
  strbuf_release(&two);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_register_of_all_media_holds),
      cmocka_unit_test(a_register_with_any_byte_changed_is_refused),
      cmocka_unit_test(a_register_that_leaves_out_repeats_or_reorders_is_refused),
      cmocka_unit_test(a_register_of_another_log_or_key_is_refused),
      cmocka_unit_test(a_log_is_rebuilt_and_every_spoilt_file_is_found),
      cmocka_unit_test(consistency_comes_from_tiles),
      cmocka_unit_test(a_certificate_holds_and_names_who_must_be_trusted),
      cmocka_unit_test(a_certificate_that_is_wrong_in_one_way_is_refused),
      cmocka_unit_test(a_certificate_with_any_byte_changed_is_refused),
      cmocka_unit_test(a_package_needs_two_people),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
