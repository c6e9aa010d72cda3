/* `shirabe form ...`: exit statuses, what stands on stdout and on stderr. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka needs the headers above */
#include <cmocka.h>

#include "base/cli.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "front/commands.h"

enum { MAX_OUTPUT = 1 << 16 };

struct outcome {
  int status;
  char out[MAX_OUTPUT], err[MAX_OUTPUT];
};

static int redirect(FILE *stream, FILE *to) {
  fflush(stream);
  int saved = dup(fileno(stream));
  assert_true(saved >= 0 && dup2(fileno(to), fileno(stream)) >= 0);
  return saved;
}

static void restore(FILE *stream, int saved, FILE *from, char *text) {
  fflush(stream);
  assert_true(dup2(saved, fileno(stream)) >= 0);
  close(saved);
  rewind(from);
  size_t n = fread(text, 1, MAX_OUTPUT - 1, from);
  text[n] = 0;
  fclose(from);
}

/* Words separated by spaces. */
static void run(const char *line, struct outcome *o) {
  static const struct command *const commands[] = {&cmd_form_check, &cmd_form_show, &cmd_form_diff, &cmd_form_codes, &cmd_form_layout};
  char copy[512], *argv[32], *save = NULL;
  int argc = 0;
  snprintf(copy, sizeof copy, "shirabe %s", line);
  for (char *w = strtok_r(copy, " ", &save); w && argc < 31; w = strtok_r(NULL, " ", &save)) argv[argc++] = w;
  argv[argc] = NULL;
  FILE *out = tmpfile(), *err = tmpfile();
  assert_true(out && err);
  int saved_out = redirect(stdout, out), saved_err = redirect(stderr, err);
  o->status = cli_main(argc, argv, commands, 5, "shirabe", "0");
  restore(stdout, saved_out, out, o->out);
  restore(stderr, saved_err, err, o->err);
}

static void answers_and_statuses(void **state) {
  (void)state;
#define SAMPLE " --forms tests/unit/data/forms --lang en"
#define SHIPPED " --forms forms --lang en"
  static const struct {
    const char *line;
    int status;
    const char *out, *err; /* must stand there; NULL = nothing may */
  } cases[] = {
      {"form check sample/good" SAMPLE, 0, "sample/good/2: good; 10 items", NULL},
      {"form check sample/item_unit" SAMPLE, 78, "sample/item_unit/1: 1 problems", "items.csv:9:21: error[E2004]"},
      {"form check sample/item_unit --forms tests/unit/data/forms --lang ja", 78, "問題 1 件", "items.csv:9:21"},
      {"form check sample" SAMPLE, 78, "sample/good/1: good", "E2004"},
      {"form check nothing" SAMPLE, 66, NULL, "E2200"},
      {"form check sample/nothing" SAMPLE, 66, NULL, "E2200"},
      {"form check sample/good/1/2" SAMPLE, 64, NULL, "E2248"},
      {"form check ../sample" SAMPLE, 64, NULL, "E2248"},
      {"form show sample/good/1" SAMPLE, 0, "age(birth, visit_date)", NULL},
      {"form show sample/good/1 --item sex" SAMPLE, 0, "2  Female", NULL},
      {"form show sample/good --at 2021-01-01" SAMPLE, 0, "sample/good/1", NULL},
      {"form show sample/good --at 2019-01-01" SAMPLE, 66, NULL, "E2201"},
      {"form show sample/good --at yesterday" SAMPLE, 64, NULL, "E2249"},
      {"form show sample/good/1 --item nothing" SAMPLE, 78, NULL, "E2227"},
      {"form show sample" SAMPLE, 64, NULL, "E2248"},
      {"form diff sample/good/1 sample/good/2" SAMPLE, 1, "~ item income max: '99999.9' -> '199999.9'", NULL},
      {"form diff sample/good/1 sample/good/1" SAMPLE, 0, NULL, "no difference"},
      {"form diff sample/good sample/good/1" SAMPLE, 64, NULL, "E2248"},
      {"form layout vital/birth researcher" SHIPPED, 0, "12,13,1,sex,sex,code,,1=Male; 2=Female; 3=Unknown,3=unknown;", NULL},
      {"form layout vital/birth/2015 researcher" SHIPPED, 0, "18,19,1,birth_country", NULL},
      {"form layout vital/death researcher --forms forms --lang ja", 0, "14,15,1,birth_era,誕生・元号,符号,,1=平成; 2=昭和; 3=大正; 4=明治", NULL},
      {"form layout vital/death/2015 researcher --at 2020-01-01" SHIPPED, 0, "14,15,1,birth_era,birth: era,code,,,V=unknown", NULL},
      {"form layout sample/good/1 csv" SAMPLE, 0, "column,position,bytes,item,label,type,unit,codes,missing\n1,", NULL},
      {"form layout vital/birth tape" SHIPPED, 66, NULL, "E2250"},
      {"form layout vital researcher" SHIPPED, 64, NULL, "E2248"},
      {"form codes" SHIPPED, 0, "municipalities\n", NULL},
      {"form codes municipalities 131016" SHIPPED, 0, "千代田区", NULL},
      {"form codes municipalities --label Hamana --at 2024-01-01" SHIPPED, 0, "221392", NULL},
      {"form codes municipalities 221317 --at 2024-01-01" SHIPPED, 1, "on that day: 221384", "no such code"},
      {"form codes municipalities 221350" SHIPPED, 0, "221350 Kita-ku, Hamamatsu-shi -> 221392 Hamana-ku, Hamamatsu-shi  (ward_reform)", NULL},
      {"form codes jsic_rev14 P" SHIPPED, 0, "83", NULL},
      {"form codes icd10 I219" SHIPPED, 0, "has the form of a code", NULL},
      {"form codes icd10 I2199Z" SHIPPED, 1, NULL, "no such code"},
      {"form codes nothing" SHIPPED, 66, NULL, "E2246"},
      {"form codes ../survey" SHIPPED, 66, NULL, "E2246"},
  };
  struct outcome *o = malloc(sizeof *o);
  assert_non_null(o);
  int bad = 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    run(cases[i].line, o);
    bool out = cases[i].out ? strstr(o->out, cases[i].out) != NULL : o->out[0] == 0;
    bool err = cases[i].err ? strstr(o->err, cases[i].err) != NULL : o->err[0] == 0;
    if (o->status == cases[i].status && out && err) continue;
    print_error("shirabe %s: %d\n%s\n%s\n", cases[i].line, o->status, o->out, o->err);
    bad++;
  }
  assert_int_equal(bad, 0);
  free(o);
}

static void json_answers_can_be_read(void **state) {
  (void)state;
  static const struct {
    const char *line;
    int status;
    size_t n; /* elements of the list; 0 = an object */
  } cases[] = {
      {"form check sample/item_unit --json" SAMPLE, 78, 1},
      {"form check sample/good --json" SAMPLE, 0, 2},
      {"form show sample/good/1 --json" SAMPLE, 0, 0},
      {"form diff sample/good/1 sample/good/2 --json" SAMPLE, 1, 5},
      {"form codes sex --json" SHIPPED, 0, 3},
      {"form layout vital/death researcher --json" SHIPPED, 0, 77},
  };
  struct outcome *o = malloc(sizeof *o);
  assert_non_null(o);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct json_document *d;
    struct err e = {0};
    run(cases[i].line, o);
    assert_int_equal(o->status, cases[i].status);
    assert_string_equal(o->err, "");
    assert_int_equal(json_parse("stdout", o->out, strlen(o->out), &d, &e), E_OK);
    if (cases[i].n) assert_int_equal(json_length(json_root(d)), cases[i].n);
    else assert_int_equal(json_length(json_member(json_root(d), "items")), 10);
    json_release(d);
  }
  free(o);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(answers_and_statuses), cmocka_unit_test(json_answers_can_be_read)};
  if (!crypto_start()) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
