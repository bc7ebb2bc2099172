/* What all tests of cases share: one program with the demonstration's people, and who asks it. */
#ifndef TB_CASES_APP_TEST_H
#define TB_CASES_APP_TEST_H

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct testapp *app;

static inline int open_app(void **state)
{
    (void)state;
    app = testapp_open(true);
    return 0;
}

static inline int close_app(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

static inline struct client person(const char *mobile)
{
    struct client c = client_new(app);
    client_as_person(&c, mobile);
    return c;
}

static inline struct client officer(const char *login)
{
    struct client c = client_new(app);
    client_as_officer(&c, login);
    return c;
}

/* The same, asking for JSON. */
static inline struct client officer_json(const char *login)
{
    struct client c = officer(login);
    c.json = true;
    return c;
}

/* A picture of 2 by 2 pixels. */
static inline struct str picture(void)
{
    static const unsigned char png[] = {
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
        0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0xfd,
        0xd4, 0x9a, 0x73, 0x00, 0x00, 0x00, 0x11, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x38,
        0x61, 0x64, 0x04, 0x44, 0x0c, 0x46, 0x60, 0x1a, 0x00, 0x22, 0x0a, 0x04, 0xb1, 0x05, 0x06,
        0x5b, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
    return str_n(png, sizeof png);
}

#endif
