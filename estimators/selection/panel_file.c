#include "estimators/selection/panel_file.h"

#include "base/json_out.h"

static int64_t parts(enum period_kind kind) { return kind == PERIOD_MONTH ? 12 : kind == PERIOD_QUARTER ? 4 : 1; }

int64_t panel_period_index(const struct period *p) { return p->year * parts(p->kind) + (p->part > 0 ? p->part - 1 : 0); }

struct period panel_period(int64_t index, enum period_kind kind) {
  const int64_t n = parts(kind);
  return (struct period){.kind = kind, .year = index / n, .part = n > 1 ? index % n + 1 : 0};
}

struct columns {
  int unit, stratum, group, entered, left, turns;
};

static enum err_code column(const char *place, const struct csv_table *t, const char *name, int *out, struct err *e) {
  *out = csv_table_column(t, name);
  return *out >= 0 ? E_OK : ERR(e, E_PANEL_HISTORY, .file = place, .line = 1, .subject = name, .expected = "the columns of a panel file");
}

static enum err_code bad(const char *place, const struct csv_table *t, int64_t row, int c, const char *expected, struct err *e) {
  return ERR(e, E_PANEL_HISTORY, .file = place, .line = t->lines[row], .column = c + 1, .subject = t->header[c].p, .expected = expected);
}

static enum err_code read_period(const char *place, const struct csv_table *t, int64_t row, int c, enum period_kind kind, int64_t *out,
    struct err *e) {
  struct period p;
  if (!period_parse(csv_table_cell(t, row, c), &p) || p.kind != kind) return bad(place, t, row, c, "a period of the kind of --period", e);
  *out = panel_period_index(&p);
  return E_OK;
}

static enum err_code read_row(const char *place, const struct csv_table *t, const struct columns *c, int64_t i, enum period_kind kind,
    struct panel_unit *u,
    struct err *e) {
  int64_t group, turns;
  u->id = csv_table_cell(t, i, c->unit), u->stratum = csv_table_cell(t, i, c->stratum), u->left = -1;
  if (!u->id.n) return bad(place, t, i, c->unit, "the id of a unit", e);
  if (!str_int64(csv_table_cell(t, i, c->group), &group) || group < 1 || group > 1000) return bad(place, t, i, c->group, "1 to 1000", e);
  if (!str_int64(csv_table_cell(t, i, c->turns), &turns) || turns < 1) return bad(place, t, i, c->turns, "1 or more", e);
  u->group = (int32_t)(group - 1), u->turns = turns;
  TRY(read_period(place, t, i, c->entered, kind, &u->entered, e));
  if (csv_table_cell(t, i, c->left).n) TRY(read_period(place, t, i, c->left, kind, &u->left, e));
  return u->left < 0 || u->left >= u->entered ? E_OK : bad(place, t, i, c->left, "not before the unit entered", e);
}

enum err_code panel_read(struct arena *a, const char *place, const struct csv_table *t, const char *unit, enum period_kind kind, int64_t *n,
    struct panel_unit **out, struct err *e) {
  struct columns c;
  TRY(column(place, t, unit, &c.unit, e));
  TRY(column(place, t, "stratum", &c.stratum, e));
  TRY(column(place, t, "group", &c.group, e));
  TRY(column(place, t, "entered", &c.entered, e));
  TRY(column(place, t, "left", &c.left, e));
  TRY(column(place, t, "turns", &c.turns, e));
  *out = ARENA_ARRAY(a, struct panel_unit, t->n_rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "panel");
  for (*n = 0; *n < t->n_rows; (*n)++) TRY(read_row(place, t, &c, *n, kind, &(*out)[*n], e));
  return E_OK;
}

static void put_period(struct strbuf *b, int64_t index, enum period_kind kind) {
  char text[16];
  const struct period p = panel_period(index, kind);
  period_format(&p, text);
  csv_put(b, str_of(text), false);
}

static void put_int(struct strbuf *b, int64_t v) {
  strbuf_addc(b, ',');
  strbuf_add_int(b, v);
}

static void put_weight(struct strbuf *b, int64_t units, int64_t sample) {
  char text[32];
  int64_t x = units, y = sample;
  while (y) {
    const int64_t r = x % y;
    x = y, y = r;
  }
  put_int(b, units), put_int(b, sample);
  real_format((double)units / (double)sample, text);
  csv_put(b, str_of(text), false);
  put_int(b, units / x);
  if (sample / x != 1) strbuf_addc(b, '/'), strbuf_add_int(b, sample / x);
}

void panel_write(const struct panel_step *step, const int64_t *units, const char *unit, enum period_kind kind, int64_t n, const struct panel_unit *p,
    struct strbuf *b) {
  csv_put(b, str_of(unit), true);
  strbuf_adds(b, ",stratum,group,entered,left,turns,population,sample,weight,weight_fraction\n");
  int64_t h = 0;
  for (int64_t k = 0; k < n; k++) {
    csv_put(b, p[k].id, true), csv_put(b, p[k].stratum, false);
    put_int(b, p[k].group + 1);
    put_period(b, p[k].entered, kind);
    if (p[k].left >= 0) put_period(b, p[k].left, kind);
    else strbuf_addc(b, ',');
    put_int(b, p[k].turns);
    while (h < step->n_strata && str_cmp(step->strata[h].label, p[k].stratum) < 0) h++; /* both in binary order */
    if (p[k].left < 0) put_weight(b, units[h], step->strata[h].size);
    else strbuf_adds(b, ",,,,");
    strbuf_addc(b, '\n');
  }
}
