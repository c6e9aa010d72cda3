/* share_set.h -- one secret of 32 bytes shared m of n among officers, as it stands in a keystore (page: keystore.md, "Shares").
 * Share    32 bytes and a number 1..255, in the field of libgfshare; each is a real age file to one officer's recipient, so
 *          `age -d -i officer.key` and `gfcombine` rebuild the secret without any program of ours.
 * Naming   commitment = SHA-256(salt | share) per share tells a wrong one from a right one and names it; the check value tells the right secret.
 *          Both are public and tell nothing about 32 random bytes. They find honest faults; what counts against forgery is the MAC of the keystore.
 * Errors   E_SHARE_NUMBER, E_SHARE_TWICE, E_SHARE_HOLDER (key without a share), E_SHARE_REFUSED (altered, of another epoch, sealed to
 *          another officer: one shape), E_SHARE_TOO_FEW, E_KEYS_PLAN.
 * Memory   share_hand and the secret belong in locked memory (the caller's); nothing else here is secret.
 * Source   secure.md 4.3; Shamir, CACM 22 (1979) 612. */
#ifndef SHIRABE_SECURE_STORE_SHARE_SET_H
#define SHIRABE_SECURE_STORE_SHARE_SET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

enum { SHARE_BYTES = 32, SHARE_HOLDERS_MAX = 16, SHARE_FILE_BYTES = 512, SHARE_OFFICER_BYTES = 41 };
struct share_holder {
  uint8_t number;
  bool auditor;
  char officer[SHARE_OFFICER_BYTES];
  uint8_t age_public[32], salt[32], commitment[32];
  uint16_t file_n;
  uint8_t file[SHARE_FILE_BYTES]; /* the age file */
};
struct share_set {
  uint8_t m, n;
  bool needs_auditor; /* one of those who give a share must be an auditor */
  uint8_t check[32];
  struct share_holder holder[SHARE_HOLDERS_MAX]; /* in order of number */
};
/* What a set is for; part of the check value's derivation. */
struct share_purpose {
  const char *name; /* "unlock", "authority" */
  const uint8_t *install_id;
  uint64_t epoch;
};

/* Who is to hold shares. */
struct share_plan {
  int m, n;
  bool needs_auditor;
  struct {
    const char *officer, *age_recipient;
    bool auditor;
  } holder[SHARE_HOLDERS_MAX];
};
/* 2 <= m <= n <= 16, officers and recipients all different, an auditor among them where one is needed. `what` names the set in the message. */
enum err_code share_plan_check(const struct share_plan *plan, const char *what, struct err *e) NODISCARD;
/* New random numbers, coefficients, salts and files. */
enum err_code share_set_make(const uint8_t secret[SHARE_BYTES], const struct share_plan *plan, const struct share_purpose *purpose,
    struct share_set *out, struct err *e) NODISCARD;
/* The same holders and thresholds as a plan; its texts live in `recipients` and in the set. */
enum err_code share_set_plan(const struct share_set *s, char recipients[SHARE_HOLDERS_MAX][80], struct share_plan *plan, struct err *e) NODISCARD;

/* --- bytes in the keystore --- */
void share_set_put(const struct share_set *s, struct strbuf *out);
bool share_set_take(struct bytes_reader *r, struct share_set *out) NODISCARD; /* strict; false also past the end */

/* --- giving shares --- */
struct share_hand { /* secret */
  int n, n_auditors;
  uint8_t number[SHARE_HOLDERS_MAX], share[SHARE_HOLDERS_MAX][SHARE_BYTES];
};
/* One officer's key, and the share file when it does not come from the keystore. */
struct share_giver {
  const char *name;          /* for messages: the key file */
  const uint8_t *age_secret; /* 32 bytes */
  bool locked;               /* whether that secret lies in locked memory */
  int number;                /* with file: as its name says */
  const uint8_t *file;       /* NULL = the share in the keystore */
  size_t file_n;
};
/* Adds the share to the hand. On error the hand is as it was. */
enum err_code share_give(const struct share_set *s, const struct share_giver *giver, struct share_hand *hand, struct err *e) NODISCARD;
/* The secret from the hand's shares. E_SHARE_TOO_FEW; E_SHARE_REFUSED with subject `purpose->name` when they give another secret than the one
 * shared. */
enum err_code share_combine(const struct share_set *s, const struct share_purpose *purpose, const struct share_hand *hand,
    uint8_t secret[SHARE_BYTES], struct err *e) NODISCARD;

/* --- files: NAME.NNN.age --- */
enum err_code share_file_number(const char *path, int *number, struct err *e) NODISCARD;
const struct share_holder *share_set_number(const struct share_set *s, int number);                  /* NULL = no such share */
const struct share_holder *share_set_of_key(const struct share_set *s, const uint8_t age_public[32]); /* NULL = holds none */
#endif
