/* layout_form.h -- a small form in memory, for the tests of layouts: a key, a month, a code, a text, counts, packed bytes and a repeated item. */
#ifndef SHIRABE_TESTS_LAYOUT_FORM_H
#define SHIRABE_TESTS_LAYOUT_FORM_H
#include "forms/form_impl.h"

static const char LAYOUT_FORM_HEAD[] =
    "{\"survey\":\"s\",\"form\":\"f\",\"version\":\"1\",\"title_ja\":\"t\",\"title_en\":\"t\",\"period\":\"month\",\"since\":\"\",\"until\":\"\","
    "\"predecessor\":"
    "\"\",\"event_date\":\"\",\"office_item\":\"\",\"records\":[{\"name\":\"r\",\"parent\":\"\",\"keys\":[\"id\"]}],\"layouts\":[],\"codelists\":{},"
    "\"source\":\"\"}";
static const char LAYOUT_FORM_ITEMS[] =
    "name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,"
    "expression,"
    "as_of,era_table,required,note\n"
    "id,番号,number,r,code,code,,1,0,,,,,,1,2,,,ID,reported,,,,yes,\n"
    "month,年月,month,r,period,text,,1,0,,,,,,,,,,ID,reported,,,,,\n"
    "size,規模,size,r,code,code,,1,0,,,size,,,,,,,ANSWER,reported,,,,,\n"
    "name,名称,name,r,text,text,,1,0,,,,,,3,4,,,ANSWER,reported,,,,,\n"
    "men,男,men,r,count,int,person,1,0,0,9999,,-=not_applicable,,7,2,,,ANSWER,reported,,,,,\n"
    "women,女,women,r,count,int,person,1,0,0,9999,,,,,,,,ANSWER,reported,,,,,\n"
    "pack,包,pack,r,code,code,,1,0,,,,,,9,2,,,ANSWER,reported,,,,,\n"
    "v_1,値1,v 1,r,count,int,,1,0,0,99,,,,,,,,ANSWER,reported,,,,,\n"
    "v_2,値2,v 2,r,count,int,,1,0,0,99,,,,,,,,ANSWER,reported,,,,,\n"
    "v_3,値3,v 3,r,count,int,,1,0,0,99,,,,,,,,ANSWER,reported,,,,,\n";
static const char LAYOUT_FORM_SIZES[] = "code,label_ja,label_en,parent,valid_from,valid_to,status\n1,大,large,,,,valid\n2,小,small,,,,valid\n";
static const char LAYOUT_FORM_CHECKS[] = "id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\n";

static inline enum err_code layout_form(struct arena *a, const struct job *job, struct form **out, struct err *e) {
  struct form_file list[] = {{"checks.csv", "checks.csv", {LAYOUT_FORM_CHECKS, sizeof LAYOUT_FORM_CHECKS - 1}},
                             {"codes/size.csv", "codes/size.csv", {LAYOUT_FORM_SIZES, sizeof LAYOUT_FORM_SIZES - 1}},
                             {"form.json", "form.json", {LAYOUT_FORM_HEAD, sizeof LAYOUT_FORM_HEAD - 1}},
                             {"items.csv", "items.csv", {LAYOUT_FORM_ITEMS, sizeof LAYOUT_FORM_ITEMS - 1}}};
  struct form_files files = {"f", "", "", "", list, 4};
  return form_build(a, job, &files, NULL, out, NULL, e);
}
#endif
