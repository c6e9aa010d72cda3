/* unions_world.h -- a made country of labour unions: enterprises with a union or with a head office and branches, industrial federations, national
 *          centres.
 *    Everything is a function of the seed and the enterprise. Prefectures, industries and national centres are real names, unions are not. */
#ifndef SHIRABE_TESTS_UNIONS_WORLD_H
#define SHIRABE_TESTS_UNIONS_WORLD_H
#include "tests/demo/demo_text.h"

enum { ENTERPRISES = 320, CENTRES = 3, INDUSTRIALS = 6, UNIONS_MOST = 3000, JOINED_MOST = 3, COLUMNS = 26, SPOIL_CHECKS = 4 };
enum { PLAIN = 1, BRANCH, HEAD, FEDERATION };
enum { KEPT = 1, FRESH, CLOSED };
static const char *const column_name[COLUMNS] = {"union_no", "prefecture", "slip_kind", "existence", "change_date", "change_reason", "law",
    "union_name",
    "address", "members_male", "members_female", "members_total", "part_members", "non_independent", "head_office_no", "industry",
    "enterprise_employees", "enterprise_size", "site_employees", "national_centre", "labour_office", "representative", "head_office_name",
    "industry_medium", "product", "enterprise_name"};
enum { C_NO, C_PREFECTURE, C_KIND, C_EXISTENCE, C_DATE, C_REASON, C_LAW, C_NAME, C_ADDRESS, C_MALE, C_FEMALE, C_TOTAL, C_PART, C_NON, C_HEAD,
    C_INDUSTRY,
    C_EMPLOYEES, C_SIZE, C_SITE, C_CENTRE };
enum spoil { SPOIL_NONE, SPOIL_SUM, SPOIL_PART, SPOIL_SITE, SPOIL_NO_DATE, SPOIL_NO_REASON, SPOIL_REASON, SPOIL_FAR, SPOIL_SIZE, SPOIL_PLACE,
    SPOIL_HEAD,
    SPOIL_NON, SPOIL_TWIN, SPOILS };
/* What each planted error must be found by. */
static const char *const spoil_checks[SPOILS][SPOIL_CHECKS] = {[SPOIL_SUM] = {"U02"}, [SPOIL_PART] = {"U03"}, [SPOIL_SITE] = {"U04"},
    [SPOIL_NO_DATE] = {"U05d"}, [SPOIL_NO_REASON] = {"U05r"}, [SPOIL_REASON] = {"U05k"}, [SPOIL_FAR] = {"U08"}, [SPOIL_SIZE] = {"U09"},
    [SPOIL_PLACE] = {"U10"}, [SPOIL_HEAD] = {"U06h"}, [SPOIL_NON] = {"U21"}, [SPOIL_TWIN] = {"U20"}};

struct one {
  char no[16], name[64], address[64], reason[16];
  const char *prefecture, *industry;
  int kind, existence, law, enterprise, spoil;
  bool is, was; /* has a slip in 2023, in 2022 */
  int64_t male, female, total, part, non_independent, before, employees, site, day;
  int head, joined[JOINED_MOST], n_joined, twin;
};
struct world {
  uint64_t seed;
  const char *folder;
  struct one u[UNIONS_MOST];
  int n, first_industrial, self, orphan, one_sided;
  int64_t employees[4]; /* 10,000 persons: all, men, women, part-time */
};

static const char *const world_prefecture[] = {"01", "13", "34"};
static int64_t draw(struct rng *r, int64_t n) { return (int64_t)rng_below(r, (uint64_t)n); }
static int size_class(int64_t n) { return n >= 1000 ? 1 : n >= 300 ? 2 : n >= 100 ? 3 : n >= 30 ? 4 : 5; }

static struct one *add(struct world *w, int kind, const char *prefecture) {
  if (w->n == UNIONS_MOST) demo_stop("too many unions");
  struct one *u = &w->u[w->n];
  *u = (struct one){.kind = kind, .prefecture = prefecture, .existence = KEPT, .law = 1, .is = true, .was = true, .head = -1, .twin = -1,
      .industry = "E"};
  snprintf(u->no, sizeof u->no, "%s%06d", prefecture, ++w->n);
  snprintf(u->name, sizeof u->name, "%s第%d%s", kind == FEDERATION ? "連合" : "組合", w->n, kind == BRANCH ? "支部" : kind == HEAD
      ? "本部" : "");
  snprintf(u->address, sizeof u->address, "%s県%d番地", prefecture, w->n);
  return u;
}
static void members(struct one *u, struct rng *r, int64_t most) {
  u->total = 12 + draw(r, most);
  u->female = draw(r, u->total + 1), u->male = u->total - u->female;
  u->part = draw(r, u->total / 4 + 1);
  u->before = u->total - u->total / 8 + draw(r, u->total / 4 + 1); /* within 30 per cent */
  u->site = u->total + 1 + draw(r, u->total);
}
static void federations(struct world *w) {
  for (int i = 0; i < CENTRES; i++) (void)add(w, FEDERATION, "13");
  w->first_industrial = w->n;
  for (int i = 0; i < INDUSTRIALS; i++) {
    struct one *f = add(w, FEDERATION, world_prefecture[i % 3]);
    f->joined[f->n_joined++] = i % CENTRES;
    if (i == 4) f->joined[f->n_joined++] = 0; /* of two centres */
  }
}
/* None, one or two of the industrial federations; now and then a centre beside them. */
static void join(struct world *w, struct one *u, struct rng *r) {
  const int64_t kind = draw(r, 10);
  if (kind < 2) return;
  const int first = (int)draw(r, INDUSTRIALS);
  u->joined[u->n_joined++] = w->first_industrial + first;
  if (kind == 9) u->joined[u->n_joined++] = w->first_industrial + (first + 1) % INDUSTRIALS;
  if (kind == 8) u->joined[u->n_joined++] = (first + 2) % CENTRES;
}
static void fate(struct one *u, struct rng *r) {
  const int64_t kind = draw(r, 100);
  u->day = date_from_civil(2022, 7, 2) + draw(r, 360);
  if (kind < 5) {
    u->existence = FRESH, u->was = false;
    snprintf(u->reason, sizeof u->reason, "%d", 11 + (int)draw(r, 5));
  } else if (kind < 10) {
    u->existence = CLOSED;
    snprintf(u->reason, sizeof u->reason, "%d", 21 + (int)draw(r, 5));
  } else if (kind < 11) u->was = false; /* appeared */
  else if (kind < 12) u->is = false;    /* vanished */
}
static void enterprise(struct world *w, int id) {
  static const char *const industry[] = {"E", "H", "I", "J", "P"};
  char key[24];
  struct rng r;
  const int n = snprintf(key, sizeof key, "enterprise %d", id);
  rng_init(&r, w->seed, "unions", key, (uint64_t)n);
  const int branches = draw(&r, 10) < 3 ? 2 + (int)draw(&r, 4) : 0, law = draw(&r, 20) == 0 ? 5 : 1;
  const char *line = industry[draw(&r, 5)];
  struct one *u = add(w, branches ? HEAD : PLAIN, world_prefecture[draw(&r, 3)]);
  const int head = w->n - 1;
  u->enterprise = id, u->law = law, u->industry = line;
  join(w, u, &r);
  if (!branches) {
    members(u, &r, 400);
    fate(u, &r);
    u->employees = u->site + draw(&r, u->site);
    return;
  }
  u->non_independent = draw(&r, 40);
  u->total = u->non_independent, u->female = u->non_independent / 2, u->male = u->total - u->female;
  u->before = 20;
  for (int b = 0; b < branches; b++) {
    struct one *v = add(w, BRANCH, world_prefecture[draw(&r, 3)]);
    members(v, &r, 200);
    v->enterprise = id, v->law = law, v->industry = line, v->head = head;
    u->total += v->total, u->male += v->male, u->female += v->female, u->part += v->part, u->before += v->before, u->employees += v->site;
  }
  u->employees += 60;
  for (int i = head + 1; i < w->n; i++) w->u[i].employees = u->employees;
}
static void make_world(struct world *w) {
  federations(w);
  for (int i = 0; i < ENTERPRISES; i++) enterprise(w, i);
  w->employees[0] = 40, w->employees[1] = 22, w->employees[2] = 18, w->employees[3] = 9;
}

/* --- cells --- */
static void count_cell(char cell[DEMO_CELL], int64_t v) { snprintf(cell, DEMO_CELL, "%lld", (long long)v); }
static void text_cell(char cell[DEMO_CELL], const char *text) { snprintf(cell, DEMO_CELL, "%s", text); }
static void slip_cells(const struct world *w, const struct one *u, bool earlier, char cell[COLUMNS][DEMO_CELL]) {
  const bool closed = !earlier && u->existence == CLOSED, changed = !earlier && u->existence != KEPT, federation = u->kind == FEDERATION;
  char day[11];
  for (int c = 0; c < COLUMNS; c++) cell[c][0] = 0;
  text_cell(cell[C_NO], u->no), text_cell(cell[C_PREFECTURE], u->prefecture);
  count_cell(cell[C_KIND], u->kind), count_cell(cell[C_EXISTENCE], earlier ? KEPT : u->existence);
  date_format_iso(u->day, day);
  if (changed) text_cell(cell[C_DATE], day), text_cell(cell[C_REASON], u->reason);
  text_cell(cell[C_NAME], u->name), text_cell(cell[C_ADDRESS], u->address);
  if (u->kind == BRANCH) text_cell(cell[C_HEAD], w->u[u->head].no);
  if (closed) return;
  count_cell(cell[C_LAW], u->law), count_cell(cell[C_CENTRE], u->n_joined ? 1 : 9);
  if (federation) return;
  const int64_t total = earlier ? u->before : u->total, female = earlier ? total / 3 : u->female;
  count_cell(cell[C_TOTAL], total), count_cell(cell[C_FEMALE], female), count_cell(cell[C_MALE], total - female);
  count_cell(cell[C_PART], earlier ? total / 9 : u->part);
  if (u->kind == HEAD) count_cell(cell[C_NON], earlier ? 20 : u->non_independent);
  text_cell(cell[C_INDUSTRY], u->industry);
  const int64_t site = earlier ? total + 5 : u->site, employees = earlier ? u->employees + total + 5 : u->employees;
  count_cell(cell[C_EMPLOYEES], employees), count_cell(cell[C_SIZE], size_class(employees));
  if (u->kind != HEAD) count_cell(cell[C_SITE], site);
}

/* --- planted errors: kind k on the k-th unit that can carry it --- */
static bool can_carry(const struct world *w, int i, int spoil) {
  const struct one *u = &w->u[i];
  if (!u->is || u->spoil || u->kind == FEDERATION || u->enterprise < 10) return false;
  const bool plain = u->kind == PLAIN && u->existence == KEPT && u->was && u->before >= 30 && u->total >= 60;
  switch (spoil) {
    case SPOIL_NO_DATE: case SPOIL_NO_REASON: case SPOIL_REASON: return u->existence != KEPT;
    case SPOIL_HEAD: return u->kind == BRANCH;
    case SPOIL_NON: return u->kind == HEAD;
    case SPOIL_TWIN: return u->existence == FRESH;
    default: return plain;
  }
}
static void plant(struct world *w) {
  for (int spoil = 1; spoil < SPOILS; spoil++)
    for (int i = 0, left = 3; i < w->n && left; i++) {
      if (!can_carry(w, i, spoil)) continue;
      bool family = false; /* one error per enterprise: a branch without head makes its head's sum wrong too */
      for (int k = 0; k < w->n; k++) family = family || (w->u[k].spoil && w->u[k].enterprise == w->u[i].enterprise);
      if (family) continue;
      w->u[i].spoil = spoil, left--;
      if (spoil == SPOIL_TWIN) w->u[i].twin = 2 * CENTRES + INDUSTRIALS + i % 3; /* the name and address of an early union */
    }
  for (int i = w->n - 1; i > 0; i--) {
    if (!w->u[i].is || w->u[i].spoil || w->u[i].kind != PLAIN || w->u[i].existence == CLOSED) continue;
    if (!w->self) w->self = i;
    else if (!w->orphan) w->orphan = i;
    else if (!w->one_sided && w->u[i].n_joined) w->one_sided = i;
  }
}
static void spoil_cells(const struct world *w, const struct one *u, char cell[COLUMNS][DEMO_CELL]) {
  switch ((enum spoil)u->spoil) {
    case SPOIL_SUM: count_cell(cell[C_MALE], u->male + 7); break;
    case SPOIL_PART: count_cell(cell[C_PART], u->total + 3); break;
    case SPOIL_SITE: count_cell(cell[C_SITE], u->total - 1); break;
    case SPOIL_NO_DATE: cell[C_DATE][0] = 0; break;
    case SPOIL_NO_REASON: cell[C_REASON][0] = 0; break;
    case SPOIL_REASON: text_cell(cell[C_REASON], u->existence == FRESH ? "22" : "12"); break;
    case SPOIL_FAR:
      count_cell(cell[C_MALE], 4 * u->male), count_cell(cell[C_FEMALE], 4 * u->female), count_cell(cell[C_TOTAL], 4 * u->total);
      count_cell(cell[C_SITE], 4 * u->total), count_cell(cell[C_EMPLOYEES], 5 * u->total), count_cell(cell[C_SIZE], size_class(5 * u->total));
      break;
    case SPOIL_SIZE: count_cell(cell[C_SIZE], size_class(u->employees) == 1 ? 2 : 1); break;
    case SPOIL_PLACE: text_cell(cell[C_PREFECTURE], strcmp(u->prefecture, "13") ? "13" : "34"); break;
    case SPOIL_HEAD: cell[C_HEAD][0] = 0; break;
    case SPOIL_NON: count_cell(cell[C_NON], u->non_independent + 5); break;
    case SPOIL_TWIN:
      text_cell(cell[C_NAME], w->u[u->twin].name), text_cell(cell[C_ADDRESS], w->u[u->twin].address);
      break;
    default: break;
  }
}

/* --- truth, by walking over every union --- */
struct tally {
  int64_t unions, members, female, part;
};
static void take(struct tally *t, const struct one *u) { t->unions++, t->members += u->total, t->female += u->female, t->part += u->part; }
static void put_tally(struct strbuf *b, const char *table, const char *row, const struct tally *t) {
  strbuf_addf(b, "%s,%s,%lld,%lld,%lld,%lld\n", table, row, (long long)t->unions, (long long)t->members, (long long)t->female, (long long)t->part);
}
static bool live(const struct one *u) { return u->is && u->existence != CLOSED; }
static bool of_basis(const struct one *u, bool single) { return u->kind == PLAIN || u->kind == (single ? HEAD : BRANCH); }
/* Does the union belong to federation f, directly, through a federation, or through its head office? */
static bool belongs(const struct world *w, const struct one *u, int f) {
  if (u->head >= 0 && belongs(w, &w->u[u->head], f)) return true;
  for (int k = 0; k < u->n_joined; k++)
    if (u->joined[k] == f || belongs(w, &w->u[u->joined[k]], f)) return true;
  return false;
}
static void federation_truth(const struct world *w, bool single, struct strbuf *b) {
  struct tally once = {0}, sum = {0};
  const char *table = single ? "federations_single" : "federations_unit";
  for (int f = 0; f < CENTRES + INDUSTRIALS; f++) {
    struct tally t = {0};
    for (int i = 0; i < w->n; i++)
      if (live(&w->u[i]) && of_basis(&w->u[i], single) && belongs(w, &w->u[i], f)) take(&t, &w->u[i]), f < CENTRES ? take(&sum, &w->u[i]) : (void)0;
    put_tally(b, table, w->u[f].no, &t);
  }
  for (int i = 0; i < w->n; i++) {
    bool any = false;
    for (int f = 0; f < CENTRES + INDUSTRIALS; f++) any = any || belongs(w, &w->u[i], f);
    if (any && live(&w->u[i]) && of_basis(&w->u[i], single)) take(&once, &w->u[i]);
  }
  put_tally(b, table, "total", &once);
  put_tally(b, table, "sum", &sum);
}
static void flow_truth(const struct world *w, struct strbuf *b) {
  struct tally t[8] = {{0}};
  static const char *const part[8] = {"1_before", "2_new", "3_appeared", "4_closed", "5_vanished", "6_rebased", "7_change", "9_now"};
  for (int i = 0; i < w->n; i++) {
    const struct one *u = &w->u[i];
    if (!of_basis(u, true)) continue;
    if (u->was) t[0].unions++, t[0].members += u->before;
    if (live(u)) t[7].unions++, t[7].members += u->total;
    if (live(u) && u->was) t[6].members += u->total - u->before;
    else if (live(u)) t[u->existence == FRESH ? 1 : 2].unions++, t[u->existence == FRESH ? 1 : 2].members += u->total;
    else if (u->was) t[u->is ? 3 : 4].unions--, t[u->is ? 3 : 4].members -= u->before;
  }
  for (int k = 0; k < 8; k++) put_tally(b, "flows", part[k], &t[k]);
}
static void write_truth(const struct world *w) {
  struct strbuf b;
  char row[16];
  strbuf_init(&b, 0);
  strbuf_adds(&b, "table,row,unions,members,female,part\n");
  for (int single = 0; single < 2; single++)
    for (int p = -1; p < 3; p++) {
      struct tally t = {0};
      for (int i = 0; i < w->n; i++)
        if (live(&w->u[i]) && of_basis(&w->u[i], single) && (p < 0 || !strcmp(w->u[i].prefecture, world_prefecture[p]))) take(&t, &w->u[i]);
      snprintf(row, sizeof row, "%s", p < 0 ? "_T" : world_prefecture[p]);
      put_tally(&b, single ? "single" : "unit", row, &t);
    }
  federation_truth(w, true, &b);
  federation_truth(w, false, &b);
  flow_truth(w, &b);
  demo_write(w->folder, "truth.csv", &b, DEMO_UTF8, false);
  strbuf_release(&b);
}
#endif
