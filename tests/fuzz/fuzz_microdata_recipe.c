/* Recipes of anonymised data: any text is refused with a reason or read, and a recipe that was read is carried out on a small file without trouble: a
 * file called safe has no record below k when every pair of records is compared. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "estimators/sdc/micro/micro_report.h"
#include "estimators/sdc/micro/micro_table.h"

static const char people[] =
    "id,home,region,age,sex,income,w\n1,a,N,3,1,0.5,10\n2,a,N,30,2,100,12\n3,b,S,41,1,250.5,9\n4,b,S,,2,80,11\n5,c,N,30,2,90,8\n6,c,S,41,1,-4,30\n"
    "7,d,N,77,1,40,10\n8,d,E,30,x,10000,12.5\n9,e,N,3,1,0,9\n10,e,S,41,2,5,11\n";

static bool agrees(const struct micro_keys *k, int64_t i, int64_t j) {
  for (int x = 0; x < k->m; x++)
    if (k->code[x][i] && k->code[x][j] && k->code[x][i] != k->code[x][j]) return false;
  return true;
}
static bool whole_suppression(const struct micro_recipe *r) {
  for (int k = 0; k < r->n_steps; k++)
    if (r->step[k].kind == MICRO_STEP_SUPPRESS && r->step[k].combinations) return false;
  return true;
}
static void check_safe(struct arena *a, const struct micro_recipe *r, const struct table *t) {
  struct micro_keys k;
  struct err e;
  if (micro_keys_of(a, t, r->key, r->n_keys, &k, &e)) return;
  for (int64_t i = 0; i < k.n; i++) {
    int64_t n = 0;
    for (int64_t j = 0; j < k.n; j++) n += agrees(&k, i, j);
    if (n < r->k) __builtin_trap();
  }
}
/* Both files of a recipe of two levels, the public report, the pictures. */
static void write_files(struct arena *a, const struct micro_recipe *r, const struct table *t, const struct micro_report *report, struct strbuf *b) {
  struct micro_units u;
  struct json_out j;
  struct err e;
  if (micro_units_of(a, t, r->household, NULL, NULL, NULL, &u, &e)) return;
  if (micro_has_households(r)) micro_file_write(r, t, &u, MICRO_PEOPLE, b), micro_file_write(r, t, &u, MICRO_HOUSEHOLDS, b);
  json_begin(&j, b, false);
  micro_public_json(report, &j);
  if (!json_done(&j)) __builtin_trap();
  micro_public_text(report, LANG_EN, b);
  if (micro_risk_picture(report, true, LANG_JA, b, &e) == E_BUG) __builtin_trap();
}
static void carry_out(struct arena *a, const struct micro_recipe *r) {
  static const struct micro_stream stream = {.seed = {1}};
  struct csv_table c;
  struct table t;
  struct micro_report report;
  struct strbuf b;
  struct json_out j;
  struct err e;
  if (csv_table_parse(a, "people", people, sizeof people - 1, &c, &e) || micro_table_read(a, r, "people", &c, &t, &e)) return;
  if (micro_recipe_run(a, r, &t, &stream, &report, &e)) return;
  if (report.safe && r->meaning.missing == MICRO_MATCHES_ALL && whole_suppression(r)) check_safe(a, r, &t);
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  micro_report_json(&report, &(struct micro_digests){.data = "d", .recipe = "r", .version = "v"}, &j);
  if (!json_done(&j)) __builtin_trap();
  micro_report_text(&report, &(struct micro_digests){.data = "d", .recipe = "r", .version = "v"}, LANG_JA, &b);
  micro_table_write(r, &t, &b);
  write_files(a, r, &t, &report, &b);
  if (micro_codebook_csv(a, &report, &t, NULL, &b, &e) == E_BUG || micro_report_picture(a, &report, LANG_EN, &b, &e) == E_BUG) __builtin_trap();
  strbuf_release(&b);
}
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 27);
  struct json_document *d = NULL;
  struct err e = {0};
  struct micro_recipe *r = a ? ARENA_NEW(a, struct micro_recipe) : NULL;
  if (r && json_parse("recipe", (const char *)p, n, &d, &e) == E_OK && micro_recipe_parse(a, "recipe", json_root(d), r, &e) == E_OK) carry_out(a, r);
  json_release(d);
  arena_free(a);
  return 0;
}
