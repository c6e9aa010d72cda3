/* tally.c -- see tally.h. */
#include "tests/conform/common/tally.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/str.h"

enum { PATH = 4096 };

bool tally_wants(const struct tally *t, const char *id) { return !t->only || strncmp(id, t->only, strlen(t->only)) == 0; }
void tally_add(struct tally *t, const char *id, enum verdict v, const char *why) {
  if (!tally_wants(t, id)) return;
  if (v == PASSED) t->passed++;
  if (v == FAILED) t->failed++;
  if (v == UNSUPPORTED) t->unsupported++;
  if (v == FAILED) printf("%s: failed: %s\n", id, why);
  else if (t->only) printf("%s: %s%s\n", id, v == PASSED ? "passed" : "unsupported: ", v == PASSED ? "" : why);
}
int tally_close(struct tally *t, const char *folder) {
  if (t->passed + t->failed + t->unsupported == 0) printf("no case in %s\n", folder), t->failed++;
  printf("unsupported: %d\n%s: %d passed, %d failed\n", t->unsupported, t->name, t->passed, t->failed);
  return t->failed ? 1 : 0;
}

static bool walk_below(const char *folder, const char *below, walk_fn fn, void *context) {
  struct dirent **entries;
  char path[PATH], relative[PATH];
  snprintf(path, sizeof path, "%s%s%s", folder, *below ? "/" : "", below);
  int n = scandir(path, &entries, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    const char *name = entries[i]->d_name;
    struct stat s;
    int relative_n = snprintf(relative, sizeof relative, "%s%s%s", below, *below ? "/" : "", name);
    int path_n = snprintf(path, sizeof path, "%s/%s", folder, relative);
    if (name[0] != '.' && relative_n < PATH && path_n < PATH && stat(path, &s) == 0) {
      if (S_ISDIR(s.st_mode)) walk_below(folder, relative, fn, context);
      else if (S_ISREG(s.st_mode)) fn(context, path, relative);
    }
    free(entries[i]);
  }
  if (n >= 0) free(entries);
  return n >= 0;
}
bool walk(const char *folder, walk_fn fn, void *context) { return walk_below(folder, "", fn, context); }

uint8_t *slurp(const char *path, size_t max, size_t *n) {
  uint8_t *p = NULL, *whole;
  if (file_read(path, max, &p, n, NULL)) return NULL;
  whole = realloc(p, *n + 1);
  if (!whole) abort();
  whole[*n] = 0;
  return whole;
}

char *unsigned_as_int64(char *json, size_t *n) {
  struct strbuf out;
  bool in_text = false;
  strbuf_init(&out, 0);
  for (size_t i = 0; i < *n; i++) {
    char c = json[i];
    if (c == '"' && !(i > 0 && json[i - 1] == '\\')) in_text = !in_text;
    size_t digits = in_text ? 0 : strspn(json + i, "0123456789");
    if (digits == 0) {
      strbuf_addc(&out, c);
      continue;
    }
    errno = 0;
    unsigned long long v = strtoull(json + i, NULL, 10);
    if (errno == 0 && v > INT64_MAX && !(i > 0 && json[i - 1] == '-')) strbuf_add_int(&out, (int64_t)v);
    else strbuf_add(&out, json + i, digits);
    i += digits - 1;
  }
  free(json);
  *n = out.n;
  char *p = strdup(strbuf_cstr(&out));
  strbuf_release(&out);
  if (!p) abort();
  return p;
}
