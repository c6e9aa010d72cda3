#include "collector/batch_inbox.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }
static int is_batch(const struct dirent *d) {
  static const char *const ends[] = {".tar.zst.age", ".vol", ".zip"};
  size_t n = strlen(d->d_name);
  bool batch = false;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) batch |= n > strlen(ends[i]) && !strcmp(d->d_name + n - strlen(ends[i]), ends[i]);
  return batch && d->d_name[0] != '.' && strncmp(d->d_name, "receipt-", 8);
}

enum err_code batch_inbox(struct arena *a, const char *folder, const char ***paths, int64_t *n, struct err *e) {
  struct dirent **list;
  int found = scandir(folder, &list, is_batch, by_name);
  enum err_code code = E_OK;
  if (found < 0) return ERR(e, E_FILE_OPEN, .subject = folder);
  *n = found;
  *paths = ARENA_ARRAY(a, const char *, found + 1);
  if (!*paths) code = ERR(e, E_NO_MEMORY, .subject = folder);
  for (int i = 0; i < found; i++) {
    if (!code && !((*paths)[i] = arena_printf(a, "%s/%s", folder, list[i]->d_name))) code = ERR(e, E_NO_MEMORY, .subject = folder);
    free(list[i]);
  }
  free(list);
  return code;
}
