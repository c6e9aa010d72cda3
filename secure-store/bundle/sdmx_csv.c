/* sdmx_csv.c -- one observation a line. */
#include <stdio.h>
#include <string.h>

#include "secure-store/bundle/bundle_time.h"
#include "secure-store/bundle/sdmx.h"

struct line {
  struct arena *a;
  const struct bundle_source *s;
  int64_t row;
  const struct bundle_time *t;
  int decimals;
  bool failed; /* a text could not be made */
};

static struct str made(struct line *l, const char *text) {
  if (!text) l->failed = true;
  return str_of(text);
}
static struct str cell_of(struct line *l, const struct sdmx_component *c) {
  const struct bundle_source *s = l->s;
  const struct str status = bundle_cell(s, l->row, LONG_STATUS);
  struct str base;
  int multiplier;
  sdmx_unit(bundle_cell(s, l->row, LONG_UNIT), &base, &multiplier);
  if (c->figure == LONG_VALUE) return bundle_shown(s, l->row) ? bundle_cell(s, l->row, LONG_VALUE) : STR("");
  if (c->figure >= 0 && !c->coded) return bundle_cell(s, l->row, (enum bundle_column)c->figure);
  if (c->figure == LONG_FLAG) return bundle_cell(s, l->row, LONG_FLAG).n ? made(l, sdmx_code_id(l->a, bundle_cell(s, l->row, LONG_FLAG))) : STR("");
  if (c->figure >= 0) return made(l, sdmx_code_id(l->a, bundle_cell(s, l->row, (enum bundle_column)c->figure)));
  if (!strcmp(c->id, "FREQ")) return str_of(l->t->freq);
  if (!strcmp(c->id, "TIME_PERIOD")) return str_of(l->t->sdmx);
  if (!strcmp(c->id, "UNIT_MEASURE")) return made(l, sdmx_code_id(l->a, base));
  if (!strcmp(c->id, "UNIT_MULT")) return made(l, arena_printf(l->a, "%d", multiplier));
  if (!strcmp(c->id, "DECIMALS")) return made(l, arena_printf(l->a, "%d", l->decimals));
  if (!strcmp(c->id, "OBS_STATUS")) return str_of(sdmx_obs_status(status));
  if (!strcmp(c->id, "CONF_STATUS")) return str_of(sdmx_conf_status(status));
  if (!strcmp(c->id, "REPORTING_YEAR_START_DAY")) return str_of(l->t->start_day);
  for (int d = 0; d < s->n_dimensions; d++)
    if (str_eq(bundle_dimension_name(s, d), c->column)) return made(l, sdmx_code_id(l->a, bundle_dimension_code(s, l->row, d)));
  return STR("");
}

struct decimals_memory {
  int64_t n;
  struct str measure[256];
  int decimals[256];
};
static int decimals_of(struct decimals_memory *m, const struct bundle_source *s, struct str measure) {
  for (int64_t i = 0; i < m->n; i++)
    if (str_eq(m->measure[i], measure)) return m->decimals[i];
  const int d = sdmx_measure_decimals(s, measure);
  if (m->n < 256) m->measure[m->n] = measure, m->decimals[m->n++] = d;
  return d;
}

enum err_code sdmx_csv(struct arena *a, const struct bundle_source *s, struct str *out, struct err *e) {
  struct sdmx_structure x;
  struct bundle_time t;
  struct strbuf b;
  struct line l = {.a = a, .s = s, .t = &t};
  struct decimals_memory *memory = ARENA_NEW(a, struct decimals_memory);
  if (!memory) return ERR(e, E_NO_MEMORY, .subject = s->id);
  TRY(sdmx_structure_of(a, s, &x, e));
  strbuf_init(&b, 0);
  strbuf_adds(&b, "STRUCTURE,STRUCTURE_ID,ACTION");
  for (int k = 0; k < x.n; k++) csv_put(&b, str_of(x.component[k].id), false);
  strbuf_addc(&b, '\n');
  const char *flow = arena_printf(a, "%s:%s(1.0.0)", x.agency, x.flow);
  for (l.row = 0; l.row < s->table.n_rows; l.row++) {
    struct arena_mark mark = arena_mark(a);
    (void)bundle_time_of(bundle_cell(s, l.row, LONG_PERIOD), &t);
    l.decimals = decimals_of(memory, s, bundle_cell(s, l.row, LONG_MEASURE));
    strbuf_adds(&b, "dataflow");
    csv_put(&b, str_of(flow), false);
    strbuf_adds(&b, ",R");
    for (int k = 0; k < x.n; k++) csv_put(&b, cell_of(&l, &x.component[k]), false);
    strbuf_addc(&b, '\n');
    arena_reset(a, mark);
  }
  const char *copy = b.failed || l.failed || !flow ? NULL : arena_strdup(a, b.p, b.n);
  *out = str_view(copy, copy ? b.n : 0);
  strbuf_release(&b);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = s->id);
}
