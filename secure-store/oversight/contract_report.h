/* contract_report.h -- what the people of a contractor did in a store, from the log itself (O9).
 * Who      every officer whose card names the organisation of the contract, also those who left; by the key id of the leaves.
 * Cost     one pass over the log; works without keys. Memory: the arena, about 500 bytes an entry. */
#ifndef SHIRABE_SECURE_STORE_OVERSIGHT_CONTRACT_REPORT_H
#define SHIRABE_SECURE_STORE_OVERSIGHT_CONTRACT_REPORT_H
#include "secure-store/access_log.h"
#include "secure-store/oversight/contract.h"

struct contract_access {
  uint64_t seq;
  int64_t wall, rows;
  uint16_t action;
  uint8_t result;
  char officer[OFFICER_ID_BYTES], object[LOG_OBJECT_BYTES], grant[LOG_GRANT_BYTES];
};
struct contract_report {
  char organisation[OFFICER_TEXT_BYTES];
  struct contract_access *access;
  int64_t n, people, rows, refused; /* rows: read under all grants, as counted */
};
const char *contract_access_result(const struct contract_access *a); /* "intent", "done" ... */
enum err_code contract_report_make(struct store *s, struct arena *a, const char *id, struct contract_report *out, struct err *e) NODISCARD;
#endif
