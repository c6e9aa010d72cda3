/* Rule analysis: for now only that a case to be refused is refused. */
#include "tests/conform/edit/case.h"
enum verdict verify_run(const struct edit_case *c);
enum verdict verify_run(const struct edit_case *c) {
  struct linear_system s;
  struct err e = {0};
  return case_edits(c, "edits", &s, &e) && !c->must_refuse ? FAILED : UNSUPPORTED;
}
