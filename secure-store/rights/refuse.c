/* refuse.c -- one leaf per refusal; see store_refuse in role.h. */
#include <string.h>

#include "secure-store/rights/record_impl.h"
#include "secure-store/rights/role.h"

/* Not answers to a request but troubles of the machine; and refusals that have left their leaf. */
static bool leaves_none(enum err_code code) {
  int status = err_exit_status(code);
  bool trouble = status == 70 || status == 73 || status == 74 || (status == 75 && code != E_GRANT_BACKOFF);
  return trouble || code == E_OK || code == E_NO_MEMORY || code == E_ROLE_MISSING || code == E_CLOCK_BACK || code == E_CLOCK_JUMP ||
      code == E_STORE_LOCKED;
}

static void printable(const char *from, char *to, size_t size) {
  size_t n = 0;
  for (; from && *from && n + 1 < size; from++) to[n++] = (char)(*from < 32 || *from > 126 ? '?' : *from);
  to[n] = 0;
}

void store_refusal_leaf(struct store *s, const char *action, const char *object, enum err_code why) {
  struct log_leaf leaf;
  struct err problem;
  if (s->locked) return;
  store_rollback(s);
  store_log_leaf_begin(s, &leaf, action, LOG_REFUSED);
  /* A clock that stands back must not keep the refusal out of the log. */
  if (s->records.last.known && leaf.wall < s->records.last.wall) leaf.wall = s->records.last.wall;
  printable(object, leaf.object, sizeof leaf.object);
  printable(err_name(why), leaf.basis, sizeof leaf.basis);
  if (store_log_note(s, &leaf, false, &problem)) job_problem(s->job, &problem);
}

enum err_code store_refuse(struct store *s, const char *action, const char *object, struct err *e) {
  if (!leaves_none(e->code)) store_refusal_leaf(s, action, object, e->code);
  return e->code;
}
