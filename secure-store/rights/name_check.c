/* name_check.c -- see name_check.h. */
#include "secure-store/rights/name_check.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_utf8proc.h"

struct range {
  uint32_t first, last;
};
/* Scripts Han, Hiragana, Katakana and Latin as far as Japanese offices write names; blocks of Unicode. */
static const struct range letters[] = {
    {'A', 'Z'}, {'a', 'z'}, {0xc0, 0xd6}, {0xd8, 0xf6}, {0xf8, 0x24f}, {0x1e00, 0x1eff}, /* Latin */
    {0x3005, 0x3007}, {0x3041, 0x3096}, {0x309d, 0x309e}, {0x30a1, 0x30fa}, {0x30fc, 0x30fe}, {0x31f0, 0x31ff}, /* 々〆〇, kana */
    {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xf900, 0xfaff}, {0x20000, 0x2fa1f}, {0x30000, 0x3134f}, /* kanji */
};
static const char signs[] = " .,'-()&/"; /* of ASCII */
enum { MIDDLE_DOT = 0x30fb, VARIATION_FIRST = 0xe0100, VARIATION_LAST = 0xe01ef };

static bool in_ranges(uint32_t c) {
  for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
    if (c >= letters[i].first && c <= letters[i].last) return true;
  return false;
}
static bool is_kanji(uint32_t c) { return c >= 0x3400 && in_ranges(c) && !(c < 0x4e00 && c > 0x4dbf); }
static bool is_variation(uint32_t c) { return c >= VARIATION_FIRST && c <= VARIATION_LAST; }
static bool is_sign(uint32_t c) { return c == MIDDLE_DOT || (c < 128 && c && strchr(signs, (int)c)); }

static bool allowed(uint32_t c, uint32_t before) {
  if (is_variation(c)) return is_kanji(before);
  return (c >= '0' && c <= '9') || is_sign(c) || (in_ranges(c) && text_is_letter(c));
}

static enum err_code check_characters(const char *what, struct str name, struct err *e) {
  uint32_t before = 0, c;
  char found[16];
  for (size_t at = 0; at < name.n; before = c) {
    at += utf8_decode(name.p + at, name.n - at, &c);
    if (allowed(c, before)) continue;
    snprintf(found, sizeof found, "U+%04X", (unsigned)c);
    return ERR(e, E_OFFICER_NAME, .subject = what, .expected = "kanji, kana, Latin letters, ASCII digits", .found = found);
  }
  return E_OK;
}

static enum err_code check_form(const char *what, struct str name, struct err *e) {
  struct strbuf composed;
  bool changed = false;
  strbuf_init(&composed, 0);
  bool ok = text_nfc_safe(name, &composed, &changed);
  enum err_code code = !ok ? ERR(e, E_NO_MEMORY, .subject = what) : E_OK;
  if (!code && changed) code = ERR(e, E_OFFICER_NAME, .subject = what, .expected = strbuf_cstr(&composed), .found = "a decomposed form (NFD)");
  strbuf_release(&composed);
  return code;
}

enum err_code name_check(const char *what, struct str name, struct err *e) {
  struct str trimmed = str_trim(name);
  if (!utf8_valid(name.p, name.n, NULL)) return ERR(e, E_OFFICER_NAME, .subject = what, .expected = "UTF-8", .found = "bytes of another encoding");
  if (trimmed.n != name.n || name.n == 0) return ERR(e, E_OFFICER_NAME, .subject = what, .expected = "a text without spaces at its ends");
  TRY(check_form(what, name, e));
  return check_characters(what, name, e);
}

/* --- folding --- */

/* Each pair: what is written, what it becomes. Letters of one shape, and kanji of names in their usual form. */
static const char *const alike[][2] = {
    {"0", "o"}, {"1", "l"}, {"i", "l"}, {"ı", "l"}, {"ł", "l"}, {"ø", "o"}, {"đ", "d"}, {"ħ", "h"}, {"ŧ", "t"},
    {"力", "カ"}, {"口", "ロ"}, {"工", "エ"}, {"夕", "タ"}, {"卜", "ト"}, {"八", "ハ"}, {"二", "ニ"}, {"千", "チ"}, {"一", "ー"}, {"三", "ミ"}, {"〇", "o"},
    {"へ", "ヘ"}, {"べ", "ベ"}, {"ぺ", "ペ"}, {"り", "リ"},
    {"髙", "高"}, {"﨑", "崎"}, {"嵜", "崎"}, {"邉", "辺"}, {"邊", "辺"}, {"齋", "斉"}, {"齊", "斉"}, {"斎", "斉"}, {"濱", "浜"}, {"濵", "浜"}, {"瀨", "瀬"},
    {"德", "徳"}, {"栁", "柳"}, {"桒", "桑"}, {"澤", "沢"}, {"廣", "広"}, {"國", "国"}, {"櫻", "桜"}, {"嶋", "島"}, {"嶌", "島"}, {"峯", "峰"}, {"淵", "渕"},
    {"惠", "恵"}, {"眞", "真"}, {"龍", "竜"}, {"瀧", "滝"}, {"靜", "静"}, {"榮", "栄"}, {"冨", "富"}, {"舘", "館"}, {"鉃", "鉄"}, {"鐵", "鉄"},
    {"𠮷", "吉"}, {"條", "条"}, {"圓", "円"}, {"壽", "寿"}, {"寬", "寛"}, {"彥", "彦"}, {"槇", "槙"}, {"橫", "横"}, {"增", "増"}, {"黑", "黒"},
};

static void add_alike(struct str character, struct strbuf *out) {
  for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
    if (!str_eq(character, str_of(alike[i][0]))) continue;
    strbuf_adds(out, alike[i][1]);
    return;
  }
  strbuf_add(out, character.p, character.n);
}

static bool dropped(uint32_t c) { return is_sign(c) || is_variation(c) || c == 0x3000 || text_is_mark(c); }

static void add_folded(struct str text, struct strbuf *out) {
  uint32_t c;
  for (size_t at = 0; at < text.n;) {
    size_t n = utf8_decode(text.p + at, text.n - at, &c);
    if (!dropped(c)) add_alike(str_view(text.p + at, n), out);
    at += n;
  }
}

/* Compatibility forms and case; then Latin letters lose their accents, kana keep their voice marks because they are composed. */
bool name_fold(struct str name, struct strbuf *out) {
  struct strbuf compatible, folded, plain;
  strbuf_init(&compatible, 0);
  strbuf_init(&folded, 0);
  strbuf_init(&plain, 0);
  bool ok = text_nfkc(name, &compatible) && text_fold_case(str_view(compatible.p, compatible.n), &folded) &&
            text_latin_plain(str_view(folded.p, folded.n), &plain);
  if (ok) add_folded(str_view(plain.p, plain.n), out);
  strbuf_release(&compatible);
  strbuf_release(&folded);
  strbuf_release(&plain);
  return ok && !out->failed;
}

bool name_same(const char *a, const char *b) {
  struct strbuf x, y;
  strbuf_init(&x, 0);
  strbuf_init(&y, 0);
  bool same = name_fold(str_of(a), &x) && name_fold(str_of(b), &y) && str_eq(str_view(x.p, x.n), str_view(y.p, y.n));
  strbuf_release(&x);
  strbuf_release(&y);
  return same;
}
