/* spec_table.h -- reads a table of facts from tests/spec for a test; every row is one fact. */
#ifndef SHIRABE_TESTS_SPEC_TABLE_H
#define SHIRABE_TESTS_SPEC_TABLE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "collector/repair.h"

static inline void spec_read(struct arena *a, const char *path, struct csv_table *out) {
  struct err e = {0};
  uint8_t *bytes = NULL;
  size_t n = 0;
  if (file_read(path, 1 << 20, &bytes, &n, &e) || csv_table_parse(a, path, arena_strdup(a, (const char *)bytes, n), n, out, &e)) {
    char text[1024];
    err_format(&e, LANG_EN, text, sizeof text);
    fail_msg("%s", text);
  }
  free(bytes);
  assert_true(out->n_rows > 0);
}

/* "width+era-date" for a set of rules. */
static inline const char *spec_rules(uint32_t rules, char *out, size_t size) {
  out[0] = 0;
  for (int r = 1; r < REPAIR_RULES; r++) {
    if (!(rules & RULE_BIT(r))) continue;
    if (out[0]) strncat(out, "+", size - strlen(out) - 1);
    strncat(out, repair_rule_name((enum repair_rule)r), size - strlen(out) - 1);
  }
  return out;
}

/* Compares one outcome with its row and says which row when it differs. */
static inline void spec_compare_status(
    const struct csv_table *t, int64_t row, const char *file, enum err_code code, uint32_t rules, const char *value, const char *good) {
  char found[512], wanted[512], names[128];
  struct str input = csv_table_cell(t, row, 0), expected = csv_table_cell(t, row, 2), status = csv_table_cell(t, row, 3),
             rule = csv_table_cell(t, row, 4);
  snprintf(found, sizeof found, "%s|%s|%s", code ? "" : value, code ? "invalid" : good,
           code ? err_name(code) : spec_rules(rules, names, sizeof names));
  snprintf(wanted, sizeof wanted, "%.*s|%.*s|%.*s", (int)expected.n, expected.p, (int)status.n, status.p, (int)rule.n, rule.p);
  if (strcmp(found, wanted)) fail_msg("%s:%lld: '%.*s' gives %s, expected %s", file, (long long)t->lines[row], (int)input.n, input.p, found, wanted);
}
static inline void spec_compare(const struct csv_table *t, int64_t row, const char *file, enum err_code code, uint32_t rules, const char *value) {
  spec_compare_status(t, row, file, code, rules, value, "reported");
}
#endif
