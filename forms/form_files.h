/* form_files.h -- the texts of a form folder in memory, so that a form can be read, hashed and fuzzed without a disk. For the files of forms/ only.
 * Files    form.json items.csv checks.csv impute.csv tables.csv design.json plan.json codes/<list>.csv map/<version>.csv, sorted by name (binary).
 * Errors   E_FORM_FOLDER, E_FILE_OPEN, E_FILE_READ, E_CAP_EXCEEDED. Memory: the arena. */
#ifndef SHIRABE_FORMS_FORM_FILES_H
#define SHIRABE_FORMS_FORM_FILES_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { FORM_MAX_FILES = 1024, FORM_MAX_FILE_BYTES = 32 << 20 };

struct form_file {
  const char *name; /* "items.csv", "codes/sex.csv" */
  const char *path; /* as shown in messages */
  struct str text;
};
struct form_files {
  const char *folder, *survey, *form, *version; /* the names of the folders */
  struct form_file *files;
  int n_files;
};
enum err_code form_files_load(struct arena *a, const char *folder, struct form_files *out, struct err *e) NODISCARD;
const struct form_file *form_files_find(const struct form_files *f, const char *name); /* NULL when absent */
/* One text file; missing files give E_FILE_OPEN. */
enum err_code form_file_load(struct arena *a, const char *path, struct str *text, struct err *e) NODISCARD;
/* Names of the entries of a folder that begin with a letter or digit, sorted; n = 0 when there is no such folder. */
enum err_code folder_names(struct arena *a, const char *folder, const char ***names, int *n, struct err *e) NODISCARD;
#endif
