#include "core/auth/auth.h"

enum { PERSON_MIN = 10, OFFICER_MIN = 12, PASSWORD_MAX = 200, LOGIN_WORTH_LOOKING_FOR = 4 };

/* Words people build passwords from; digits and punctuation around them do not help. In lower case. */
static const char *const COMMON[] = {
    "password",      "passwort",      "passwd",
    "passw",         "pass",          "passphrase",
    "secret",        "letmein",       "letmeinnow",
    "welcome",       "welcomeback",   "admin",
    "administrator", "adminadmin",    "adminpassword",
    "root",          "rootroot",      "rootpassword",
    "user",          "username",      "userpassword",
    "guest",         "guestguest",    "test",
    "testtest",      "testing",       "tester",
    "testuser",      "testpassword",  "demo",
    "demouser",      "default",       "defaultpassword",
    "changeme",      "changethis",    "pleasechange",
    "temp",          "temporary",     "login",
    "loginlogin",    "access",        "accessdenied",
    "master",        "manager",       "supervisor",
    "operator",      "officer",       "system",
    "server",        "service",       "services",
    "office",        "government",    "public",
    "private",       "computer",      "internet",
    "database",      "windows",       "android",
    "iphone",        "samsung",       "huawei",
    "xiaomi",        "lenovo",        "monkey",
    "dragon",        "tiger",         "shadow",
    "sunshine",      "princess",      "football",
    "basketball",    "baseball",      "superman",
    "batman",        "michael",       "jennifer",
    "charlie",       "jordan",        "summer",
    "winter",        "spring",        "autumn",
    "january",       "february",      "march",
    "april",         "june",          "july",
    "august",        "september",     "october",
    "november",      "december",      "monday",
    "tuesday",       "wednesday",     "thursday",
    "friday",        "saturday",      "sunday",
    "love",          "iloveyou",      "iloveu",
    "loveyou",       "loveme",        "lovely",
    "forever",       "hello",         "helloworld",
    "goodluck",      "happy",         "happybirthday",
    "freedom",       "whatever",      "nothing",
    "trustno",       "trustme",       "abc",
    "abcabc",        "abcd",          "abcde",
    "abcdef",        "abcdefg",       "aabbcc",
    "aaabbb",        "xyz",           "qwe",
    "qweqwe",        "qweasd",        "qweasdzxc",
    "qaz",           "qazwsx",        "qazwsxedc",
    "wsx",           "zaqxsw",        "asd",
    "asdasd",        "zxc",           "zxczxc",
    "qwer",          "qwerqwer",      "asdf",
    "asdfasdf",      "zxcv",          "zxcvzxcv",
    "china",         "zhongguo",      "zhonghua",
    "beijing",       "shanghai",      "guangzhou",
    "shenzhen",      "chengdu",       "chongqing",
    "sichuan",       "guangdong",     "guangan",
    "zhejiang",      "jiangsu",       "hangzhou",
    "nanjing",       "wuhan",         "tianjin",
    "zhengfu",       "zhengwu",       "dating",
    "bangongshi",    "tongban",       "banshi",
    "fuwu",          "mima",          "mimamima",
    "wodemima",      "denglu",        "guanli",
    "guanliyuan",    "yonghu",        "yonghuming",
    "woaini",        "woaiwojia",     "woaizhongguo",
    "wojia",         "woshishui",     "nihao",
    "nihaonihao",    "nishishui",     "xiexie",
    "gongxi",        "facai",         "gongxifacai",
    "pingan",        "xingfu",        "kuaile",
    "shengri",       "shengrikuaile", "laopo",
    "laogong",       "baobao",        "baobei",
    "mama",          "baba",          "mamababa",
    "zhangsan",      "lisi",          "wangwu",
    "xiaoming",      "xiaohong",      "wang",
    "zhang",         "liu",           "chen",
    "yang",          "zhao",          "huang",
    "zhou",          "long",          "tian",
};

/* Rows of keys and of the alphabet; a stretch of one, either way, is no password. */
static const char *const ROWS[] = {
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "!qaz@wsx#edc$rfv%tgb^yhn&ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()_+",
    "`1234567890-=",
    "a1b2c3d4e5f6g7h8i9j0",
};

static bool is_letter(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (unsigned char)ch >= 0x80;
}

static char plain_letter(char ch)
{
    switch (ch) {
    case '@':
        return 'a';
    case '0':
        return 'o';
    case '1':
    case '!':
        return 'i';
    case '3':
        return 'e';
    case '4':
        return 'a';
    case '5':
    case '$':
        return 's';
    case '7':
        return 't';
    default:
        return ch;
    }
}

/* What is left without what is not a letter at either end. */
static struct str core_of(struct str s)
{
    size_t from = 0, to = s.len;
    while (from < to && !is_letter(s.ptr[from]))
        from++;
    while (to > from && !is_letter(s.ptr[to - 1]))
        to--;
    return str_slice(s, from, to);
}

static bool listed(struct str word)
{
    for (size_t i = 0; i < sizeof COMMON / sizeof *COMMON; i++)
        if (str_eq_c(word, COMMON[i])) return true;
    return false;
}

static bool is_common(struct arena *a, struct str lower)
{
    struct str core = core_of(lower);
    char *plain = arena_alloc(a, core.len + 1);
    for (size_t i = 0; i < core.len; i++)
        plain[i] = plain_letter(core.ptr[i]);
    return core.len == 0 || listed(core) || listed(str_n(plain, core.len));
}

/* One to six bytes over and over. */
static bool is_repetition(struct str s)
{
    for (size_t unit = 1; unit <= 6 && unit < s.len; unit++) {
        size_t i = unit;
        while (i < s.len && s.ptr[i] == s.ptr[i - unit])
            i++;
        if (i == s.len) return true;
    }
    return false;
}

static bool is_row(struct arena *a, struct str s)
{
    char *back = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        back[i] = s.ptr[s.len - 1 - i];
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (str_find(str_c(ROWS[i]), s) != SIZE_MAX ||
            str_find(str_c(ROWS[i]), str_n(back, s.len)) != SIZE_MAX)
            return true;
    return false;
}

bool auth_password_acceptable(struct ctx *c, struct str login, struct str password, enum actor_kind kind)
{
    struct str field = STR("password");
    size_t least = kind == ACTOR_OFFICER ? OFFICER_MIN : PERSON_MIN, length = utf8_count(password);
    if (length < least)
        return err_at(c->err, field, "Please enter at least %{arg} characters.",
                      str_fmt(c->arena, "%zu", least));
    if (length > PASSWORD_MAX)
        return err_at(c->err, field, "Please enter at most %{arg} characters.",
                      str_fmt(c->arena, "%d", PASSWORD_MAX));
    struct str lower = str_lower(c->arena, password), name = str_lower(c->arena, str_trim(login));
    if (str_eq(lower, name) || (name.len >= LOGIN_WORTH_LOOKING_FOR && str_find(lower, name) != SIZE_MAX))
        return err_at(c->err, field, "The password must not contain the account name.", STR_EMPTY);
    if (is_common(c->arena, lower) || is_repetition(lower) || is_row(c->arena, lower))
        return err_at(c->err, field, "This password is too easy to guess. Please choose another one.",
                      STR_EMPTY);
    return true;
}
