/* form_files.c -- see form_files.h. */
#include "forms/form_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static bool ordinary(const char *name) {
  return (*name >= '0' && *name <= '9') || (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
}

static enum err_code read_names(struct arena *a, DIR *d, const char *folder, const char **names, int *n, struct err *e) {
  for (struct dirent *entry; (entry = readdir(d));) {
    if (!ordinary(entry->d_name)) continue; /* hidden files, editors' leavings */
    if (*n == FORM_MAX_FILES) return ERR(e, E_CAP_EXCEEDED, .file = folder, .subject = folder, .expected = "1024 files or fewer");
    names[*n] = arena_strdup(a, entry->d_name, strlen(entry->d_name));
    if (!names[(*n)++]) return ERR(e, E_NO_MEMORY, .subject = folder);
  }
  return E_OK;
}

enum err_code folder_names(struct arena *a, const char *folder, const char ***names, int *n, struct err *e) {
  *n = 0;
  *names = ARENA_ARRAY(a, const char *, FORM_MAX_FILES);
  if (!*names) return ERR(e, E_NO_MEMORY, .subject = folder);
  DIR *d = opendir(folder);
  if (!d) return errno == ENOENT || errno == ENOTDIR ? E_OK : ERR(e, E_FILE_OPEN, .file = folder, .subject = folder);
  enum err_code code = read_names(a, d, folder, *names, n, e);
  closedir(d);
  if (!code) qsort(*names, (size_t)*n, sizeof **names, by_name);
  return code;
}

enum err_code form_file_load(struct arena *a, const char *path, struct str *text, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, FORM_MAX_FILE_BYTES, &p, &n, e));
  char *copy = arena_strdup(a, n ? (const char *)p : "", n);
  free(p);
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = path);
  *text = (struct str){copy, n};
  return E_OK;
}

static bool is_folder(const char *path) {
  DIR *d = opendir(path);
  if (d) closedir(d);
  return d != NULL;
}

static enum err_code load_into(struct arena *a, const char *folder, const char *prefix, struct form_files *out, struct err *e) {
  const char **names;
  int n;
  const char *path = *prefix ? arena_printf(a, "%s/%s", folder, prefix) : folder;
  if (!path) return ERR(e, E_NO_MEMORY, .subject = folder);
  TRY(folder_names(a, path, &names, &n, e));
  for (int i = 0; i < n; i++) {
    struct form_file f = {.name = *prefix ? arena_printf(a, "%s/%s", prefix, names[i]) : names[i]};
    f.path = f.name ? arena_printf(a, "%s/%s", folder, f.name) : NULL;
    if (!f.path) return ERR(e, E_NO_MEMORY, .subject = folder);
    if (is_folder(f.path)) {
      if (!*prefix) TRY(load_into(a, folder, names[i], out, e));
      continue;
    }
    if (out->n_files == FORM_MAX_FILES) return ERR(e, E_CAP_EXCEEDED, .file = folder, .subject = folder, .expected = "1024 files or fewer");
    TRY(form_file_load(a, f.path, &f.text, e));
    out->files[out->n_files++] = f;
  }
  return E_OK;
}

static int by_file_name(const void *a, const void *b) { return strcmp(((const struct form_file *)a)->name, ((const struct form_file *)b)->name); }

/* The last three parts of .../survey/form/version. */
static enum err_code name_parts(struct arena *a, const char *folder, struct form_files *out, struct err *e) {
  const char *end = folder + strlen(folder), *parts[3] = {"", "", ""};
  for (int i = 0; i < 3; i++) {
    while (end > folder && end[-1] == '/') end--;
    const char *start = end;
    while (start > folder && start[-1] != '/') start--;
    parts[i] = arena_strdup(a, start, (size_t)(end - start));
    if (!parts[i]) return ERR(e, E_NO_MEMORY, .subject = folder);
    end = start;
  }
  out->version = parts[0];
  out->form = parts[1];
  out->survey = parts[2];
  return E_OK;
}

enum err_code form_files_load(struct arena *a, const char *folder, struct form_files *out, struct err *e) {
  *out = (struct form_files){.folder = arena_strdup(a, folder, strlen(folder)), .files = ARENA_ARRAY(a, struct form_file, FORM_MAX_FILES)};
  if (!out->folder || !out->files) return ERR(e, E_NO_MEMORY, .subject = folder);
  TRY(name_parts(a, folder, out, e));
  TRY(load_into(a, folder, "", out, e));
  if (!out->n_files) return ERR(e, E_FORM_FOLDER, .file = folder, .subject = folder);
  qsort(out->files, (size_t)out->n_files, sizeof *out->files, by_file_name);
  return E_OK;
}

const struct form_file *form_files_find(const struct form_files *f, const char *name) {
  for (int i = 0; i < f->n_files; i++)
    if (strcmp(f->files[i].name, name) == 0) return &f->files[i];
  return NULL;
}
