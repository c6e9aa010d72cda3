/* register_check.c -- see register_check.h: which tables are held against each other, and what is said of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "estimators/sdc/register/register_check_impl.h"
#include "estimators/sdc/register/register_link.h"

static const struct {
  const char *word, *word_ja;
  bool refused;
  const char *text[2], *remedy[2];
} kinds[] = {
#define REGISTER_KIND(constant, word, word_ja, refused, en, ja, remedy_en, remedy_ja) {word, word_ja, refused, {en, ja}, {remedy_en, remedy_ja}},
#include "estimators/sdc/register/register_kinds.def"
#undef REGISTER_KIND
};
const char *register_kind_word(enum register_kind k) { return kinds[k].word; }
const char *register_kind_name(enum register_kind k, enum err_lang lang) { return lang == LANG_JA ? kinds[k].word_ja : kinds[k].word; }
const char *register_kind_text(enum register_kind k, enum err_lang lang) { return kinds[k].text[lang == LANG_JA]; }
const char *register_kind_remedy(enum register_kind k, enum err_lang lang) { return kinds[k].remedy[lang == LANG_JA]; }

/* --- policy --- */

static bool treatment(struct str s, enum register_treatment *out) {
  static const char *const words[] = {"allow", "warn", "refuse"};
  for (int i = 0; i < 3; i++)
    if (str_eq(s, str_of(words[i]))) return *out = (enum register_treatment)i, true;
  return false;
}
static enum err_code policy_row(
    struct arena *a, const char *name, const struct csv_table *t, int64_t row, struct register_policy *out, struct err *e) {
  static const char *const columns[] = {"revisions", "same_release", "counts_public", "status", "source", "revisions_amount"};
  struct str cell[6];
  for (int i = 0; i < 6; i++) cell[i] = csv_table_cell(t, row, csv_table_column(t, columns[i]));
  out->counts_public = str_eq(cell[2], STR("yes"));
  out->status = arena_strdup(a, cell[3].p, cell[3].n), out->source = arena_strdup(a, cell[4].p, cell[4].n);
  const bool known = treatment(cell[0], &out->revisions) && treatment(cell[1], &out->same_release) && treatment(cell[5], &out->revisions_amount);
  if (!known || (!out->counts_public && !str_eq(cell[2], STR("no"))) ||
      (!str_eq(cell[3], STR("confirmed")) && !str_eq(cell[3], STR("unconfirmed"))))
    return ERR(e, E_REGISTER_RULES, .file = name, .line = t->lines[row], .subject = name);
  return out->status && out->source ? E_OK : ERR(e, E_NO_MEMORY, .subject = name);
}
enum err_code register_policy_read(
    struct arena *a, const char *name, struct str csv, const char *profile, struct register_policy *out, struct err *e) {
  struct csv_table t;
  int64_t at = -1;
  TRY(csv_table_parse(a, name, csv.p, csv.n, &t, e));
  const int c = csv_table_column(&t, "profile");
  for (int64_t r = 0; c >= 0 && r < t.n_rows; r++) {
    if (str_eq(csv_table_cell(&t, r, c), str_of(profile))) at = r;
    if (at < 0 && str_eq(csv_table_cell(&t, r, c), STR("*"))) at = r;
  }
  /* a row of the profile's own stands before "*", wherever it is */
  for (int64_t r = 0; c >= 0 && r < t.n_rows; r++)
    if (str_eq(csv_table_cell(&t, r, c), str_of(profile))) at = r;
  return at < 0 ? ERR(e, E_REGISTER_RULES, .file = name, .subject = profile, .expected = "a row of its own or one for *")
                : policy_row(a, name, &t, at, out, e);
}

/* --- the pen --- */

/* Numbers of units and shares of them; all else is an amount, whose change by one unit is that unit's answer. */
bool is_count_measure(const char *measure) { return !measure || !strncmp(measure, "count(", 6) || !strncmp(measure, "proportion(", 11); }
static enum register_treatment same_release(const struct checking *c, const struct register_table *t, const struct register_table *u) {
  const enum register_treatment x = c->policy[t - c->mine->table].same_release, y = c->policy[u - c->mine->table].same_release;
  return x > y ? x : y;
}
static enum register_treatment treatment_of(const struct checking *c, enum register_kind kind, const struct register_table *t,
    const struct register_table *u, const char *measure) {
  const struct register_policy *p = &c->policy[t - c->mine->table];
  const enum register_treatment most = kinds[kind].refused ? REGISTER_REFUSE : REGISTER_WARN;
  if (c->other == c->mine) return same_release(c, t, u) < most ? same_release(c, t, u) : most;
  return kind != REGISTER_REVISION ? most : c->by_status || is_count_measure(measure) ? p->revisions : p->revisions_amount;
}
static const char *name_of(struct arena *a, const struct register_table *t, int64_t row) {
  char name[REGISTER_NAME];
  if (row < 0) return "";
  register_row_name(t, row, name, sizeof name);
  return arena_strdup(a, name, strlen(name));
}
static bool said_before(const struct register_report *r, const struct register_conflict *f) {
  for (int64_t i = r->n_conflicts; i-- > 0 && r->n_conflicts - i < 64;) {
    const struct register_conflict *g = &r->conflict[i];
    if (g->kind == f->kind && g->table == f->table && g->row == f->row && !strcmp(g->release, f->release) &&
        !strcmp(g->other_table, f->other_table) && !strcmp(g->other_cell, f->other_cell))
      return true;
  }
  return false;
}
enum err_code say(struct checking *c, enum register_kind kind, const struct register_table *t, int64_t row, const char *measure,
    const struct register_entry *other, const struct register_table *u, int64_t other_row, struct err *e) {
  struct register_report *r = c->r;
  struct arena *a = r->a;
  struct register_conflict f = {.kind = kind, .treatment = treatment_of(c, kind, t, u, measure), .table = (int)(t - c->mine->table), .row = row};
  if (f.treatment == REGISTER_ALLOW) return E_OK;
  f.cell = name_of(a, t, row), f.other_cell = name_of(a, u, other_row);
  f.measure = arena_strdup(a, measure ? measure : "n", strlen(measure ? measure : "n"));
  f.release = arena_strdup(a, other->release, strlen(other->release)), f.other_table = arena_strdup(a, u->id, strlen(u->id));
  const struct register_table *strict = t->min_n >= u->min_n ? t : u; /* t is the minimum of that one's profile */
  f.rule_profile = arena_strdup(a, strict->profile, strlen(strict->profile)), f.least = strict->min_n;
  f.rule = arena_printf(a, "%s: fewer than %lld units", strict->profile, (long long)f.least);
  const bool all = f.rule_profile && f.cell && f.other_cell && f.measure && f.release && f.other_table && f.rule;
  if (!all) return ERR(e, E_NO_MEMORY, .subject = t->id);
  if (said_before(r, &f)) return E_OK;
  r->n_refused += f.treatment == REGISTER_REFUSE;
  r->n_warned += f.treatment == REGISTER_WARN;
  if (r->n_conflicts == REGISTER_CONFLICTS_MAX) return r->n_left_off++, E_OK;
  if (r->n_conflicts == r->room) {
    const int64_t room = r->room ? 2 * r->room : 64;
    struct register_conflict *bigger = ARENA_ARRAY(a, struct register_conflict, room);
    if (!bigger) return ERR(e, E_NO_MEMORY, .subject = t->id);
    if (r->n_conflicts) memcpy(bigger, r->conflict, (size_t)r->n_conflicts * sizeof *bigger);
    r->conflict = bigger, r->room = room;
  }
  r->conflict[r->n_conflicts++] = f;
  return E_OK;
}
const char *register_rule_text(struct arena *a, const struct register_conflict *f, enum err_lang lang) {
  return arena_printf(a, lang == LANG_JA ? "%s: 客体数 %lld 未満" : "%s: fewer than %lld units", f->rule_profile, (long long)f->least);
}
/* By what nobody can accept: such a table does not go out. */
static bool surely_refused(const struct register_report *r, int table) {
  for (int64_t i = 0; i < r->n_conflicts; i++) {
    const struct register_conflict *f = &r->conflict[i];
    if (f->table == table && f->treatment == REGISTER_REFUSE && f->kind != REGISTER_REVISION) return true;
  }
  return false;
}
bool register_refused(const struct register_report *r, int table) {
  if (r->n_left_off) return true; /* more than can be named: for every table of them */
  for (int64_t i = 0; i < r->n_conflicts; i++)
    if (r->conflict[i].table == table && r->conflict[i].treatment == REGISTER_REFUSE) return true;
  return false;
}
void register_report_json(const struct register_entry *mine, const struct register_report *r, struct json_out *j) {
  static const char *const words[] = {"allow", "warn", "refuse"};
  json_object(j);
  json_put_int(j, "compared", r->n_compared);
  json_key(j, "conflicts");
  json_array(j);
  for (int64_t i = 0; i < r->n_conflicts; i++) {
    const struct register_conflict *f = &r->conflict[i];
    json_object(j);
    json_put(j, "cell", f->cell);
    json_put(j, "kind", register_kind_word(f->kind));
    json_put(j, "measure", f->measure);
    json_put(j, "other_cell", f->other_cell);
    json_put(j, "other_table", f->other_table);
    json_put(j, "release", f->release);
    json_put(j, "remedy_en", register_kind_remedy(f->kind, LANG_EN));
    json_put(j, "remedy_ja", register_kind_remedy(f->kind, LANG_JA));
    json_put(j, "rule", f->rule);
    json_put(j, "table", mine->table[f->table].id);
    json_put(j, "text_en", register_kind_text(f->kind, LANG_EN));
    json_put(j, "text_ja", register_kind_text(f->kind, LANG_JA));
    json_put(j, "treatment", words[f->treatment]);
    json_end_object(j);
  }
  json_end_array(j);
  json_put_int(j, "left_off", r->n_left_off);
  json_put_int(j, "refused", r->n_refused);
  json_put_int(j, "tables", r->n_tables);
  json_put_int(j, "warned", r->n_warned);
  json_end_object(j);
}

/* --- units that changed between two releases --- */

static uint64_t hash_text(uint64_t h, struct str s) {
  for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 1099511628211ull;
  return register_mix(h + s.n);
}
/* What a base says of its units: the rows it stands in, by their codes. */
static enum err_code base_codes(struct arena *a, const struct register_table *t, uint64_t **out, struct err *e) {
  *out = ARENA_ARRAY(a, uint64_t, t->n_bases + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t r = 0; r < t->n_rows; r++) {
    uint64_t h = 1469598103934665603ull;
    for (int d = 0; d < t->n_dims; d++) h = hash_text(h, register_code(t, r, d));
    for (int32_t k = t->first[r]; k < t->first[r + 1]; k++) (*out)[t->member[k]] += h;
  }
  return E_OK;
}
/* Marks tokens of the frames' union: in one of them only, or in another cell of the same table. */
static enum err_code changed_in_table(struct arena *a, const struct register_entry *x, const struct register_table *t,
    const struct register_entry *y, const struct register_table *u, struct changed_units *out, struct err *e) {
  const struct register_frame *f = &x->frame[t->frame], *g = &y->frame[u->frame];
  uint64_t *mine, *theirs, *more = ARENA_ARRAY(a, uint64_t, out->n + f->n + g->n + 1);
  if (!more) return ERR(e, E_NO_MEMORY, .subject = t->id);
  if (out->n) memcpy(more, out->token, (size_t)out->n * sizeof *more);
  out->token = more;
  TRY(base_codes(a, t, &mine, e));
  TRY(base_codes(a, u, &theirs, e));
  for (int64_t i = 0, k = 0; i < f->n || k < g->n;) {
    const bool here = i < f->n && (k == g->n || f->token[i] <= g->token[k]), there = k < g->n && (i == f->n || g->token[k] <= f->token[i]);
    const int32_t bx = here ? t->base[i] : -1, by = there ? u->base[k] : -1;
    if ((bx < 0) != (by < 0) || (bx >= 0 && mine[bx] != theirs[by])) more[out->n++] = here ? f->token[i] : g->token[k];
    i += here, k += there;
  }
  return E_OK;
}
static enum err_code find_changed(struct checking *c, struct err *e) {
  struct register_frame all = {.name = ""};
  c->changed = (struct changed_units){.n = 0};
  if (c->other == c->mine) return E_OK;
  for (int i = 0; i < c->mine->n_tables; i++)
    for (int k = 0; k < c->other->n_tables; k++) {
      const struct register_table *t = &c->mine->table[i], *u = &c->other->table[k];
      if (!t->units_known || !u->units_known || strcmp(t->period, u->period) || !same_definition(t, u)) continue;
      TRY(changed_in_table(c->scratch, c->mine, t, c->other, u, &c->changed, e));
      TRY(register_frame_make(c->scratch, c->changed.token, c->changed.n, &all, e));
      c->changed = (struct changed_units){all.n, (uint64_t *)all.token};
    }
  return E_OK;
}

/* --- what each release shows by itself --- */

static enum err_code shown_sets(struct checking *c, const struct ready *x, int n, struct register_set **out, int64_t *n_out, struct err *e) {
  int64_t most = 0;
  for (int i = 0; i < n; i++) most += x[i].t->n_rows;
  *out = ARENA_ARRAY(c->scratch, struct register_set, most + 1);
  *n_out = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int i = 0; i < n; i++)
    for (int64_t r = 0; r < x[i].t->n_rows; r++)
      if (x[i].shown[r] && x[i].size[r]) (*out)[(*n_out)++] = x[i].core[r];
  qsort(*out, (size_t)*n_out, sizeof **out, register_set_cmp);
  return E_OK;
}
static enum err_code ready_all(struct checking *c, const struct register_entry *entry, struct ready **out, struct err *e) {
  *out = ARENA_ARRAY(c->scratch, struct ready, entry->n_tables + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int i = 0; i < entry->n_tables; i++) TRY(ready_make(c, entry, &entry->table[i], &(*out)[i], e));
  return E_OK;
}

/* --- the sums of both --- */

static bool any_facet(const struct register_table *t) {
  for (int d = 0; d < t->n_dims; d++)
    if (t->facet[d]) return true;
  return false;
}
/* The pattern of a measure over both tables: measures with one pattern are judged once. */
static uint64_t pattern(const struct register_table *t, int m, const struct register_table *u, int k) {
  uint64_t h = 1;
  for (int64_t r = 0; m >= 0 && r < t->n_rows; r++) h = register_mix(h ^ register_status_of(t, r, m));
  for (int64_t r = 0; k >= 0 && r < u->n_rows; r++) h = register_mix(h ^ register_status_of(u, r, k));
  return h;
}
static enum err_code say_found(
    struct checking *c, const struct register_side *side, const struct register_found *f, const char *measure, struct err *e) {
  const struct register_table *t = side[0].table;
  if (f->side == 0) return say(c, REGISTER_LINKED, t, f->row, measure, side[1].entry, side[1].table, -1, e);
  if (f->side > 0) return say(c, REGISTER_LINKED, t, -1, measure, side[f->side].entry, side[f->side].table, f->row, e);
  const int near = f->near_side > 0 ? f->near_side : 1;
  return say(c, REGISTER_LINKED, t, f->row, measure, side[near].entry, side[near].table, f->near_row, e);
}
static enum err_code link_measure(struct checking *c, const struct register_side *side, const char *measure, struct err *e) {
  struct arena *a = arena_new(0);
  struct register_found *found;
  int64_t n = 0;
  bool computed = true;
  const struct register_table *t = side[0].table, *u = side[1].table;
  const int64_t least = t->min_n > u->min_n ? t->min_n : u->min_n;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = t->id);
  enum err_code code = register_link(a, side, 2, measure, c->changed.token, c->changed.n, least, &found, &n, &computed, e);
  for (int64_t i = 0; !code && i < n; i++) code = say_found(c, side, &found[i], measure, e);
  arena_free(a);
  return code;
}
enum err_code check_links(struct checking *c, const struct register_table *t, const struct register_table *u, struct err *e) {
  const struct register_side side[2] = {{c->mine, t}, {c->other, u}};
  uint64_t done[REGISTER_MEASURES_MAX + 1];
  int n_done = 0;
  if (any_facet(t) || any_facet(u) || t->n_rows > REGISTER_LINK_ROWS || u->n_rows > REGISTER_LINK_ROWS) return E_OK;
  for (int m = t->n_measures; m >= 0; m--) {
    const char *name = m == t->n_measures ? NULL : t->measure[m];
    const int k = name ? register_measure(u, name) : u->n_measures;
    bool seen = false;
    if (k < 0 || (name && (!t->additive[m] || !u->additive[k])) || (!name && c->policy[t - c->mine->table].counts_public)) continue;
    const uint64_t p = pattern(t, m, u, k);
    for (int i = 0; i < n_done; i++) seen = seen || done[i] == p;
    if (seen) continue;
    done[n_done++] = p;
    TRY(link_measure(c, side, name, e));
  }
  return E_OK;
}

/* The periods of one table that lie in one year with it, the latest edition of each: its sums over months and classes at once. */
static int year_sides(const struct checking *c, const struct register_table *t, const struct register_entry *const *earlier, int n_earlier,
    struct register_side *side) {
  int n = 1;
  side[0] = (struct register_side){c->mine, t};
  for (int i = 0; i < n_earlier; i++)
    for (int k = 0; k < earlier[i]->n_tables; k++) {
      const struct register_table *u = &earlier[i]->table[k];
      int at = 1;
      if (!u->units_known || any_facet(u) || !same_definition(t, u) || !strcmp(t->period, u->period) || !periods_meet(t->period, u->period))
        continue;
      while (at < n && strcmp(side[at].table->period, u->period) != 0) at++;
      if (at == REGISTER_LINK_TABLES) return 0;
      side[at] = (struct register_side){earlier[i], u};
      n += at == n;
    }
  return n;
}
static enum err_code link_year(
    struct checking *c, const struct register_table *t, const struct register_entry *const *earlier, int n_earlier, struct err *e) {
  struct register_side side[REGISTER_LINK_TABLES + 1];
  if (!t->units_known || any_facet(t)) return E_OK;
  const int n_sides = year_sides(c, t, earlier, n_earlier, side);
  for (int m = t->n_measures; m >= 0 && n_sides > 2; m--) {
    const char *name = m == t->n_measures ? NULL : t->measure[m];
    struct register_found *found;
    int64_t n = 0;
    bool computed;
    if (name && !t->additive[m]) continue;
    struct arena *a = arena_new(0);
    if (!a) return ERR(e, E_NO_MEMORY, .subject = t->id);
    enum err_code code = register_link(a, side, n_sides, name, NULL, 0, t->min_n, &found, &n, &computed, e);
    for (int64_t i = 0; !code && i < n; i++) code = say_found(c, side, &found[i], name, e);
    arena_free(a);
    if (code) return code;
  }
  return E_OK;
}

/* --- order of the work --- */

static bool share_units(
    const struct register_entry *x, const struct register_table *t, const struct register_entry *y, const struct register_table *u) {
  const struct register_frame *f = &x->frame[t->frame], *g = &y->frame[u->frame];
  for (int64_t i = 0, k = 0; i < f->n && k < g->n;) {
    if (f->token[i] == g->token[k]) return true;
    if (f->token[i] < g->token[k])
      i++;
    else
      k++;
  }
  return false;
}
/* The same cells of the same units, hidden alike: nothing new. */
static bool nothing_new(const struct checking *c, const struct ready *x, const struct ready *y) {
  const struct register_table *t = x->t, *u = y->t;
  if (!same_definition(t, u) || t->n_rows != u->n_rows || t->n_measures != u->n_measures || c->other == c->mine) return false;
  if (memcmp(t->status, u->status, (size_t)(t->n_rows * (t->n_measures + 1))) != 0) return false;
  for (int64_t r = 0; r < t->n_rows; r++)
    if (!register_set_eq(x->whole[r], y->whole[r])) return false;
  return true;
}
/* Whether a release has this table too, with the same cells hidden (more rows may have come): then what it tells with another table of that
 * release is a matter of tables of one release, and of revisions, but of no other edition. */
static bool has_it_too(const struct register_entry *x, const struct register_table *u) {
  for (int i = 0; i < x->n_tables; i++) {
    const struct register_table *v = &x->table[i];
    bool same = v->units_known && !strcmp(v->period, u->period) && v->n_measures == u->n_measures && same_definition(v, u);
    for (int64_t r = 0; same && r < u->n_rows; r++) {
      const int64_t q = same_codes_row(v, u, r);
      for (int m = 0; m <= u->n_measures && same; m++) same = q >= 0 && register_status_of(u, r, m) == register_status_of(v, q, m);
    }
    if (same) return true;
  }
  return false;
}
static enum err_code pair_of_tables(struct checking *c, const struct ready *x, const struct ready *y, struct err *e) {
  const struct register_table *t = x->t, *u = y->t;
  if (strcmp(t->form, u->form) || !periods_meet(t->period, u->period)) return E_OK;
  if (!t->units_known || !u->units_known) return c->other == c->mine ? E_OK : check_codes(c, t, u, e);
  if (nothing_new(c, x, y)) return c->r->n_compared++, E_OK;
  if (!share_units(x->entry, t, y->entry, u)) return E_OK;
  c->told = c->other != c->mine && (has_it_too(c->mine, u) || has_it_too(c->other, t));
  TRY(check_sets(c, x, y, e));
  return c->told ? E_OK : check_links(c, t, u, e);
}
/* Tables of one release, each against those before it that go out: after all else, and in order, so that no more is refused than must be. */
static enum err_code within(struct checking *c, const struct ready *x, struct err *e) {
  for (int i = 0; i < c->mine->n_tables; i++)
    for (int k = 0; k < i && !surely_refused(c->r, i); k++) {
      const struct register_table *t = &c->mine->table[i], *u = &c->mine->table[k];
      if (same_release(c, t, u) != REGISTER_ALLOW && !surely_refused(c->r, k)) TRY(pair_of_tables(c, &x[i], &x[k], e));
    }
  return E_OK;
}
static enum err_code release_pair(struct checking *c, struct err *e) {
  struct ready *x, *y;
  TRY(find_changed(c, e));
  TRY(ready_all(c, c->mine, &x, e));
  if (c->other == c->mine) return within(c, x, e);
  TRY(ready_all(c, c->other, &y, e));
  TRY(shown_sets(c, x, c->mine->n_tables, &c->known_mine, &c->n_known_mine, e));
  TRY(shown_sets(c, y, c->other->n_tables, &c->known_other, &c->n_known_other, e));
  for (int i = 0; i < c->mine->n_tables; i++)
    for (int k = 0; k < c->other->n_tables; k++) TRY(pair_of_tables(c, &x[i], &y[k], e));
  return E_OK;
}
static enum err_code with_scratch(
    struct checking *c, const struct register_entry *other, enum err_code (*work)(struct checking *c, struct err *e), struct err *e) {
  c->scratch = arena_new(0);
  c->other = other;
  c->n_known_mine = c->n_known_other = 0;
  const enum err_code code = c->scratch ? work(c, e) : ERR(e, E_NO_MEMORY, .subject = "register");
  arena_free(c->scratch);
  return code;
}
static enum err_code years(struct checking *c, struct err *e) {
  for (int t = 0; t < c->mine->n_tables; t++) {
    TRY(check_years(c, &c->mine->table[t], c->earlier, c->n_earlier, e));
    TRY(link_year(c, &c->mine->table[t], c->earlier, c->n_earlier, e));
  }
  return E_OK;
}
enum err_code register_check(struct arena *a, const struct register_entry *mine, const struct register_policy *policy,
    const struct register_entry *const *earlier, int n_earlier, struct register_report *out, struct err *e) {
  struct checking c = {.a = a, .mine = mine, .policy = policy, .r = out, .earlier = earlier, .n_earlier = n_earlier};
  *out = (struct register_report){.a = a, .n_tables = mine->n_tables};
  for (int i = 0; i < n_earlier; i++) TRY(with_scratch(&c, earlier[i], release_pair, e));
  TRY(with_scratch(&c, NULL, years, e));
  return with_scratch(&c, mine, release_pair, e);
}
