/* session_run.h -- runs one command within a session of a store: the keys are opened before, wiped after, and both stand in the log. */
#ifndef SHIRABE_SECURE_STORE_SESSION_RUN_H
#define SHIRABE_SECURE_STORE_SESSION_RUN_H
#include "secure-store/session.h"
#include "secure-store/store.h"

struct session_run {
  char *const *argv; /* of the command, ends with NULL; found by PATH */
  struct session_limits limits;
};
/* Takes s over. *status: exit status of the command, 128 + signal when it was ended by one, 127 when it cannot be run. */
enum err_code session_run(struct store *s, const struct session_run *run, int *status, struct err *e) NODISCARD;
#endif
