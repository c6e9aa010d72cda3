/* bench_log_verify.c -- shirabe-verify rebuild of a log of 1,000,000 leaves in tiles (target 10 s), beside the bare hashing of the same bytes with
 * the same
 * library in the same run; hashes of an inclusion proof (target 20). */
#include <ftw.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ext_sodium.h"
#include "base/job.h"
#include "secure-store/access_log.h"
#include "tests/bench/bench_child.h"

enum { N = 1000000 };
static char folder[] = "/tmp/shirabe-bench-XXXXXX";

static void make_leaf(uint64_t seq, struct log_leaf *l) {
  memset(l, 0, sizeof *l);
  l->seq = seq;
  l->wall = 1767225600 + (int64_t)seq;
  l->action = log_action_number("data-read");
  l->result = seq % 2 ? LOG_DONE : LOG_INTENT;
  l->intent = seq % 2 ? seq - 1 : UINT64_MAX;
  l->rows = (int64_t)(seq % 5000);
  snprintf(l->object, sizeof l->object, "dataset:vital/birth/2025-%02d/received shard:%llu", (int)(seq % 12) + 1, (unsigned long long)(seq % 1900));
  memset(l->columns_hash, (int)(seq % 251), 32);
}
/* A device that makes each leaf again when it is asked for it. */
static uint64_t count;
static enum err_code device_count(void *context, uint64_t *n, struct err *e) {
  (void)context, (void)e;
  *n = count;
  return E_OK;
}
static enum err_code device_append(void *context, uint64_t seq, const void *leaf, size_t n, struct err *e) {
  (void)context, (void)leaf, (void)n, (void)e;
  count = seq + 1;
  return E_OK;
}
static enum err_code device_each(void *context, uint64_t first, uint64_t end,
    enum err_code (*fn)(void *, uint64_t, const void *, size_t, struct err *), void *fn_context, struct err *e) {
  struct strbuf b;
  struct log_leaf l;
  enum err_code code = E_OK;
  (void)context;
  strbuf_init(&b, 0);
  for (uint64_t i = first; !code && i < end; i++) {
    strbuf_reset(&b);
    make_leaf(i, &l);
    code = log_leaf_encode(&l, &b, e);
    if (!code) code = fn(fn_context, i, b.p, b.n, e);
  }
  strbuf_release(&b);
  return code;
}
static enum err_code write_tile(void *context, const char *path, const void *p, size_t n, struct err *e) {
  char full[256];
  (void)context, (void)e;
  snprintf(full, sizeof full, "%s/%s", folder, path);
  for (char *slash = full + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = 0;
    mkdir(full, 0700);
    *slash = '/';
  }
  FILE *f = fopen(full, "wb");
  if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0) bench_die("cannot write", NULL);
  return E_OK;
}
static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f) {
  (void)st, (void)kind, (void)f;
  return remove(path);
}
/* What cannot be saved: one hash of a leaf's length and one of a node's for each leaf. */
static double bare_hashing(size_t leaf_n) {
  uint8_t buffer[LOG_LEAF_MAX] = {0};
  struct timespec from, to;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  for (int i = 0; i < N; i++) {
    crypto_hash_sha256(buffer, buffer, leaf_n + 1);
    crypto_hash_sha256(buffer, buffer, 65);
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
  double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
  return buffer[0] | buffer[1] | buffer[2] | buffer[3] ? seconds : seconds + 1e-9; /* the hashes are used, so they are computed */
}

int main(void) {
  struct note_key key;
  struct access_log *log;
  struct log_device device = {.name = "made", .count = device_count, .append = device_append, .each = device_each};
  struct err e;
  struct merkle_proof proof;
  const char *program = getenv("SHIRABE");
  char verify[4096];
  if (!crypto_start() || !mkdtemp(folder)) bench_die("cannot begin", NULL);
  snprintf(verify, sizeof verify, "%s-verify", program ? program : "build/shirabe");
  sign_keypair(key.public_key, key.secret);
  if (note_key_name(&key, "bench.example/log", &e) || access_log_open(&device, 1, &key, NULL, &log, NULL, &e)) bench_die("log", &e);
  double start = bench_now();
  for (uint64_t i = 0; i < N; i++) {
    struct log_leaf l;
    make_leaf(i, &l);
    if (access_log_append(log, &l, &e)) bench_die("append", &e);
  }
  printf("leaves made and appended, no disk   %9.0f leaves/s\n", N / (bench_now() - start));
  start = bench_now();
  if (access_log_tiles(log, &key, write_tile, NULL, &e)) bench_die("tiles", &e);
  printf("tiles written                       %9.0f leaves/s\n", N / (bench_now() - start));
  struct log_leaf one;
  struct strbuf bytes;
  strbuf_init(&bytes, 0);
  make_leaf(N / 2, &one);
  if (log_leaf_encode(&one, &bytes, &e)) bench_die("leaf", &e);
  double floor = bare_hashing(bytes.n);
  strbuf_release(&bytes);
  char *argv[] = {verify, "rebuild", folder, "--quiet", NULL}; /* without a policy it ends with 2 */
  struct child_run r = child_run(argv);
  if (r.status != 2) bench_die("rebuild", NULL);
  printf("shirabe-verify rebuild, 1 M leaves  %9.2f s   processor %.2f s   %.1f x the bare hashing (%.2f s)   target 10 s\n", r.seconds, r.cpu,
      r.cpu / floor, floor);
  if (!access_log_inclusion(log, N / 3, &proof)) bench_die("proof", NULL);
  printf("inclusion proof at 1 M leaves       %9d hashes   target 20\n", proof.n);
  access_log_close(log);
  nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  return 0;
}
