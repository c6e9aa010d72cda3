/* cmd_relations_unions.c -- cmd_relations.h: unions, flows, organisation rates, federations and the check of affiliations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/term.h"
#include "estimators/command/cmd_relations.h"
#include "estimators/table/chart/chart.h"

static enum union_basis basis_of(struct cli *c) { return !strcmp(cli_text(c, "basis"), "unit") ? UNION_BY_UNIT : UNION_BY_SINGLE; }

enum err_code relations_do_unions(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct relations_slips slips;
  struct union_domain *d;
  struct relations_table t;
  int64_t n;
  const char *by = cli_text(c, "by"), *period = relations_period(c);
  TRY(relations_read_slips(c, s, cli_text(c, "slips"), period, by, &slips, e));
  TRY(union_stocks(cli_job(c)->arena, slips.slip, slips.n, &d, &n, e));
  if (!by) n = 1; /* the total alone */
  *look = d[0].basis[UNION_BY_SINGLE].count[UNION_TOTAL] < d[0].basis[UNION_BY_UNIT].count[UNION_TOTAL];
  TRY(relations_union_table(cli_job(c)->arena, d, n, by ? by : "all", &t, e));
  return relations_print(c, &t, period, look, e);
}
enum err_code relations_do_flows(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct relations_slips now, before;
  struct union_flow f;
  struct relations_table t;
  const char *file = cli_text(c, "before"), *earlier = cli_text(c, "before-period");
  if (!file && !earlier) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "flows",
        .expected = cli_say(c, "--before FILE or --before-period YEAR", "--before FILE または --before-period 年"));
  TRY(relations_read_slips(c, s, cli_text(c, "slips"), relations_period(c), NULL, &now, e));
  TRY(relations_read_slips(c, s, file, earlier, NULL, &before, e));
  TRY(union_flows(cli_job(c)->arena, now.slip, now.n, before.slip, before.n, basis_of(c), &f, e));
  *look = f.appeared.units || f.vanished.units || f.gap.units;
  TRY(relations_flow_table(cli_job(c)->arena, &f, basis_of(c), &t, e));
  return relations_print(c, &t, relations_period(c), look, e);
}

/* --- organisation rates --- */
enum { GROUPS = 4, TEN_THOUSAND = 10000 };
static const char *const group_letter[GROUPS] = {"T", "M", "F", "P"}, *const group_code[GROUPS] = {"_T", "M", "F", "P"};
static int group_of(struct str s) {
  for (int g = 0; g < GROUPS; g++)
    if (str_eq(s, str_of(group_letter[g])) || str_eq(s, str_of(group_code[g]))) return g;
  return -1;
}
/* employees: in 10,000 persons, as published and as the form takes them; persons: single persons. Exactly one of the two. */
static enum err_code read_employees(struct cli *c, const struct relations_rows *r, int64_t **out, bool **has, struct err *e) {
  const bool tens = relations_has(r, "employees");
  if (tens == relations_has(r, "persons"))
    return ERR(e, E_RELATIONS_COLUMNS, .file = r->name,
        .subject = cli_say(c, "employees (in 10,000 persons) or persons, one of the two", "employees（万人）か persons（人）の一方だけ"));
  TRY(relations_count(c, r, tens ? "employees" : "persons", true, out, has, e));
  for (int64_t i = 0; i < r->n && tens; i++)
    if (__builtin_mul_overflow((*out)[i], TEN_THOUSAND, &(*out)[i])) return ERR(e, E_RELATIONS_COUNT, .file = r->name, .subject = "employees");
  return E_OK;
}
static enum err_code each_year(struct cli *c, const struct relations_rows *r, const struct str *year, struct err *e) {
  struct period p;
  char found[64];
  for (int64_t i = 0; i < r->n; i++)
    if (!period_parse(year[i], &p) || p.kind != PERIOD_YEAR)
      return ERR(e, E_RELATIONS_VALUE, .file = r->name, .line = r->csv.lines[i], .column = csv_table_column(&r->csv, "year") + 1, .subject = "year",
          .expected = cli_say(c, "a year, such as 2023", "年（2023 など）"), .found = text_shape(year[i].p, year[i].n, found, sizeof found));
  return E_OK;
}
static enum err_code bad_group(struct cli *c, const struct relations_rows *r, int64_t row, struct err *e) {
  return ERR(e, E_RELATIONS_VALUE, .file = r->name, .line = r->from_store ? 0 : r->csv.lines[row], .subject = "worker_group",
      .expected = cli_say(c, "T, M, F or P", "T・M・F・P のいずれか"), .found = "?");
}
static enum err_code denominators(struct cli *c, struct store *s, int64_t people[GROUPS], struct err *e) {
  struct relations_rows r;
  struct str *group;
  int64_t *v;
  bool *has;
  if (cli_text(c, "employees")) TRY(relations_file(c, cli_text(c, "employees"), &r, e));
  else TRY(relations_dataset(c, s, "labour_union", "employees", relations_period(c), "row", &r, e));
  TRY(relations_text(c, &r, "worker_group", true, &group, e));
  TRY(read_employees(c, &r, &v, &has, e));
  for (int64_t i = 0; i < r.n; i++) {
    const int g = group_of(group[i]);
    if (g < 0) return bad_group(c, &r, i, e);
    if (people[g]) return ERR(e, E_RELATIONS_TWICE, .file = r.name, .subject = group_letter[g]);
    if (has[i]) people[g] = v[i];
  }
  return people[0] ? E_OK : ERR(e, E_RELATIONS_DENOMINATOR, .file = r.name, .subject = "T");
}
static enum err_code density_of_year(struct cli *c, struct store *s, struct relations_density *d, int64_t *n, struct err *e) {
  static const int count[GROUPS] = {UNION_TOTAL, UNION_MALE, UNION_FEMALE, UNION_PART_TIME};
  struct relations_slips slips;
  struct union_domain *all;
  int64_t people[GROUPS] = {0}, n_domains;
  TRY(relations_read_slips(c, s, cli_text(c, "slips"), relations_period(c), NULL, &slips, e));
  TRY(union_stocks(cli_job(c)->arena, slips.slip, slips.n, &all, &n_domains, e));
  TRY(denominators(c, s, people, e));
  const struct union_stock *stock = &all[0].basis[UNION_BY_SINGLE];
  for (int g = 0; g < GROUPS; g++) {
    if (!people[g]) continue; /* a group whose denominator is not entered has no rate */
    d[*n].group = str_of(group_code[g]), d[*n].year = STR(""), d[*n].unknown = stock->unknown[count[g]];
    if (!slips.n) d[*n].why = "no slip";
    else if (stock->asked[count[g]] && stock->unknown[count[g]] == stock->asked[count[g]]) d[*n].why = "not answered by any union";
    TRY(organisation_rate(stock->count[count[g]], people[g], group_letter[g], &d[(*n)++].rate, e));
  }
  return E_OK;
}
static int by_group(const void *a, const void *b) {
  const struct relations_density *x = a, *y = b;
  const int c = str_cmp(x->group, y->group);
  return c ? c : str_cmp(x->year, y->year);
}
static enum err_code density_series(struct cli *c, const char *path, struct relations_density **out, int64_t *n, struct err *e) {
  struct relations_rows r;
  struct str *year, *group;
  int64_t *members, *people;
  bool *has, *has_people;
  int64_t answered = 0;
  TRY(relations_file(c, path, &r, e));
  TRY(relations_text(c, &r, "year", true, &year, e));
  TRY(each_year(c, &r, year, e));
  TRY(relations_text(c, &r, "worker_group", false, &group, e));
  TRY(relations_count(c, &r, "members", true, &members, &has, e));
  TRY(read_employees(c, &r, &people, &has_people, e));
  *out = ARENA_ARRAY(cli_job(c)->arena, struct relations_density, r.n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .file = path);
  for (int64_t i = 0; i < r.n; i++) {
    const int g = group[i].n ? group_of(group[i]) : 0;
    char *label = arena_printf(cli_job(c)->arena, "%.*s", (int)year[i].n, year[i].p);
    if (!label) return ERR(e, E_NO_MEMORY, .file = path);
    if (g < 0) return bad_group(c, &r, i, e);
    answered += has[i];
    (*out)[*n] = (struct relations_density){.year = str_of(label), .group = str_of(group_code[g]), .why = has[i] ? NULL : "members not answered"};
    TRY(organisation_rate(members[i], has_people[i] ? people[i] : 0, label, &(*out)[(*n)++].rate, e));
  }
  if (*n) qsort(*out, (size_t)*n, sizeof **out, by_group);
  for (int64_t i = 1; i < *n; i++)
    if (!by_group(&(*out)[i - 1], &(*out)[i])) return ERR(e, E_RELATIONS_TWICE, .file = path, .subject = (*out)[i].year.p);
  return answered ? E_OK : ERR(e, E_RELATIONS_DENOMINATOR, .file = path, .subject = cli_say(c, "any year", "どの年"));
}
/* One line per group; a year that a group does not have leaves a gap. */
static enum err_code draw_series(struct cli *c, const struct relations_density *d, int64_t n, struct err *e) {
  static const char *const en[GROUPS] = {"all", "men", "women", "part-time"}, *const ja[GROUPS] = {"計", "男", "女", "パートタイム"};
  struct chart_series series[GROUPS];
  struct strbuf b;
  int n_series = 0;
  for (int64_t i = 0; i < n;) {
    const int g = group_of(d[i].group);
    int64_t m = 0;
    struct chart_point *p = ARENA_ARRAY(cli_job(c)->arena, struct chart_point, n + 1);
    if (!p || g < 0) return ERR(e, E_NO_MEMORY, .subject = "density");
    for (; i < n && group_of(d[i].group) == g; i++)
      if (!d[i].why) p[m++] = (struct chart_point){.label = d[i].year.p, .value = (double)d[i].rate.tenths / 10, .state = CHART_SHOWN};
    series[n_series++] = (struct chart_series){.name = cli_say(c, en[g], ja[g]), .points = p, .n = (int)m};
  }
  const struct chart_frame f = {.id = "density", .title = cli_say(c, "Estimated organisation rate", "推定組織率"), .subtitle = "", .unit = "%",
      .x_title = "", .y_title = "", .source = cli_text(c, "series"), .lang = cli_lang(c), .decimals = 1};
  strbuf_init(&b, 0);
  return relations_print_svg(c, &b, chart_lines(&f, series, n_series, &b, e), e);
}
enum err_code relations_do_density(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct relations_density *d = ARENA_ARRAY(cli_job(c)->arena, struct relations_density, GROUPS + 1);
  struct relations_table t;
  int64_t n = 0;
  const char *series = cli_text(c, "series");
  if (!d) return ERR(e, E_NO_MEMORY, .subject = "density");
  if (cli_flag(c, "svg") && !series)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--svg", .expected = cli_say(c, "with --series FILE", "--series FILE とともに"));
  if (series) TRY(density_series(c, series, &d, &n, e));
  else TRY(density_of_year(c, s, d, &n, e));
  if (cli_flag(c, "svg")) return draw_series(c, d, n, e);
  TRY(relations_density_table(cli_job(c)->arena, d, n, series != NULL, &t, e));
  return relations_print(c, &t, series ? "" : relations_period(c), look, e);
}

/* --- federations --- */
static enum err_code pairs(struct cli *c, struct store *s, const char *option, const char *record, const char *from, const char *to,
    struct affiliation **out, int64_t *n, bool *there, struct err *e) {
  struct relations_rows r = {.n = 0};
  struct str *a, *b;
  struct err why = {.code = E_OK};
  *out = NULL, *n = 0, *there = false;
  if (cli_text(c, option)) TRY(relations_file(c, cli_text(c, option), &r, e));
  else if (cli_text(c, "slips")) return E_OK; /* files only: not given */
  else {
    const enum err_code code = relations_dataset(c, s, "labour_union", "slip", relations_period(c), record, &r, &why);
    if (code == E_TABLE_DATA) return E_OK;
    if (code) {
      if (e) *e = why;
      return code;
    }
  }
  TRY(relations_text(c, &r, from, true, &a, e));
  TRY(relations_text(c, &r, to, true, &b, e));
  *out = ARENA_ARRAY(cli_job(c)->arena, struct affiliation, r.n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = option);
  for (int64_t i = 0; i < r.n; i++) (*out)[i] = (struct affiliation){a[i], b[i]};
  *n = r.n, *there = true;
  return E_OK;
}
static enum err_code read_graph(struct cli *c, struct store *s, struct affiliation_graph *g, struct err *e) {
  struct relations_slips slips;
  struct affiliation *edges;
  int64_t n;
  bool there;
  TRY(relations_read_slips(c, s, cli_text(c, "slips"), relations_period(c), NULL, &slips, e));
  TRY(pairs(c, s, "affiliations", "affiliation", "union_no", "federation_no", &edges, &n, &there, e));
  if (!there) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "affiliations",
        .expected = cli_say(c, "--affiliations FILE, or records of this type in the store", "--affiliations FILE、または保管庫のこの種別の記録"));
  return affiliation_graph(cli_job(c)->arena, slips.slip, slips.n, edges, n, g, e);
}
enum err_code relations_do_federations(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct affiliation_graph g;
  struct affiliation_summary summary;
  struct federation_total *f;
  struct relations_table t;
  int64_t n;
  TRY(read_graph(c, s, &g, e));
  TRY(affiliation_totals(cli_job(c)->arena, &g, basis_of(c), &f, &n, &summary, e));
  TRY(relations_federation_table(cli_job(c)->arena, f, n, &summary, basis_of(c), &t, e));
  return relations_print(c, &t, relations_period(c), look, e);
}
static void put(struct text_table *x, struct str s) {
  char b[80];
  snprintf(b, sizeof b, "%.*s", (int)(s.n < 79 ? s.n : 79), s.p);
  text_table_cell(x, b);
}
static enum err_code print_findings(struct cli *c, const struct affiliation_finding *f, int64_t n, struct err *e) {
  struct text_table *x = text_table_new(4);
  char b[24];
  static const char *const heads[4][2] = {{"fault", "誤り"}, {"union", "組合"}, {"other", "相手"}, {"circle", "循環"}};
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "check");
  for (int k = 0; k < 4; k++) text_table_cell(x, heads[k][cli_lang(c) == LANG_JA]);
  for (int64_t i = 0; i < n; i++) {
    text_table_cell(x, affiliation_fault_name[f[i].fault]);
    put(x, f[i].id), put(x, f[i].other);
    snprintf(b, sizeof b, "%.0d", (int)f[i].group);
    text_table_cell(x, b);
  }
  if (n) text_table_print(x, cli_out(c), true);
  text_table_free(x);
  return E_OK;
}
static enum err_code json_findings(struct cli *c, const struct affiliation_graph *g, const struct affiliation_finding *f, int64_t n, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "affiliations", g->n_edges), json_put_int(&j, "given_twice", g->n_twice);
  json_key(&j, "findings"), json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    json_object(&j);
    json_put(&j, "fault", affiliation_fault_name[f[i].fault]);
    json_key(&j, "union"), json_text(&j, f[i].id);
    json_key(&j, "other"), json_text(&j, f[i].other);
    if (f[i].group) json_put_int(&j, "circle", f[i].group);
    json_end_object(&j);
  }
  json_end_array(&j), json_end_object(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
enum err_code relations_do_check(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct affiliation_graph g;
  struct affiliation_finding *f;
  struct affiliation *lists;
  int64_t n, n_lists;
  bool there;
  TRY(read_graph(c, s, &g, e));
  TRY(pairs(c, s, "constituents", "constituent", "constituent_no", "union_no", &lists, &n_lists, &there, e));
  TRY(affiliation_check(cli_job(c)->arena, &g, there ? lists : NULL, n_lists, &f, &n, e));
  *look = n > 0;
  if (cli_json(c)) return json_findings(c, &g, f, n, e);
  TRY(print_findings(c, f, n, e));
  fprintf(cli_out(c), cli_say(c, "%d affiliations, %lld findings; %lld given twice; lists of federations %s\n",
      "加盟 %d 件、指摘 %lld 件、重複 %lld 件、構成組合の一覧は%s\n"),
      (int)g.n_edges, (long long)n, (long long)g.n_twice, there ? cli_say(c, "compared", "照合済み") : cli_say(c, "not given", "なし"));
  return E_OK;
}
