/* outcheck_write.c -- see outcheck_table_write in outcheck_table.h. What leaves is made here, as pictures are drawn again: spaces between members,
 * the order of members, escapes, quotes, ends of lines and a byte order mark of the file that was handed in are nobody's figures and stay behind. */
#include <string.h>

#include "base/json_out.h"
#include "estimators/sdc/outcheck_table.h"

static void write_csv(const struct csv_table *raw, struct strbuf *out) {
  for (int64_t k = 0; k < raw->n_columns; k++) csv_put(out, raw->header[k], k == 0);
  strbuf_addc(out, '\n');
  for (int64_t i = 0; i < raw->n_rows; i++) {
    for (int64_t k = 0; k < raw->n_columns; k++) csv_put(out, csv_table_cell(raw, i, (int)k), k == 0);
    strbuf_addc(out, '\n');
  }
}
/* Numbers of columns that hold them; what a number of JSON would write otherwise than it was judged stays a text. */
static void put_value(struct json_out *j, bool numeric, struct str s) {
  int64_t scaled, again;
  int decimals, digits, decimals_again;
  char text[32];
  if (!numeric || !outcheck_number(s, &scaled, &decimals, &digits)) {
    json_text(j, s);
    return;
  }
  double v = (double)scaled;
  for (int k = 0; k < decimals; k++) v /= 10;
  real_format(v, text);
  if (decimals == 0) json_int(j, scaled);
  else if (outcheck_number(str_of(text), &again, &decimals_again, &digits)) json_real(j, v);
  else json_text(j, s);
}
static void write_json(const struct csv_table *raw, struct strbuf *out) {
  struct json_out j;
  json_begin(&j, out, false);
  json_array(&j);
  for (int64_t i = 0; i < raw->n_rows; i++) {
    json_object(&j);
    for (int64_t k = 0; k < raw->n_columns; k++) {
      json_key(&j, raw->header[k].p);
      put_value(&j, outcheck_numeric_column(raw->header[k]), csv_table_cell(raw, i, (int)k));
    }
    json_end_object(&j);
  }
  json_end_array(&j);
  (void)json_done(&j);
  strbuf_addc(out, '\n');
}
void outcheck_table_write(const struct outcheck_table *t, struct strbuf *out) {
  const size_t n = strlen(t->name);
  if (n > 5 && strcmp(t->name + n - 5, ".json") == 0) write_json(t->raw, out);
  else write_csv(t->raw, out);
}
