/* items.csv, then a line with ----, then checks.csv: through the reader in memory. Any text: no crash; a form that is accepted can be used and hashed
 * again. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "forms/form_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char HEAD[] = "{\"survey\":\"s\",\"form\":\"f\",\"version\":\"1\",\"title_ja\":\"t\",\"title_en\":\"t\",\"period\":\"month\",\"since\":"
                           "\"\",\"until\":\"\",\"predecessor\":\"\",\"event_date\":\"\",\"office_item\":\"\","
                           "\"records\":[{\"name\":\"h\",\"parent\":\"\",\"keys\":[]},{\"name\":\"p\",\"parent\":\"h\",\"keys\":[]}],\"layouts\":[],"
                           "\"codelists\":{},\"source\":\"\"}";
static const char CODES[] = "code,label_ja,label_en,parent,valid_from,valid_to,status\n1,a,a,,,,valid\n2,b,b,1,2000-01-01,,unknown\n*,c,c,,,,"
                            "structure:icd10\n";
static const char ITEM_COLUMNS[] = "name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,"
                                   "bytes,since,until,part,origin,expression,as_of,era_table,required,note\n";
static const char CHECK_COLUMNS[] = "id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\n";

/* The columns are given, so that every input reaches the cells. */
static struct str with_columns(struct arena *a, const char *columns, const char *p, size_t n) {
  size_t k = strlen(columns);
  char *text = arena_alloc(a, k + n + 1, 1);
  if (!text) return (struct str){"", 0};
  memcpy(text, columns, k);
  if (n) memcpy(text + k, p, n);
  text[k + n] = 0;
  return (struct str){text, k + n};
}

static void use(struct arena *a, const struct form *f, const struct form_files *files) {
  struct column columns[8];
  struct form *again;
  if (strlen(f->hash_hex) != 64 || form_columns(f, "h", columns, 8) < 0) abort();
  for (int i = 0; i < f->n_items; i++)
    if (form_item(f, f->items[i].name) != &f->items[i]) abort();
  for (int i = 0; i < f->n_checks; i++)
    if (!f->checks[i].expression) abort();
  if (form_build(a, NULL, files, NULL, &again, NULL, NULL) || memcmp(f->hash, again->hash, 32) != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  const char *p = (const char *)data, *cut = n ? memmem(p, n, "----\n", 5) : NULL;
  size_t items_n = cut ? (size_t)(cut - p) : n, checks_n = cut ? n - items_n - 5 : 0;
  struct arena *a = arena_new(64 << 20);
  struct form *f;
  struct err e = {0};
  int64_t problems;
  if (!crypto_start() || !a) abort();
  struct form_file list[] = {{"checks.csv", "f/checks.csv", with_columns(a, CHECK_COLUMNS, cut ? cut + 5 : p, checks_n)},
                             {"codes/c.csv", "f/codes/c.csv", {CODES, sizeof CODES - 1}},
                             {"form.json", "f/form.json", {HEAD, sizeof HEAD - 1}},
                             {"items.csv", "f/items.csv", with_columns(a, ITEM_COLUMNS, p, items_n)}};
  struct form_files files = {"f", "", "", "", list, 4};
  enum err_code code = form_build(a, NULL, &files, NULL, &f, &problems, &e);
  if (!code != (f != NULL) || (code && code != E_NO_MEMORY && !problems)) abort();
  if (!code) use(a, f, &files);
  arena_free(a);
  return 0;
}
