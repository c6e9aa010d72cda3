/* store_shares.h -- officers' key files opened and held ready to give their shares. For store_shares.c, store_rotate.c and the commands that sign. */
#ifndef SHIRABE_SECURE_STORE_STORE_SHARES_H
#define SHIRABE_SECURE_STORE_STORE_SHARES_H
#include "secure-store/rights/officer.h"
#include "secure-store/share_set.h"
#include "secure-store/store.h"

struct store_givers {
  int n;
  struct share_giver giver[SHARE_HOLDERS_MAX];
  char *passphrase[SHARE_HOLDERS_MAX];
  struct officer_secret *secret[SHARE_HOLDERS_MAX];
  uint8_t *file[SHARE_HOLDERS_MAX];
};
/* Reads passphrases, so that nobody types while an attempt is counted. E_CAP_EXCEEDED for more than 16. */
enum err_code store_givers_ask(const struct store_officer *officers, int n, struct store_givers *out, struct err *e) NODISCARD;
/* Opens key files and share files. */
enum err_code store_givers_open(const struct store_officer *officers, struct store_givers *g, struct err *e) NODISCARD;
void store_givers_free(struct store_givers *g); /* wipes */
struct keystore_faults;
void store_report_faults(const struct store *s, const struct keystore_faults *faults); /* each as a warning: the operation went on without them */
#endif
