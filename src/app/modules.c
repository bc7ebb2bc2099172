#include "app/cli.h"
#include "core/blob/blob_job.h"
#include "core/http/ops.h"
#include "modules/bookings/bookings.h"
#include "modules/bundles/bundles.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions.h"
#include "modules/desk/desk.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange.h"
#include "modules/forms/forms.h"
#include "modules/governance/governance.h"
#include "modules/licences/licences.h"
#include "modules/nodes/nodes.h"
#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/processes/processes.h"
#include "modules/ratings/ratings.h"
#include "modules/registry/registry.h"
#include "modules/site/site.h"
#include "modules/supervision/supervision.h"
#include "modules/versions/versions.h"
#include "modules/watch/watch.h"
#include "modules/workers/workers.h"

/* The only list of modules, each after those it needs. */
const struct module *const modules[] = {
    &ops_module,          &files_module,    &evidence_module,  &evidence_log_module, &orgs_module,
    &installation_module, &registry_module, &people_module,    &notices_module,      &licences_module,
    &versions_module,     &forms_module,    &processes_module, &catalogue_module,    &decisions_module,
    &exchange_module,     &watch_module,    &nodes_module,     &governance_module,   &bookings_module,
    &cases_module,        &bundles_module,  &workers_module,   &ratings_module,      &supervision_module,
    &desk_module,         &site_module,     &demo_module,
};
const size_t module_count = sizeof modules / sizeof modules[0];
