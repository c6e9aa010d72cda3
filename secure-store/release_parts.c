#include "secure-store/release_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "secure-store/bundle/bundle_formats.h"
#include "secure-store/bundle/json_check.h"
#include "secure-store/bundle/wide_check.h"

bool release_safe_name(const char *name) {
  return name[0] && name[0] != '/' && !strstr(name, "..") && strspn(name,
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == strlen(name);
}

static const struct release_part *find(const struct release_part *parts, int64_t n, const char *name) {
  for (int64_t i = 0; i < n; i++)
    if (!strcmp(parts[i].name, name)) return &parts[i];
  return NULL;
}

/* The long table that a part is another form of; NULL when it is none. */
static const struct release_part *long_form(struct arena *a, const struct release_part *part, const struct release_part *parts, int64_t n) {
  static const char *const ends[] = {".wide.csv", ".json"};
  size_t length = strlen(part->name);
  const char *form = bundle_form_of(a, part->name);
  if (form) {
    const char *name = arena_printf(a, "tables/%s.csv", form);
    return name ? find(parts, n, name) : NULL;
  }
  for (int i = 0; i < 2; i++) {
    size_t end = strlen(ends[i]);
    if (length <= end + 7 || strcmp(part->name + length - end, ends[i])) continue;
    const char *name = arena_printf(a, "%.*s.csv", (int)(length - end), part->name);
    return name ? find(parts, n, name) : NULL;
  }
  return NULL;
}

/* tables/<id>.csv with an id of one word: no further folder, no second dot. */
static bool is_long(const char *name) {
  size_t n = strlen(name);
  return !strncmp(name, "tables/", 7) && n > 11 && !strcmp(name + n - 4, ".csv") && !memchr(name + 7, '.', n - 11) && !strchr(name + 7, '/');
}

static enum err_code check_name(struct arena *a, const struct release_part *part, const struct release_part *parts, int64_t n, struct err *e) {
  bool table = !strcmp(part->name, "columns.csv") || !strcmp(part->name, "codes.csv") || !strcmp(part->name, "changes.csv") ||
      bundle_is_extra(part->name) || is_long(part->name);
  const struct release_part *of = table ? NULL : long_form(a, part, parts, n);
  if (!release_safe_name(part->name) || (!table && !(of && is_long(of->name))))
    return ERR(e, E_RELEASE_REPORT, .subject = part->name, .expected = "a long table and its forms, and the tables of the bundle (release.md)");
  return find(parts, n, part->name) == part ? E_OK : ERR(e, E_RELEASE_REPORT, .subject = part->name, .expected = "each file once");
}

/* --- numbers of the long form --- */
static bool starts_number(struct str s) {
  size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+' || s.p[0] == '.') ? 1 : 0;
  return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

/* A hidden figure has no number in the long form itself. */
static enum err_code check_long(const struct csv_table *t, struct err *e) {
  int value = csv_table_column(t, "value"), status = csv_table_column(t, "status");
  if (value < 0 || status < 0) return ERR(e, E_RELEASE_REPORT, .subject = "tables", .expected = "columns value and status in the long form");
  for (int64_t r = 0; r < t->n_rows; r++)
    if (!str_eq(csv_table_cell(t, r, status), STR("shown")) && starts_number(csv_table_cell(t, r, value)))
      return ERR(e, E_RELEASE_REFUSED, .file = "tables", .line = t->lines[r], .column = value + 1, .subject = "long form",
          .found = "a number in a cell that is not shown");
  return E_OK;
}

static enum err_code check_forms(const struct release_part *part, const struct release_part *parts, int64_t n, struct err *e) {
  struct arena *a = arena_new(0);
  struct csv_table l;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "release");
  const struct release_part *of = is_long(part->name) ? part : long_form(a, part, parts, n);
  const bool wide = strstr(part->name, ".wide.csv") != NULL;
  enum err_code code = E_OK;
  if (of && !bundle_form_of(a, part->name)) { /* the other formats are read by bundle_read_check */
    code = csv_table_parse(a, of->name, of->bytes.p, of->bytes.n, &l, e);
    if (!code) code = check_long(&l, e);
    if (!code && of != part) code = wide ? wide_check(a, part, &l, e) : json_check(part, &l, e);
  }
  arena_free(a);
  return code;
}

enum err_code release_check_parts(struct arena *a, const struct release_part *parts, int64_t n, struct err *e) {
  for (int64_t i = 0; i < n; i++) TRY(check_name(a, &parts[i], parts, n, e));
  for (int64_t i = 0; i < n; i++) TRY(check_forms(&parts[i], parts, n, e));
  return bundle_read_check(parts, n, e);
}
