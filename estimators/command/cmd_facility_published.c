/* cmd_facility_published.c -- estimate facility published FILE: published figures of the Hospital Report, computed again as far as they allow. */
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "estimators/command/cmd_facility.h"
#include "estimators/command/cmd_vital.h"
#include "estimators/facility/hospital_published.h"

static int class_of(struct str code) {
  for (int h = 0; h < HOSPITAL_CLASSES; h++)
    if (str_eq(code, str_of(hospital_class_code[h]))) return h;
  return -1;
}
static enum err_code read_line(const struct csv_table *t, const char *path, int64_t row, const int column[PUBLISHED_FIELDS], int type,
    struct published_line *lines, struct err *e) {
  const int h = class_of(str_trim(csv_table_cell(t, row, type)));
  double v;
  if (h < 0)
    return ERR(e, E_FACILITY_VALUE, .file = path, .line = t->lines[row], .subject = "bed_type",
        .expected = "psy, inf, tb, lt, gen, care, _T, clinic_lt or clinic_care", .found = "?");
  for (int k = 0; k < PUBLISHED_FIELDS; k++) {
    if (column[k] < 0) continue;
    TRY(vital_number(t, path, row, column[k], &v, &lines[h].has[k], e));
    v *= k == PUBLISHED_OCCUPANCY ? 10 : 1;
    lines[h].v[k] = (int64_t)(v < 0 ? v - 0.5 : v + 0.5);
  }
  return E_OK;
}
static void print_text(struct cli *c, struct text_table *x, const struct published_check *k, int n) {
  char b[64];
  for (int i = 0; i < n; i++) {
    text_table_cell(x, facility_word(c, k[i].check));
    text_table_cell(x, facility_word(c, hospital_class_code[k[i].class]));
    snprintf(b, sizeof b, "%.10g", k[i].printed), text_table_cell(x, b);
    if (k[i].result == PUBLISHED_ONLY_COMPARED) b[0] = 0;
    else if (k[i].low == k[i].high) snprintf(b, sizeof b, "%.10g", k[i].low);
    else snprintf(b, sizeof b, "%.4f .. %.4f", k[i].low, k[i].high);
    text_table_cell(x, b);
    text_table_cell(x, facility_word(c, published_result_name[k[i].result]));
  }
  text_table_print(x, cli_out(c), true);
}
static enum err_code print_json(struct cli *c, const struct published_check *k, int n, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int i = 0; i < n; i++) {
    json_object(&j);
    json_put(&j, "check", k[i].check), json_put(&j, "bed_type", hospital_class_code[k[i].class]);
    json_key(&j, "printed"), json_real(&j, k[i].printed);
    if (k[i].result != PUBLISHED_ONLY_COMPARED) json_key(&j, "low"), json_real(&j, k[i].low), json_key(&j, "high"), json_real(&j, k[i].high);
    json_put(&j, "result", published_result_name[k[i].result]);
    json_end_object(&j);
  }
  json_end_array(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
enum err_code facility_do_published(struct cli *c, struct store *s, bool *look, struct err *e) {
  static const char *const heads[5] = {"check", "bed_type", "printed", "recomputed", "result"};
  const char *path = cli_operand(c, 1);
  struct published_line lines[HOSPITAL_CLASSES];
  struct published_check check[PUBLISHED_CHECKS_MOST];
  struct csv_table t;
  int type, column[PUBLISHED_FIELDS];
  (void)s;
  memset(lines, 0, sizeof lines);
  TRY(vital_read_csv(c, path, &t, e));
  type = csv_table_column(&t, "bed_type");
  if (type < 0) return ERR(e, E_FACILITY_ITEM, .file = path, .subject = "bed_type");
  for (int k = 0; k < PUBLISHED_FIELDS; k++) column[k] = csv_table_column(&t, published_field_name[k]);
  for (int64_t i = 0; i < t.n_rows; i++) TRY(read_line(&t, path, i, column, type, lines, e));
  const int n = hospital_published(lines, check);
  if (!n) return ERR(e, E_FACILITY_VALUE, .file = path, .subject = "records", .expected = "lines with figures to compare", .found = "0");
  for (int i = 0; i < n; i++) *look = *look || check[i].result == PUBLISHED_DIFFERS;
  if (cli_json(c)) return print_json(c, check, n, e);
  struct text_table *x = text_table_new(5);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "published");
  for (int k = 0; k < 5; k++) text_table_cell(x, facility_word(c, heads[k]));
  print_text(c, x, check, n);
  text_table_free(x);
  return E_OK;
}
