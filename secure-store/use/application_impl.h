/* application_impl.h -- what the application_*.c files share. */
#ifndef SHIRABE_SECURE_STORE_USE_APPLICATION_IMPL_H
#define SHIRABE_SECURE_STORE_USE_APPLICATION_IMPL_H
#include "secure-store/rights/record_impl.h"
#include "secure-store/use/application.h"

#define USE_LEADERS (ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER))
#define USE_CLERKS (USE_LEADERS | ROLE_BIT(LOG_ROLE_PROVIDER) | ROLE_BIT(LOG_ROLE_REVIEWER))
#define USE_PROVIDERS ROLE_BIT(LOG_ROLE_PROVIDER)
#define USE_REVIEWERS ROLE_BIT(LOG_ROLE_REVIEWER)
#define USE_INSPECTORS (USE_LEADERS | ROLE_BIT(LOG_ROLE_AUDITOR))

/* Members of an application by who may bring them; content by `consult` only, a note by every step. */
enum { USE_M_ID = 1, USE_M_CONTENT = 2, USE_M_NOTE = 4, USE_M_CONDITIONS = 8, USE_M_PLEDGES = 16, USE_M_GRANT = 32, USE_M_MEDIUM = 64,
    USE_M_EXTENSION = 128, USE_M_RESULTS = 256, USE_M_DESTRUCTION = 512, USE_M_OWN = 1024 /* the program's own */ };
unsigned application_member(const char *name);
void application_object(const char *id, char out[RECORD_OBJECT_BYTES]);
/* Is everything there that an application must hold when it is handed in? E_USE_FIELD names the member. */
enum err_code application_complete(const struct application *a, int64_t now, struct err *e) NODISCARD;
/* E_USE_OPTION for a member of `change` that is none of these. */
enum err_code application_brings(const struct application *change, unsigned members, struct err *e) NODISCARD;
/* Two ids of one person, as far as the register knows them (application_people.c). */
enum err_code use_same_person(struct store *s, struct str a, struct str b, bool *same, struct err *e) NODISCARD;
/* E_USE_INTERESTED when this officer uses the data. */
enum err_code application_disinterested(struct store *s, const struct application *a, const char *officer, struct err *e) NODISCARD;
/* The grant that stands for the application: items, rows, datasets, basis, person and period are those applied for (application_grant.c). */
enum err_code application_grant_fits(struct store *s, const struct application *a, struct err *e) NODISCARD;
/* The medium that is handed over holds a package of that grant: E_USE_PACKAGE. */
enum err_code application_medium_fits(struct store *s, const struct application *a, struct err *e) NODISCARD;
/* How many packages of the grant this store has made. */
int64_t application_packages(struct store *s, const char *grant);
/* Has every user pledged? */
bool application_all_pledged(const struct application *a);
#endif
