/* unions_year.c -- slips of labour unions of 2022 and 2023 with known truth, and the slips of 2023 once more with planted errors; the same bytes
 *          for the same
 *    seed. unions_year [--seed N] FOLDER
 * Folder   slips-2022.csv, constituents-2022.csv, slips-2023.csv, affiliations-2023.csv, constituents-2023.csv, employees-2023.csv;
 *          spoilt-slips-2023.csv (CP932, Japanese
 *          headings),
 *          spoilt-affiliations-2023.csv, spoilt-constituents-2023.csv; planted.csv (union,check), findings.csv (fault,union,other), truth.csv
 *          (table,row,unions,members,female,part). Truth is counted here, union by union, before anything is written; no estimator is called. */
#include <sys/stat.h>

#include "tests/demo/unions_world.h"

static void write_slips(const struct world *w, const char *name, bool earlier, bool spoilt) {
  static const char *const label_ja[COLUMNS] = {"組合番号", "都道府県", "組合の種類", "存廃等区分",
      "新設・解散等の年月日", "新設・解散等の理由",
      "適用法規", "組合の正式名称", "事務所の所在地", "労働組合員数（男）", "労働組合員数（女）", "労働組合員数（計）",
      "うちパートタイム労働者", "非独立組合員数", "本部組合の番号", "産業（大分類）", "企業の全常用労働者数", "企業規模",
      "事業所の従業員数", "加盟上部組合の系統（主要団体）", "労政事務所", "代表者の氏名", "本部組合の名称", "産業（中分類）",
      "主要生産品名・事業の内容", "企業の名称"};
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int c = 0; c < COLUMNS; c++) demo_cell(&b, spoilt ? label_ja[c] : column_name[c], c == 0);
  strbuf_addc(&b, '\n');
  for (int i = 0; i < w->n; i++) {
    char cell[COLUMNS][DEMO_CELL];
    if (earlier ? !w->u[i].was : !w->u[i].is) continue;
    slip_cells(w, &w->u[i], earlier, cell);
    if (spoilt) spoil_cells(w, &w->u[i], cell);
    for (int c = 0; c < COLUMNS; c++) demo_cell(&b, cell[c], c == 0);
    strbuf_addc(&b, '\n');
  }
  demo_write(w->folder, name, &b, spoilt ? DEMO_CP932 : DEMO_UTF8, spoilt);
  strbuf_release(&b);
}
static void write_links(const struct world *w, const char *name, bool earlier, bool down, bool spoilt) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, down ? "union_no,constituent_no,constituent_name,constituent_members\n" : "union_no,federation_no,federation_name\n");
  for (int i = 0; i < w->n; i++)
    for (int k = 0; (earlier ? w->u[i].was : w->u[i].is) && k < w->u[i].n_joined; k++) {
      const struct one *f = &w->u[w->u[i].joined[k]];
      if (down && spoilt && i == w->one_sided) continue;
      if (down) strbuf_addf(&b, "%s,%s,%s,%lld\n", f->no, w->u[i].no, w->u[i].name, (long long)w->u[i].total);
      else strbuf_addf(&b, "%s,%s,%s\n", w->u[i].no, f->no, f->name);
    }
  if (spoilt && !down) {
    strbuf_addf(&b, "%s,%s,自分\n", w->u[w->self].no, w->u[w->self].no);
    strbuf_addf(&b, "%s,%s,循環\n", w->u[w->u[w->first_industrial].joined[0]].no, w->u[w->first_industrial].no);
    strbuf_addf(&b, "%s,99999999,名簿にない連合\n", w->u[w->orphan].no);
  }
  demo_write(w->folder, name, &b, DEMO_UTF8, false);
  strbuf_release(&b);
}
static void write_employees(const struct world *w) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "worker_group,employees,employees_source\n");
  for (int g = 0; g < 4; g++) strbuf_addf(&b, "%c,%lld,作成した値\n", "TMFP"[g], (long long)w->employees[g]);
  demo_write(w->folder, "employees-2023.csv", &b, DEMO_UTF8, false);
  strbuf_release(&b);
}
static void write_findings(const struct world *w) {
  struct strbuf b;
  const struct one *industrial = &w->u[w->first_industrial], *centre = &w->u[industrial->joined[0]];
  strbuf_init(&b, 0);
  strbuf_adds(&b, "fault,union,other\n");
  strbuf_addf(&b, "self,%s,%s\n", w->u[w->self].no, w->u[w->self].no);
  strbuf_addf(&b, "circle,%s,\ncircle,%s,\ncircle,%s,\n", w->u[w->self].no, industrial->no, centre->no);
  strbuf_addf(&b, "federation_without_slip,%s,99999999\n", w->u[w->orphan].no);
  for (int i = 0; i < w->n; i++)
    if (w->u[i].spoil == SPOIL_HEAD) strbuf_addf(&b, "head_without_slip,%s,\n", w->u[i].no);
  for (int k = 0; k < w->u[w->one_sided].n_joined; k++)
    strbuf_addf(&b, "not_listed_by_federation,%s,%s\n", w->u[w->one_sided].no, w->u[w->u[w->one_sided].joined[k]].no);
  strbuf_addf(&b, "not_listed_by_federation,%s,%s\n", centre->no, industrial->no);
  demo_write(w->folder, "findings.csv", &b, DEMO_UTF8, false);
  strbuf_release(&b);
}
static void write_planted(const struct world *w) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "union,check\n");
  for (int i = 0; i < w->n; i++)
    for (int k = 0; k < SPOIL_CHECKS && w->u[i].spoil && spoil_checks[w->u[i].spoil][k]; k++)
      strbuf_addf(&b, "%s,%s\n", w->u[i].no, spoil_checks[w->u[i].spoil][k]);
  strbuf_addf(&b, "%s,U07\n", w->u[w->self].no);
  demo_write(w->folder, "planted.csv", &b, DEMO_UTF8, false);
  strbuf_release(&b);
}

int main(int argc, char **argv) {
  static struct world w = {.seed = 20230630};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--seed") && i + 1 < argc) w.seed = strtoull(argv[++i], NULL, 10);
    else w.folder = argv[i];
  }
  if (!w.folder) {
    fprintf(stderr, "usage: unions_year [--seed N] FOLDER\n");
    return 64;
  }
  mkdir(w.folder, 0700);
  make_world(&w);
  plant(&w);
  write_slips(&w, "slips-2022.csv", true, false);
  write_slips(&w, "slips-2023.csv", false, false);
  write_slips(&w, "spoilt-slips-2023.csv", false, true);
  write_links(&w, "constituents-2022.csv", true, true, false);
  write_links(&w, "affiliations-2023.csv", false, false, false);
  write_links(&w, "spoilt-affiliations-2023.csv", false, false, true);
  write_links(&w, "constituents-2023.csv", false, true, false);
  write_links(&w, "spoilt-constituents-2023.csv", false, true, true);
  write_employees(&w);
  write_findings(&w);
  write_planted(&w);
  write_truth(&w);
  return 0;
}
