/* shirabe office show */
#include <stdio.h>

#include "secure-store/cmd_store_open.h"

static void print(struct cli *c, const struct office *o) {
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  office_fingerprint(o, fingerprint);
  const char *const rows[][3] = {
      {"office", "機関", o->id},           {"name", "名称", o->name_ja},
      {"reports to", "提出先", o->parent_id[0] ? o->parent_id : "-"}, {"fingerprint", "指紋", fingerprint},
      {"age recipient", "暗号の宛先 (age)", o->age_recipient},        {"minisign key", "署名の鍵 (minisign)", o->minisign_public},
      {"profile", "鍵導出", o->light ? cli_say(c, "light: demonstration, not releasable", "light：実演用、公表不可") : "standard"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) fprintf(cli_out(c), "%s: %s\n", cli_say(c, rows[i][0], rows[i][1]), rows[i][2]);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct office o;
  struct strbuf card;
  const char *operand = cli_operand(c, 0);
  char path[4096];
  snprintf(path, sizeof path, operand ? "%.4000s" : "%.4000s/office.json", operand ? operand : cli_text(c, "office"));
  enum err_code code = office_card_read(path, &o, &e);
  if (code == E_FILE_OPEN && !operand) code = ERR(&e, E_STORE_NOT_FOUND, .subject = cli_text(c, "office"));
  if (code) return cli_fail(c, &e);
  if (!cli_json(c) && !cli_flag(c, "card")) {
    print(c, &o);
    return 0;
  }
  strbuf_init(&card, 0);
  code = office_card_text(&o, &card, &e);
  if (!code) fwrite(card.p, 1, card.n, cli_out(c));
  strbuf_release(&card);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_office_show = {
  .noun = "office",
  .verb = "show",
  .summary_en = "who this office is, its public keys and fingerprint",
  .summary_ja = "この機関の公開カードと指紋を示す",
  .detail_en = "The card is public: give it to the office you report to and to those that report to you. The fingerprint (8 groups of 4) covers "
               "the office's id and both keys; compare it by telephone, not by the way the card came.",
  .detail_ja = "カードは公開してよいものです。提出先と提出元に渡してください。指紋（4桁8組）は機関の id と二つの鍵を表します。カードとは別の手段（電話など）で照合してください。",
  .options = (const struct option_record[]){{.name = "card", .kind = OPT_FLAG, .help_en = "print the card itself, as it is to be handed over",
                                             .help_ja = "渡すためのカードそのものを出力する"}, {.name = NULL}},
  .operands = (const struct operand_record[]){{.name = "CARD", .help_en = "another office's card instead of our own", .help_ja = "他の機関のカード"},
                                              {.name = NULL}},
  .examples = (const struct example[]){{"shirabe office show", "this office", "この機関"}, {"shirabe office show --card", "the card to hand over",
                                                                                         "渡すカード"}, {.command = NULL}},
  .run = run,
};
