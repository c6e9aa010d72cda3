/* Access log: canonical leaves, two devices, what is found when one was altered, cut, rolled back or swapped; proofs, notes, tiles. */
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
#include "secure-store/access_log.h"

/* --- a device in memory, as the store's table is one --- */
struct memory {
  struct {
    uint8_t p[LOG_LEAF_MAX];
    size_t n;
  } leaf[3000];
  uint64_t count;
  bool full;
};
static enum err_code memory_count(void *context, uint64_t *n, struct err *e) {
  (void)e;
  *n = ((struct memory *)context)->count;
  return E_OK;
}
static enum err_code memory_append(void *context, uint64_t seq, const void *leaf, size_t n, struct err *e) {
  struct memory *m = context;
  if (m->full || seq != m->count) return ERR(e, E_DISK_FULL, .subject = "memory");
  memcpy(m->leaf[m->count].p, leaf, n);
  m->leaf[m->count++].n = n;
  return E_OK;
}
static enum err_code memory_each(void *context, uint64_t first, uint64_t end,
    enum err_code (*fn)(void *, uint64_t, const void *, size_t, struct err *), void *fn_context, struct err *e) {
  struct memory *m = context;
  for (uint64_t i = first; i < end; i++) TRY(fn(fn_context, i, m->leaf[i].p, m->leaf[i].n, e));
  return E_OK;
}
static struct memory memory;
static struct log_file *file;
static struct log_device devices[2];
static struct note_key key;
static struct access_log *log_;
static char folder[64], path[96];

static void open_file(bool create) {
  struct err e;
  assert_int_equal(log_file_open(path, create, &file, &devices[1], &e), E_OK);
}
static enum err_code reopen(const char *checkpoint, struct log_open_report *report) {
  access_log_close(log_);
  log_ = NULL;
  log_file_close(file);
  file = NULL;
  struct err e;
  enum err_code code = log_file_open(path, false, &file, &devices[1], &e);
  return code ? code : access_log_open(devices, 2, &key, checkpoint, &log_, report, &e);
}
static int setup(void **state) {
  (void)state;
  if (!crypto_start()) return -1;
  memset(&memory, 0, sizeof memory);
  memset(&key, 0, sizeof key);
  sign_keypair(key.public_key, key.secret);
  if (note_key_name(&key, "shirabe.invalid/log/0123", NULL)) return -1;
  snprintf(folder, sizeof folder, "/tmp/log-test-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/log2", folder);
  devices[0] = (struct log_device){"memory", &memory, memory_count, memory_append, memory_each};
  open_file(true);
  return access_log_open(devices, 2, &key, NULL, &log_, NULL, NULL) == E_OK ? 0 : -1;
}
static int teardown(void **state) {
  (void)state;
  access_log_close(log_);
  log_file_close(file);
  log_ = NULL, file = NULL;
  unlink(path);
  return rmdir(folder);
}
static struct log_leaf leaf_of(int64_t wall, const char *action) {
  struct log_leaf l = {.wall = wall,
      .action = log_action_number(action),
      .role = LOG_ROLE_TABULATOR,
      .result = LOG_INTENT,
      .intent = UINT64_MAX,
      .rows = 12,
      .object = "dataset:vital/birth/2025-12"};
  return l;
}
static void append(int n) {
  for (int i = 0; i < n; i++) {
    struct log_leaf l = leaf_of(1000 + i, i % 2 ? "data-read" : "data-import");
    struct err e;
    assert_int_equal(access_log_append(log_, &l, &e), E_OK);
  }
}
static char *checkpoint_of(struct strbuf *b) {
  strbuf_init(b, 0);
  assert_int_equal(access_log_checkpoint(log_, &key, b, NULL), E_OK);
  return (char *)(uintptr_t)strbuf_cstr(b);
}

static void action_numbers_are_stable_and_disjoint(void **state) {
  (void)state;
  static const struct {
    const char *name;
    uint16_t number;
  } pinned[] = {{"install", 1}, {"key-unlock", 13}, {"data-import", 30}, {"data-read", 33}, {"grant-activate", 52}, {"package-build", 70},
      {"output-release", 133}, {"destroy-execute", 174}, {"tamper", 221}, {"break-glass", 240}};
  for (size_t i = 0; i < sizeof pinned / sizeof *pinned; i++) {
    assert_int_equal(log_action_number(pinned[i].name), pinned[i].number);
    assert_string_equal(log_action_name(pinned[i].number), pinned[i].name);
  }
  uint16_t number, last = 0;
  const char *name;
  size_t n = 0;
  for (; log_action_at(n, &number, &name); n++) {
    assert_true(number > last);
    last = number;
    assert_int_equal(log_action_number(name), number);
  }
  assert_int_equal(n, 61);
  assert_int_equal(log_action_number("no-such"), 0);
  assert_null(log_action_name(0));
}
static void a_leaf_has_one_form_only(void **state) {
  (void)state;
  struct log_leaf l = leaf_of(-5, "package-build"), back;
  struct strbuf b;
  l.seq = 7;
  l.intent = 3;
  snprintf(l.grant, sizeof l.grant, "grant:12");
  snprintf(l.basis, sizeof l.basis, "33-1-i/stat");
  random_bytes(l.output_hash, 32);
  strbuf_init(&b, 0);
  assert_int_equal(log_leaf_encode(&l, &b, NULL), E_OK);
  assert_true(b.n <= LOG_LEAF_MAX);
  assert_int_equal(log_leaf_parse(b.p, b.n, &back, NULL), E_OK);
  struct strbuf again;
  strbuf_init(&again, 0);
  assert_int_equal(log_leaf_encode(&back, &again, NULL), E_OK);
  assert_int_equal(again.n, b.n);
  assert_memory_equal(again.p, b.p, b.n);
  strbuf_release(&again);
  assert_int_equal(back.wall, -5);
  assert_int_equal(back.intent, 3);
  assert_int_equal(back.rows, 12);
  assert_string_equal(back.grant, "grant:12");
  assert_string_equal(back.basis, "33-1-i/stat");
  assert_memory_equal(back.output_hash, l.output_hash, 32);
  for (size_t n = 0; n < b.n; n++) assert_int_equal(log_leaf_parse(b.p, n, &back, NULL), E_LOG_LEAF);
  for (size_t at = 0; at < b.n; at++)
    for (int x = 1; x < 256; x += 6) { /* refused, or another leaf with exactly these bytes */
      b.p[at] = (char)(b.p[at] ^ x);
      strbuf_init(&again, 0);
      if (log_leaf_parse(b.p, b.n, &back, NULL) == E_OK) {
        assert_int_equal(log_leaf_encode(&back, &again, NULL), E_OK);
        assert_int_equal(again.n, b.n);
        assert_memory_equal(again.p, b.p, b.n);
      }
      strbuf_release(&again);
      b.p[at] = (char)(b.p[at] ^ x);
    }
  strbuf_addc(&b, 0);
  assert_int_equal(log_leaf_parse(b.p, b.n, &back, NULL), E_LOG_LEAF);
  strbuf_release(&b);
}
static void leaves_with_names_that_are_no_ids_are_refused(void **state) {
  (void)state;
  struct strbuf b;
  strbuf_init(&b, 0);
#define REFUSED(change)                                            \
  do {                                                             \
    struct log_leaf l = leaf_of(0, "data-read");                   \
    change;                                                        \
    assert_int_equal(log_leaf_encode(&l, &b, NULL), E_LOG_ACTION); \
  } while (0)
  REFUSED(l.action = 999);
  REFUSED(l.role = LOG_ROLE_COUNT);
  REFUSED(l.result = 0);
  REFUSED(l.result = LOG_RESULT_COUNT);
  REFUSED(l.rows = -1);
  REFUSED(l.intent = 0); /* not before itself */
  REFUSED(snprintf(l.object, sizeof l.object, "\xe5\xb1\xb1\xe7\x94\xb0")); /* a name */
  REFUSED(l.object[0] = '\n');
  REFUSED(memset(l.grant, 'x', sizeof l.grant));
#undef REFUSED
  assert_int_equal(b.n, 0);
  strbuf_release(&b);
}
static void details_are_committed_to_and_erasable(void **state) {
  (void)state;
  uint8_t detail_key[32] = {5};
  struct log_leaf a = leaf_of(0, "data-read"), b = a;
  struct strbuf x, y, back;
  strbuf_init(&x, 0), strbuf_init(&y, 0), strbuf_init(&back, 0);
  struct str reason = STR("municipality 131016");
  assert_int_equal(log_detail_seal(detail_key, "row1", reason, &a, &x, NULL), E_OK);
  assert_int_equal(log_detail_seal(detail_key, "row1", reason, &b, &y, NULL), E_OK);
  assert_memory_not_equal(a.detail_commitment, b.detail_commitment, 32); /* a guess of the text matches nothing */
  assert_int_equal(log_detail_open(detail_key, "row1", x.p, x.n, &a, &back, NULL), E_OK);
  assert_int_equal(back.n, reason.n);
  assert_memory_equal(back.p, reason.p, reason.n);
  assert_int_equal(log_detail_open(detail_key, "row1", y.p, y.n, &a, &back, NULL), E_LOG_DETAIL);
  assert_int_equal(log_detail_open(detail_key, "row2", x.p, x.n, &a, &back, NULL), E_LOG_DETAIL);
  for (size_t at = 0; at < x.n; at++) {
    x.p[at] ^= 1;
    assert_int_equal(log_detail_open(detail_key, "row1", x.p, x.n, &a, &back, NULL), E_LOG_DETAIL);
    assert_int_equal(log_detail_open(detail_key, "row1", x.p, at, &a, &back, NULL), E_LOG_DETAIL);
    x.p[at] ^= 1;
  }
  assert_int_equal(back.n, reason.n);
  strbuf_release(&x), strbuf_release(&y), strbuf_release(&back);
}
static void the_log_is_the_same_after_reopening(void **state) {
  (void)state;
  uint8_t root[32], again[32];
  struct strbuf note;
  struct log_open_report report;
  append(300);
  access_log_root(log_, root);
  char *checkpoint = checkpoint_of(&note);
  assert_int_equal(reopen(checkpoint, &report), E_OK);
  assert_int_equal(report.leaves, 300);
  assert_int_equal(report.healed_device, -1);
  access_log_root(log_, again);
  assert_memory_equal(root, again, 32);
  append(0);
  assert_int_equal(access_log_last_wall(log_), 1299);
  strbuf_release(&note);
}
static void a_lagging_device_is_completed_and_told(void **state) {
  (void)state;
  struct log_open_report report;
  append(10);
  memory.count = 7; /* a transaction that was lost */
  assert_int_equal(reopen(NULL, &report), E_OK);
  assert_int_equal(report.healed_device, 0);
  assert_int_equal(report.healed, 3);
  assert_int_equal(memory.count, 10);
  assert_int_equal(access_log_size(log_), 10);
  struct stat st;
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(truncate(path, st.st_size - 20), 0); /* a torn last record */
  assert_int_equal(reopen(NULL, &report), E_OK);
  assert_int_equal(report.healed_device, 1);
  assert_int_equal(report.healed, 1);
  assert_int_equal(access_log_size(log_), 10);
  assert_int_equal(reopen(NULL, &report), E_OK);
  assert_int_equal(report.healed_device, -1);
}
static void one_changed_device_is_a_fork(void **state) {
  (void)state;
  append(10);
  struct log_leaf l;
  struct strbuf b;
  strbuf_init(&b, 0);
  assert_int_equal(log_leaf_parse(memory.leaf[4].p, memory.leaf[4].n, &l, NULL), E_OK);
  l.rows = 13; /* a well-formed lie */
  assert_int_equal(log_leaf_encode(&l, &b, NULL), E_OK);
  memcpy(memory.leaf[4].p, b.p, b.n);
  assert_int_equal(reopen(NULL, NULL), E_LOG_FORKED);
  strbuf_release(&b);
}
static void deleted_swapped_and_renumbered_leaves_are_found(void **state) {
  (void)state;
  append(10);
  struct memory *saved = malloc(sizeof *saved);
  *saved = memory;
  memmove(&memory.leaf[3], &memory.leaf[4], 6 * sizeof memory.leaf[0]);
  memory.count = 9;
  assert_int_equal(reopen(NULL, NULL), E_LOG_FORKED);
  memory = *saved;
  memory.leaf[2] = saved->leaf[5];
  memory.leaf[5] = saved->leaf[2];
  assert_int_not_equal(reopen(NULL, NULL), E_OK);
  memory = *saved;
  memory.leaf[0].p[0] ^= 1;
  assert_int_equal(reopen(NULL, NULL), E_LOG_LEAF);
  memory = *saved;
  assert_int_equal(reopen(NULL, NULL), E_OK);
  free(saved);
}
static void both_devices_rolled_back_fail_against_any_newer_checkpoint(void **state) {
  (void)state;
  struct strbuf old_note, note;
  append(5);
  char *older = checkpoint_of(&old_note);
  uint8_t *copy;
  size_t n;
  assert_int_equal(file_read(path, 1 << 20, &copy, &n, NULL), E_OK);
  append(3);
  char *newer = checkpoint_of(&note);
  assert_int_equal(reopen(older, NULL), E_OK);
  memory.count = 5;
  assert_int_equal(atomic_write(path, copy, n, ATOMIC_REPLACE, 0600, NULL), E_OK);
  assert_int_equal(reopen(newer, NULL), E_LOG_ROLLED_BACK);
  assert_int_equal(reopen(older, NULL), E_OK); /* without a newer checkpoint nobody can tell: that is what witnesses are for */
  struct log_leaf l = leaf_of(1999, "tamper");
  for (int i = 0; i < 3; i++) assert_int_equal(access_log_append(log_, &l, NULL), E_OK);
  assert_int_equal(reopen(newer, NULL), E_LOG_FORKED); /* as long as before, but another history */
  free(copy);
  strbuf_release(&old_note);
  strbuf_release(&note);
}
static void a_checkpoint_by_another_key_or_name_counts_for_nothing(void **state) {
  (void)state;
  struct note_key other = key;
  struct strbuf note;
  append(3);
  char *checkpoint = checkpoint_of(&note);
  sign_keypair(other.public_key, other.secret);
  assert_int_equal(note_key_name(&other, key.name, NULL), E_OK);
  assert_int_equal(access_log_check(log_, &other, checkpoint, NULL), E_NOTE_SIGNATURE);
  other = key;
  assert_int_equal(note_key_name(&other, "else.invalid/log", NULL), E_OK);
  assert_int_not_equal(access_log_check(log_, &other, checkpoint, NULL), E_OK);
  assert_int_equal(access_log_check(log_, &key, checkpoint, NULL), E_OK);
  strbuf_release(&note);
}
static void what_cannot_be_logged_stops_everything(void **state) {
  (void)state;
  struct log_leaf l = leaf_of(2000, "data-read");
  append(2);
  io_fault_at(IO_FAULT_ENOSPC, 1); /* the second device */
  assert_int_equal(access_log_append(log_, &l, NULL), E_LOG_STOPPED);
  io_fault_at(IO_FAULT_NONE, 0);
  assert_int_equal(access_log_append(log_, &l, NULL), E_LOG_STOPPED); /* the first has it: only reopening can tell */
  struct log_open_report report;
  assert_int_equal(reopen(NULL, &report), E_OK);
  assert_int_equal(report.healed_device, 1);
  assert_int_equal(access_log_size(log_), 3);
  memory.full = true;
  assert_int_equal(access_log_append(log_, &l, NULL), E_LOG_STOPPED);
  memory.full = false;
  assert_int_equal(access_log_append(log_, &l, NULL), E_OK); /* nobody has it: may be tried again */
  assert_int_equal(reopen(NULL, &report), E_OK);
  assert_int_equal(access_log_size(log_), 4);
}
static void the_clock_never_runs_back_in_the_log(void **state) {
  (void)state;
  struct log_leaf l = leaf_of(5000, "data-read");
  assert_int_equal(access_log_append(log_, &l, NULL), E_OK);
  l = leaf_of(4900, "data-read");
  assert_int_equal(access_log_append(log_, &l, NULL), E_OK);
  assert_int_equal(l.wall, 5000);
  l = leaf_of(4879, "data-read");
  assert_int_equal(access_log_append(log_, &l, NULL), E_LOG_CLOCK);
  assert_int_equal(access_log_size(log_), 2);
}
static void every_proof_of_every_tree_size_verifies_and_wrong_ones_do_not(void **state) {
  (void)state;
  enum { N = 40 };
  uint8_t hash[N][32], root[32], old_root[32];
  struct merkle_frontier f;
  merkle_begin(&f);
  for (uint64_t n = 1; n <= N; n++) {
    uint8_t leaf = (uint8_t)n, from_frontier[32];
    struct merkle_proof p;
    merkle_leaf_hash(&leaf, 1, hash[n - 1]);
    merkle_add(&f, hash[n - 1]);
    merkle_root_of((const uint8_t(*)[32])hash, n, root);
    merkle_root(&f, from_frontier);
    assert_memory_equal(root, from_frontier, 32);
    for (uint64_t i = 0; i < n; i++) {
      assert_true(merkle_inclusion((const uint8_t(*)[32])hash, n, i, &p));
      assert_true(merkle_verify_inclusion(hash[i], i, n, &p, root));
      for (uint64_t j = 0; j < n; j++)
        if (j != i) assert_false(merkle_verify_inclusion(hash[i], j, n, &p, root));
      if (p.n) p.hash[p.n - 1][0] ^= 1;
      if (p.n) assert_false(merkle_verify_inclusion(hash[i], i, n, &p, root));
      assert_false(merkle_inclusion((const uint8_t(*)[32])hash, n, n, &p));
    }
    for (uint64_t m = 1; m <= n; m++) {
      merkle_root_of((const uint8_t(*)[32])hash, m, old_root);
      assert_true(merkle_consistency((const uint8_t(*)[32])hash, n, m, &p));
      assert_true(merkle_verify_consistency(m, n, old_root, root, &p));
      if (m < n) assert_false(merkle_verify_consistency(m, n, root, root, &p));
      if (m > 1) assert_false(merkle_verify_consistency(m - 1, n, old_root, root, &p));
    }
    assert_false(merkle_consistency((const uint8_t(*)[32])hash, n, 0, &p));
    p.n = 0;
    assert_false(merkle_verify_consistency(0, n, root, root, &p));
  }
}

/* --- tiles --- */
struct tiles {
  int n, entries;
  size_t entry_bytes;
  uint8_t first_level[512][32], second_level[2][32];
  char last[128];
};
static enum err_code collect(void *context, const char *name, const void *p, size_t n, struct err *e) {
  struct tiles *t = context;
  (void)e;
  t->n++;
  snprintf(t->last, sizeof t->last, "%s", name);
  if (strncmp(name, "tile/entries/", 13) == 0) t->entries++, t->entry_bytes += n;
  else if (strcmp(name, "tile/0/000") == 0) memcpy(t->first_level[0], p, n);
  else if (strcmp(name, "tile/0/001.p/44") == 0) memcpy(t->first_level[256], p, n);
  else if (strcmp(name, "tile/1/000.p/1") == 0) memcpy(t->second_level[0], p, n);
  else if (strcmp(name, "checkpoint") != 0) fail_msg("unexpected tile %s", name);
  return E_OK;
}
static void tiles_hold_the_whole_tree(void **state) {
  (void)state;
  struct tiles t = {0};
  uint8_t root[32], wanted[32];
  append(300);
  assert_int_equal(access_log_tiles(log_, &key, collect, &t, NULL), E_OK);
  assert_int_equal(t.n, 2 + 2 + 1 + 1);
  assert_int_equal(t.entries, 2);
  assert_string_equal(t.last, "checkpoint");
  size_t bytes = 0;
  for (int i = 0; i < 300; i++) bytes += 2 + memory.leaf[i].n;
  assert_int_equal(t.entry_bytes, bytes);
  access_log_root(log_, wanted);
  merkle_root_of((const uint8_t(*)[32])t.first_level, 300, root);
  assert_memory_equal(root, wanted, 32);
  merkle_root_of((const uint8_t(*)[32])t.first_level, 256, root);
  assert_memory_equal(root, t.second_level[0], 32);
}
static void a_proof_file_names_index_hashes_and_checkpoint(void **state) {
  (void)state;
  struct strbuf b;
  append(9);
  strbuf_init(&b, 0);
  assert_int_equal(access_log_proof(log_, &key, 9, &b, NULL), E_LOG_LEAF);
  assert_int_equal(access_log_proof(log_, &key, 5, &b, NULL), E_OK);
  struct str rest, line = str_split(str_view(b.p, b.n), '\n', &rest);
  assert_true(str_eq(line, STR("c2sp.org/tlog-proof@v1")));
  line = str_split(rest, '\n', &rest);
  assert_true(str_eq(line, STR("index 5")));
  struct merkle_proof p = {.n = 0};
  while ((line = str_split(rest, '\n', &rest)).n > 0) assert_int_equal(base64_decode(line.p, line.n, true, p.hash[p.n++], 32), 32);
  struct checkpoint c;
  uint8_t hash[32];
  assert_int_equal(checkpoint_verify(&key, rest, &c, NULL), E_OK);
  merkle_leaf_hash(memory.leaf[5].p, memory.leaf[5].n, hash);
  assert_true(merkle_verify_inclusion(hash, 5, c.size, &p, c.root));
  strbuf_release(&b);
}
/* c2sp.org/signed-note and tlog-checkpoint: what must be refused. */
static void malformed_notes_are_refused(void **state) {
  (void)state;
  struct strbuf b;
  struct checkpoint c = {.size = 3};
  strbuf_init(&b, 0);
  assert_int_equal(checkpoint_sign(&key, &c, &b, NULL), E_OK);
  assert_int_equal(checkpoint_verify(&key, str_view(b.p, b.n), &c, NULL), E_OK);
  strbuf_adds(&b, "\xe2\x80\x94 witness.invalid/w AAAAAAAAAA==\n"); /* unknown key: ignored */
  assert_int_equal(checkpoint_verify(&key, str_view(b.p, b.n), &c, NULL), E_OK);
  size_t good = b.n;
  for (int i = 2; i < 16; i++) strbuf_adds(&b, "\xe2\x80\x94 witness.invalid/w AAAAAAAAAA==\n");
  assert_int_equal(checkpoint_verify(&key, str_view(b.p, b.n), &c, NULL), E_OK);
  strbuf_adds(&b, "\xe2\x80\x94 witness.invalid/w AAAAAAAAAA==\n"); /* the seventeenth */
  assert_int_equal(checkpoint_verify(&key, str_view(b.p, b.n), &c, NULL), E_NOTE_MALFORMED);
  b.n = good;
  static const char *const tails[] = {"garbage\n", "\n", "\xe2\x80\x94 w\n", "\xe2\x80\x94 w AAAA\n", "\xe2\x80\x94 w+x AAAAAAAAAA==\n",
      "- w AAAAAAAAAA==\n", "\xe2\x80\x94 w AAAAAAAAAA==\r\n", "\xe2\x80\x94 w AAAAAAAAAB==\n", "no newline"};
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
    strbuf_adds(&b, tails[i]);
    assert_int_not_equal(checkpoint_verify(&key, str_view(b.p, b.n), &c, NULL), E_OK);
    b.n = good;
  }
  static const char root[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  static const char *const texts[] = {"o\n1\n%s", "o\n01\n%s\n", "o\n-1\n%s\n", "o\n+1\n%s\n", "o\n\n%s\n", "o\n99999999999999999999\n%s\n",
      "\n1\n%s\n", "o\n1\nAAAA\n", "o\n1\n%s\n\nx\n", "o\n1\x01\n%s\n", "o\r\n1\n%s\n"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char text[256];
    strbuf_reset(&b);
    strbuf_adds(&b, texts[i]);
    char *at = strstr((char *)(uintptr_t)strbuf_cstr(&b), "%s");
    snprintf(text, sizeof text, "%.*s%s%s", at ? (int)(at - b.p) : (int)b.n, b.p, at ? root : "", at ? at + 2 : "");
    assert_int_equal(checkpoint_parse(str_of(text), &c, NULL), E_NOTE_MALFORMED);
  }
  char vkey[NOTE_VKEY_BYTES];
  struct note_key parsed;
  note_vkey_text(&key, vkey);
  assert_int_equal(note_vkey_parse(vkey, &parsed, NULL), E_OK);
  for (size_t i = 0; vkey[i]; i++) {
    char saved = vkey[i];
    vkey[i] = saved == 'b' ? 'c' : 'b';
    assert_int_equal(note_vkey_parse(vkey, &parsed, NULL), E_NOTE_MALFORMED);
    vkey[i] = saved;
  }
  strbuf_release(&b);
}
static void a_log_path_that_is_no_plain_file_is_refused(void **state) {
  (void)state;
  struct log_file *f;
  struct log_device d;
  char link_name[128];
  snprintf(link_name, sizeof link_name, "%s/link", folder);
  assert_int_equal(symlink(path, link_name), 0);
  assert_int_equal(log_file_open(link_name, false, &f, &d, NULL), E_FILE_OPEN);
  unlink(link_name);
  assert_int_not_equal(log_file_open(folder, false, &f, &d, NULL), E_OK);
  assert_int_equal(log_file_open(path, true, &f, &d, NULL), E_FILE_EXISTS);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      T(action_numbers_are_stable_and_disjoint),
      T(a_leaf_has_one_form_only),
      T(leaves_with_names_that_are_no_ids_are_refused),
      T(details_are_committed_to_and_erasable),
      T(the_log_is_the_same_after_reopening),
      T(a_lagging_device_is_completed_and_told),
      T(one_changed_device_is_a_fork),
      T(deleted_swapped_and_renumbered_leaves_are_found),
      T(both_devices_rolled_back_fail_against_any_newer_checkpoint),
      T(a_checkpoint_by_another_key_or_name_counts_for_nothing),
      T(what_cannot_be_logged_stops_everything),
      T(the_clock_never_runs_back_in_the_log),
      T(every_proof_of_every_tree_size_verifies_and_wrong_ones_do_not),
      T(tiles_hold_the_whole_tree),
      T(a_proof_file_names_index_hashes_and_checkpoint),
      T(malformed_notes_are_refused),
      T(a_log_path_that_is_no_plain_file_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
