/* Any bytes as one file of a release bundle, beside files that are as they should be: refused, or a file in which the hidden figure is hidden.
 * The first byte says which file. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "secure-store/bundle/bundle_formats.h"
#include "secure-store/bundle/quality_report.h"
#include "secure-store/bundle/sheet_grid.h"
#include "secure-store/release_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 16 };
static struct release_part text(const char *name, const char *bytes) { return (struct release_part){name, str_of(bytes)}; }

/* The table t: Tokyo is hidden. */
static int64_t bundle_of(struct arena *a, struct release_part *parts) {
  struct bundle_words w;
  struct bundle_source s;
  struct err e;
  int64_t n = 0;
  parts[n++] = text("tables/t.csv",
      "table,period,pref,measure,unit,value,se,cv,df,n,status,reason\nt,2025-12,_T,x,1000 yen,120.5,2,0.01,3,40,shown,\n"
      "t,2025-12,13,x,1000 yen,,,,,,suppressed,threshold\nt,2025-12,27,x,1000 yen,20.5,1,0.04,3,9,shown,\n");
  parts[n++] = text("codes.csv", "table,column,code,label_ja,label_en,parent,valid_from,valid_to\nt,status,shown,s,s,,,\nt,status,suppressed,h,h,,,\n"
                                 "t,measure,x,x,x,,,\nt,unit,yen,y,yen,,,\nt,pref,_T,計,all,,,\nt,pref,13,東京都,Tokyo,_T,,\nt,pref,27,大阪府,Osaka,_T,,\n");
  parts[n++] = text("columns.csv", "table,column,kind,label_ja,label_en,unit\nt,pref,dimension,都道府県,prefecture,\n");
  parts[n++] = text("tables.csv", "table,title_ja,title_en,survey,agency\nt,表,table,s,MHLW\n");
  parts[n++] = text("notes.csv", "table,kind,text_ja,text_en\nt,note,注,note\n");
  parts[n++] = text("tables/t.wide.csv", "period,pref,x\n2025-12,_T,120.5\n2025-12,13,\n2025-12,27,20.5\n");
  parts[n++] = text("tables/t.json",
      "{\"rows\":[{\"key\":{\"pref\":\"_T\"},\"n\":40,\"measures\":{\"x\":{\"value\":120.5,\"se\":2.0,\"status\":\"shown\"}}},"
      "{\"key\":{\"pref\":\"13\"},\"measures\":{\"x\":{\"value\":null,\"status\":\"suppressed\",\"reason\":\"threshold\"}}},"
      "{\"key\":{\"pref\":\"27\"},\"n\":9,\"measures\":{\"x\":{\"value\":20.5,\"status\":\"shown\"}}}]}\n");
  parts[n++] = text(
      "tables/t.en.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>t</title><text class=\"s n\" text-anchor=\"end\">20.5</text></svg>");
  const struct quality_form form = {.form = "f", .rate[1] = {.there = true, .part = 40, .whole = 50}};
  const struct quality_report q = {.survey = "s", .period = "2025-12", .n_forms = 1, .forms = &form};
  if (bundle_words_read(a, parts, n, &w, &e) || bundle_source_read(a, &w, "t", parts[0].bytes, &s, &e) ||
      bundle_forms_of(a, &s, NULL, parts, &n, &e))
    abort();
  struct str json, md;
  if (quality_json(a, &q, parts, n, &w, &json, &e) || quality_text(a, json, &md, &e)) abort();
  parts[n++] = (struct release_part){"quality.json", json};
  parts[n++] = (struct release_part){"quality.md", md};
  return n;
}
static const char *const chosen[] = {
    "tables/t.xlsx", "tables/t.sdmx.csv", "tables/t.dsd.xml", "tables/t.en.svg", "quality.json", "tables/t.wide.csv", "tables/t.json"};
enum { CHOSEN = sizeof chosen / sizeof *chosen };

static void hidden_stays_hidden(struct arena *a, const struct release_part *p) {
  struct sheet_grid g[GRID_SHEETS];
  struct csv_table t;
  struct err e;
  if (strstr(p->name, ".xlsx")) {
    if (sheet_read(a, p->name, p->bytes, g, &e) || g[0].n_rows != 4) abort();
    for (int k = 0; k < g[0].n_columns; k++)
      if (g[0].cells[2 * g[0].n_columns + k].number) abort();
  }
  if (strstr(p->name, ".sdmx.csv") &&
      (csv_table_parse(a, p->name, p->bytes.p, p->bytes.n, &t, &e) || csv_table_cell(&t, 1, csv_table_column(&t, "OBS_VALUE")).n))
    abort();
  if (strstr(p->name, ".wide.csv") && (csv_table_parse(a, p->name, p->bytes.p, p->bytes.n, &t, &e))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct release_part parts[MOST];
  struct arena *a = arena_new(0);
  struct err e;
  if (!a) abort();
  const int64_t n_parts = bundle_of(a, parts);
  if (release_check_parts(a, parts, n_parts, &e)) abort();
  const char *name = chosen[n ? data[0] % CHOSEN : 0];
  for (int64_t i = 0; n && i < n_parts; i++) {
    if (strcmp(parts[i].name, name)) continue;
    parts[i].bytes = str_view((const char *)data + 1, n - 1);
    const enum err_code code = release_check_parts(a, parts, n_parts, &e);
    if (code == E_BUG || code == E_NO_MEMORY) abort();
    if (!code) hidden_stays_hidden(a, &parts[i]);
  }
  arena_free(a);
  return 0;
}
