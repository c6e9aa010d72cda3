/* library.h -- the forms of the library as read by form_read, for the tests of this folder only. */
#ifndef SHIRABE_TESTS_LIBRARY_H
#define SHIRABE_TESTS_LIBRARY_H
#include <stdio.h>

#include "base/job.h"
#include "forms/form.h"

struct library_form {
  const char *survey, *form, *version;
};
static const struct library_form LIBRARY[] = {
    {"vital", "birth", "2015"},
    {"vital", "death", "2015"},
    {"vital", "population", "2015"},
    {"vital", "deaths_by_age", "2015"},
    {"vital", "births_by_age", "2015"},
    {"vital", "life_q", "2015"},
    {"mls", "establishment", "2018"},
    {"mls", "register", "2018"},
    {"mls", "stratum", "2018"},
    {"mls", "cell", "2018"},
    {"mls", "unitcell", "2018"},
};
enum { LIBRARY_FORMS = sizeof LIBRARY / sizeof *LIBRARY };

static inline void library_print_problem(void *context, const struct err *e) {
  char text[2048];
  (void)context;
  err_format(e, LANG_EN, text, sizeof text);
  fprintf(stderr, "%s\n", text);
}
#endif
