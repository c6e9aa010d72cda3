/* cmd_use_show.c -- one application, printed for those who review it: content, items, rows, and the grant it needs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/use/cmd_use_application.h"

static const char *part_text(struct cli *c, enum item_part part) {
  switch (part) {
    case PART_ID: return cli_say(c, "identifies", "識別");
    case PART_LINK: return cli_say(c, "links", "突合");
    case PART_PARADATA: return cli_say(c, "about the survey", "調査の記録");
    case PART_ANSWER: break;
  }
  return cli_say(c, "answer", "回答");
}
static const char *sensitive_text(struct cli *c, const struct use_item *i, struct arena *a) {
  if (!i->sensitive) return "";
  const struct str why = c && cli_job(c)->lang == LANG_JA ? i->sensitive->reason_ja : i->sensitive->reason_en;
  const char *text = arena_printf(a, "%.*s [%c]", (int)why.n, why.p, i->sensitive->status);
  return text ? text : "";
}

/* --- text --- */

static void text_fields(struct disposal_cmd *x, const struct application *a) {
  for (int i = 0; i < application_format.n; i++) {
    const struct field *f = &application_format.fields[i];
    int64_t number;
    char when[32];
    if (f->kind == FIELD_FORMAT || strcmp(f->name, "items") == 0) continue;
    const char *text = (const char *)a + f->at;
    if (f->kind == FIELD_INT) {
      memcpy(&number, text, sizeof number);
      const bool end = strcmp(f->name, "until") == 0 || strcmp(f->name, "extension_until") == 0; /* the last second of the last day */
      if (number) time_format_jst(number - end, when), fprintf(cli_out(x->c), "%-20s %s\n", f->name, when);
    } else if (f->kind == FIELD_TEXT && text[0]) fprintf(cli_out(x->c), "%-20s %s\n", f->name, text);
    struct str line;
    for (int k = 0; f->kind == FIELD_LIST && row_list_at(text, k, &line); k++)
      fprintf(cli_out(x->c), "%-20s %.*s\n", k ? "" : f->name, (int)line.n, line.p);
  }
}
static void text_items(struct disposal_cmd *x, const struct use_items *items, struct arena *a) {
  static const char *const heads[][2] = {{"item", "項目"}, {"label", "項目名"}, {"part", "区分"}, {"sensitive", "要配慮"}, {"why", "必要な理由"}};
  struct text_table *t = text_table_new(5);
  disposal_heads(t, x->c, heads, 5);
  for (int i = 0; i < items->n; i++) {
    const struct use_item *it = &items->item[i];
    const char *why = arena_printf(a, "%.*s", (int)it->why.n, it->why.p), *name = arena_printf(a, "%.*s", (int)it->name.n, it->name.p);
    const struct item *known = it->item;
    const char *const cells[] = {name ? name : "", known ? cli_say(x->c, known->label_en[0] ? known->label_en : known->label_ja, known->label_ja)
        : "",
        known ? part_text(x->c, known->part) : "", sensitive_text(x->c, it, a), why ? why : ""};
    for (int k = 0; k < 5; k++) text_table_cell(t, cells[k]);
  }
  fputc('\n', cli_out(x->c));
  text_table_print(t, cli_out(x->c), true);
  text_table_free(t);
  if (!items->listed) fprintf(cli_out(x->c), "%s\n", cli_say(x->c, "the forms library has no list of sensitive items",
      "調査票ライブラリに要配慮項目の一覧がありません"));
}
static int by_text(const void *a, const void *b) {
  const struct str x = ((const struct use_item *)a)->name, y = ((const struct use_item *)b)->name;
  const int d = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
  return d ? d : (x.n > y.n) - (x.n < y.n);
}
/* As a request for a grant has to write it. */
static void print_json_text(struct disposal_cmd *x, const char *text) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0), json_begin(&j, &b, false), json_cstr(&j, text);
  fwrite(b.p, 1, b.n, cli_out(x->c));
  strbuf_release(&b);
}
static enum err_code text_grant(struct disposal_cmd *x, const struct application *a, struct use_items *items, const struct use_policy *p,
    struct arena *arena, struct err *e) {
  const char *filter;
  if (items->n == 0 || items->n_datasets == 0) return E_OK;
  const bool own = strncmp(a->applicant_kind, "local:", 6) == 0 && strcmp(p->area, "own") == 0;
  qsort(items->item, (size_t)items->n, sizeof *items->item, by_text);
  fprintf(cli_out(x->c), "\n%s\n  \"legal_basis\": \"%s\"\n  \"columns\": [", cli_say(x->c, "the grant has to say", "利用許可に書くこと"), a->basis);
  for (int i = 0; i < items->n; i++) fprintf(cli_out(x->c), "%s\"%.*s\"", i ? "," : "", (int)items->item[i].name.n, items->item[i].name.p);
  fprintf(cli_out(x->c), "]\n");
  for (int i = 0; a->rows[0] && i < items->n_datasets; i++) {
    TRY(application_filter(arena, a, items, i, p, &filter, e));
    fprintf(cli_out(x->c), "  \"dataset\": \"%.*s/STAGE\"  \"filter\": ", (int)items->dataset[i].n, items->dataset[i].p);
    print_json_text(x, filter), fputc('\n', cli_out(x->c));
  }
  if (own) fprintf(cli_out(x->c), "%s %s\n", cli_say(x->c, "rows: own area only, rule of status", "行は自らの区域のみ（規則の出典："), cli_say(x->c,
      USE_AREA_SOURCE, USE_AREA_SOURCE "）"));
  return E_OK;
}

/* --- JSON --- */

static enum err_code json_items(struct disposal_cmd *x, const struct application *a, const struct use_items *items, const struct use_policy *p,
    struct arena *arena, struct json_out *j, struct err *e) {
  const char *filter;
  (void)x;
  json_key(j, "items_of_codebook"), json_array(j);
  for (int i = 0; i < items->n; i++) {
    const struct use_item *it = &items->item[i];
    json_object(j);
    json_key(j, "name"), json_text(j, it->name);
    json_key(j, "why"), json_text(j, it->why);
    json_put(j, "part", it->item ? item_part_name(it->item->part) : "");
    json_put(j, "label_ja", it->item ? it->item->label_ja : ""), json_put(j, "label_en", it->item ? it->item->label_en : "");
    json_key(j, "sensitive"), json_text(j, it->sensitive ? it->sensitive->reason_en : STR(""));
    json_end_object(j);
  }
  json_end_array(j);
  json_key(j, "filters"), json_array(j);
  for (int i = 0; a->rows[0] && i < items->n_datasets; i++) {
    TRY(application_filter(arena, a, items, i, p, &filter, e));
    json_cstr(j, filter);
  }
  json_end_array(j);
  json_put(j, "area_rule", p->area), json_put(j, "area_rule_source", USE_AREA_SOURCE);
  return E_OK;
}
static enum err_code print_json(struct disposal_cmd *x, const struct application *a, const struct use_items *items, const struct use_policy *p,
    struct arena *arena, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0), json_begin(&j, &b, false), json_object(&j);
  row_json(&application_format, a, &j);
  const enum err_code code = json_items(x, a, items, p, arena, &j, e);
  json_end_object(&j);
  if (code) strbuf_release(&b);
  else store_cmd_print_json(x->c, &b);
  return code;
}

static enum err_code show(struct disposal_cmd *x, struct arena *arena, struct err *e) {
  struct application a;
  struct use_items items;
  struct use_policy p;
  const char *id;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(application_find(x->s, id, &a, e));
  TRY(use_policy_read(x->s, &p, e));
  if (!cli_json(x->c)) text_fields(x, &a); /* before the codebook is asked, which may have become another */
  TRY(application_items(arena, &a, &items, e));
  if (cli_json(x->c)) return print_json(x, &a, &items, &p, arena, e);
  text_items(x, &items, arena);
  return text_grant(x, &a, &items, &p, arena, e);
}
enum err_code use_show_application(struct disposal_cmd *x, struct err *e) {
  struct arena *arena = arena_new(0);
  if (!arena) return ERR(e, E_NO_MEMORY, .subject = "application");
  const enum err_code code = show(x, arena, e);
  arena_free(arena);
  return code;
}

void use_warn_items(struct disposal_cmd *x, const char *id) {
  struct arena *arena = arena_new(0);
  struct application a;
  struct use_items items;
  struct err none;
  if (arena && !cli_json(x->c) && !application_find(x->s, id, &a, &none) && !application_items(arena, &a, &items, &none))
    for (int i = 0; i < items.n; i++) {
      const struct use_item *it = &items.item[i];
      if (!it->item || (!it->sensitive && it->item->part != PART_ID && it->item->part != PART_LINK)) continue;
      fprintf(cli_out(x->c), "%s: %s %s\n", it->item->name, part_text(x->c, it->item->part), sensitive_text(x->c, it, arena));
    }
  arena_free(arena);
}
void use_due_text(struct cli *c, const struct application *a, int64_t now, const struct use_policy *p, char out[96], enum use_remind *how) {
  static const char *const names_ja[USE_DUES] = {"審査", "提供事実の公表", "成果の公表", "利用期間の末日", "消去・返却報告"};
  int64_t best = 0;
  enum use_due what = USE_DUE_END;
  char when[32], left[32] = "";
  for (int d = 0; d < USE_DUES; d++) {
    const int64_t due = application_due(a, (enum use_due)d, p);
    if (due && (!best || due < best)) best = due, what = (enum use_due)d;
  }
  *how = use_reminder(best, now, p);
  out[0] = 0;
  if (!best) return;
  time_format_jst(best - 1, when); /* an end of day is the first second after it */
  if (*how == USE_REMIND_OVERDUE) snprintf(left, sizeof left, "%s", cli_say(c, " OVERDUE", " 期限超過"));
  else if (*how != USE_REMIND_NONE) snprintf(left, sizeof left, " T-%lld", (long long)((best - now) / 86400));
  snprintf(out, 96, "%s %.10s%s", cli_say(c, use_due_name(what), names_ja[what]), when, left);
}
