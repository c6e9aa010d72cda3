/* contract.h -- contractors (委託先): another organisation works for the office, for a time, on some datasets, under the office's eyes (O9).
 * Own      the organisations of the officers whom the ceremony of the store appointed. Whoever is of another one and has role maintenance, or is of
 *          an organisation that ever had a contract, is a contractor's person: with own keys, named on the officer's card.
 * Contract record "contract:ID", canonical JSON "shirabe-contract-1": organisation, datasets (patterns as in a grant), from, until, what for, parent.
 *          In force when two officers with role chief or manager approved exactly it (kind "contract"). With a parent it is re-outsourced: within
 *          the parent's time and datasets, of a contract that has no parent itself, and a chief must say so a second time (kind "subcontract").
 * Bound    its people hold maintenance, tabulator or provider and nothing else, for no longer than the contract; their grants name its datasets only
 *          and are dead when it ends. A new contract with an organisation whose certificate is missing is refused.
 * End      record "contract-ended:ID" with the erasure certificate, sealed as a blob "contract-certificate"; their roles end with it.
 * Errors   E_CONTRACT_*, E_PAPER_FORMAT. */
#ifndef SHIRABE_SECURE_STORE_OVERSIGHT_CONTRACT_H
#define SHIRABE_SECURE_STORE_OVERSIGHT_CONTRACT_H
#include "secure-store/rights/role.h"

struct contract {
  char datasets[400], id[41], organisation[OFFICER_TEXT_BYTES], parent[41], purpose[256];
  int64_t from, until; /* UNIX seconds */
};
struct contract_end {
  char blob[65], certificate[65], id[41], officer[41], reason[256]; /* certificate: SHA-256 of the file */
  int64_t at;
};
struct contract_state {
  struct contract contract;
  uint8_t subject[32];
  uint64_t seq;
  int n_approvals;
  bool approved, second; /* second: not needed, or given */
  bool ended;
  struct contract_end end; /* when ended */
};
enum err_code contract_text(struct store *s, const struct contract *c, struct strbuf *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code contract_parse(struct store *s, struct str json, struct contract *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code contract_end_parse(struct store *s, struct str json, struct contract_end *out, struct err *e) NODISCARD;
enum err_code contract_put(struct store *s, const struct contract *c, struct err *e) NODISCARD; /* inside a transaction, as the next two */
/* A signed word of kind "contract" or "subcontract". */
enum err_code contract_vote(struct store *s, const char *id, struct str approval, struct err *e) NODISCARD;
/* Seals the certificate, ends the roles of its people unless another contract with the organisation is in force. Fills end->blob and at. */
enum err_code contract_finish(struct store *s, struct contract_end *end, const void *certificate, size_t n, struct err *e) NODISCARD;
enum err_code contract_find(struct store *s, const char *id, struct contract_state *out, struct err *e) NODISCARD;
enum err_code contract_list(struct store *s, struct arena *a, struct contract_state **out, int64_t *n, struct err *e) NODISCARD;
bool contract_in_force(const struct contract_state *x, int64_t now);
bool contract_within(const char *patterns, const char *of); /* every pattern of the first is covered by one of the second */
/* --- what binds its people; E_OK for everybody else --- */
enum err_code contract_allows_role(
    struct store *s, const struct officer *o, enum log_role role, int64_t from, int64_t until, struct err *e) NODISCARD;
enum err_code contract_allows_grant(struct store *s, const struct officer *o, const char *datasets, int64_t now, struct err *e) NODISCARD;
#endif
