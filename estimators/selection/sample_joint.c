/* sample_joint.c -- joint probabilities of the selected first-stage units as a table (sample_write.h). */
#include <string.h>

#include "base/json_out.h"
#include "estimators/selection/joint.h"
#include "estimators/selection/sample_write.h"

enum { MOST_UNITS = 3000 };

struct chosen {
  int64_t n;
  int64_t *cell, *place; /* [n] cell; place in the cell */
  struct str *id;
  double *own;           /* [n] */
  double **block;        /* [cells] joint probabilities inside the cell */
  int64_t *first;        /* [cells] first chosen unit of the cell */
};

static enum err_code choose(struct arena *a, const struct sample_frame *f, const struct sample *o, struct chosen *c, struct err *e) {
  int64_t n = 0;
  for (int64_t k = 0; k < o->n_first; k++) n += o->first_taken[k];
  *c = (struct chosen){.n = n, .cell = ARENA_ARRAY(a, int64_t, n + 1), .place = ARENA_ARRAY(a, int64_t, n + 1), .id = ARENA_ARRAY(a, struct str,
      n + 1),
      .own = ARENA_ARRAY(a, double, n + 1), .block = ARENA_ARRAY(a, double *, o->n_cells + 1), .first = ARENA_ARRAY(a, int64_t, o->n_cells + 1)};
  if (!c->cell || !c->place || !c->id || !c->own || !c->block || !c->first) return ERR(e, E_NO_MEMORY, .subject = "joint probabilities");
  int64_t at = 0;
  for (int64_t k = 0; k < o->n_cells; k++) {
    const struct sample_cell *cell = &o->cells[k];
    if (cell->stage != 0) continue;
    c->first[k] = at;
    for (int64_t u = 0; u < cell->n_units; u++)
      if (o->first_taken[cell->first_unit + u]) c->cell[at] = k, c->place[at] = u, at++;
  }
  int64_t unit = -1;
  for (int64_t i = 0; i < o->n; i++) { /* rows come unit by unit, cell by cell, in the same order */
    const struct str id = csv_table_cell(f->table, o->row[i], (int)o->column_unit[0]);
    if (i > 0 && o->stage[0].cell[i] == o->stage[0].cell[i - 1] && str_eq(id, c->id[unit])) continue;
    if (++unit >= n) return ERR(e, E_BUG, .subject = "joint probabilities");
    c->id[unit] = id;
  }
  return unit + 1 == n ? E_OK : ERR(e, E_SAMPLE_METHOD, .subject = "joint probabilities", .expected = "a selected row in every selected unit");
}

static enum err_code blocks(struct arena *a, enum draw_method m, const struct sample *o, struct chosen *c, struct err *e) {
  for (int64_t k = 0; k < o->n_cells; k++) {
    const struct sample_cell *cell = &o->cells[k];
    if (cell->stage != 0 || cell->n_sample == 0) continue;
    c->block[k] = ARENA_ARRAY(a, double, cell->n_sample * cell->n_sample);
    if (!c->block[k]) return ERR(e, E_NO_MEMORY, .subject = "joint probabilities");
    TRY(joint_probabilities(a, m, cell->n_units, o->first_pi + cell->first_unit, cell->n_sample, c->place + c->first[k], c->block[k], e));
    for (int64_t i = 0; i < cell->n_sample; i++) c->own[c->first[k] + i] = c->block[k][i * cell->n_sample + i];
  }
  return E_OK;
}

static double pair(const struct sample *o, const struct chosen *c, int64_t i, int64_t j) {
  const int64_t k = c->cell[i];
  return k == c->cell[j] ? c->block[k][(i - c->first[k]) * o->cells[k].n_sample + (j - c->first[k])] : c->own[i] * c->own[j];
}

enum err_code sample_joint_csv(struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, const struct sample *o,
    struct strbuf *b,
    bool *exact, struct err *e) {
  const enum draw_method m = plan->stage[0].method;
  struct chosen c;
  *exact = joint_kind(m) == JOINT_EXACT;
  if (joint_kind(m) == JOINT_NONE)
    return ERR(e, E_SAMPLE_METHOD, .subject = draw_name(m), .expected = "a method whose pairs of units all have a chance; systematic ones have none");
  TRY(choose(a, f, o, &c, e));
  if (c.n > MOST_UNITS) return ERR(e, E_SAMPLE_METHOD, .subject = draw_name(m), .expected = "at most 3000 selected units for a table of all pairs");
  TRY(blocks(a, m, o, &c, e));
  strbuf_adds(b, "unit");
  for (int64_t j = 0; j < c.n; j++) csv_put(b, c.id[j], false);
  strbuf_addc(b, '\n');
  for (int64_t i = 0; i < c.n; i++) {
    csv_put(b, c.id[i], true);
    for (int64_t j = 0; j < c.n; j++) {
      char text[32];
      real_format(pair(o, &c, i, j), text);
      csv_put(b, str_of(text), false);
    }
    strbuf_addc(b, '\n');
  }
  return b->failed ? ERR(e, E_NO_MEMORY, .subject = "joint probabilities") : E_OK;
}
