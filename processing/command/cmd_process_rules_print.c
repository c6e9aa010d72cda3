#include "processing/command/cmd_process_rules_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/term.h"

static const char *equation(struct strbuf *b, const struct linear_system *s, const struct linear_edit *r) {
  struct err e;
  strbuf_reset(b);
  return linear_print(s, r, b, &e) ? "" : strbuf_cstr(b);
}
static const struct {
  const char *code, *en, *ja;
} STATES[] = {{"restricts", "restricts", "有効"}, {"tight", "touches but restricts nothing", "接するだけで制限しない"}, {"redundant", "redundant", "冗長"},
              {"hidden_equality", "can only hold as an equation", "等式としてしか成り立たない"}, {"hidden_redundant", "redundant hidden equation", "冗長な隠れた等式"},
              {"not_proved", "not proved within the limit", "制限内に証明できない"}};
static const char *bound(char out[32], double v, bool open) {
  if (!isfinite(v) || open) return open ? "?" : "-";
  real_format(v, out);
  return out;
}

/* --- screen --- */
/* Of a form only what is worth a look: checks that do not restrict, items with one value or none. */
static bool shown(const struct rule_analysis *r, int i, bool brief) { return !brief || (r->state[i] != RULE_RESTRICTS && r->rows.edits[i].n > 1); }
static void print_rows(struct cli *c, const struct rule_analysis *r, bool brief, struct strbuf *b) {
  int n = 0;
  for (int i = 0; i < r->rows.m; i++) n += shown(r, i, brief);
  if (n == 0) return;
  struct text_table *t = text_table_new(3);
  const char *heads[] = {cli_say(c, "rule", "ルール"), cli_say(c, "equation", "式"), cli_say(c, "finding", "結果")};
  if (!t) return;
  for (int i = 0; i < 3; i++) text_table_cell(t, heads[i]);
  for (int i = 0; i < r->rows.m; i++) {
    if (!shown(r, i, brief)) continue;
    text_table_cell(t, r->rows.edits[i].id);
    text_table_cell(t, equation(b, &r->rows, &r->rows.edits[i]));
    text_table_cell(t, cli_say(c, STATES[r->state[i]].en, STATES[r->state[i]].ja));
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}
/* The analysis is of real numbers: a value that the item's decimals cannot hold is one that no record has. */
static bool can_be_written(const struct linear_system *s, int j, double v) {
  double unit = 1;
  for (int d = 0; d < s->decimals[j]; d++) unit *= 10;
  return s->decimals[j] < 0 || fabs(v * unit - round(v * unit)) <= 1e-6 + 1e-12 * fabs(v * unit);
}
static void print_bounds(struct cli *c, const struct rule_analysis *r, bool brief) {
  int n = 0;
  for (int j = 0; j < r->rows.p; j++) n += !brief || r->determined[j];
  if (n == 0) return;
  struct text_table *t = text_table_new(4);
  const char *heads[] = {cli_say(c, "item", "項目"), cli_say(c, "least", "最小"), cli_say(c, "most", "最大"), cli_say(c, "finding", "結果")};
  char number[32];
  if (!t) return;
  for (int i = 0; i < 4; i++) text_table_cell(t, heads[i]);
  for (int j = 0; j < r->rows.p; j++) {
    if (brief && !r->determined[j]) continue;
    text_table_cell(t, r->rows.names[j]);
    text_table_cell(t, bound(number, r->lower[j], r->open_lower[j]));
    text_table_cell(t, bound(number, r->upper[j], r->open_upper[j]));
    const bool never = r->determined[j] && !can_be_written(&r->rows, j, r->lower[j]);
    text_table_cell(t, never ? cli_say(c, "determined, but not in the item's decimals: no record can pass", "一つの値に決まるが項目の小数桁では書けず、通る記録がない")
                      : r->determined[j]                     ? cli_say(c, "determined", "一つの値に決まる")
                      : r->open_lower[j] || r->open_upper[j] ? cli_say(c, "? not proved within the limit", "? は制限内に証明できない")
                                                             : "");
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}
static void print_points(struct cli *c, const struct rules_linear *l) {
  const struct linear_system *s = &l->analysis.rows;
  char number[32];
  if (l->points.n) fprintf(cli_out(c), cli_say(c, "extremal points: %d\n", "端点: %d\n"), l->points.n);
  for (int k = 0; k < l->points.n; k++) {
    for (int j = 0; j < s->p; j++)
      fprintf(cli_out(c), "%s%s=%s", j ? " " : "  ", s->names[j], bound(number, l->points.x[(size_t)k * (size_t)s->p + (size_t)j], false));
    fputc('\n', cli_out(c));
  }
}
static void print_linear(struct cli *c, const struct rules_linear *l, bool brief) {
  const struct rule_analysis *r = &l->analysis;
  struct strbuf b;
  strbuf_init(&b, 0);
  if (l->condition[0]) fprintf(cli_out(c), cli_say(c, "linear rules where %s:\n", "%s の場合の一次式:\n"), l->condition);
  if (!r->consistent && r->n_conflict == 0) {
    fprintf(cli_out(c), "%s", cli_say(c, "whether any values can pass these rules together is not proved within the limit\n",
                                      "これらのルールを同時に満たす値があるかどうかは、制限内に証明できません\n"));
  } else if (!r->consistent) {
    fprintf(cli_out(c), "%s",
            cli_say(c, "no values can pass these rules together; without any one of them some can:\n",
                    "次のルールは同時には成り立ちません（どれか一つを外せば成り立ちます）:\n"));
    for (int i = 0; i < r->n_conflict; i++)
      fprintf(cli_out(c), "  %s: %s\n", r->rows.edits[r->conflict[i]].id, equation(&b, &r->rows, &r->rows.edits[r->conflict[i]]));
  } else {
    print_rows(c, r, brief, &b);
    print_bounds(c, r, brief);
    fprintf(cli_out(c), cli_say(c, "%d rules with bounds, %d in a minimal set\n", "上下限を含むルール %d 件、最小の組 %d 件\n"), r->rows.m, r->minimal.m);
    if (l->implied.m)
      fprintf(cli_out(c), l->implied_complete ? cli_say(c, "implied: %d, all\n", "導かれるルール: %d（全部）\n")
                                              : cli_say(c, "implied: %d, there are more\n", "導かれるルール: %d（他にもある）\n"), l->implied.m);
    for (int i = 0; i < l->implied.m; i++) fprintf(cli_out(c), "  %s\n", equation(&b, &l->implied, &l->implied.edits[i]));
    print_points(c, l);
  }
  strbuf_release(&b);
}
void rules_print_linear(struct cli *c, const struct rules_linear *l) { print_linear(c, l, false); }
static void print_ids(struct cli *c, const struct rule_set *s, const int *which, int n) {
  for (int i = 0; i < n; i++) fprintf(cli_out(c), "%s%s", i ? ", " : "", s->rules[which[i]].id);
  fputc('\n', cli_out(c));
}
/* Clauses of the same check stand together: one line per check, at its first clause. */
static int clauses(const struct rules_record *r, int i, enum rule_finding finding) {
  int n = 0;
  for (int k = i; k < r->rules.set.n_rules && r->rules.set.rules[k].check == r->rules.set.rules[i].check; k++) n += r->review.finding[k] == finding;
  return n;
}
static void print_said(struct cli *c, const struct rules_record *r) {
  const struct rule_set *s = &r->rules.set;
  for (int i = 0; i < s->n_rules; i++) {
    if (i > 0 && s->rules[i].check == s->rules[i - 1].check) continue;
    int all = 1;
    while (i + all < s->n_rules && s->rules[i + all].check == s->rules[i].check) all++;
    const int said = clauses(r, i, RULE_SAID), open = clauses(r, i, RULE_NOT_SETTLED);
    if (said)
      fprintf(cli_out(c), cli_say(c, "%s: the other checks already say it (%d of %d clauses)\n", "%s: 他の検査から導かれます（%d／%d 節）\n"),
              s->rules[i].id, said, all);
    if (open)
      fprintf(cli_out(c), cli_say(c, "%s: not settled within the limit (%d of %d clauses)\n", "%s: 制限内に判定できません（%d／%d 節）\n"),
              s->rules[i].id, open, all);
  }
}
static void print_review(struct cli *c, const struct rules_record *r) {
  const struct rule_set *s = &r->rules.set;
  if (r->review.possible == RULE_IMPOSSIBLE) {
    fprintf(cli_out(c), "%s", cli_say(c, "no record can pass these checks together: ", "次の検査を同時に満たす記録はありません: "));
    print_ids(c, s, r->review.conflict, r->review.n_conflict);
    return;
  }
  for (int i = 0; i < s->n_rules; i++) {
    if (r->review.finding[i] == RULE_NEVER_APPLIES) {
      fprintf(cli_out(c), cli_say(c, "%s: its condition can never hold, because of ", "%s: 条件が成り立つことがありません。原因: "), s->rules[i].id);
      print_ids(c, s, r->review.because[i], r->review.n_because[i]);
    }
  }
  print_said(c, r);
}
void rules_print_record(struct cli *c, const struct form *f, const struct rules_record *r) {
  const bool ja = cli_lang(c) == LANG_JA;
  fprintf(cli_out(c),
          cli_say(c, "\nrecord %s: %d checks as %d clauses over %d numbers and %d codes; %d cannot be used for finding the items in error\n",
                  "\n記録 %s: 検査 %d 件を %d 節で表現（数値 %d、符号 %d）。誤り箇所の特定に使えない検査 %d 件\n"),
          r->name, r->rules.n_used, r->rules.set.n_rules, r->rules.set.numeric.p, r->rules.set.n_categories, r->rules.n_refused);
  for (int i = 0; i < f->n_checks; i++)
    if (!r->rules.other_record[i] && r->rules.refusal[i] != RULE_USED)
      fprintf(cli_out(c), "  %s/%s:%lld: %s: %s\n", f->folder, f->checks[i].group ? "group_checks.csv" : "checks.csv", (long long)f->checks[i].line,
          f->checks[i].id, rule_refusal_text(r->rules.refusal[i], ja));
  print_review(c, r);
  if (r->has_linear) print_linear(c, &r->linear, true);
}

/* --- JSON --- */
static void json_bound(struct json_out *j, const char *key, double v) {
  json_key(j, key);
  if (isfinite(v)) json_real(j, v);
  else json_null(j);
}
static void json_rows(struct json_out *j, const char *key, const struct linear_system *s, const struct rule_analysis *states, struct strbuf *b) {
  json_key(j, key);
  json_array(j);
  for (int i = 0; i < s->m; i++) {
    json_object(j);
    json_put(j, "id", s->edits[i].id);
    json_put(j, "equation", equation(b, s, &s->edits[i]));
    if (states && states->consistent) json_put(j, "finding", STATES[states->state[i]].code);
    if (states && states->duplicate_of[i] >= 0) json_put(j, "duplicate_of", s->edits[states->duplicate_of[i]].id);
    json_end_object(j);
  }
  json_end_array(j);
}
static void json_points(struct json_out *j, const struct rules_linear *l) {
  const struct linear_system *s = &l->analysis.rows;
  json_key(j, "extremal_points");
  json_array(j);
  for (int k = 0; k < l->points.n; k++) {
    json_object(j);
    for (int i = 0; i < s->p; i++) {
      json_key(j, s->names[i]);
      json_real(j, l->points.x[(size_t)k * (size_t)s->p + (size_t)i]);
    }
    json_end_object(j);
  }
  json_end_array(j);
}
static void json_consistent(struct json_out *j, const struct rules_linear *l, struct strbuf *b) {
  const struct rule_analysis *r = &l->analysis;
  json_key(j, "items");
  json_array(j);
  for (int i = 0; i < r->rows.p; i++) {
    json_object(j);
    json_put(j, "item", r->rows.names[i]);
    json_bound(j, "least", r->open_lower[i] ? INFINITY : r->lower[i]);
    json_bound(j, "most", r->open_upper[i] ? INFINITY : r->upper[i]);
    json_key(j, "proved");
    json_bool(j, !r->open_lower[i] && !r->open_upper[i]);
    json_key(j, "determined");
    json_bool(j, r->determined[i]);
    if (r->determined[i]) json_key(j, "in_decimals");
    if (r->determined[i]) json_bool(j, can_be_written(&r->rows, i, r->lower[i]));
    json_end_object(j);
  }
  json_end_array(j);
  json_rows(j, "minimal", &r->minimal, NULL, b);
  json_rows(j, "implied", &l->implied, NULL, b);
  json_key(j, "implied_complete");
  json_bool(j, l->implied_complete);
  json_points(j, l);
}
void rules_json_linear(struct json_out *j, const struct rules_linear *l) {
  const struct rule_analysis *r = &l->analysis;
  struct strbuf b;
  strbuf_init(&b, 0);
  json_object(j);
  json_put(j, "condition", l->condition);
  json_key(j, "consistent");
  if (r->consistent || r->n_conflict) json_bool(j, r->consistent);
  else json_null(j); /* not proved */
  json_rows(j, "rules", &r->rows, r, &b);
  json_key(j, "conflict");
  json_array(j);
  for (int i = 0; i < r->n_conflict; i++) json_cstr(j, r->rows.edits[r->conflict[i]].id);
  json_end_array(j);
  if (r->consistent) json_consistent(j, l, &b);
  json_end_object(j);
  strbuf_release(&b);
}
static void json_ids(struct json_out *j, const char *key, const struct rule_set *s, const int *which, int n) {
  json_key(j, key);
  json_array(j);
  for (int i = 0; i < n; i++) json_cstr(j, s->rules[which[i]].id);
  json_end_array(j);
}
static void json_findings(struct json_out *j, const struct rules_record *r) {
  static const char *const names[] =
      {[RULE_NEVER_APPLIES] = "condition_never_holds", [RULE_SAID] = "said_by_others", [RULE_NOT_SETTLED] = "not_settled"};
  json_key(j, "findings");
  json_array(j);
  for (int i = 0; r->review.possible != RULE_IMPOSSIBLE && i < r->rules.set.n_rules; i++) {
    if (r->review.finding[i] == RULE_FINE) continue;
    json_object(j);
    json_put(j, "id", r->rules.set.rules[i].id);
    json_put_int(j, "clause", i + 1);
    json_put(j, "finding", names[r->review.finding[i]]);
    json_ids(j, "because", &r->rules.set, r->review.because[i], r->review.n_because[i]);
    json_end_object(j);
  }
  json_end_array(j);
}
void rules_json_record(struct json_out *j, const struct form *f, const struct rules_record *r) {
  json_object(j);
  json_put(j, "record", r->name);
  json_put_int(j, "used", r->rules.n_used);
  json_put_int(j, "clauses", r->rules.set.n_rules);
  json_key(j, "refused");
  json_array(j);
  for (int i = 0; i < f->n_checks; i++) {
    if (r->rules.other_record[i] || r->rules.refusal[i] == RULE_USED) continue;
    json_object(j);
    json_put(j, "id", f->checks[i].id);
    json_put_int(j, "row", f->checks[i].line);
    json_put(j, "reason_en", rule_refusal_text(r->rules.refusal[i], false));
    json_put(j, "reason_ja", rule_refusal_text(r->rules.refusal[i], true));
    json_end_object(j);
  }
  json_end_array(j);
  json_put(j, "possible", r->review.possible == RULE_IMPOSSIBLE ? "no" : r->review.possible == RULE_POSSIBLE ? "yes" : "not_settled");
  json_ids(j, "conflict", &r->rules.set, r->review.conflict, r->review.n_conflict);
  json_findings(j, r);
  if (r->has_linear) {
    json_key(j, "linear");
    rules_json_linear(j, &r->linear);
  }
  json_end_object(j);
}
