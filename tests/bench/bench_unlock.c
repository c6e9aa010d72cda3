/* bench_unlock.c -- opening a store of the standard profile: two of three officers (two scrypt key files of 256 MiB one after the other), and one
 * passphrase
 * (Argon2id, 256 MiB, 3 passes). Log compared on both devices, state and records checked, leaves written. Target: 3 s. Peer: the two key derivations
 * alone. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "secure-store/rights/founders.h"

enum { PEOPLE = 5, RUNS = 5 };
static const char passphrase[] = "correct horse battery staple";

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static void must(enum err_code code, const struct err *e) {
  char text[1024];
  if (!code) return;
  err_format(e, LANG_EN, text, sizeof text);
  fprintf(stderr, "%s\n", text);
  exit(70);
}
static int drop(const char *path, const struct stat *st, int flag, struct FTW *w) {
  (void)st, (void)flag, (void)w;
  return remove(path);
}
static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static double median(double *v) {
  qsort(v, RUNS, sizeof *v, by_size);
  return v[RUNS / 2];
}

int main(void) {
  static const char *const ids[PEOPLE] = {"officer-a", "officer-b", "officer-c", "chief-d", "audit-e"};
  static const char *const names[PEOPLE] = {"青木 春子", "井上 夏雄", "上田 秋江", "江口 冬樹", "大野 都"};
  static const role_set roles[PEOPLE] = {ROLE_BIT(LOG_ROLE_KEY_OFFICER), ROLE_BIT(LOG_ROLE_KEY_OFFICER),
      ROLE_BIT(LOG_ROLE_KEY_OFFICER) | ROLE_BIT(LOG_ROLE_MANAGER), ROLE_BIT(LOG_ROLE_CHIEF), ROLE_BIT(LOG_ROLE_AUDITOR)};
  static struct store_founders f = {.n = PEOPLE, .until = 4102444800};
  struct share_plan unlock, authority;
  struct keystore_plan plan = {{&unlock, &authority}};
  struct job job = {.lang = LANG_EN, .n_threads = 1};
  struct office office = {.type = OFFICE_PREFECTURE, .code = "010006", .name_ja = "北海道"};
  char folder[] = "/tmp/bench-unlock-XXXXXX", key[PEOPLE][64], file[64], store[64], one[64];
  struct err e;
  double shares[RUNS], derive[RUNS], alone[RUNS];
  if (!crypto_start() || !mkdtemp(folder)) return 70;
  snprintf(file, sizeof file, "%s/pass", folder);
  snprintf(store, sizeof store, "%s/store", folder);
  snprintf(one, sizeof one, "%s/one", folder);
  must(atomic_write(file, passphrase, strlen(passphrase), ATOMIC_NEW_ONLY, 0600, &e), &e);
  double begin = now();
  for (int i = 0; i < PEOPLE; i++) {
    struct officer *o = &f.founder[i].card;
    snprintf(key[i], sizeof key[i], "%s/%s.key", folder, ids[i]);
    snprintf(o->id, sizeof o->id, "%s", ids[i]);
    snprintf(o->name, sizeof o->name, "%s", names[i]);
    snprintf(o->organisation, sizeof o->organisation, "統計課");
    snprintf(o->section, sizeof o->section, "企画係");
    snprintf(o->staff_no, sizeof o->staff_no, "A%d00", i + 1);
    f.founder[i].roles = roles[i];
    must(officer_key_create(key[i], passphrase, false, o, &e), &e);
  }
  double one_key = (now() - begin) / PEOPLE;
  store_founders_plan(&f, 2, 3, &unlock, &authority);
  f.plan = &plan;
  must(store_init_officers(&job, store, &office, "standard", &f, &e), &e);
  must(store_init(&job, one, &office, passphrase, "standard", &e), &e);
  const struct store_officer two[2] = {{.key_file = key[0], .passphrase_file = file}, {.key_file = key[1], .passphrase_file = file}};
  for (int i = 0; i < RUNS; i++) {
    struct store *s;
    struct officer_secret *secret;
    begin = now();
    for (int k = 0; k < 2; k++) {
      must(officer_key_open(key[k], passphrase, &secret, &e), &e);
      officer_secret_free(secret);
    }
    derive[i] = now() - begin;
    begin = now();
    must(store_open_shares(&job, store, two, 2, &s, &e), &e);
    shares[i] = now() - begin;
    store_close(s);
    begin = now();
    must(store_open(&job, one, passphrase, &s, &e), &e);
    alone[i] = now() - begin;
    store_close(s);
  }
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  double by_shares = median(shares), by_key = median(derive);
  printf("make one key file                       %6.2f s\n", one_key);
  printf("open by two of three officers           %6.2f s  %4.2f x the two key files alone  %ld MiB  target 3 s\n", by_shares, by_shares / by_key,
         u.ru_maxrss / 1024);
  printf("open by one passphrase                  %6.2f s  target 3 s\n", median(alone));
  nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS);
  return 0;
}
