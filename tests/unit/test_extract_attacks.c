/* test_extract_attacks.c -- rows 21 and 22 of secure.md 4.15 (tests/attacks_extract.md): packages that were forwarded, mixed up, half signed, and
 * archives that want out. Each is refused with its code, and nothing is left where it would have gone. */
#include "tests/unit/extract_fixture.h"

#include "secure-store/extract/package_unpack.h"
#include "secure-store/sandbox_message.h"
#include "base/ext_zstd.h"
#include "secure-store/age.h"

static struct err error;

/* --- a package of our own making, with any content: the signatures are right unless the test says otherwise --- */
struct forge {
  struct extract_head head;
  struct minisign_key key[2];
  uint8_t secret[32];
  char recipient[80], folder[256], path[400], out[400], public_text[2][MINISIGN_PUBLIC_TEXT];
  struct strbuf tar, manifest;
  struct package_outside outside;
};
static struct forge *forge_new(void) {
  struct forge *f = calloc(1, sizeof *f);
  fixture_folder(f->folder);
  snprintf(f->path, sizeof f->path, "%s/extract-g-1.tar.zst.age", f->folder);
  snprintf(f->out, sizeof f->out, "%s/out", f->folder);
  age_keypair(f->secret, f->recipient);
  for (int i = 0; i < 2; i++) {
    minisign_keypair(&f->key[i]);
    minisign_public_text(&f->key[i], f->public_text[i]);
  }
  f->head = (struct extract_head){.provision = "g-1",
      .grant = "g-1",
      .basis = "33-2",
      .purpose = "p",
      .output_rule = "o",
      .place = "x",
      .person = "user",
      .person_name = "n",
      .organisation = "org",
      .recipient = f->recipient,
      .office = "ministry-00",
      .office_name = "m",
      .dataset = "a/b/c/d",
      .survey = "a",
      .form = "b",
      .version = "1",
      .period = "c",
      .stage = "d"};
  strbuf_init(&f->tar, 0);
  strbuf_init(&f->manifest, 0);
  return f;
}
static void forge_free(struct forge *f) {
  strbuf_release(&f->tar);
  strbuf_release(&f->manifest);
  remove_tree(f->folder);
  free(f);
}
static void add_member(struct forge *f, const char *name, const void *p, size_t n) {
  uint8_t head[TAR_HEAD_MAX];
  size_t head_n = package_tar_head(name, n, head);
  assert_int_not_equal(head_n, 0);
  strbuf_add(&f->tar, (const char *)head, head_n);
  strbuf_add(&f->tar, p, n);
  (void)strbuf_extend(&f->tar, package_tar_padding(n));
}
static void add_end(struct forge *f) { (void)strbuf_extend(&f->tar, TAR_END_BYTES); }
static void make_manifest(struct forge *f, const char *name, const char *text) {
  static const char *const columns[] = {"c"};
  struct strbuf statement;
  struct manifest m = {.head = &f->head, .rows = 1, .columns = columns, .n_columns = 1, .n_files = 1};
  const struct minisign_key *const keys[2] = {&f->key[0], &f->key[1]};
  snprintf(m.files[0].name, sizeof m.files[0].name, "%s", name);
  sha256_of(text, strlen(text), m.files[0].sha256);
  strbuf_init(&statement, 0);
  strbuf_reset(&f->manifest);
  OK(manifest_statement(&m, &statement, &error));
  OK(manifest_seal(str_view(statement.p, statement.n), keys, &f->manifest, &error));
  strbuf_release(&statement);
}
/* Encrypts f->tar to `recipient`, writes it and both signatures by the given keys. */
static void put_package(struct forge *f, const char *recipient, const struct minisign_key *one, const struct minisign_key *two) {
  struct strbuf zst, age, sig;
  char file[440], comment[PACKAGE_COMMENT];
  strbuf_init(&zst, 0);
  strbuf_init(&age, 0);
  OK(zstd_compress(f->tar.p, f->tar.n, 3, &zst, &error));
  OK(age_encrypt(recipient, zst.p, zst.n, &age, &error));
  OK(atomic_write(f->path, age.p, age.n, ATOMIC_REPLACE, 0600, &error));
  snprintf(f->outside.provision, sizeof f->outside.provision, "g-1");
  snprintf(f->outside.recipient, sizeof f->outside.recipient, "%s", recipient);
  f->outside.tar_bytes = f->tar.n;
  package_comment(&f->outside, comment);
  for (int i = 0; i < 2; i++) {
    strbuf_init(&sig, 0);
    OK(minisign_sign(i ? two : one, age.p, age.n, comment, &sig, &error));
    snprintf(file, sizeof file, "%s.%d.minisig", f->path, i + 1);
    OK(atomic_write(file, sig.p, sig.n, ATOMIC_REPLACE, 0600, &error));
    strbuf_release(&sig);
  }
  strbuf_release(&zst);
  strbuf_release(&age);
}
static void put_own(struct forge *f) { put_package(f, f->recipient, &f->key[0], &f->key[1]); }
static enum err_code open_forged(struct forge *f) {
  struct arena *a = arena_new(0);
  struct manifest_read m;
  const struct package_open_request q = {
      .path = f->path, .secret = f->secret, .public_keys = {f->public_text[0], f->public_text[1]}, .out_folder = f->out};
  memset(&error, 0, sizeof error);
  enum err_code code = package_open(&q, a, &m, &error);
  arena_free(a);
  return code;
}
static int entries(const char *folder) {
  DIR *d = opendir(folder);
  int n = 0;
  for (struct dirent *e; d && (e = readdir(d));) n += e->d_name[0] != '.';
  if (d) closedir(d);
  return n;
}
static void refused_with(struct forge *f, enum err_code code) {
  int before = entries(f->folder);
  enum err_code got = open_forged(f);
  if (got != code) fprintf(stderr, "expected %s, got %s: %s\n", err_name(code), got ? err_name(got) : "opened", error.found);
  assert_int_equal(got, code);
  assert_int_equal(access(f->out, F_OK), -1);
  assert_int_equal(entries(f->folder), before); /* no temporary folder either */
}
static void sound(struct forge *f) {
  f->tar.n = 0;
  make_manifest(f, "data/b.csv", "x\r\n");
  add_member(f, "manifest.json", f->manifest.p, f->manifest.n);
  add_member(f, "data/b.csv", "x\r\n", 3);
  add_end(f);
}

/* --- row 21 --- */
static void a_sound_package_opens(void **state) {
  (void)state;
  struct forge *f = forge_new();
  sound(f);
  put_own(f);
  assert_int_equal(open_forged(f), E_OK);
  forge_free(f);
}
static void row21_reencrypted_to_another_key_the_outer_signature_fails(void **state) {
  (void)state;
  struct forge *f = forge_new();
  uint8_t other[32];
  char recipient[80];
  struct strbuf age, zst;
  sound(f);
  put_own(f);
  /* The recipient decrypts it and encrypts it to somebody else, who opens it with his own key; the signature files travel along. */
  age_keypair(other, recipient);
  strbuf_init(&age, 0);
  strbuf_init(&zst, 0);
  OK(zstd_compress(f->tar.p, f->tar.n, 3, &zst, &error));
  OK(age_encrypt(recipient, zst.p, zst.n, &age, &error));
  OK(atomic_write(f->path, age.p, age.n, ATOMIC_REPLACE, 0600, &error));
  memcpy(f->secret, other, 32);
  refused_with(f, E_EXTRACT_SIGNATURE);
  strbuf_release(&age);
  strbuf_release(&zst);
  forge_free(f);
}
static void row21_reencrypted_and_signed_anew_the_manifest_names_the_first_recipient(void **state) {
  (void)state;
  struct forge *f = forge_new();
  char recipient[80];
  sound(f);
  age_keypair(f->secret, recipient); /* the manifest says f->recipient */
  put_package(f, recipient, &f->key[0], &f->key[1]);
  refused_with(f, E_EXTRACT_RECIPIENT);
  assert_string_equal(error.expected, f->recipient);
  forge_free(f);
}
static void row21_a_package_for_somebody_else_is_refused_before_decryption(void **state) {
  (void)state;
  struct forge *f = forge_new();
  char recipient[80];
  sound(f);
  put_own(f);
  age_keypair(f->secret, recipient);
  refused_with(f, E_EXTRACT_RECIPIENT);
  forge_free(f);
}
static void row21_signed_anew_by_others_the_manifest_signatures_fail(void **state) {
  (void)state;
  struct forge *f = forge_new();
  struct minisign_key others[2];
  sound(f);
  for (int i = 0; i < 2; i++) {
    minisign_keypair(&others[i]);
    minisign_public_text(&others[i], f->public_text[i]); /* even when the victim is given their keys */
  }
  put_package(f, f->recipient, &others[0], &others[1]);
  refused_with(f, E_EXTRACT_MANIFEST);
  forge_free(f);
}
static void row21_the_manifest_of_one_grant_in_the_package_of_another(void **state) {
  (void)state;
  struct forge *f = forge_new();
  f->head.provision = "g-2", f->head.grant = "g-2";
  sound(f);
  put_own(f); /* outside says g-1 */
  refused_with(f, E_EXTRACT_GRANT);
  forge_free(f);
}
static void row21_a_file_name_that_claims_another_grant(void **state) {
  (void)state;
  struct forge *f = forge_new();
  snprintf(f->path, sizeof f->path, "%s/extract-g-9.tar.zst.age", f->folder);
  sound(f);
  put_own(f);
  refused_with(f, E_EXTRACT_GRANT);
  forge_free(f);
}
static void row21_the_manifest_of_one_package_with_the_files_of_another(void **state) {
  (void)state;
  struct forge *f = forge_new();
  make_manifest(f, "data/b.csv", "x\r\n");
  add_member(f, "manifest.json", f->manifest.p, f->manifest.n);
  add_member(f, "data/b.csv", "y\r\n", 3);
  add_end(f);
  put_own(f);
  refused_with(f, E_EXTRACT_CONTENT);
  f->tar.n = 0; /* a file more than is named */
  add_member(f, "manifest.json", f->manifest.p, f->manifest.n);
  add_member(f, "data/b.csv", "x\r\n", 3);
  add_member(f, "extra", "x", 1);
  add_end(f);
  put_own(f);
  refused_with(f, E_EXTRACT_CONTENT);
  f->tar.n = 0; /* and one less */
  add_member(f, "manifest.json", f->manifest.p, f->manifest.n);
  add_end(f);
  put_own(f);
  refused_with(f, E_EXTRACT_CONTENT);
  f->tar.n = 0; /* no manifest at all */
  add_member(f, "data/b.csv", "x\r\n", 3);
  add_end(f);
  put_own(f);
  refused_with(f, E_EXTRACT_MANIFEST);
  forge_free(f);
}
static void row21_signed_by_one_officer_only(void **state) {
  (void)state;
  struct forge *f = forge_new();
  char file[440];
  sound(f);
  put_package(f, f->recipient, &f->key[0], &f->key[0]); /* twice by one */
  refused_with(f, E_EXTRACT_SIGNATURE);
  put_own(f);
  snprintf(file, sizeof file, "%s.2.minisig", f->path);
  unlink(file); /* the second is missing */
  refused_with(f, E_EXTRACT_SIGNATURE);
  put_own(f);
  memcpy(f->public_text[1], f->public_text[0], sizeof f->public_text[0]); /* one key given twice */
  refused_with(f, E_EXTRACT_KEYS);
  forge_free(f);
}
static void row21_signatures_that_speak_of_different_packages(void **state) {
  (void)state;
  struct forge *f = forge_new();
  struct strbuf sig;
  uint8_t *p;
  size_t n;
  char file[440], comment[PACKAGE_COMMENT];
  sound(f);
  put_own(f);
  OK(file_read(f->path, 1 << 20, &p, &n, &error));
  f->outside.tar_bytes++;
  package_comment(&f->outside, comment);
  strbuf_init(&sig, 0);
  OK(minisign_sign(&f->key[1], p, n, comment, &sig, &error));
  snprintf(file, sizeof file, "%s.2.minisig", f->path);
  OK(atomic_write(file, sig.p, sig.n, ATOMIC_REPLACE, 0600, &error));
  refused_with(f, E_EXTRACT_SIGNATURE);
  strbuf_release(&sig);
  free(p);
  forge_free(f);
}
/* Whoever holds both officers' keys is not refused; a byte flipped afterwards always is. */
static void every_flipped_byte_is_refused(void **state) {
  (void)state;
  struct forge *f = forge_new();
  uint8_t *p;
  size_t n;
  sound(f);
  put_own(f);
  OK(file_read(f->path, 1 << 20, &p, &n, &error));
  for (size_t i = 0; i < n; i += 7) {
    p[i] ^= 1;
    OK(atomic_write(f->path, p, n, ATOMIC_REPLACE, 0600, &error));
    refused_with(f, E_EXTRACT_SIGNATURE);
    p[i] ^= 1;
  }
  for (size_t cut = 0; cut < n; cut += 97) {
    OK(atomic_write(f->path, p, cut, ATOMIC_REPLACE, 0600, &error));
    refused_with(f, E_EXTRACT_SIGNATURE);
  }
  free(p);
  forge_free(f);
}

/* --- row 22: archives, rightly signed and encrypted --- */
static void old_sum(uint8_t *block) {
  unsigned sum = 0;
  memset(block + 148, ' ', 8);
  for (int i = 0; i < 512; i++) sum += block[i];
  snprintf((char *)block + 148, 8, "%06o", sum);
}
static uint8_t *raw_header(struct forge *f, const char *name, size_t name_n, char type, size_t bytes) {
  uint8_t head[TAR_HEAD_MAX];
  (void)package_tar_head("x", bytes, head);
  memset(head, 0, 100);
  memcpy(head, name, name_n);
  head[156] = (uint8_t)type;
  old_sum(head);
  strbuf_add(&f->tar, (const char *)head, 512);
  return (uint8_t *)f->tar.p + f->tar.n - 512;
}
static void start(struct forge *f) {
  f->tar.n = 0;
  make_manifest(f, "data/b.csv", "x\r\n");
  add_member(f, "manifest.json", f->manifest.p, f->manifest.n);
}
static void finish(struct forge *f, enum err_code code) {
  add_end(f);
  put_own(f);
  refused_with(f, code);
}
static void row22_names_that_lead_out_or_hide(void **state) {
  (void)state;
  static const struct {
    const char *name;
    size_t n;
  } names[] = {{"/etc/passwd", 11}, {"../x", 4}, {"data/../../x", 12}, {"..", 2}, {".", 1}, {"./x", 3}, {"data//x", 7}, {"data/", 5}, {"a\nb", 3},
      {"a\0b", 3},
      {"x\xe2\x80\xae"
       "fdp.exe",
          11},
      {"\xe3\x83\x87", 3}, {"A", 1}, {"con", 3}, {"com1.txt", 8}, {"x.", 2}, {"-rf", 3}, {"a/b/c/d", 7}, {"", 0}, {"a\\b", 3}, {"c:x", 3},
      {".profile", 8}, {"a b", 3}};
  struct forge *f = forge_new();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    start(f);
    raw_header(f, names[i].name, names[i].n, '0', 0);
    finish(f, E_EXTRACT_TAR);
  }
  forge_free(f);
}
static void row22_links_devices_folders_and_other_kinds(void **state) {
  (void)state;
  struct forge *f = forge_new();
  for (const char *type = "123456 7gLKSDVMNAx"; *type; type++) {
    start(f);
    uint8_t *head = raw_header(f, "link", 4, *type == ' ' ? 0 : *type, 0);
    memcpy(head + 157, "/etc/passwd", 11);
    old_sum(head);
    finish(f, E_EXTRACT_TAR);
  }
  forge_free(f);
}
static void row22_owners_modes_times_and_prefixes(void **state) {
  (void)state;
  static const struct {
    int at;
    const char *text;
  } edits[] = {{100, "0004755"}, {100, "0000777"}, {108, "0001750"}, {136, "14000000000"}, {265, "root"}, {345, "etc"}, {157, "target"},
      {124, "-0000000001"}, {124, "99999999999"}, {257, "ustar  "}, {500, "x"}};
  struct forge *f = forge_new();
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    start(f);
    uint8_t *head = raw_header(f, "x", 1, '0', 0);
    memcpy(head + edits[i].at, edits[i].text, strlen(edits[i].text));
    old_sum(head);
    finish(f, E_EXTRACT_TAR);
  }
  start(f);
  raw_header(f, "x", 1, '0', 0)[148] = '7'; /* a wrong sum */
  finish(f, E_EXTRACT_TAR);
  forge_free(f);
}
static void row22_sparse_and_pax_headers(void **state) {
  (void)state;
  static const char *const records[] = {"22 GNU.sparse.major=1\n", "18 path=/etc/passwd\n", "19 linkpath=../../x\n", "12 size=100\n",
      "30 SCHILY.xattr.user.x=y......\n", "20 size=8589934592\n20 size=8589934592\n"};
  struct forge *f = forge_new();
  for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
    start(f);
    size_t n = strlen(records[i]);
    raw_header(f, "pax", 3, 'x', n);
    strbuf_add(&f->tar, records[i], n);
    (void)strbuf_extend(&f->tar, package_tar_padding(n));
    finish(f, E_EXTRACT_TAR);
  }
  forge_free(f);
}
static void row22_a_name_twice(void **state) {
  (void)state;
  struct forge *f = forge_new();
  start(f);
  add_member(f, "data/b.csv", "x\r\n", 3);
  add_member(f, "data/b.csv", "x\r\n", 3);
  finish(f, E_EXTRACT_TAR);
  start(f);
  add_member(f, "manifest.json", f->manifest.p, f->manifest.n);
  finish(f, E_EXTRACT_TAR);
  forge_free(f);
}
static void row22_a_file_where_a_folder_is(void **state) {
  (void)state;
  struct forge *f = forge_new();
  start(f);
  add_member(f, "data", "x", 1);
  add_member(f, "data/b.csv", "x\r\n", 3);
  finish(f, E_FILE_WRITE);
  forge_free(f);
}
static void row22_a_million_tiny_files(void **state) {
  (void)state;
  struct forge *f = forge_new();
  char name[32];
  start(f);
  for (int i = 0; i < 1000000; i++) {
    snprintf(name, sizeof name, "f%d", i);
    add_member(f, name, "", 0);
  }
  finish(f, E_EXTRACT_LIMIT);
  forge_free(f);
}
static void row22_cut_archives_and_bytes_behind_the_end(void **state) {
  (void)state;
  struct forge *f = forge_new();
  sound(f);
  size_t whole = f->tar.n;
  for (size_t cut = 0; cut < whole; cut += 64) {
    sound(f);
    f->tar.n = cut;
    put_own(f);
    refused_with(f, E_EXTRACT_TAR);
  }
  sound(f);
  strbuf_add(&f->tar, "x", 1);
  put_own(f);
  refused_with(f, E_EXTRACT_TAR);
  sound(f);
  add_end(f);
  put_own(f);
  refused_with(f, E_EXTRACT_TAR);
  forge_free(f);
}
static void row22_more_than_was_signed(void **state) {
  (void)state;
  struct forge *f = forge_new();
  char file[440], comment[PACKAGE_COMMENT];
  sound(f);
  put_own(f);
  f->outside.tar_bytes = f->tar.n - 1; /* a bomb announces little */
  package_comment(&f->outside, comment);
  uint8_t *p;
  size_t n;
  OK(file_read(f->path, 1 << 20, &p, &n, &error));
  for (int i = 0; i < 2; i++) {
    struct strbuf sig;
    strbuf_init(&sig, 0);
    OK(minisign_sign(&f->key[i], p, n, comment, &sig, &error));
    snprintf(file, sizeof file, "%s.%d.minisig", f->path, i + 1);
    OK(atomic_write(file, sig.p, sig.n, ATOMIC_REPLACE, 0600, &error));
    strbuf_release(&sig);
  }
  free(p);
  refused_with(f, E_EXTRACT_LIMIT);
  forge_free(f);
}
static void an_existing_folder_is_never_touched(void **state) {
  (void)state;
  struct forge *f = forge_new();
  sound(f);
  put_own(f);
  assert_int_equal(mkdir(f->out, 0700), 0);
  assert_int_equal(open_forged(f), E_EXTRACT_EXISTS);
  assert_int_equal(entries(f->out), 0);
  forge_free(f);
}
/* Killed, out of space or broken at each durable step of opening, which are the worker's and its parent's: the folder is whole or not there. */
static void opening_is_all_or_nothing(void **state) {
  (void)state;
  static const enum io_fault kinds[] = {IO_FAULT_KILL, IO_FAULT_ENOSPC, IO_FAULT_EIO};
  for (size_t k = 0; k < 3; k++) {
    struct forge *f = forge_new();
    int opened = 0, refused = 0;
    sound(f);
    put_own(f);
    for (uint64_t n = 1; n < 20; n++) {
      fflush(NULL);
      pid_t pid = fork();
      if (pid == 0) {
        io_fault_at(kinds[k], n);
        _exit(open_forged(f) == E_OK ? 0 : 1);
      }
      int status;
      assert_int_equal(waitpid(pid, &status, 0), pid);
      bool there = access(f->out, F_OK) == 0, done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
      if (there) assert_int_equal(entries(f->out), 2);
      if (done) assert_true(there);
      opened += done, refused += !done;
      if (there) remove_tree(f->out);
    }
    assert_true(opened > 3 && refused > 5);
    assert_int_equal(open_forged(f), E_OK); /* also after what a killed one left */
    assert_int_equal(entries(f->folder), 4); /* which is swept: package, two signatures, out */
    forge_free(f);
  }
}

/* The answer of the worker is read as input from outside: whole or not at all. */
static void the_answer_of_the_worker_is_read_strictly(void **state) {
  (void)state;
  struct forge *f = forge_new();
  struct arena *a = arena_new(0);
  struct manifest_read m, again;
  struct strbuf answer;
  struct err said;
  sound(f);
  OK(manifest_open(a, str_view(f->manifest.p, f->manifest.n), (const char *const[]){f->public_text[0], f->public_text[1]}, &m, &error));
  strbuf_init(&answer, 0);
  sandbox_put_error(&answer, &(struct err){.code = E_OK});
  const size_t at = answer.n;
  manifest_flat_write(&m, &answer);
  assert_true(package_answer_parse(a, answer.p, answer.n, &said, &again));
  assert_string_equal(again.head.provision, "g-1");
  assert_string_equal(again.m.columns[0], "c");
  assert_true(str_eq(again.statement, m.statement) && again.m.n_files == 1);
  for (size_t n = 0; n < answer.n; n++) assert_false(package_answer_parse(a, answer.p, n, &said, &again));
  strbuf_addc(&answer, 'x');
  assert_false(package_answer_parse(a, answer.p, answer.n, &said, &again));
  int refused = 0;
  for (size_t i = at; i + 1 < answer.n; i++) { /* a length, a name or a digit that is another: never beyond the bytes, mostly refused */
    answer.p[i] = (char)(answer.p[i] ^ 0x80);
    refused += !package_answer_parse(a, answer.p, answer.n - 1, &said, &again);
    answer.p[i] = (char)(answer.p[i] ^ 0x80);
  }
  assert_true(refused > 500);
  strbuf_release(&answer);
  arena_free(a);
  forge_free(f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_sound_package_opens),
      cmocka_unit_test(row21_reencrypted_to_another_key_the_outer_signature_fails),
      cmocka_unit_test(row21_reencrypted_and_signed_anew_the_manifest_names_the_first_recipient),
      cmocka_unit_test(row21_a_package_for_somebody_else_is_refused_before_decryption),
      cmocka_unit_test(row21_signed_anew_by_others_the_manifest_signatures_fail),
      cmocka_unit_test(row21_the_manifest_of_one_grant_in_the_package_of_another),
      cmocka_unit_test(row21_a_file_name_that_claims_another_grant),
      cmocka_unit_test(row21_the_manifest_of_one_package_with_the_files_of_another),
      cmocka_unit_test(row21_signed_by_one_officer_only),
      cmocka_unit_test(row21_signatures_that_speak_of_different_packages),
      cmocka_unit_test(every_flipped_byte_is_refused),
      cmocka_unit_test(row22_names_that_lead_out_or_hide),
      cmocka_unit_test(row22_links_devices_folders_and_other_kinds),
      cmocka_unit_test(row22_owners_modes_times_and_prefixes),
      cmocka_unit_test(row22_sparse_and_pax_headers),
      cmocka_unit_test(row22_a_name_twice),
      cmocka_unit_test(row22_a_file_where_a_folder_is),
      cmocka_unit_test(row22_a_million_tiny_files),
      cmocka_unit_test(row22_cut_archives_and_bytes_behind_the_end),
      cmocka_unit_test(row22_more_than_was_signed),
      cmocka_unit_test(an_existing_folder_is_never_touched),
      cmocka_unit_test(the_answer_of_the_worker_is_read_strictly), cmocka_unit_test(opening_is_all_or_nothing),
  };
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}
