#include <string.h>

#include "tests/conform/edit/runner.h"

/* SPECIAL(folder, function): function(tally, path) runs the cases of the folder. */
#define SPECIAL(folder, function) void function(struct tally *t, const char *path);
#include "tests/conform/edit/special.def"
#undef SPECIAL

bool special_folder(struct tally *t, const char *path, const char *name) {
#define SPECIAL(folder, function) \
  if (strcmp(name, folder) == 0) return function(t, path), true;
#include "tests/conform/edit/special.def"
#undef SPECIAL
  (void)t, (void)path, (void)name;
  return false;
}
