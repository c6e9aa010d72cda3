/* test_batch_memory.c -- whoever knows an office's card can seal a file to it. Such a file is received in a process of its own, which never holds
 * 256 MiB, whatever the file says of its size; what an enrolled office sends of the usual size is taken in within the same memory. */
#include "tests/unit/batch_fixture.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/checked_build.h"
#include "base/ext_archive.h"
#include "base/ext_zstd.h"
#include "collector/batch_records.h"
#include "collector/batch_volume.h"
#include "secure-store/age.h"

enum { MEMORY_KIB = 256 * 1024, MIB = 1 << 20 };

static struct str view(const struct strbuf *b) { return str_view(b->p, b->n); }

/* Bytes that do not pack, the same in every run. */
static void noise(struct strbuf *out, size_t n) {
  uint64_t x = 88172645463325252u;
  for (size_t i = 0; i < n; i += 8) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    strbuf_add(out, (const char *)&x, 8);
  }
}
static void letters(struct strbuf *out, size_t n) { /* the same as text: enough of it keeps the ratio of a monotonous file below the cap */
  struct strbuf b;
  strbuf_init(&b, 0);
  noise(&b, n / 2);
  for (size_t i = 0; i < b.n; i++) {
    strbuf_addc(out, (char)('a' + ((uint8_t)b.p[i] & 15)));
    strbuf_addc(out, (char)('a' + ((uint8_t)b.p[i] >> 4)));
  }
  strbuf_release(&b);
}
static void fill(struct strbuf *out, const char *piece, size_t n) {
  while (out->n < n) strbuf_adds(out, piece);
}

/* --- files that mean harm: nobody signed them --- */
static void seal_frame(struct route *r, const struct strbuf *plain, struct strbuf *out) {
  struct strbuf frame;
  strbuf_init(&frame, 0);
  OK(zstd_compress(plain->p, plain->n, 1, &frame, &error));
  OK(age_encrypt(store_office(r->store[PREFECTURE])->age_recipient, frame.p, frame.n, out, &error));
  strbuf_release(&frame);
}
static void with_manifest(struct route *r, const struct strbuf *json, struct strbuf *out) {
  struct strbuf tar, text;
  strbuf_init(&text, 0);
  strbuf_adds(&text, "{\"noise\":\"");
  letters(&text, 200 * 1024);
  strbuf_adds(&text, "\",");
  strbuf_add(&text, json->p, json->n);
  const struct tar_member members[] = {{"manifest.json", text.p, text.n}, {"manifest.json.minisig", "x", 1}};
  strbuf_init(&tar, 0);
  OK(tar_write(members, 2, &tar, &error));
  seal_frame(r, &tar, out);
  strbuf_release(&tar);
}
static void long_file(struct route *r, struct strbuf *out) {
  struct strbuf b;
  strbuf_init(&b, 0);
  noise(&b, 200 * MIB);
  OK(age_encrypt(store_office(r->store[PREFECTURE])->age_recipient, b.p, b.n, out, &error));
}
static void long_content(struct route *r, struct strbuf *out) { /* packed 2 MiB, unpacked 600 MiB: within the ratio */
  struct strbuf b;
  strbuf_init(&b, 0);
  noise(&b, 2 * MIB);
  assert_non_null(strbuf_extend(&b, 598u * MIB));
  memset(b.p + 2 * MIB, 0, 598u * MIB);
  seal_frame(r, &b, out);
}
static void bomb(struct route *r, struct strbuf *out) {
  struct strbuf b;
  strbuf_init(&b, 0);
  assert_non_null(strbuf_extend(&b, 600u * MIB));
  memset(b.p, 0, b.n);
  seal_frame(r, &b, out);
}
static void objects(struct route *r, struct strbuf *out) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "\"a\":[");
  fill(&b, "{},", 15 * MIB);
  strbuf_adds(&b, "{}]}");
  with_manifest(r, &b, out);
}
static void keys(struct route *r, struct strbuf *out) {
  struct strbuf b;
  char key[32];
  strbuf_init(&b, 0);
    for (int i = 0; b.n < 15 * MIB; i++) {
    snprintf(key, sizeof key, "\"%x\":[],", (unsigned)i);
    strbuf_adds(&b, key);
  }
  strbuf_adds(&b, "\"z\":0}");
  with_manifest(r, &b, out);
}
static void numbers(struct route *r, struct strbuf *out) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "\"a\":[");
  fill(&b, "1,", 3 * MIB);
  strbuf_adds(&b, "1]}");
  with_manifest(r, &b, out);
}
static void long_manifest(struct route *r, struct strbuf *out) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "\"a\":\"");
  fill(&b, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 20 * MIB);
  strbuf_adds(&b, "\"}");
  with_manifest(r, &b, out);
}
static void part_of_much(struct route *r, struct strbuf *out) {
  struct strbuf b;
  char name[VOLUME_NAME], batch[65];
  (void)r;
  memset(batch, 'a', 64);
  batch[64] = 0;
  strbuf_init(&b, 0);
  noise(&b, 40 * MIB);
  OK(batch_volume_write(batch, "x.tar.zst.age", view(&b), MIB, 1, name, out, &error));
}

/* --- files of an enrolled office --- */
struct honest {
  int64_t rows;  /* below 0: as many, all blank */
  int originals; /* of 4 MiB */
};
static void honest_batch(struct route *r, const struct honest *x, struct strbuf *out) {
  const struct office *from = store_office(r->store[CENTRE]), *to = store_office(r->store[PREFECTURE]);
  struct strbuf csv, bytes, json, signature;
  struct form *form;
  struct batch_member members[10];
  struct batch_file files[10];
  struct batch_control controls[8];
  char names[10][64], row[64];
  int64_t sum = 0, ages = 0;
  struct strbuf *const all[] = {&csv, &bytes, &json, &signature};
  for (int i = 0; i < 4; i++) strbuf_init(all[i], 0);
  OK(form_read(r->job.arena, &r->job, "forms", "vital", "population", NULL, 20000, &form, NULL, &error));
  OK(batch_records_write_header(form, false, &csv, &error));
  for (int64_t i = 0; i < -x->rows; i++) strbuf_adds(&csv, "A,,,,,,\n");
  for (int64_t i = 0; i < x->rows; i++) {
    int n = snprintf(row, sizeof row, "A,%d,%d,%d,,%d,\n", 1 + (int)(i & 1), (int)(i % 97), (int)(i % 97), (int)(i * 31 % 1009));
    strbuf_add(&csv, row, (size_t)n);
    ages += i % 97;
    sum += i * 31 % 1009;
  }
  noise(&bytes, 4 * MIB);
  int64_t rows = x->rows < 0 ? -x->rows : x->rows;
  struct batch_manifest m = {.survey = "vital", .period = "2025", .sender = from->id, .sender_name = "C", .recipient = to->id,
                             .recipient_key = to->age_recipient, .salt = "00112233445566778899aabbccddeeff", .created = "2025-12-10T00:00:00Z",
                             .program = "shirabe", .proxy = "", .kind = BATCH_INITIAL, .sequence = 1, .n_counts = 1,
                             .n_members = x->originals + 1, .members = members, .controls = controls};
  struct batch_count count = {.form = "population", .version = form->version, .form_hash = form->hash_hex, .declared = rows, .accepted = rows};
  m.counts = &count;
  for (int i = 0; i < form->n_items; i++) {
    const struct item *it = &form->items[i];
    if (it->origin != ORIGIN_REPORTED || (it->class != CLASS_COUNT && it->class != CLASS_AMOUNT)) continue;
    controls[m.n_controls++] = (struct batch_control){
        .form = "population", .item = it->name, .n = x->rows < 0 ? 0 : x->rows, .sum = strcmp(it->name, "population") ? ages : sum};
  }
  for (int i = 0; i <= x->originals; i++) {
    uint8_t hash[HASH_BYTES];
    struct str s = i ? view(&bytes) : view(&csv);
    if (i) snprintf(names[i], sizeof names[i], "original/population/%06d.bin", i);
    else snprintf(names[i], sizeof names[i], "records/population.csv");
    sha256_of(s.p, s.n, hash);
    members[i] = (struct batch_member){.name = names[i], .bytes = (int64_t)s.n};
    hex_encode(hash, HASH_BYTES, members[i].sha256);
    files[i] = (struct batch_file){names[i], s};
  }
  OK(batch_manifest_write(&m, &json, &error));
  OK(store_sign(r->store[CENTRE], json.p, json.n, "x", &signature, &error));
  OK(batch_pack(to->age_recipient, view(&json), view(&signature), files, x->originals + 1, out, &error));
}
static void usual_originals(struct route *r, struct strbuf *out) { honest_batch(r, &(struct honest){0, 7}, out); }
static void usual_records(struct route *r, struct strbuf *out) { honest_batch(r, &(struct honest){1900000, 0}, out); }
static void blank_records(struct route *r, struct strbuf *out) {
  honest_batch(r, &(struct honest){-3400000, 1}, out);
} /* as many cells as 28 MiB can hold */
static void large_batch(struct route *r, struct strbuf *out) { honest_batch(r, &(struct honest){10, 9}, out); }

struct memory_case {
  const char *what;
  void (*make)(struct route *r, struct strbuf *out);
  enum err_code code;
};
static const struct memory_case cases[] = {
    {"a file of 200 MiB", long_file, E_BATCH_LARGE},
    {"600 MiB of content in 2 MiB", long_content, E_BATCH_LARGE},
    {"a bomb", bomb, E_BATCH_DAMAGED},
    {"a manifest of 5 million objects", objects, E_BATCH_MANIFEST},
    {"a manifest of a million keys", keys, E_BATCH_MANIFEST},
    {"a manifest of 1.5 million numbers", numbers, E_BATCH_MANIFEST},
    {"a manifest of 20 MiB", long_manifest, E_BATCH_MANIFEST},
    {"a part of a batch of 40 MiB", part_of_much, E_BATCH_LARGE},
    {"30 MiB of blank records of an enrolled office", blank_records, E_BATCH_LARGE},
    {"28 MiB of files of an enrolled office", usual_originals, E_OK},
    {"22 MiB of records of an enrolled office", usual_records, E_OK},
};

/* --- in processes of their own: what made the file does not count for what reads it --- */
struct outcome {
  enum err_code code;
  long kib;
};
/* A fork wipes the keys of the child (secure-store/secret_memory.h): each process opens the stores by itself. */
static struct route *route_of_closed_stores(void) {
  struct route *r = make_route();
  for (int i = 0; i < N_OFFICES; i++) {
    store_close(r->store[i]);
    r->store[i] = NULL;
  }
  return r;
}
static void open_here(struct route *r, int office) {
  OK(store_open(&r->job, r->folder[office], PASSPHRASE, &r->store[office], &error));
}
static void make_file(struct route *r, void (*make)(struct route *, struct strbuf *), const char *path) {
  int status = 0;
  pid_t pid = fork();
  if (pid == 0) {
    struct strbuf b;
    strbuf_init(&b, 0);
    open_here(r, PREFECTURE);
    open_here(r, CENTRE);
    make(r, &b);
    store_close(r->store[PREFECTURE]);
    store_close(r->store[CENTRE]);
    _exit(b.failed || atomic_write(path, b.p, b.n, ATOMIC_REPLACE, 0600, NULL) ? 1 : 0);
  }
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
}
static struct outcome receive_apart(struct route *r, const char *path, bool large) {
  struct outcome o = {E_BUG, 0};
  int ends[2], status = 0;
  assert_int_equal(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) {
    struct batch_receiver *receiver = NULL;
    struct batch_result got;
    struct rusage use;
    struct err e = {.code = E_OK};
    open_here(r, PREFECTURE);
    o.code = batch_receiver_new(r->store[PREFECTURE], "forms", NULL, &receiver, &e);
    if (!o.code && large) batch_receiver_expect_large(receiver);
    if (!o.code) o.code = batch_receiver_take(receiver, path, &got, &e);
    getrusage(RUSAGE_SELF, &use);
    o.kib = use.ru_maxrss;
    _exit(write(ends[1], &o, sizeof o) == (ssize_t)sizeof o ? 0 : 1);
  }
  close(ends[1]);
  ssize_t n = read(ends[0], &o, sizeof o);
  close(ends[0]);
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (n != (ssize_t)sizeof o || !WIFEXITED(status) || WEXITSTATUS(status)) fail_msg("%s: the process died (%d)", path, status);
  return o;
}

static void no_file_takes_256_mib(void **state) {
  (void)state;
  int wrong = 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct route *r = route_of_closed_stores();
    char path[400];
    snprintf(path, sizeof path, "%s/x.tar.zst.age", r->root);
    make_file(r, cases[i].make, path);
    struct outcome o = receive_apart(r, path, false);
    bool good = o.code == cases[i].code;
#if !ADDRESS_CHECKED
    good = good && o.kib < MEMORY_KIB;
#endif
    print_message("%s: %s, %ld MiB\n", cases[i].what, err_name(o.code), o.kib / 1024);
    wrong += !good;
    drop_route(r);
  }
  assert_int_equal(wrong, 0);
}

static void a_large_batch_comes_in_when_a_person_expects_it(void **state) {
  (void)state;
  struct route *r = route_of_closed_stores();
  char path[400];
  snprintf(path, sizeof path, "%s/x.tar.zst.age", r->root);
  make_file(r, large_batch, path);
  assert_int_equal(receive_apart(r, path, false).code, E_BATCH_LARGE);
  assert_int_equal(receive_apart(r, path, true).code, E_OK);
  drop_route(r);
}

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_file_takes_256_mib), cmocka_unit_test(a_large_batch_comes_in_when_a_person_expects_it)};
  return cmocka_run_group_tests(tests, start, NULL);
}
