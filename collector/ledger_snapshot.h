/* ledger_snapshot.h -- cut-offs: 速報 概数 確定 as fixed lists of batch ids.
 * Hash     SHA-256 over "survey\nperiod\nname\n" and every id in order, one a line; kept, checked at every reading, and put into the access log.
 * Rules    a name is taken once and never changed; a later kind cannot be followed by an earlier one; 確定 is taken only when every office due is
 * approved, final or declared impossible. What came after a cut-off belongs to the next. Errors   E_LEDGER_SNAPSHOT_EXISTS, _UNKNOWN, _OPEN; a list
 * that does not fit its hash is E_LEDGER_STATES. */
#ifndef SHIRABE_COLLECTOR_LEDGER_SNAPSHOT_H
#define SHIRABE_COLLECTOR_LEDGER_SNAPSHOT_H
#include "collector/ledger.h"

enum ledger_cutoff { CUTOFF_SOKUHO, CUTOFF_GAISU, CUTOFF_KAKUTEI, N_CUTOFFS };
const char *ledger_cutoff_key(enum ledger_cutoff c);                     /* "sokuho" */
const char *ledger_cutoff_name(enum ledger_cutoff c, enum err_lang lang); /* "速報" */
bool ledger_cutoff_parse(const char *text, enum ledger_cutoff *out);     /* key or Japanese name */

struct ledger_snapshot {
  enum ledger_cutoff cutoff;
  char hash[65];
  char content[65];  /* of what had been received (secure-store/store_cutoff.h); "" = not kept */
  int64_t current;   /* rows then, own intake and corrections counted once; -1 = not kept */
  int64_t n_batches, records, n_missing, taken, later; /* records: stored by the batches; later: batches here that are in no cut-off up to this one */
};
enum err_code ledger_snapshot_take(struct store *s, const char *survey, const char *period, enum ledger_cutoff cutoff, int64_t due_days,
    struct ledger_snapshot *out, struct err *e) NODISCARD;
enum err_code ledger_snapshots(
    struct store *s, const char *survey, const char *period, struct ledger_snapshot out[N_CUTOFFS], int *n, struct err *e) NODISCARD;

struct ledger_change {
  const char *office, *form, *batch; /* batch "": the sum of a form */
  int64_t before, after;             /* accepted records in A and in B */
};
/* b = N_CUTOFFS: what is here now. First the sums per form, then each batch that is in one of the two only. */
enum err_code ledger_snapshot_diff(struct store *s, const char *survey, const char *period, enum ledger_cutoff from, int to, struct arena *a,
    struct ledger_change **out, int64_t *n, struct err *e) NODISCARD;
#endif
