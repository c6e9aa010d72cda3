/* role_replay.h -- the roles of a store as its log tells them, leaf by leaf; for rights/ only.
 * Every card, certificate, approval and revocation is read again, compared with its leaf, and its signature checked. Cost: about 0.1 ms per record.
 *           */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_ROLE_REPLAY_H
#define SHIRABE_SECURE_STORE_RIGHTS_ROLE_REPLAY_H
#include "secure-store/rights/record.h"
#include "secure-store/rights/role.h"

struct role_word { /* who approved which certificate */
  int64_t state;
  char officer[OFFICER_ID_BYTES];
  bool approve;
};
struct role_walls {
  int64_t in_force, revoked;
};
struct role_replay {
  struct store *s;
  struct arena *a;
  struct role_state *state;
  struct role_walls *wall; /* of the same certificate */
  struct role_word *word;
  int64_t n, n_words;
  uint64_t role_seq;    /* of the index, and SQLite's data_version, when it was made */
  int64_t data_version;
};
/* As of now; belongs to the store. Made anew when a record was added or another connection has written to the database since. */
enum err_code role_replay_now(struct store *s, const struct role_replay **out, struct err *e) NODISCARD;
/* What an officer held when leaf `seq` of date `at` was written, and at a date. */
role_set role_replay_at_leaf(const struct role_replay *p, const char *officer, uint64_t seq, int64_t at);
role_set role_replay_at_time(const struct role_replay *p, const char *officer, int64_t at);
int role_replay_leaders(const struct role_replay *p); /* people who ever were chief or manager */
enum err_code role_certificate_parse(
    struct store *s, const char *place, struct str json, struct role_certificate *out, uint8_t subject[32], struct err *e) NODISCARD;
/* An approval of record, checked (approval.c). */
enum err_code approval_read(struct store *s, const struct record *r, struct approval *out, struct err *e) NODISCARD;
#endif
