#include "tests/conform/edit/correct_case.h"

#include <string.h>
#include <strings.h>

static bool refuse(const struct edit_case *c, const char *why) {
  fprintf(c->say, "   refused: %s\n", why);
  return false;
}
static bool numeric_ids(const struct edit_case *c, const char *table, const struct cells *cells, const char *id) {
  const char *types = json_string(json_member(json_member(json_member(c->whole, "inputs"), table), "types"));
  const int at = cells_find(cells, id);
  return types && at >= 0 && cells->n_rows > 0 && (size_t)at < strlen(types) && types[at] == 'n';
}
static bool blank(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != ' ') return false;
  return true;
}
/* Records without an id are not processed. */
static void drop_nameless(struct cells *t, int id) {
  int64_t kept = 0;
  for (int64_t i = 0; i < t->n_rows; i++) {
    if (blank(cells_at(t, i, id)->text)) continue;
    memmove(&t->cell[kept * t->n_columns], &t->cell[i * t->n_columns], (size_t)t->n_columns * sizeof *t->cell);
    kept++;
  }
  t->n_rows = kept;
}
bool correct_case_valid(struct edit_case *c) {
  const char *words[4];
  const int n = case_words(c, "unit_id", words, 4);
  if (n == 0) return refuse(c, "unit_id is mandatory");
  if (n > 1) return refuse(c, "unit_id names one column");
  const int id = cells_find(&c->data, words[0]);
  if (id < 0) return refuse(c, "the data have no column unit_id");
  if (!case_has(c, "edits")) return refuse(c, "edits are mandatory");
  if (numeric_ids(c, "indata", &c->data, words[0]) || numeric_ids(c, "instatus", &c->status, words[0])) return refuse(c, "ids of units are texts");
  drop_nameless(&c->data, id);
  return true;
}
enum err_code correct_case_flags(const struct edit_case *c, const struct num_table *t, const char *const *names, int p,
    bool (*want)(struct str status), const uint8_t ***out, struct err *e) {
  const uint8_t **flag = ARENA_ARRAY(c->arena, const uint8_t *, p);
  if (!flag) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int j = 0; j < p; j++) {
    uint8_t *bytes = ARENA_ARRAY(c->arena, uint8_t, t->n);
    if (!bytes) return ERR(e, E_NO_MEMORY, .subject = "case");
    for (int64_t i = 0; i < t->n; i++) bytes[i] = want(case_status(c, &c->status, t->unit[i], names[j]));
    flag[j] = bytes;
  }
  *out = flag;
  return E_OK;
}
enum err_code correct_case_expected(const struct edit_case *c, const char *name, struct cells *out, struct err *e) {
  const struct json_value *table = json_member(c->expected, name);
  if (!json_is_object(table)) table = json_member(json_member(c->whole, "banff_build_output"), name);
  return case_cells(c->arena, table, out, e);
}
static bool same_field(struct str text, const char *name) { return text.n == strlen(name) && strncasecmp(text.p, name, text.n) == 0; }

bool correct_case_same(const struct edit_case *c, const struct cells *expected, const struct num_table *t, const char *const *names,
    const struct corrections *got, double relative) {
  const char *words[4];
  (void)case_words(c, "unit_id", words, 4);
  const int id = cells_find(expected, words[0]), field = cells_find(expected, "FIELDID"), value = cells_find(expected, "VALUE");
  bool same = expected->n_rows == got->n;
  if (id < 0 || field < 0 || value < 0) return refuse(c, "the expected table lacks a column");
  if (!same) fprintf(c->say, "   %lld values expected, %lld found\n", (long long)expected->n_rows, (long long)got->n);
  for (int64_t i = 0; i < expected->n_rows; i++) {
    bool found = false;
    for (int64_t k = 0; k < got->n && !found; k++)
      found = str_eq(t->unit[got->list[k].row], cells_at(expected, i, id)->text) && same_field(cells_at(expected, i, field)->text,
          names[got->list[k].var]) &&
              case_close(got->list[k].value, cells_at(expected, i, value)->number, relative);
    if (!found) fprintf(c->say, "   expected %.*s %.*s = %.15g\n", (int)cells_at(expected, i, id)->text.n, cells_at(expected, i, id)->text.p,
        (int)cells_at(expected, i, field)->text.n,
                        cells_at(expected, i, field)->text.p, cells_at(expected, i, value)->number);
    same &= found;
  }
  for (int64_t k = 0; k < got->n && !same; k++)
    fprintf(c->say, "   found %.*s %s = %.15g (%s)\n", (int)t->unit[got->list[k].row].n, t->unit[got->list[k].row].p, names[got->list[k].var],
        got->list[k].value,
            correct_rule_name(got->list[k].rule));
  return same;
}
