/* test_batch_hostile.c -- a forwarding office that lies, an office that forgets, numbers that clash: each is refused with its reason and leaves the
 * books whole. */
#include "tests/unit/batch_fixture.h"

#include "base/bytes.h"
#include "base/ext_archive.h"
#include "base/ext_zstd.h"
#include "base/bytes.h"
#include "collector/batch_apart.h"
#include "collector/batch_records.h"
#include "secure-store/age.h"
#include "secure-store/minisign.h"

/* --- a forged container: the health centre signs it, the lower batch in it is whatever the case says --- */
struct forged {
  const char *survey, *period, *sender, *recipient; /* of the embedded batch; NULL = as an honest one */
  int64_t sequence;
  const char *previous; /* NULL = "" */
  const char *named_key; /* NULL = the key it is signed with */
  bool city_signs;       /* else the forger's own key */
  bool stowaway;         /* a member under lower/ that belongs to nothing */
};
enum { FILES = 4 };
struct forge {
  struct route *r;
  struct minisign_key key;
  char public_key[MINISIGN_PUBLIC_TEXT], lower_id[BATCH_ID_HEX], top_id[BATCH_ID_HEX];
  struct form *form;
  struct strbuf csv, lower_json, lower_signature, json, signature, packed;
  char names[FILES][200];
  struct batch_file files[FILES];
  struct batch_member members[FILES];
};

static void set_member(struct batch_member *m, const char *name, struct str bytes) {
  uint8_t hash[HASH_BYTES];
  sha256_of(bytes.p, bytes.n, hash);
  *m = (struct batch_member){.name = name, .bytes = (int64_t)bytes.n};
  hex_encode(hash, HASH_BYTES, m->sha256);
}
static struct str view(const struct strbuf *b) { return str_view(b->p, b->n); }

static void forge_lower(struct forge *f, const struct forged *x) {
  const struct office *centre = store_office(f->r->store[CENTRE]);
  struct batch_count count = {.form = "population", .version = f->form->version, .form_hash = f->form->hash_hex};
  struct batch_member member;
  OK(batch_records_write_header(f->form, false, &f->csv, &error));
  set_member(&member, "records/population.csv", view(&f->csv));
  struct batch_manifest m = {.survey = x->survey ? x->survey : "vital",
      .period = x->period ? x->period : "2025",
      .sender = x->sender ? x->sender : "municipality-012025",
      .sender_name = "B",
      .recipient = x->recipient ? x->recipient : centre->id,
      .recipient_key = centre->age_recipient,
      .salt = "00112233445566778899aabbccddeeff",
      .created = "2025-12-10T00:00:00Z",
      .program = "shirabe",
      .proxy = "",
      .kind = BATCH_INITIAL,
      .sequence = x->sequence ? x->sequence : 1,
      .n_counts = 1,
      .counts = &count,
      .n_members = 1,
      .members = &member};
  snprintf(m.previous, sizeof m.previous, "%s", x->previous ? x->previous : "");
  OK(batch_manifest_write(&m, &f->lower_json, &error));
  batch_id_of(view(&f->lower_json), f->lower_id);
  if (x->city_signs) OK(store_sign(f->r->store[CITY], f->lower_json.p, f->lower_json.n, "x", &f->lower_signature, &error));
  else OK(minisign_sign(&f->key, f->lower_json.p, f->lower_json.n, "x", &f->lower_signature, &error));
}

static void forge_files(struct forge *f) {
  static const char *const ends[FILES] = {"manifest.json", "manifest.json.minisig", "records/population.csv", "original/population/x.bin"};
  const struct str bytes[FILES] = {view(&f->lower_json), view(&f->lower_signature), view(&f->csv), STR("x")};
  for (int i = 0; i < FILES; i++) {
    snprintf(f->names[i], sizeof f->names[i], "lower/%s/%s", f->lower_id, ends[i]);
    f->files[i] = (struct batch_file){f->names[i], bytes[i]};
    set_member(&f->members[i], f->names[i], bytes[i]);
  }
}

static enum err_code forge(struct forge *f, const struct forged *x, int64_t number, const char *previous, struct batch_result *got) {
  struct store *centre = f->r->store[CENTRE];
  const struct office *above = store_office(f->r->store[PREFECTURE]);
  char path[400];
  struct strbuf *const all[] = {&f->csv, &f->lower_json, &f->lower_signature, &f->json, &f->signature, &f->packed};
  for (int i = 0; i < 6; i++) strbuf_reset(all[i]);
  forge_lower(f, x);
  forge_files(f);
  struct batch_lower lower = {.sender = x->sender ? x->sender : "municipality-012025",
      .signing_key = x->named_key ? x->named_key
          : x->city_signs         ? store_office(f->r->store[CITY])->minisign_public
                                  : f->public_key};
  memcpy(lower.id, f->lower_id, sizeof lower.id);
  int64_t n = x->stowaway ? FILES : FILES - 1;
  struct batch_manifest m = {.survey = "vital",
      .period = "2025",
      .sender = store_office(centre)->id,
      .sender_name = "C",
      .recipient = above->id,
      .recipient_key = above->age_recipient,
      .salt = "ffeeddccbbaa99887766554433221100",
      .created = "2025-12-11T00:00:00Z",
      .program = "shirabe",
      .proxy = "",
      .kind = BATCH_FORWARD,
      .sequence = number,
      .n_lower = 1,
      .lower = &lower,
      .n_members = n,
      .members = f->members};
  snprintf(m.previous, sizeof m.previous, "%s", previous);
  OK(batch_manifest_write(&m, &f->json, &error));
  batch_id_of(view(&f->json), f->top_id);
  OK(store_sign(centre, f->json.p, f->json.n, "x", &f->signature, &error));
  OK(batch_pack(above->age_recipient, view(&f->json), view(&f->signature), f->files, n, &f->packed, &error));
  snprintf(path, sizeof path, "%s/forged.tar.zst.age", f->r->root);
  OK(atomic_write(path, f->packed.p, f->packed.n, ATOMIC_REPLACE, 0600, &error));
  return receive(f->r, PREFECTURE, path, got);
}

static struct forge *make_forge(void) {
  struct forge *f = calloc(1, sizeof *f);
  assert_non_null(f);
  f->r = make_route();
  minisign_keypair(&f->key);
  minisign_public_text(&f->key, f->public_key);
  OK(form_read(f->r->job.arena, &f->r->job, "forms", "vital", "population", NULL, 20000, &f->form, NULL, &error));
  struct strbuf *const all[] = {&f->csv, &f->lower_json, &f->lower_signature, &f->json, &f->signature, &f->packed};
  for (int i = 0; i < 6; i++) strbuf_init(all[i], 0);
  return f;
}
static void drop_forge(struct forge *f) {
  struct strbuf *const all[] = {&f->csv, &f->lower_json, &f->lower_signature, &f->json, &f->signature, &f->packed};
  for (int i = 0; i < 6; i++) strbuf_release(all[i]);
  drop_route(f->r);
  free(f);
}
static int64_t count_rows(struct store *s, const char *sql) {
  struct db_statement *q;
  bool row;
  OK(db_prepare(store_db(s), sql, &q, &error));
  OK(db_step(q, &row, &error));
  int64_t n = row ? db_int(q, 0) : -1;
  db_reset(q);
  return n;
}

struct lie {
  const char *what;
  struct forged x;
  enum err_code code;
};
static void a_forwarding_office_that_lies_is_refused(void **state) {
  (void)state;
  struct forge *f = make_forge();
  struct batch_result got;
  const char *city = store_office(f->r->store[CITY])->id, *city_key = store_office(f->r->store[CITY])->minisign_public;
  OK(store_peer_add(f->r->store[PREFECTURE], store_office(f->r->store[CITY]), &error));
  const struct lie lies[] = {
      {"its own key for an enrolled office", {.sender = city}, E_BATCH_KEY},
      {"the enrolled key, but not that key's signature", {.sender = city, .named_key = city_key}, E_BATCH_SIGNATURE},
      {"another survey", {.survey = "mls"}, E_BATCH_ROUTE},
      {"another period", {.period = "2024"}, E_BATCH_ROUTE},
      {"a batch addressed to an office it never went through", {.recipient = "health_centre-0999"}, E_BATCH_ROUTE},
      {"a batch addressed to the receiver itself", {.recipient = "prefecture-01"}, E_BATCH_ROUTE},
      {"an office of its own level", {.sender = "health_centre-0102"}, E_BATCH_ROUTE},
      {"an office of a higher level", {.sender = "prefecture-02"}, E_BATCH_ROUTE},
      {"an office that the roster sends another way", {.sender = "municipality-012033"}, E_BATCH_ROUTE},
      {"a member that belongs to no batch", {.stowaway = true}, E_BATCH_DAMAGED},
      {"a survey that is a path", {.survey = "../vital"}, E_BATCH_MANIFEST},
      {"a sender that is a path", {.sender = "municipality-01/../x"}, E_BATCH_MANIFEST},
  };
  const struct str roster =
      STR("office,name,parent,survey,forms,since,until\nmunicipality-012033,C,health_centre-0102,vital,population,2000-01-01,\n");
  int64_t n;
  OK(ledger_roster_import(f->r->store[PREFECTURE], "roster.csv", roster, &n, &error));
  for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
    enum err_code code = forge(f, &lies[i].x, 1, "", &got);
    if (code != lies[i].code) fail_msg("%s: %s instead of %s", lies[i].what, err_name(code), err_name(lies[i].code));
    assert_int_equal(count_rows(f->r->store[PREFECTURE], "SELECT count(*) FROM batch"), 0);
  }
  OK(forge(f, &(struct forged){.sequence = 1}, 1, "", &got)); /* the honest one passes the same way */
  assert_int_equal(count_rows(f->r->store[PREFECTURE], "SELECT count(*) FROM batch"), 2);
  drop_forge(f);
}

/* The signature first: what an outsider put into the archive is not looked at beside the keys. */
static void nothing_is_compared_before_the_signature_holds(void **state) {
  (void)state;
  struct forge *f = make_forge();
  struct batch_result got;
  struct strbuf signature, packed;
  char path[400];
  const struct office *above = store_office(f->r->store[PREFECTURE]);
  OK(forge(f, &(struct forged){.sequence = 1}, 1, "", &got)); /* the honest one: its manifest is used again */
  for (int who = 0; who < 2; who++) {
    strbuf_init(&signature, 0), strbuf_init(&packed, 0);
    OK(store_sign(f->r->store[who ? CENTRE : CITY], f->json.p, f->json.n, "x", &signature, &error));
    const struct batch_file other = {"not-in-the-manifest", STR("x")};
    OK(batch_pack(above->age_recipient, view(&f->json), view(&signature), &other, 1, &packed, &error));
    snprintf(path, sizeof path, "%s/other-%d.tar.zst.age", f->r->root, who);
    OK(atomic_write(path, packed.p, packed.n, ATOMIC_REPLACE, 0600, &error));
    assert_int_equal(receive(f->r, PREFECTURE, path, &got), who ? E_BATCH_DAMAGED : E_BATCH_SIGNATURE);
    strbuf_release(&signature), strbuf_release(&packed);
  }
  drop_forge(f);
}
/* What a worker says is read as input from outside. */
static void a_worker_is_not_believed(void **state) {
  (void)state;
  static const struct {
    uint8_t kind;
    uint32_t name;
    uint64_t bytes;
    enum batch_part before;
    bool ok;
  } all[] = {
      {1, 5, 10, 0, true},
      {1, 0, 10, 0, false},                      /* a manifest without a sender */
      {1, 5, 10, BATCH_PART_MANIFEST, false},    /* a second one */
      {1, 5, BATCH_MAX_MANIFEST + 1, 0, false},
      {2, 0, 10, 0, false},                      /* a signature of nothing */
      {2, 0, 10, BATCH_PART_MANIFEST, true},
      {2, 1, 10, BATCH_PART_MANIFEST, false},
      {2, 0, BATCH_MAX_SIGNATURE + 1, BATCH_PART_MANIFEST, false},
      {3, 5, 10, BATCH_PART_MANIFEST, false},    /* a member before the signature */
      {3, 5, 10, BATCH_PART_SIGNATURE, true},
      {3, 5, 1000, BATCH_PART_MEMBER, true},
      {3, 5, 1001, BATCH_PART_MEMBER, false},    /* more than is left */
      {3, 5, UINT64_MAX, BATCH_PART_MEMBER, false},
      {3, BATCH_PART_NAME_MAX + 1, 1, BATCH_PART_MEMBER, false},
      {4, 0, 10, 0, true},
      {4, 0, 10, BATCH_PART_MEMBER, true},
      {4, 0, 10, BATCH_PART_END, false},
      {4, 1, 10, 0, false},
      {0, 0, 0, 0, false},
      {5, 0, 0, BATCH_PART_MEMBER, false},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    struct strbuf b;
    struct batch_part_head h;
    strbuf_init(&b, 0);
    bytes_put_u8(&b, all[i].kind), bytes_put_u32(&b, all[i].name), bytes_put_u64(&b, all[i].bytes);
    assert_int_equal(batch_part_head_parse((const uint8_t *)b.p, all[i].before, 1000, &h), all[i].ok);
    strbuf_release(&b);
  }
  assert_true(batch_part_name_ok("出生.csv", strlen("出生.csv")));
  assert_false(batch_part_name_ok("a\nb", 3));
  assert_false(batch_part_name_ok("a\0b", 3));
  assert_false(batch_part_name_ok("\xff", 1));
}

static void an_office_without_card_keeps_its_first_key(void **state) {
  (void)state;
  struct forge *f = make_forge();
  struct batch_result got;
  char first[BATCH_ID_HEX], lower[BATCH_ID_HEX];
  OK(forge(f, &(struct forged){.sequence = 1}, 1, "", &got));
  memcpy(first, f->top_id, sizeof first);
  memcpy(lower, f->lower_id, sizeof lower);
  assert_int_equal(forge(f, &(struct forged){.sequence = 2, .previous = lower, .city_signs = true}, 2, first, &got), E_BATCH_KEY);
  OK(forge(f, &(struct forged){.sequence = 2, .previous = lower}, 2, first, &got));
  drop_forge(f);
}

static void a_lower_batch_that_breaks_its_chain_leaves_an_alarm(void **state) {
  (void)state;
  struct forge *f = make_forge();
  struct batch_result got;
  char first[BATCH_ID_HEX], lower[BATCH_ID_HEX], stranger[BATCH_ID_HEX];
  memset(stranger, 'a', 64);
  stranger[64] = 0;
  struct store *prefecture = f->r->store[PREFECTURE];
  OK(forge(f, &(struct forged){.sequence = 1}, 1, "", &got));
  memcpy(first, f->top_id, sizeof first);
  memcpy(lower, f->lower_id, sizeof lower);
  assert_int_equal(forge(f, &(struct forged){.sequence = 2, .previous = stranger}, 2, first, &got), E_BATCH_FORK); /* another predecessor */
  assert_int_equal(forge(f, &(struct forged){.sequence = 1, .survey = "vital", .sender = "municipality-012025", .recipient = NULL, .previous = ""},
                       2, first, &got),
      E_OK); /* known: welcome */
  memcpy(first, f->top_id, sizeof first);
  assert_int_equal(count_rows(prefecture, "SELECT count(*) FROM batch_alarm WHERE sender = 'municipality-012025' AND sequence = 2"), 1);
  assert_int_equal(count_rows(prefecture, "SELECT count(*) FROM batch WHERE sender = 'municipality-012025'"), 1);
  OK(forge(f, &(struct forged){.sequence = 4, .previous = stranger}, 3, first, &got)); /* a jump is taken in and is a gap */
  memcpy(first, f->top_id, sizeof first);
  struct ledger_gap *gaps;
  int64_t n, jumps = 0;
  OK(ledger_gaps(prefecture, "vital", "2025", f->r->job.arena, &gaps, &n, &error));
  for (int64_t i = 0; i < n; i++) jumps += !strcmp(gaps[i].kind, "sequence") && gaps[i].number == 4;
  assert_int_equal(jumps, 1);
  assert_int_equal(
      forge(f, &(struct forged){.sequence = 3, .previous = stranger}, 4, first, &got), E_BATCH_FORK); /* number 4 names another number 3 */
  drop_forge(f);
}

/* --- receipts --- */
static enum err_code add_member(void *context, const struct tar_member *m, struct err *e) {
  (void)e;
  strbuf_add(context, m->p, m->n);
  return E_OK;
}
static int64_t occurrences(const char *in, const char *of) {
  int64_t n = 0;
  for (const char *p = in; (p = strstr(p, of)); p++) n++;
  return n;
}
static int64_t offices_in_receipt(struct route *r, const char *path, const char *office) {
  struct strbuf frame, tar, text;
  uint8_t *p = NULL;
  size_t n = 0;
  const struct tar_caps caps = {2, 1 << 20, 1 << 20};
  strbuf_init(&frame, 1 << 20);
  strbuf_init(&tar, 1 << 20);
  strbuf_init(&text, 1 << 20);
  OK(file_read(path, 1 << 20, &p, &n, &error));
  OK(age_decrypt(store_age_secret(r->store[CENTRE]), p, n, 1 << 20, &frame, &error));
  OK(zstd_decompress_capped(frame.p, frame.n, 1 << 20, 400, &tar, &error));
  OK(tar_read(tar.p, tar.n, &caps, add_member, &text, &error));
  int64_t found = occurrences(strbuf_cstr(&text), office);
  strbuf_release(&frame);
  strbuf_release(&tar);
  strbuf_release(&text);
  free(p);
  return found;
}

static void two_carriers_of_one_second_get_their_own_counts(void **state) { /* the test's clock stands still */
  (void)state;
  struct forge *f = make_forge();
  struct batch_result got;
  char first[BATCH_ID_HEX];
  OK(forge(f, &(struct forged){.sender = "municipality-012025"}, 1, "", &got));
  assert_int_equal(offices_in_receipt(f->r, got.path, "municipality-012025"), 1);
  memcpy(first, f->top_id, sizeof first);
  OK(forge(f, &(struct forged){.sender = "municipality-012041"}, 2, first, &got));
  assert_int_equal(offices_in_receipt(f->r, got.path, "municipality-012041"), 1);
  assert_int_equal(offices_in_receipt(f->r, got.path, "municipality-012025"), 0);
  drop_forge(f);
}

/* --- the sealing office --- */
static enum err_code seal_forms(struct route *r, const struct batch_declared *d, int n, bool nil, const char *period, struct batch_result *out) {
  char folder[400];
  snprintf(folder, sizeof folder, "%s/out", r->root);
  const struct batch_seal_request q = {
      .survey = "vital", .period = period, .out_folder = folder, .forms = "forms", .declared = d, .n_declared = n, .nil = nil};
  memset(&error, 0, sizeof error);
  return batch_seal(r->store[CITY], &q, out, &error);
}

static void a_form_taken_in_and_not_declared_stops_the_seal(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent;
  const struct batch_declared other = {"life_q", 0}, twice[2] = {{"population", 3}, {"population", 3}};
  take_in(r, CITY, 0, 3);
  assert_int_equal(seal_forms(r, &other, 1, false, "2025", &sent), E_BATCH_UNDECLARED);
  assert_string_equal(error.subject, "population");
  assert_int_equal(seal_forms(r, NULL, 0, true, "2025", &sent), E_BATCH_UNDECLARED);
  assert_int_equal(seal_forms(r, twice, 2, false, "2025", &sent), E_BATCH_DECLARED);
  assert_int_equal(seal_forms(r, NULL, 0, true, "../2025", &sent), E_INTAKE_PERIOD);
  struct ledger_gap *gaps;
  int64_t n, unsealed = 0;
  OK(ledger_gaps(r->store[CITY], "vital", "2025", r->job.arena, &gaps, &n, &error));
  for (int64_t i = 0; i < n; i++) unsealed += !strcmp(gaps[i].kind, "not_sealed");
  assert_int_equal(unsealed, 1); /* and the ledger says so */
  OK(seal(r, CITY, 3, &sent));
  assert_balance(r, CITY, 3);
  OK(db_run(store_db(r->store[CITY]), "UPDATE batch_count SET accepted = 2, declared = 2, stored = 2", &error));
  struct ledger_balance b;
  OK(ledger_balance(r->store[CITY], "vital", "2025", &b, &error));
  assert_int_equal(b.differences, 1); /* the files say 3 */
  drop_route(r);
}

static void records_of_many_files_have_one_control_sum(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent, got;
  for (int i = 0; i < 12; i++) take_in(r, CITY, 3 * i, 3);
  OK(seal(r, CITY, 36, &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  assert_balance(r, CENTRE, 36);
  assert_int_equal(count_rows(r->store[CENTRE], "SELECT count(*) FROM batch_member WHERE name LIKE 'original/%'"), 12);
  /* No name in the ledger holds part of a hash of a file. */
  assert_int_equal(
      count_rows(r->store[CENTRE],
          "SELECT count(*) FROM batch_member WHERE name LIKE 'original/%' AND length(name) <> length('original/population/000001.bin')"),
      0);
  drop_route(r);
}

static void a_nil_return_without_lines_is_no_silence(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent, got;
  struct ledger_cell *cells;
  int64_t n;
  const struct str csv =
      STR("office,name,parent,survey,forms,since,until\nmunicipality-011002,A,health_centre-0101,vital,population;birth,2000-01-01,\n");
  OK(ledger_roster_import(r->store[CENTRE], "roster.csv", csv, &n, &error));
  OK(seal_forms(r, NULL, 0, true, "2025", &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  OK(ledger_cells(r->store[CENTRE], "vital", "2025", 0, r->job.arena, &cells, &n, &error));
  assert_int_equal(n, 2);
  assert_int_equal(cells[0].state, LEDGER_NIL);
  assert_int_equal(cells[1].state, LEDGER_NIL);
  assert_int_equal(ledger_roster_import(r->store[CENTRE], "roster.csv",
                       STR("office,name,parent,survey,forms,since,until\nmunicipality-011002,A,x,vital,birth;;death,2000-01-01,\n"), &n, &error),
      E_LEDGER_ROSTER); /* a form without a name would be missing for ever */
  drop_route(r);
}

/* --- what waits --- */
static void forget_sent(struct route *r) { /* a backup put back */
  OK(db_run(store_db(r->store[CITY]), "DELETE FROM batch_sent", &error));
  OK(db_run(store_db(r->store[CITY]), "DELETE FROM batch_count", &error));
}

static void a_refused_follower_does_not_hide_that_its_predecessor_came(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result one, two, got;
  take_in(r, CITY, 0, 3);
  OK(seal(r, CITY, 3, &one));
  take_in(r, CITY, 10, 2);
  OK(seal(r, CITY, 2, &two));
  OK(receive(r, CENTRE, two.path, &got));
  assert_true(got.held);
  forget_sent(r);
  take_in(r, CITY, 20, 4);
  OK(seal(r, CITY, 4, &one)); /* another number 1 */
  OK(receive(r, CENTRE, one.path, &got));
  assert_int_equal(got.records, 4);
  assert_int_equal(got.refused, 1); /* number 2 names the first number 1 */
  assert_true(had_problem(&r->problems, E_BATCH_FORK));
  assert_balance(r, CENTRE, 4);
  assert_int_equal(count_rows(r->store[CENTRE], "SELECT count(*) FROM batch_held"), 0);
  assert_int_equal(count_rows(r->store[CENTRE], "SELECT count(*) FROM batch_alarm"), 1);
  drop_route(r);
}

static void two_held_batches_of_one_number_are_an_alarm(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result one, two, got;
  take_in(r, CITY, 0, 3);
  OK(seal(r, CITY, 3, &one));
  take_in(r, CITY, 10, 2);
  OK(seal(r, CITY, 2, &two));
  OK(receive(r, CENTRE, two.path, &got));
  OK(receive(r, CENTRE, two.path, &got)); /* the same again is welcome */
  OK(db_run(store_db(r->store[CITY]), "DELETE FROM batch_count WHERE batch IN (SELECT id FROM batch_sent WHERE sequence = 2)", &error));
  OK(db_run(store_db(r->store[CITY]), "DELETE FROM batch_sent WHERE sequence = 2", &error));
  take_in(r, CITY, 20, 4);
  OK(seal(r, CITY, 4, &two));
  assert_int_equal(receive(r, CENTRE, two.path, &got), E_BATCH_FORK);
  assert_int_equal(count_rows(r->store[CENTRE], "SELECT count(*) FROM batch_held"), 1);
  assert_int_equal(count_rows(r->store[CENTRE], "SELECT count(*) FROM batch_alarm"), 1);
  drop_route(r);
}

static void a_dataset_without_books_is_a_difference(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent, got;
  struct ledger_balance b;
  take_in(r, CITY, 0, 3);
  OK(seal(r, CITY, 3, &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  OK(db_run(store_db(r->store[CENTRE]), "DELETE FROM batch_count", &error));
  OK(ledger_balance(r->store[CENTRE], "vital", "2025", &b, &error));
  assert_int_equal(b.differences, 3); /* the dataset, the matrix of states and the chain of levels each miss the books */
  OK(ledger_balance(r->store[CENTRE], "vital", "", &b, &error));
  assert_int_equal(b.differences, 3); /* over all periods as well */
  drop_route(r);
}

static void a_receipt_with_other_counts_is_refused(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent, got, receipt;
  take_in(r, CITY, 0, 3);
  OK(seal(r, CITY, 3, &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  OK(db_run(store_db(r->store[CITY]), "UPDATE batch_count SET accepted = 4", &error));
  assert_int_equal(batch_receipt_import(r->store[CITY], got.path, &receipt, &error), E_RECEIPT);
  assert_int_equal(count_rows(r->store[CITY], "SELECT count(*) FROM batch_sent WHERE receipt_time IS NOT NULL"), 0);
  OK(db_run(store_db(r->store[CITY]), "UPDATE batch_count SET accepted = 3", &error));
  OK(batch_receipt_import(r->store[CITY], got.path, &receipt, &error));
  drop_route(r);
}

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_compared_before_the_signature_holds),
      cmocka_unit_test(a_worker_is_not_believed), cmocka_unit_test(a_forwarding_office_that_lies_is_refused),
      cmocka_unit_test(an_office_without_card_keeps_its_first_key),
      cmocka_unit_test(a_lower_batch_that_breaks_its_chain_leaves_an_alarm),
      cmocka_unit_test(two_carriers_of_one_second_get_their_own_counts),
      cmocka_unit_test(a_form_taken_in_and_not_declared_stops_the_seal),
      cmocka_unit_test(records_of_many_files_have_one_control_sum),
      cmocka_unit_test(a_nil_return_without_lines_is_no_silence),
      cmocka_unit_test(a_refused_follower_does_not_hide_that_its_predecessor_came),
      cmocka_unit_test(two_held_batches_of_one_number_are_an_alarm),
      cmocka_unit_test(a_dataset_without_books_is_a_difference),
      cmocka_unit_test(a_receipt_with_other_counts_is_refused),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
