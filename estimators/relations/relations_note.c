/* relations_note.c -- relations_tables_impl.h: what every table of labour relations starts and ends with, and what it says in both languages. */
#include <string.h>

#include "estimators/relations/relations_tables_impl.h"

enum err_code relations_begin(struct arena *a, const char *id, const char *ja, const char *en, int64_t rows, int dimensions, int measures,
    const char *const *names, struct relations_table *out, struct err *e) {
  *out = (struct relations_table){.note_ja = ARENA_ARRAY(a, const char *, RESULT_MAX_NOTES)};
  if (!out->note_ja) return ERR(e, E_NO_MEMORY, .subject = id);
  memset(out->note_ja, 0, sizeof *out->note_ja * RESULT_MAX_NOTES);
  TRY(result_table_new(a, id, rows, dimensions, measures, &out->table, e));
  struct result_table *t = out->table;
  t->title_ja = ja, t->title_en = en, t->survey = t->form = t->period = t->profile = "";
  t->n_row_dimensions = dimensions > 1 ? 1 : dimensions;
  for (int d = 0; d < dimensions; d++) t->dimensions[d].name = names[d];
  for (int m = 0; m < measures; m++)
    t->measures[m].name = names[dimensions + m], t->measures[m].unit = "", t->measures[m].decimals = 0, t->measures[m].additive = true;
  t->refusal = "counts of single unions or disputes, no disclosure control: for work inside the office; shirabe estimate run makes what may go out";
  out->refusal_ja = "個々の組合・争議を数えた表で秘匿処理をしていません：府省内の作業用です。公表用の表は shirabe estimate run で作ります";
  return E_OK;
}
void relations_note(struct relations_table *t, const char *en, const char *ja) {
  const int before = t->table->n_notes;
  result_note(t->table, en ? en : "note lost: out of memory");
  if (t->table->n_notes > before && ja) t->note_ja[before] = ja;
}
void relations_unknown(struct relations_table *t, const char *en, const char *ja, int64_t n) {
  if (n)
    relations_note(t, arena_printf(t->table->arena, "%s of %lld units not answered: not in the sums", en ? en : "", (long long)n),
        arena_printf(t->table->arena, "%s：%lld 件が無回答で、合計に含みません", ja ? ja : "", (long long)n));
}
void relations_undefined(struct relations_table *t, int measure, int64_t row, const char *why) {
  struct result_measure *m = &t->table->measures[measure];
  if (m->status[row] == RESULT_SHOWN) t->unknown++;
  m->value[row] = 0, m->status[row] = RESULT_UNDEFINED, m->reason[row] = why;
}
enum err_code relations_end(struct relations_table *t, struct err *e) {
  struct arena *a = t->table->arena;
  const long long n = t->unknown;
  if (n)
    relations_note(t, arena_printf(a, "LOOK: figures that cannot be known, as no unit answered or no slip is there: %lld; they are undefined, "
        "not 0 (--as long gives the reasons)", n),
        arena_printf(a, "要確認：回答した単位または票が一つもないため、%lld 個の値は不明です（0 ではありません。理由は --as long）", n));
  return result_sort(t->table, e);
}
