/* runner.h -- what main.c, the reader of cases and the runners of special folders share. */
#ifndef SHIRABE_TESTS_CONFORM_EDIT_RUNNER_H
#define SHIRABE_TESTS_CONFORM_EDIT_RUNNER_H
#include "tests/conform/edit/case.h"

struct tally {
  int passed, failed, unsupported, excepted;
  const char *only;
};
void tally_add(struct tally *t, const char *proc, const char *id, enum verdict v, const char *differs);
/* The case stands in exceptions.csv with a reason and a proof. */
bool exception_known(const char *id);
enum err_code case_file(struct arena *a, const char *folder, const char *name, struct json_document **out, struct err *e) NODISCARD;
enum err_code case_read(
    struct arena *a, const char *folder, const char *file, const struct json_value *v, struct edit_case *out, struct err *e) NODISCARD;
/* Folders that are not arrays of cases (a pack of CSV pairs): true when the folder's name is one of special.def and its cases were run. */
bool special_folder(struct tally *t, const char *path, const char *name);
#endif
