/* cmd_relations_disputes.c -- cmd_relations.h: disputes of a month or a year, and what the months say about one another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/term.h"
#include "estimators/command/cmd_relations.h"

static int by_text(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

/* Domains of the slips in order, not answered last; the first is the total. */
static enum err_code domains(struct cli *c, const struct relations_months *m, struct str **out, int64_t *n, struct err *e) {
  struct str *all = ARENA_ARRAY(cli_job(c)->arena, struct str, m->n + 1);
  if (!all) return ERR(e, E_NO_MEMORY, .subject = "disputes");
  for (int64_t i = 0; i < m->n; i++) all[i] = m->slip[i].domain;
  if (m->n) qsort(all, (size_t)m->n, sizeof *all, by_text);
  *n = 0;
  for (int64_t i = 0; i < m->n; i++)
    if (!*n || !str_eq(all[*n - 1], all[i])) all[(*n)++] = all[i];
  *out = all;
  return E_OK;
}
enum err_code relations_do_disputes(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const char *by = cli_text(c, "by"), *period = relations_period(c);
  struct relations_months m;
  struct relations_table t;
  struct str *domain = NULL;
  int64_t n = 0;
  TRY(relations_read_disputes(c, s, period, by, &m, e));
  TRY(domains(c, &m, &domain, &n, e));
  struct relations_dispute *d = ARENA_ARRAY(a, struct relations_dispute, n + 2);
  if (!d) return ERR(e, E_NO_MEMORY, .subject = "disputes");
  d[0].domain = STR("_T");
  TRY(dispute_count(a, m.slip, m.n, m.act, m.m, m.first, m.last, NULL, &d[0].f, e));
  for (int64_t k = 0; by && k < n; k++) {
    d[k + 1].domain = domain[k].n ? domain[k] : STR("_U");
    TRY(dispute_count(a, m.slip, m.n, m.act, m.m, m.first, m.last, &domain[k], &d[k + 1].f, e));
  }
  TRY(relations_dispute_table(a, d, by ? n + 1 : 1, by ? by : "all", m.last > m.first, &t, e));
  *look = d[0].f.unlisted > 0;
  return relations_print(c, &t, period, look, e);
}

static enum err_code json_findings(struct cli *c, const struct dispute_finding *f, int64_t n, struct err *e) {
  struct strbuf b;
  struct json_out j;
  char month[16];
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    snprintf(month, sizeof month, "%d-%02d", f[i].month / 12, f[i].month % 12 + 1);
    json_object(&j);
    json_put(&j, "fault", dispute_fault_name[f[i].fault]);
    json_key(&j, "dispute"), json_text(&j, f[i].id);
    json_put(&j, "month", month);
    json_end_object(&j);
  }
  json_end_array(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
enum err_code relations_do_disputes_check(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct relations_months m;
  struct dispute_finding *f;
  int64_t n;
  TRY(relations_read_disputes(c, s, relations_period(c), NULL, &m, e));
  TRY(dispute_check(cli_job(c)->arena, m.slip, m.n, m.act, m.m, m.first, m.last, &f, &n, e));
  *look = n > 0;
  if (cli_json(c)) return json_findings(c, f, n, e);
  for (int64_t i = 0; i < n; i++)
    fprintf(cli_out(c), "%d-%02d  %.*s  %s\n", f[i].month / 12, f[i].month % 12 + 1, (int)f[i].id.n, f[i].id.p, dispute_fault_name[f[i].fault]);
  fprintf(cli_out(c), cli_say(c, "%lld slips, %lld findings\n", "調査票 %lld 枚、指摘 %lld 件\n"), (long long)m.n, (long long)n);
  return E_OK;
}
