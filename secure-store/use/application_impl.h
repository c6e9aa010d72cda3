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

void application_object(const char *id, char out[RECORD_OBJECT_BYTES]);
/* Is everything there that an application must hold when it is handed in? E_USE_FIELD names the member. */
enum err_code application_complete(const struct application *a, int64_t now, struct err *e) NODISCARD;
/* Has every user pledged? */
bool application_all_pledged(const struct application *a);
#endif
