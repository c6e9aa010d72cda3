/* process.json, then a line with ----, then group_checks.csv without its head: any bytes. No crash, bounded memory; a job that is accepted has steps
 * with methods, rules with lines inside the text, and a checked value for every option. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "forms/form_impl.h"
#include "processing/job/job_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char HEAD[] =
    "{\"survey\":\"s\",\"form\":\"f\",\"version\":\"1\",\"title_ja\":\"t\",\"title_en\":\"t\",\"period\":\"month\",\"since\":\"\",\"until\":\"\",\"predecessor\":\"\","
    "\"event_date\":\"\",\"office_item\":\"\",\"records\":[{\"name\":\"r\",\"parent\":\"\",\"keys\":[\"no\"]}],\"layouts\":[],\"codelists\":{},\"source\":\"\"}";
static const char ITEMS[] =
    "name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,"
    "era_table,required,note\nno,a,a,r,count,int,,1,0,1,9,,,,,,,,ID,reported,,,,yes,\narea,a,a,r,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,\n"
    "a,a,a,r,amount,int,yen,1,0,0,9,,,,,,,,ANSWER,reported,,,,,\nb,a,a,r,amount,int,yen,1,2,0,9,,,,,,,,ANSWER,reported,,,,,\n";
static const char CHECKS[] = "id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\nH,hard,r,,a >= b,m,m,,,s\n";
static const char GROUP[] = "id,severity,record,universe,by,measures,expression,message_ja,message_en,remedy_ja,remedy_en,source\n";

static void use(const struct form *f, const struct job_plan *p, int64_t lines) {
  if (p->n_steps < 0 || p->n_steps > JOB_MAX_STEPS || !p->impute) abort();
  for (int i = 0; i < p->n_steps; i++) {
    const struct step_spec *s = &p->steps[i];
    if (!s->method || !s->name[0] || !s->checks || s->n_by > IMPUTE_MAX_CLASS_ITEMS || s->line > lines) abort();
    for (int k = 0; s->method->options && s->method->options[k].key; k++)
      if (s->method->options[k].required && !s->values[k].given) abort();
  }
  for (int i = 0; i < f->n_items; i++)
    if (!(p->reliability[i] > 0)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  const char *p = (const char *)data, *cut = n ? memmem(p, n, "----\n", 5) : NULL;
  size_t json_n = cut ? (size_t)(cut - p) : n, group_n = cut ? n - json_n - 5 : 0;
  struct arena *a = arena_new(64 << 20);
  struct form *f = NULL;
  struct job_plan *plan;
  struct err e = {0};
  if (!crypto_start() || !a) abort();
  char *json = arena_strdup(a, p, json_n), *group = arena_alloc(a, sizeof GROUP + group_n, 1);
  if (!json || !group) abort();
  memcpy(group, GROUP, sizeof GROUP);
  if (group_n) memcpy(group + sizeof GROUP - 1, cut + 5, group_n);
  group[sizeof GROUP - 1 + group_n] = 0;
  struct form_file list[] = {{"checks.csv", "f/checks.csv", {CHECKS, sizeof CHECKS - 1}}, {"form.json", "f/form.json", {HEAD, sizeof HEAD - 1}},
      {"group_checks.csv", "f/group_checks.csv", {group, sizeof GROUP - 1 + group_n}}, {"items.csv", "f/items.csv", {ITEMS, sizeof ITEMS - 1}},
      {"process.json", "f/process.json", {json, json_n}}};
  struct form_files files = {"f", "", "", "", list, 5};
  int64_t lines = 1;
  for (size_t i = 0; i < json_n; i++) lines += json[i] == '\n';
  if (!form_build(a, NULL, &files, NULL, &f, NULL, &e) && !job_plan_read(a, NULL, f, NULL, &plan, &e)) use(f, plan, lines);
  arena_free(a);
  return 0;
}
