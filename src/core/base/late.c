#include "core/base/late.h"

#include <dlfcn.h>

static bool fill(const struct late *l, void *library, struct err *e)
{
    for (size_t i = 0; i < l->count; i++) {
        void *found = dlsym(library, l->symbols[i].name);
        if (!found) return err_fault(e, "%s has no %s", l->library, l->symbols[i].name);
        memcpy((char *)l->table + l->symbols[i].at, &found, sizeof found);
    }
    return true;
}

bool late_load(struct late *l, struct err *e)
{
    bool ok = true;
    if (l->loaded) return true;
    pthread_mutex_lock(&l->lock);
    if (!l->loaded) {
        void *library = dlopen(l->library, RTLD_NOW | RTLD_LOCAL);
        const char *why = library ? NULL : dlerror();
        ok = library ? fill(l, library, e) : err_fault(e, "%s", why ? why : l->library);
        l->loaded = ok;
    }
    pthread_mutex_unlock(&l->lock);
    return ok;
}
